//! The files in which Python's tools keep credentials.
//!
//! The one decision here: one-line values, as `configparser` reads them, and nothing cleverer.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;

/// The largest file that is read, in bytes.
const LARGEST_FILE: u64 = 64 << 10;

/// The sections of a file, each with its keys in lower case.
pub(super) type Sections = BTreeMap<String, BTreeMap<String, String>>;

/// Reads a file; `None` when there is none.
///
/// # Errors
/// Why it could not be read.
pub(super) fn read(path: &Path) -> Result<Option<Sections>, String> {
    Ok(text(path)?.map(|text| parse(&text)))
}

/// The text of a small file; `None` when there is none.
///
/// # Errors
/// Why it could not be read.
pub(super) fn text(path: &Path) -> Result<Option<String>, String> {
    match std::fs::metadata(path) {
        Ok(metadata) if metadata.is_file() => {}
        Ok(_) => return Err("it is not a regular file".to_owned()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error.to_string()),
    }
    let mut text = String::new();
    File::open(path)
        .and_then(|file| file.take(LARGEST_FILE).read_to_string(&mut text))
        .map_err(|error| error.to_string())?;
    Ok(Some(text))
}

/// Takes a text apart. What stands before the first section belongs to none; empty values are
/// as good as none.
pub(super) fn parse(text: &str) -> Sections {
    let mut sections = Sections::new();
    let mut current = None;
    for line in text.lines().map(str::trim) {
        if line.is_empty() || line.starts_with(['#', ';']) {
            continue;
        }
        let header = line.strip_prefix('[');
        if let Some(name) = header.and_then(|rest| rest.strip_suffix(']')) {
            sections.entry(name.to_owned()).or_default();
            current = Some(name.to_owned());
            continue;
        }
        let Some((key, value)) = line.split_once(['=', ':']) else {
            continue;
        };
        let value = value.trim().replace("%%", "%");
        let section = current.as_ref().and_then(|name| sections.get_mut(name));
        if let Some(section) = section.filter(|_| !value.is_empty()) {
            section.insert(key.trim().to_ascii_lowercase(), value);
        }
    }
    sections
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_read_as_configparser_reads_it() {
        let text = "stray = 1\n[other]\nname = no\n[mlflow]\n; a comment\n\
                    NAME = ada\nempty =\npassword: 100%%=1\n";
        let sections = parse(text);
        assert_eq!(sections["mlflow"]["name"], "ada");
        assert_eq!(sections["mlflow"]["password"], "100%=1");
        assert_eq!(sections["mlflow"].len(), 2);
        assert_eq!(sections["other"]["name"], "no");
    }
}
