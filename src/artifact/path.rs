//! Paths below an artifact root.
//!
//! The one decision here: a path is taken apart before anything is done with it, and what could
//! leave the root in any reader's eyes, decoded once more or not, is refused.

use percent_encoding::percent_decode_str;

use super::ArtifactError;

/// How often a path is decoded to see what others might see: MLflow's server does it twice.
const DECODINGS: usize = 4;

/// The segments of a relative path; empty and `.` segments are left out.
///
/// # Errors
/// [`ArtifactError::UnsafePath`] for an absolute path, `..`, a backslash or a control character,
/// also where they are percent-encoded.
pub(super) fn segments(path: &str) -> Result<Vec<String>, ArtifactError> {
    let refused = |reason: &str| ArtifactError::UnsafePath {
        path: path.escape_debug().to_string(),
        reason: reason.to_owned(),
    };
    if path.starts_with('/') {
        return Err(refused("it does not begin below the artifact root"));
    }
    let mut found = Vec::new();
    for segment in path.split('/') {
        if let Some(reason) = danger(segment) {
            return Err(refused(reason));
        }
        if !matches!(segment, "" | ".") {
            found.push(segment.to_owned());
        }
    }
    Ok(found)
}

/// Why a segment may be more than a name.
fn danger(segment: &str) -> Option<&'static str> {
    let mut seen = segment.to_owned();
    for round in 0..DECODINGS {
        if seen == ".." || (round > 0 && seen == ".") {
            return Some("it leads out of its folder");
        }
        if seen.contains('\\') || (round > 0 && seen.contains('/')) {
            return Some("it holds a separator of folders inside a name");
        }
        if seen.chars().any(char::is_control) {
            return Some("it holds a control character");
        }
        let Ok(decoded) = percent_decode_str(&seen).decode_utf8() else {
            return Some("it is not UTF-8 once decoded");
        };
        if decoded == seen {
            return None;
        }
        seen = decoded.into_owned();
    }
    Some("it is percent-encoded over and over")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordinary_paths_come_apart() {
        assert_eq!(segments("model//./MLmodel").unwrap(), ["model", "MLmodel"]);
        assert_eq!(
            segments("a dir/ä+ 100%.txt").unwrap(),
            ["a dir", "ä+ 100%.txt"]
        );
        assert_eq!(segments("a%20b/...").unwrap(), ["a%20b", "..."]);
        assert!(segments("").unwrap().is_empty());
    }

    #[test]
    fn whatever_could_leave_the_root_is_refused() {
        for path in [
            "/etc/passwd",
            "..",
            "a/../../b",
            "a\\..\\b",
            "%2e%2e/b",
            "%252e%252e/b",
            "a/%2e",
            "a%2fb",
            "a%5cb",
            "a\0",
            "a%00",
            "a\nb",
            "%ff",
            "%25252525252e",
        ] {
            assert!(
                matches!(segments(path), Err(ArtifactError::UnsafePath { .. })),
                "{path:?}"
            );
        }
    }
}
