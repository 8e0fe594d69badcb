//! The lines of a workflow that pin an action: `uses: owner/name@<commit> # <version>`.
//!
//! The one decision here: only that very form is a pin, as this program and the bots that update
//! it write it. A tag, a short commit, a missing version: a person's edit.

/// One line that pins an action.
struct Line<'a> {
    /// What stands before the action.
    before: &'a str,
    /// `owner/name`, and maybe a path.
    action: &'a str,
    /// `<commit> # <version>`.
    pin: &'a str,
}

/// The text without the commits and versions of pinned actions.
pub(super) fn unpinned(text: &str) -> String {
    let mut unpinned = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        let (line, end) = match line.strip_suffix('\n') {
            Some(line) => (line, "\n"),
            None => (line, ""),
        };
        match read(line) {
            Some(Line { before, action, .. }) => unpinned.extend([before, action, end]),
            None => unpinned.extend([line, end]),
        }
    }
    unpinned
}

/// `owner/name` and `<commit> # <version>` of every line that pins an action, in their order.
pub(super) fn pins(text: &str) -> Vec<(String, String)> {
    let line = |line| read(line).map(|line| (line.action.to_owned(), line.pin.to_owned()));
    text.lines().filter_map(line).collect()
}

fn read(line: &str) -> Option<Line<'_>> {
    let start = line.trim_start_matches(' ');
    let value = start
        .strip_prefix("- ")
        .unwrap_or(start)
        .strip_prefix("uses: ")?;
    let (action, pin) = value.split_once('@')?;
    let (commit, version) = pin.split_once(" # ")?;
    let word = |text: &str, others: &[char]| {
        !text.is_empty()
            && text
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || others.contains(&c))
    };
    let is_action = action.contains('/') && word(action, &['.', '_', '-', '/']);
    let is_commit = commit.len() == 40 && commit.chars().all(|c| c.is_ascii_hexdigit());
    let is_version = word(version, &['.', '_', '-', '+']);
    (is_action && is_commit && is_version).then_some(Line {
        before: line.strip_suffix(value)?,
        action,
        pin,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const COMMIT: &str = "3d3c42e5aac5ba805825da76410c181273ba90b1";

    #[test]
    fn a_pin_is_left_out_and_everything_else_stays() {
        let text = format!("a:\n  - uses: actions/checkout@{COMMIT} # v7.0.1\n    with: {{}}");
        assert_eq!(
            unpinned(&text),
            "a:\n  - uses: actions/checkout\n    with: {}"
        );
        let pin = format!("{COMMIT} # v7.0.1");
        assert_eq!(pins(&text), [("actions/checkout".to_owned(), pin)]);
    }

    #[test]
    fn what_is_no_whole_pin_is_text_like_any_other() {
        for line in [
            "uses: actions/checkout@v7".to_owned(),
            "uses: actions/checkout@v7 # v7.0.1".to_owned(),
            format!("uses: actions/checkout@{COMMIT}"),
            format!("uses: actions/checkout@{COMMIT} # "),
            format!("uses: actions/checkout@{COMMIT} # v7 and more"),
            format!("uses: checkout@{COMMIT} # v7"),
            format!("uses: docker://x/y@{COMMIT} # v7"),
            format!("# uses: actions/checkout@{COMMIT} # v7"),
        ] {
            assert_eq!((unpinned(&line), pins(&line)), (line, Vec::new()));
        }
    }
}
