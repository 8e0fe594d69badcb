//! The text of a comment, and the marker it is found again by.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// The most characters GitHub takes in one comment.
const LONGEST: usize = 65_536;

/// What stands where the end was cut off. The empty line ends a table.
const CUT: &str =
    "\n*The report is longer than a comment may be; the job summary has all of it.*\n";

/// What the line of a report begins with that differs from run to run: a comment that differs in
/// nothing else is left alone.
const JUDGED: &str = "<sub>judged ";

/// What a value of the marker is spelled with; everything else is percent-encoded.
const PLAIN: AsciiSet = NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.');

/// A comment as it should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Comment {
    marker: String,
    body: String,
}

impl Comment {
    /// The comment of a gate in a project, with a report in Markdown.
    #[must_use]
    pub(crate) fn new(gate: &str, project: &str, report: &str) -> Self {
        let (gate, project) = (value(gate), value(project));
        let marker = format!("<!-- gatewright gate={gate} project={project} -->");
        let body = cut(format!("{marker}\n{report}"));
        Self { marker, body }
    }

    /// What is sent.
    pub(super) fn body(&self) -> &str {
        &self.body
    }

    /// Whether a comment that was found is this one, in an earlier state or the same.
    pub(super) fn is_earlier(&self, found: &str) -> bool {
        found.starts_with(&self.marker)
    }

    /// Whether a comment that was found says the same, whatever its line ends are, and whenever it
    /// was judged.
    pub(super) fn says_the_same(&self, found: &str) -> bool {
        fn lasting(text: &str) -> impl Iterator<Item = &str> {
            text.trim_end()
                .lines()
                .filter(|line| !line.starts_with(JUDGED))
        }
        lasting(found).eq(lasting(&self.body))
    }
}

/// A value that can neither end the marker nor be taken for its next word: no `>`, no space, and
/// not two hyphens in a row, which no parser of HTML comments agrees on.
fn value(text: &str) -> String {
    utf8_percent_encode(text, &PLAIN)
        .to_string()
        .replace("--", "-%2D")
}

/// Cuts at a line's end, so that no markup is left open inside a line.
fn cut(body: String) -> String {
    if body.chars().count() <= LONGEST {
        return body;
    }
    let room = LONGEST - CUT.chars().count() - 1;
    let kept: String = body.chars().take(room).collect();
    let kept = kept.rsplit_once('\n').map_or("", |(lines, _)| lines);
    format!("{kept}\n{CUT}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_marker_is_the_first_line_and_names_gate_and_project() {
        let comment = Comment::new("promote", "taxi-fare", "### Gate\n");
        assert_eq!(
            comment.body(),
            "<!-- gatewright gate=promote project=taxi-fare -->\n### Gate\n"
        );
    }

    #[test]
    fn nothing_in_a_name_closes_the_marker() {
        for name in [
            "-->",
            "--!>",
            "->",
            "a -->\n@everyone",
            "---->",
            "<!--",
            "é project=x",
        ] {
            let comment = Comment::new(name, name, "report");
            let (marker, report) = comment.body().split_once('\n').unwrap();
            assert_eq!(report, "report");
            let inside = marker
                .strip_prefix("<!-- ")
                .and_then(|rest| rest.strip_suffix(" -->"))
                .unwrap();
            assert!(!inside.contains(['<', '>', '@']), "{marker}");
            assert!(!inside.contains("--"), "{marker}");
            assert_eq!(inside.split(' ').count(), 3, "{marker}");
        }
    }

    #[test]
    fn gates_and_projects_with_similar_names_have_comments_of_their_own() {
        let comment = Comment::new("promote", "taxi", "");
        for (gate, project) in [
            ("promote-eu", "taxi"),
            ("promote", "taxi-fare"),
            ("pro", "taxi"),
        ] {
            let other = Comment::new(gate, project, "");
            assert!(!comment.is_earlier(other.body()), "{}", other.body());
            assert!(!other.is_earlier(comment.body()), "{}", other.body());
        }
    }

    #[test]
    fn line_ends_and_trailing_space_make_no_difference() {
        let comment = Comment::new("promote", "taxi", "one\ntwo\n");
        assert!(comment.says_the_same(&comment.body().trim_end().replace('\n', "\r\n")));
        assert!(!comment.says_the_same(&format!("{}three", comment.body())));
    }

    #[test]
    fn the_time_alone_is_no_news() {
        let at =
            |time: &str| Comment::new("promote", "taxi", &format!("one\n{JUDGED}{time}</sub>\n"));
        assert!(at("Monday").says_the_same(at("Tuesday").body()));
        assert!(!at("Monday").says_the_same(&at("Monday").body().replace("one", "two")));
    }

    #[test]
    fn a_long_report_is_cut_at_a_line_end_and_says_so() {
        let line = format!("{}ü😀\n", "| x ".repeat(20));
        let comment = Comment::new("promote", "taxi", &line.repeat(1000));
        let body = comment.body();
        assert!(body.chars().count() <= LONGEST, "{}", body.chars().count());
        assert!(
            body.chars().count() > LONGEST - 200,
            "{}",
            body.chars().count()
        );
        let kept = body.strip_suffix(CUT).expect("it says so");
        assert!(kept.lines().skip(1).all(|kept| kept == line.trim_end()));
        assert!(comment.is_earlier(body));
    }

    #[test]
    fn a_report_of_one_endless_line_leaves_the_marker_and_the_note() {
        let comment = Comment::new("promote", "taxi", &"x".repeat(LONGEST));
        assert_eq!(comment.body(), format!("{}\n{CUT}", comment.marker));
    }

    #[test]
    fn a_report_that_just_fits_is_left_alone() {
        let marker = Comment::new("promote", "taxi", "").body().chars().count();
        let report = "ü".repeat(LONGEST - marker);
        assert!(
            Comment::new("promote", "taxi", &report)
                .body()
                .ends_with(&report)
        );
    }
}
