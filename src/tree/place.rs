//! Where a path leads, and whether it may be followed.
//!
//! The one decision here: nothing is followed. A symbolic link anywhere below the root, in the
//! path or at its end, ends the work, wherever it points.

use std::fs;
use std::io::ErrorKind;
use std::path::{Component, Path, PathBuf};

use super::error::TreeError;

/// What is at a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Found {
    Nothing,
    File,
    Folder,
}

/// The place of a path below `root`, and what is there.
pub(super) fn find(root: &Path, path: &str) -> Result<(PathBuf, Found), TreeError> {
    let parts = parts(path)?;
    let mut place = root.to_owned();
    let mut found = Found::Folder;
    let mut walked = String::new();
    for part in parts {
        if found == Found::File {
            return Err(TreeError::Blocked { path: walked });
        }
        if !walked.is_empty() {
            walked.push('/');
        }
        walked.push_str(part);
        place.push(part);
        // Below nothing there is nothing.
        if found == Found::Folder {
            found = look(&place, &walked)?;
        }
    }
    Ok((place, found))
}

/// The names on the way; `\` is a separator on Windows and a trick elsewhere.
fn parts(path: &str) -> Result<Vec<&str>, TreeError> {
    let outside = || TreeError::Outside {
        path: path.to_owned(),
    };
    let normal = Path::new(path)
        .components()
        .all(|part| matches!(part, Component::Normal(_)));
    let parts: Vec<_> = path.split('/').collect();
    let plain = |part: &&str| {
        !part.is_empty() && *part != "." && *part != ".." && !part.contains(['\\', ':', '\0'])
    };
    if normal && parts.iter().all(plain) {
        Ok(parts)
    } else {
        Err(outside())
    }
}

fn look(place: &Path, walked: &str) -> Result<Found, TreeError> {
    match fs::symlink_metadata(place) {
        Ok(metadata) if metadata.is_symlink() => Err(TreeError::Link {
            path: walked.to_owned(),
        }),
        Ok(metadata) if metadata.is_dir() => Ok(Found::Folder),
        Ok(metadata) if metadata.is_file() => Ok(Found::File),
        Ok(_) => Err(TreeError::Blocked {
            path: walked.to_owned(),
        }),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(Found::Nothing),
        Err(cause) => Err(TreeError::Io {
            path: walked.to_owned(),
            action: "look at",
            cause,
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_stays_below_the_root() {
        let root = tempfile::tempdir().unwrap();
        for path in [
            "",
            "..",
            "../x",
            "a/../../x",
            "/etc/passwd",
            "a//b",
            "a\\b",
            "c:/x",
            "./a",
            "a/",
        ] {
            assert!(
                matches!(find(root.path(), path), Err(TreeError::Outside { .. })),
                "{path}"
            );
        }
        assert_eq!(find(root.path(), "a/b.yml").unwrap().1, Found::Nothing);
    }

    #[test]
    fn a_file_is_no_folder() {
        let root = tempfile::tempdir().unwrap();
        fs::write(root.path().join("a"), "").unwrap();
        assert!(
            matches!(find(root.path(), "a/b/c"), Err(TreeError::Blocked { path }) if path == "a")
        );
    }
}
