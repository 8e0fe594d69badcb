//! A configured string that may refer to environment variables as `${NAME}`.
//!
//! The one decision here: the spec holds the reference, never the value, so that a secret can be
//! named in Git without being there.

use std::fmt;

/// A string with `${NAME}` references, resolved where it is used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setting {
    pieces: Vec<Piece>,
}

/// A part of a [`Setting`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// Text that stands for itself.
    Literal(String),
    /// A reference to the environment variable of this name.
    Variable(String),
}

/// A `${` that does not begin a reference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadReference {
    /// The text from `${` on.
    pub text: String,
}

impl fmt::Display for BadReference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "`{}` is not a reference to an environment variable",
            self.text
        )
    }
}

impl Setting {
    /// Reads `https://${HOST}/x` into literal text and references.
    ///
    /// # Errors
    /// [`BadReference`] when a `${` is not closed, or what stands between the braces is not a
    /// variable name (`[A-Za-z_][A-Za-z0-9_]*`).
    pub fn parse(text: &str) -> Result<Self, BadReference> {
        let mut pieces = Vec::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("${") {
            let bad = || BadReference {
                text: format!("${{{after}"),
            };
            let (name, tail) = after.split_once('}').ok_or_else(bad)?;
            if !is_variable_name(name) {
                return Err(bad());
            }
            if !before.is_empty() {
                pieces.push(Piece::Literal(before.to_owned()));
            }
            pieces.push(Piece::Variable(name.to_owned()));
            rest = tail;
        }
        if !rest.is_empty() {
            pieces.push(Piece::Literal(rest.to_owned()));
        }
        Ok(Self { pieces })
    }

    /// Text that stands for itself, `${` and all.
    #[must_use]
    pub fn literal(text: &str) -> Self {
        Self {
            pieces: vec![Piece::Literal(text.to_owned())],
        }
    }

    /// The parts, in order.
    #[must_use]
    pub fn pieces(&self) -> &[Piece] {
        &self.pieces
    }

    /// The names of the variables it refers to, in order of appearance.
    pub fn variables(&self) -> impl Iterator<Item = &str> {
        self.pieces.iter().filter_map(|piece| match piece {
            Piece::Variable(name) => Some(name.as_str()),
            Piece::Literal(_) => None,
        })
    }

    /// Puts values in the place of references.
    ///
    /// # Errors
    /// The name of the first variable that has no value, or an empty one.
    pub fn resolve(&self, lookup: &dyn Fn(&str) -> Option<String>) -> Result<String, String> {
        let mut resolved = String::new();
        for piece in &self.pieces {
            match piece {
                Piece::Literal(text) => resolved.push_str(text),
                Piece::Variable(name) => {
                    let value = lookup(name).filter(|value| !value.is_empty());
                    resolved.push_str(&value.ok_or_else(|| name.clone())?);
                }
            }
        }
        Ok(resolved)
    }
}

/// As it is written in the spec, references and all: safe to print.
impl fmt::Display for Setting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.pieces.iter().try_for_each(|piece| match piece {
            Piece::Literal(text) => f.write_str(text),
            Piece::Variable(name) => write!(f, "${{{name}}}"),
        })
    }
}

/// Whether `name` can name an environment variable in a shell and in both CI systems.
#[must_use]
pub fn is_variable_name(name: &str) -> bool {
    let mut characters = name.chars();
    characters
        .next()
        .is_some_and(|first| first.is_ascii_alphabetic() || first == '_')
        && characters.all(|c| c.is_ascii_alphanumeric() || c == '_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reference_is_resolved_where_it_stands() {
        let setting = Setting::parse("https://${HOST}/mlflow").unwrap();
        let resolved = setting.resolve(&|name| (name == "HOST").then(|| "h.example".to_owned()));
        assert_eq!(resolved.unwrap(), "https://h.example/mlflow");
        assert_eq!(setting.to_string(), "https://${HOST}/mlflow");
    }

    #[test]
    fn an_unset_or_empty_variable_is_named() {
        let setting = Setting::parse("${A}${B}").unwrap();
        let lookup = |name: &str| (name == "A").then(|| "x".to_owned());
        assert_eq!(setting.resolve(&lookup), Err("B".to_owned()));
        assert_eq!(
            setting.resolve(&|_| Some(String::new())),
            Err("A".to_owned())
        );
    }

    #[test]
    fn a_brace_that_is_not_closed_is_refused() {
        for text in ["${", "${A", "${}", "${a-b}", "${${A}}"] {
            assert!(Setting::parse(text).is_err(), "{text}");
        }
    }
}
