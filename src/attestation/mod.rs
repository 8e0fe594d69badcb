//! A decision that somebody answers for: signed statements about the files of a model.
//!
//! The one decision here: nothing in a statement counts before its signature does, and afterwards
//! only what equals the decision and the files in every part. Sigstore's certificates are not judged
//! in this room; whoever has checked one hands the statement on.

mod decided;
mod envelope;
mod github;
mod key;
mod mismatch;
mod record;
mod sign;
mod statement;

pub use decided::Decided;
pub use envelope::{Envelope, LARGEST_ATTESTATION, MOST_ATTESTATIONS, Material, Unreadable};
pub use github::{GithubResult, ISSUER, Identity, results as github_results};
pub use key::{KeyProblem, PublicKey};
pub use mismatch::{Mismatch, compare};
pub use record::{AttestationRecord, AttestorKind};
pub use sign::PrivateKey;
pub use statement::{DECISION_FIELD, PAYLOAD_TYPE, PREDICATE_TYPE, STATEMENT_TYPE, Statement};
