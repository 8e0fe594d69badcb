//! A folder of small texts that users keep in their repository, such as templates.
//!
//! The one decision here: it is read as carefully as it is written to. No link is followed, nothing
//! outside the root is opened, and nothing is read that is no text of reasonable size.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use super::error::TreeError;
use super::place::{Found, find};
use super::snapshot::{State, state};

/// How deep and how many: templates lie in a folder for each provider.
const DEEPEST: usize = 4;
const MOST: usize = 200;

/// The texts of the YAML files at or below `folder`, by their paths from there; `None` where there
/// is no such folder.
///
/// # Errors
/// [`TreeError`], when a path cannot be followed, or a file cannot be read or is no text.
pub fn texts(root: &Path, folder: &str) -> Result<Option<BTreeMap<String, String>>, TreeError> {
    match find(root, folder)?.1 {
        Found::Nothing => return Ok(None),
        Found::File => {
            return Err(TreeError::Blocked {
                path: folder.to_owned(),
            });
        }
        Found::Folder => {}
    }
    let mut texts = BTreeMap::new();
    collect(root, folder, DEEPEST, &mut |path| {
        let name = path.get(folder.len() + 1..).unwrap_or_default();
        match state(root, path)? {
            State::Text(text) if texts.len() < MOST => {
                texts.insert(name.to_owned(), text);
                Ok(())
            }
            _ => Err(TreeError::NoText {
                path: path.to_owned(),
            }),
        }
    })?;
    Ok(Some(texts))
}

fn collect(
    root: &Path,
    folder: &str,
    depth: usize,
    take: &mut impl FnMut(&str) -> Result<(), TreeError>,
) -> Result<(), TreeError> {
    let failed = |cause| TreeError::Io {
        path: folder.to_owned(),
        action: "list",
        cause,
    };
    let (place, _) = find(root, folder)?;
    for entry in fs::read_dir(place).map_err(failed)? {
        let Ok(name) = entry.map_err(failed)?.file_name().into_string() else {
            continue;
        };
        let path = format!("{folder}/{name}");
        match find(root, &path)?.1 {
            Found::Folder if depth > 1 => collect(root, &path, depth - 1, take)?,
            Found::File if is_template(&name) => take(&path)?,
            _ => {}
        }
    }
    Ok(())
}

fn is_template(name: &str) -> bool {
    Path::new(name)
        .extension()
        .is_some_and(|extension| extension == "yml")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn yaml_files_are_read_by_their_names_and_others_left_alone() {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir_all(root.path().join("ci/github")).unwrap();
        fs::write(root.path().join("ci/github/step.yml"), "- x\r\n").unwrap();
        fs::write(root.path().join("ci/README.md"), [0xFF]).unwrap();
        let read = texts(root.path(), "ci").unwrap().unwrap();
        assert_eq!(
            read,
            BTreeMap::from([("github/step.yml".to_owned(), "- x\n".to_owned())])
        );
        assert_eq!(texts(root.path(), "none").unwrap(), None);
    }

    #[cfg(unix)]
    #[test]
    fn what_leads_out_or_is_no_text_is_an_error() {
        let (root, elsewhere) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        fs::write(elsewhere.path().join("step.yml"), "secret").unwrap();
        let link = |to: &Path, name: &str| {
            std::os::unix::fs::symlink(to, root.path().join(name)).unwrap();
        };
        link(elsewhere.path(), "linked");
        assert!(matches!(
            texts(root.path(), "linked"),
            Err(TreeError::Link { .. })
        ));
        fs::create_dir(root.path().join("ci")).unwrap();
        link(&elsewhere.path().join("step.yml"), "ci/step.yml");
        assert!(matches!(
            texts(root.path(), "ci"),
            Err(TreeError::Link { .. })
        ));
        fs::create_dir(root.path().join("binary")).unwrap();
        fs::write(root.path().join("binary/x.yml"), [0xFF]).unwrap();
        assert!(matches!(
            texts(root.path(), "binary"),
            Err(TreeError::NoText { .. })
        ));
        for path in ["..", "../x", "/etc", "ci/../.."] {
            assert!(
                matches!(texts(root.path(), path), Err(TreeError::Outside { .. })),
                "{path}"
            );
        }
    }
}
