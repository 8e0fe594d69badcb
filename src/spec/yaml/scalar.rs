//! What a plain scalar means, and which ones mean different things to different readers.

use serde_json::Number;

use super::Content;

/// A plain scalar by the YAML 1.2 core schema (<https://yaml.org/spec/1.2.2/#103-core-schema>).
///
/// `None` for `.nan` and `.inf`, which are no values a spec can hold.
pub(super) fn resolve(text: &str) -> Option<Content> {
    Some(match text {
        "" | "~" | "null" | "Null" | "NULL" => Content::Null,
        "true" | "True" | "TRUE" => Content::Bool(true),
        "false" | "False" | "FALSE" => Content::Bool(false),
        _ if is_not_finite(text) => return None,
        _ => number(text).map_or_else(
            || Content::String(text.to_owned()),
            |value| Content::Number(value, text.to_owned()),
        ),
    })
}

/// Why readers disagree on a plain scalar, where they do; the fix is always to quote it.
pub(super) fn ambiguity(text: &str) -> Option<&'static str> {
    if matches!(
        text.to_ascii_lowercase().as_str(),
        "yes" | "no" | "on" | "off" | "y" | "n"
    ) {
        return Some("some YAML readers take this for a boolean");
    }
    let digits = text.trim_start_matches(['+', '-']);
    if !digits.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let numeric = |extra: &str| {
        digits
            .chars()
            .all(|c| c.is_ascii_digit() || extra.contains(c))
    };
    if digits.contains('_') && numeric("_.") {
        Some("some YAML readers take this for a number with a thousands separator")
    } else if digits.contains(':') && numeric(":.") {
        Some("some YAML readers take this for a number in base 60")
    } else if digits.len() > 1 && digits.starts_with('0') && numeric("") {
        Some("some YAML readers take this for an octal number")
    } else {
        None
    }
}

fn is_not_finite(text: &str) -> bool {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    matches!(unsigned, ".inf" | ".Inf" | ".INF") || matches!(text, ".nan" | ".NaN" | ".NAN")
}

/// `[-+]?(\.\d+|\d+(\.\d*)?)([eE][-+]?\d+)?`, and whole numbers without a leading zero.
fn number(text: &str) -> Option<Number> {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let starts_like_one = unsigned.starts_with(|c: char| c.is_ascii_digit())
        || (unsigned.starts_with('.')
            && unsigned.chars().nth(1).is_some_and(|c| c.is_ascii_digit()));
    let is_octal_like = unsigned.len() > 1
        && unsigned.starts_with('0')
        && unsigned.bytes().all(|b| b.is_ascii_digit());
    if !starts_like_one || is_octal_like {
        return None;
    }
    let text = text.strip_prefix('+').unwrap_or(text);
    if let Ok(whole) = text.parse::<i64>() {
        return Some(whole.into());
    }
    let parsed = text.parse::<f64>().ok()?;
    Number::from_f64(parsed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_scalars_follow_the_core_schema() {
        assert_eq!(resolve("no"), Some(Content::String("no".to_owned())));
        assert_eq!(resolve("0777"), Some(Content::String("0777".to_owned())));
        assert_eq!(resolve("1_000"), Some(Content::String("1_000".to_owned())));
        assert_eq!(
            resolve("12"),
            Some(Content::Number(12.into(), "12".to_owned()))
        );
        assert_eq!(
            resolve("-1.5e3"),
            Number::from_f64(-1500.0).map(|value| Content::Number(value, "-1.5e3".to_owned()))
        );
        assert_eq!(resolve("~"), Some(Content::Null));
        assert_eq!(resolve("v1.2"), Some(Content::String("v1.2".to_owned())));
        assert_eq!(resolve(".nan"), None);
        assert_eq!(resolve("-.inf"), None);
    }

    #[test]
    fn scalars_on_which_readers_disagree_are_known() {
        for text in ["no", "On", "0777", "1_000", "12:30:45"] {
            assert!(ambiguity(text).is_some(), "{text}");
        }
        for text in [
            "3.12",
            "3.10",
            "10",
            "0",
            "0.5",
            "v1.0",
            "none",
            "2026-11-01",
            "1.2.10",
            "10.0.0.0",
        ] {
            assert!(ambiguity(text).is_none(), "{text}");
        }
    }
}
