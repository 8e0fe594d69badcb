//! A file that a command is handed, as a whole.
//!
//! The one decision here: it is looked at before it is opened, as opening a pipe would wait for
//! whoever writes to it, and it is read to a limit, whatever its size was said to be.

use std::io::Read;
use std::path::Path;

/// The bytes of a file of at most `limit` bytes, or why there are none.
pub(super) fn bytes(path: &Path, limit: u64) -> Result<Vec<u8>, String> {
    let metadata = std::fs::metadata(path).map_err(|error| error.to_string())?;
    if !metadata.is_file() {
        return Err("it is not a file".to_owned());
    }
    let mut bytes = Vec::new();
    std::fs::File::open(path)
        .and_then(|file| file.take(limit + 1).read_to_end(&mut bytes))
        .map_err(|error| error.to_string())?;
    if bytes.len() as u64 > limit {
        return Err(format!("it has more than {limit} bytes"));
    }
    Ok(bytes)
}

/// The text of a file of at most `limit` bytes, or why there is none.
pub(super) fn text(path: &Path, limit: u64) -> Result<String, String> {
    String::from_utf8(bytes(path, limit)?).map_err(|_| "it is not UTF-8".to_owned())
}
