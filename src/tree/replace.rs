//! A file that is whole or not there.

use std::fs;
use std::io::{self, Write as _};
use std::path::Path;

use tempfile::Builder;

/// Puts a text in the place of a file, or where none is: written beside it and renamed, so that
/// nobody ever reads half of it. What is no file (a pipe, a terminal) is written to as it is.
///
/// # Errors
/// What the disk says.
pub fn replace(path: &Path, text: &str) -> io::Result<()> {
    // A link stays a link: what it leads to is replaced.
    let place = path.canonicalize().unwrap_or_else(|_| path.to_path_buf());
    if fs::metadata(&place).is_ok_and(|known| !known.is_file()) {
        return fs::write(&place, text);
    }
    let folder = place
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    let mut file = builder().tempfile_in(folder.unwrap_or(Path::new(".")))?;
    file.write_all(text.as_bytes())?;
    file.persist(&place)?;
    Ok(())
}

/// Files for everyone who may read the repository, not for their owner alone.
pub(super) fn builder() -> Builder<'static, 'static> {
    let mut builder = Builder::new();
    builder.prefix(".gatewright-");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        builder.permissions(fs::Permissions::from_mode(0o666));
    }
    builder
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn a_link_stays_a_link_and_what_it_leads_to_is_replaced() {
        let folder = tempfile::TempDir::new().unwrap();
        let (file, link) = (folder.path().join("file"), folder.path().join("link"));
        fs::write(&file, "old").unwrap();
        std::os::unix::fs::symlink(&file, &link).unwrap();
        replace(&link, "new").unwrap();
        assert_eq!(fs::read_to_string(&file).unwrap(), "new");
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);
    }
}
