//! One command of bash, over as many lines as people like to read.
//!
//! The one decision here: what comes from a spec is one word, quoted wherever a shell would see
//! more in it.

/// A command with its options, the long ones on lines of their own.
pub(super) struct Command {
    first: String,
    rest: Vec<String>,
}

impl Command {
    pub(super) fn new(first: String) -> Self {
        Self {
            first,
            rest: Vec::new(),
        }
    }

    /// An option without a value, on the first line.
    pub(super) fn flag(&mut self, name: &str) {
        self.first = format!("{} --{name}", self.first);
    }

    /// An option on the first line, where there is a value for it.
    pub(super) fn option(&mut self, name: &str, value: Option<&str>) {
        if let Some(value) = value {
            self.first = format!("{} --{name} {}", self.first, word(value));
        }
    }

    /// A line of its own, as bash reads it.
    pub(super) fn line(&mut self, text: String) {
        self.rest.push(text);
    }

    /// The whole command, without a line end.
    pub(super) fn text(self) -> String {
        let mut parts = vec![self.first];
        parts.extend(self.rest.into_iter().map(|line| format!("  {line}")));
        parts.join(" \\\n")
    }
}

/// Text as one word of a shell line.
pub(super) fn word(text: &str) -> String {
    let plain = |c: char| {
        c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-' | '/' | '@' | '+' | ':' | '=')
    };
    if !text.is_empty() && text.chars().all(plain) {
        text.to_owned()
    } else {
        format!("'{}'", text.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_quoted_when_the_shell_would_see_more_than_a_word() {
        assert_eq!(
            word("services/fare/gatewright.yaml"),
            "services/fare/gatewright.yaml"
        );
        assert_eq!(word("a b"), "'a b'");
        assert_eq!(word("it's; rm -rf $HOME"), r"'it'\''s; rm -rf $HOME'");
        assert_eq!(word(""), "''");
    }
}
