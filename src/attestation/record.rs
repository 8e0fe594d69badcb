//! That an attestation was there, for the record of a promotion.

use serde::{Deserialize, Serialize};

/// Who signed, and what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AttestationRecord {
    /// How the signature was checked.
    pub kind: AttestorKind,
    /// Who signed: the id of the key ([`super::PublicKey::id`]), or the workflow with its ref.
    pub signer: String,
    /// `sha256:` and the digest of the statement, of the bytes that were signed.
    pub statement: String,
    /// `sha256:` and the digest of the decision that it is about.
    pub decision: String,
}

/// How a signature was checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AttestorKind {
    /// By us, with a public key.
    Key,
    /// By `gh attestation verify`.
    Github,
}

impl AttestationRecord {
    /// Who signed, for people: `by key sha256:1f..`, `by workflow https://github.com/...`.
    #[must_use]
    pub fn who(&self) -> String {
        let kind = match self.kind {
            AttestorKind::Key => "key",
            AttestorKind::Github => "workflow",
        };
        format!("by {kind} {}", self.signer)
    }
}
