//! What was signed: which files, and which decision about them.

use serde_json::{Map, Value};

use super::{Envelope, Unreadable};
use crate::decision::sha256;
use crate::evidence::is_digest;
use crate::json;

/// What the payload of an attestation is said to be.
pub const PAYLOAD_TYPE: &str = "application/vnd.in-toto+json";

/// The type of a statement.
pub const STATEMENT_TYPE: &str = "https://in-toto.io/Statement/v1";

/// The type of the predicate.
pub const PREDICATE_TYPE: &str = "https://in-toto.io/attestation/test-result/v0.1";

/// The field of the predicate that names the decision.
pub const DECISION_FIELD: &str = concat!(env!("CARGO_PKG_REPOSITORY"), "/decision/v1");

/// A statement whose signature was checked.
#[derive(Debug, Clone, PartialEq)]
pub struct Statement {
    /// `sha256:` and the digest of the bytes that were signed.
    pub digest: String,
    /// The statement's type.
    pub kind: String,
    /// The type of its predicate.
    pub predicate_type: String,
    /// What it is about: names, and SHA-256 in hexadecimal digits.
    pub subjects: Vec<(String, String)>,
    /// The predicate.
    pub predicate: Map<String, Value>,
}

impl Statement {
    /// Reads the payload of an envelope whose signature somebody has checked. That is for
    /// [`super::PublicKey::statement`], and for results of `gh`.
    ///
    /// # Errors
    /// [`Unreadable`] when it is no statement.
    pub(super) fn of(envelope: &Envelope) -> Result<Self, Unreadable> {
        if envelope.payload_type() != PAYLOAD_TYPE {
            let kind: String = envelope.payload_type().chars().take(100).collect();
            return Err(form(&format!("what is signed is of the type `{kind}`")));
        }
        Self::unsigned(envelope.payload())
    }

    /// Reads a statement that nobody has signed yet.
    ///
    /// # Errors
    /// [`Unreadable`] when it is none.
    pub fn unsigned(payload: &[u8]) -> Result<Self, Unreadable> {
        let mut value = json::parse(payload).map_err(Unreadable::Json)?;
        let text = |name: &str| {
            let text = value.get(name).and_then(Value::as_str).map(str::to_owned);
            text.ok_or_else(|| form(&format!("the statement has no `{name}`")))
        };
        let (kind, predicate_type) = (text("_type")?, text("predicateType")?);
        let subjects = value.get("subject").and_then(Value::as_array);
        let subjects = subjects.ok_or_else(|| form("the statement has no `subject`"))?;
        let subjects = subjects.iter().map(subject).collect::<Result<_, _>>()?;
        let Some(Value::Object(predicate)) = value.get_mut("predicate").map(Value::take) else {
            return Err(form("the statement has no `predicate`"));
        };
        Ok(Self {
            digest: sha256(payload),
            kind,
            predicate_type,
            subjects,
            predicate,
        })
    }
}

/// A name and its one digest.
pub(super) fn subject(value: &Value) -> Result<(String, String), Unreadable> {
    let name = value.get("name").and_then(Value::as_str);
    let digests = value.get("digest").and_then(Value::as_object);
    let digest = digests
        .filter(|digests| digests.len() == 1)
        .and_then(|digests| digests.get("sha256")?.as_str())
        .filter(|digest| is_digest(digest));
    match (name, digest) {
        (Some(name), Some(digest)) => Ok((name.to_owned(), digest.to_owned())),
        _ => Err(form(
            "a subject has no name, or not exactly one digest, of SHA-256",
        )),
    }
}

fn form(reason: &str) -> Unreadable {
    Unreadable::Form(reason.to_owned())
}
