//! A decision as a file, as far as an attestation is held against it.

use serde_json::Value;

use crate::decision::{SCHEMA_ID, sha256};
use crate::json;

/// What a decision says, and the digest of the file that says it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decided {
    /// `sha256:` and the digest of the file.
    pub digest: String,
    /// `pass`, `blocked` or `hold`.
    pub verdict: String,
    /// The registered model.
    pub model: String,
    /// The version.
    pub version: u64,
    /// The gate.
    pub gate: String,
    /// The environment it was judged for, when one was named.
    pub environment: Option<String>,
    /// `sha256:` and the digest of the spec.
    pub spec: String,
    /// The model digest.
    pub files: String,
}

impl Decided {
    /// Reads the text of a decision.
    ///
    /// # Errors
    /// Why nothing can be held against it, as a lowercase fragment that fits "cannot use the
    /// decision: ...".
    pub fn read(text: &str) -> Result<Self, String> {
        let value = json::parse(text.as_bytes())?;
        if value.get("$schema").and_then(Value::as_str) != Some(SCHEMA_ID) {
            return Err("it is no decision of gatewright, or one of another form".to_owned());
        }
        let word = |path: &str| {
            let word = value.pointer(path).and_then(Value::as_str);
            word.map(str::to_owned)
                .ok_or_else(|| format!("it has no `{path}`"))
        };
        let version = value.pointer("/candidate/version").and_then(Value::as_u64);
        let environment = value.get("environment").and_then(Value::as_str);
        Ok(Self {
            digest: sha256(text.as_bytes()),
            verdict: word("/verdict")?,
            model: word("/model")?,
            version: version.ok_or("it is about a run, and not about a version")?,
            gate: word("/gate")?,
            environment: environment.map(str::to_owned),
            spec: word("/spec/digest")?,
            files: word("/candidate/files/digest").map_err(|_| {
                "it does not name the files of the model: judge with `gate check --model-files`"
            })?,
        })
    }

    /// What an attestation calls the model as a whole.
    #[must_use]
    pub fn subject(&self) -> String {
        format!("models:/{}/{}", self.model, self.version)
    }
}
