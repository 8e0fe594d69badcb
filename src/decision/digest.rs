//! Digests, as every document of gatewright writes them.

use std::fmt::Write;

use sha2::{Digest, Sha256};

/// `sha256:` and 64 hexadecimal digits.
#[must_use]
pub fn sha256(bytes: &[u8]) -> String {
    let mut text = "sha256:".to_owned();
    for byte in Sha256::digest(bytes) {
        let _ = write!(text, "{byte:02x}");
    }
    text
}
