//! DSSE envelopes, alone or in a Sigstore bundle.
//!
//! Formats: <https://github.com/secure-systems-lab/dsse/blob/master/envelope.md> and
//! <https://github.com/sigstore/protobuf-specs/blob/main/protos/sigstore_bundle.proto>, versions 0.1
//! to 0.3; several are one a line.
//!
//! The one decision here: one payload, one signature. An envelope with two of which one is good is
//! good to one reader and bad to the next.

use std::fmt;

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use serde_json::Value;

use super::Statement;
use crate::evidence::{ModelFile, ModelFiles};
use crate::json;

/// The largest file of attestations that is read, in bytes.
pub const LARGEST_ATTESTATION: u64 = 32 << 20;

/// The most attestations that one file may hold.
pub const MOST_ATTESTATIONS: usize = 64;

const LENIENT: GeneralPurposeConfig =
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
const STANDARD: GeneralPurpose = GeneralPurpose::new(&alphabet::STANDARD, LENIENT);
const URL_SAFE: GeneralPurpose = GeneralPurpose::new(&alphabet::URL_SAFE, LENIENT);

/// What an envelope brings along to have its signature checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Material {
    /// Nothing, or a hint at a key: whoever checks has the key.
    Key,
    /// A certificate of Sigstore, with entries of a public log.
    Certificate,
}

/// A signed payload; nobody has looked at the signature yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Envelope {
    payload: Vec<u8>,
    payload_type: String,
    signature: Vec<u8>,
    material: Material,
    text: String,
}

/// Why a file holds no attestation.
///
/// `Display` is a lowercase fragment that fits "cannot read the attestation: ...".
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unreadable {
    /// It is too large.
    TooLarge,
    /// It is no JSON that can be read in one way only.
    Json(String),
    /// It holds more than [`MOST_ATTESTATIONS`].
    TooMany,
    /// It is JSON of another form.
    Form(String),
    /// A bundle of a version that is not known.
    Version(String),
    /// It has no signature, or several.
    Signatures(usize),
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLarge => write!(f, "it has more than {LARGEST_ATTESTATION} bytes"),
            Self::Json(reason) => write!(f, "it is not JSON: {reason}"),
            Self::TooMany => write!(f, "it holds more than {MOST_ATTESTATIONS} attestations"),
            Self::Form(reason) => write!(f, "it is no attestation: {reason}"),
            Self::Version(version) => {
                write!(f, "it is a Sigstore bundle of an unknown form, `{version}`")
            }
            Self::Signatures(0) => f.write_str("it is not signed"),
            Self::Signatures(count) => {
                write!(f, "it has {count} signatures, and exactly one is read")
            }
        }
    }
}

impl std::error::Error for Unreadable {}

impl Envelope {
    /// Reads a file: one envelope or bundle, or one on each line.
    ///
    /// # Errors
    /// [`Unreadable`] when any of them is none.
    pub fn read_all(bytes: &[u8]) -> Result<Vec<Self>, Unreadable> {
        if bytes.len() as u64 > LARGEST_ATTESTATION {
            return Err(Unreadable::TooLarge);
        }
        let whole = json::parse(bytes);
        let values = match whole {
            Ok(value) => vec![value],
            Err(reason) => lines(bytes)?.ok_or(Unreadable::Json(reason))?,
        };
        values.iter().map(Self::of).collect()
    }

    /// Reads an envelope or bundle that is JSON already.
    ///
    /// # Errors
    /// [`Unreadable`] when it is none.
    pub fn of(value: &Value) -> Result<Self, Unreadable> {
        let (envelope, material) = match value.get("mediaType") {
            None => (value, Material::Key),
            Some(version) => bundle(version, value)?,
        };
        let signatures = envelope.get("signatures").and_then(Value::as_array);
        let signatures = signatures.ok_or_else(|| form("it has no `signatures`"))?;
        let [signature] = signatures.as_slice() else {
            return Err(Unreadable::Signatures(signatures.len()));
        };
        let signature = decoded(signature, "sig")?;
        if signature.is_empty() {
            return Err(Unreadable::Signatures(0));
        }
        let payload_type = envelope.get("payloadType").and_then(Value::as_str);
        let payload_type = payload_type.ok_or_else(|| form("it has no `payloadType`"))?;
        Ok(Self {
            payload: decoded(envelope, "payload")?,
            payload_type: payload_type.to_owned(),
            signature,
            material,
            text: value.to_string(),
        })
    }

