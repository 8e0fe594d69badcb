//! A tracking store that is a file on the runner, and so is gone with it.
//!
//! The one decision here: between the job that makes a model and the job that lets it live lies
//! an approval and another machine, so such a file travels there as an artifact. One at an absolute
//! path does not: where it outlives the job others write it as well, and a copy from before the
//! approval would undo what they wrote.

use super::job::Value;

/// What a store's address says about its place.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// A server, the disk of the runner, or an address that only the CI system knows: reached from
    /// every job.
    Elsewhere,
    /// A SQLite file, relative to the spec's folder.
    File(String),
    /// A SQLite store that is no file of a known name.
    Unknown,
}

/// Reads the forms of `SQLAlchemy`: `sqlite:///relative.db`, `sqlite:////absolute.db`.
pub(super) fn place(address: &Value) -> Place {
    let (text, whole) = match address {
        Value::Literal(text) => (text.as_str(), true),
        Value::Joined(parts) => match parts.first() {
            Some(Value::Literal(text)) => (text.as_str(), false),
            _ => return Place::Elsewhere,
        },
        _ => return Place::Elsewhere,
    };
    if !text.starts_with("sqlite") {
        return Place::Elsewhere;
    }
    let path = text.split_once(":///").map_or("", |(_, path)| path);
    let path = path.split('?').next().unwrap_or_default();
    let part = |part: &str| !part.is_empty() && part != "." && part != "..";
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '.' | '_' | '-' | '/' | ' ');
    if path.starts_with('/') {
        Place::Elsewhere
    } else if whole && path.split('/').all(part) && path.chars().all(plain) {
        Place::File(path.to_owned())
    } else {
        Place::Unknown
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(address: &str) -> Place {
        place(&Value::Literal(address.to_owned()))
    }

    #[test]
    fn sqlite_addresses_name_files() {
        assert_eq!(
            at("sqlite:///mlflow.db"),
            Place::File("mlflow.db".to_owned())
        );
        assert_eq!(at("sqlite:////srv/mlflow.db?timeout=5"), Place::Elsewhere);
        assert_eq!(
            at("sqlite+pysqlite:///a/b.db"),
            Place::File("a/b.db".to_owned())
        );
        assert_eq!(at("https://mlflow.example"), Place::Elsewhere);
        assert_eq!(place(&Value::Secret("URI".to_owned())), Place::Elsewhere);
    }

    #[test]
    fn a_store_in_memory_or_outside_the_folder_has_no_known_place() {
        for address in [
            "sqlite://",
            "sqlite:///:memory:",
            "sqlite:///../x.db",
            "sqlite:///",
            "sqlite:///*",
        ] {
            assert_eq!(at(address), Place::Unknown, "{address}");
        }
    }
}