    /// The payload's bytes. They mean nothing before the signature was checked.
    pub(super) fn payload(&self) -> &[u8] {
        &self.payload
    }

    /// What the payload is said to be.
    pub(super) fn payload_type(&self) -> &str {
        &self.payload_type
    }

    /// The signature's bytes.
    pub(super) fn signature(&self) -> &[u8] {
        &self.signature
    }

    /// The bytes that were signed.
    pub(super) fn signed(&self) -> Vec<u8> {
        signed(&self.payload_type, &self.payload)
    }

    /// What it brings along to have its signature checked.
    #[must_use]
    pub fn material(&self) -> Material {
        self.material
    }

    /// The manifest of the files that it claims to be about, to have somebody check the claim.
    #[must_use]
    pub fn claimed_manifest(&self) -> Option<String> {
        let statement = Statement::unsigned(&self.payload).ok()?;
        let subjects = statement.subjects.into_iter().skip(1);
        let files = subjects.map(|(path, sha256)| ModelFile {
            path,
            sha256,
            bytes: 0,
        });
        let files = ModelFiles::new(files.collect()).ok()?;
        Some(files.manifest())
    }

    /// The whole as JSON on one line, for another program to read.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }
}

/// The bytes that are signed for a payload: DSSE's pre-authentication encoding
/// (<https://github.com/secure-systems-lab/dsse/blob/master/protocol.md>).
pub(super) fn signed(payload_type: &str, payload: &[u8]) -> Vec<u8> {
    let head = format!(
        "DSSEv1 {} {payload_type} {} ",
        payload_type.len(),
        payload.len()
    );
    [head.as_bytes(), payload].concat()
}

/// The standard alphabet, with padding.
pub(super) fn encoded(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

/// The values of a file with one on each line; `None` where it is none.
fn lines(bytes: &[u8]) -> Result<Option<Vec<Value>>, Unreadable> {
    let lines = bytes.split(|byte| *byte == b'\n');
    let lines: Vec<_> = lines.filter(|line| !line.trim_ascii().is_empty()).collect();
    if lines.len() > MOST_ATTESTATIONS && lines.iter().all(|line| line.starts_with(b"{")) {
        return Err(Unreadable::TooMany);
    }
    if lines.len() < 2 || lines.len() > MOST_ATTESTATIONS {
        return Ok(None);
    }
    Ok(lines
        .into_iter()
        .map(|line| json::parse(line).ok())
        .collect())
}

fn bundle<'v>(version: &Value, value: &'v Value) -> Result<(&'v Value, Material), Unreadable> {
    const KNOWN: [&str; 4] = [
        "application/vnd.dev.sigstore.bundle.v0.3+json",
        "application/vnd.dev.sigstore.bundle+json;version=0.3",
        "application/vnd.dev.sigstore.bundle+json;version=0.2",
        "application/vnd.dev.sigstore.bundle+json;version=0.1",
    ];
    let version = version.as_str().unwrap_or_default();
    if !KNOWN.contains(&version) {
        return Err(Unreadable::Version(version.chars().take(100).collect()));
    }
    let material = value.get("verificationMaterial").and_then(Value::as_object);
    let material = material.ok_or_else(|| form("the bundle has no `verificationMaterial`"))?;
    let is_certified = ["certificate", "x509CertificateChain"]
        .iter()
        .any(|name| material.contains_key(*name));
    let material = match (is_certified, material.contains_key("publicKey")) {
        (true, false) => Material::Certificate,
        (false, true) => Material::Key,
        _ => return Err(form("the bundle names neither one key nor one certificate")),
    };
    let envelope = value.get("dsseEnvelope");
    let envelope = envelope.ok_or_else(|| form("the bundle holds no `dsseEnvelope`"))?;
    Ok((envelope, material))
}

/// The bytes of a field in base64, of either alphabet.
fn decoded(value: &Value, name: &str) -> Result<Vec<u8>, Unreadable> {
    let text = value.get(name).and_then(Value::as_str);
    let text = text.ok_or_else(|| form(&format!("it has no `{name}`")))?;
    let decoded = STANDARD.decode(text).or_else(|_| URL_SAFE.decode(text));
    decoded.map_err(|_| form(&format!("its `{name}` is not base64")))
}

fn form(reason: &str) -> Unreadable {
    Unreadable::Form(reason.to_owned())
}
