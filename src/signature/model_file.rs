//! The file `MLmodel`: YAML around a signature in JSON.
//!
//! The one decision here: a file that was cut is told from one without a signature. MLflow sorts the
//! keys, and `utc_time_created` comes after everything that is read.

use std::fmt;

use granit_parser::{Event, Parser};
use serde::Deserialize;
use serde::de::IgnoredAny;

use super::read;
use super::schema::Signature;

/// The largest file that is read, in bytes. A column takes some sixty.
const LARGEST: usize = 1 << 20;

/// How deep it may be nested. MLflow writes four levels; the parser below takes time that is
/// quadratic in the depth, so it sees nothing deeper.
const DEEPEST: usize = 64;

/// What of an `MLmodel` file matters here.
#[derive(Debug, Clone, PartialEq)]
pub struct ModelFile {
    /// `None` where the model was logged without one.
    pub signature: Option<Signature>,
    /// The MLflow that wrote it.
    pub mlflow_version: Option<String>,
    /// The id of the logged model, from MLflow 3 on.
    pub model_id: Option<String>,
}

/// Why a file is no `MLmodel` that can be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SignatureError {
    /// Larger or deeper than any such file.
    TooLarge {
        /// What is too large.
        reason: String,
    },
    /// Not YAML, or not what MLflow writes.
    NotAModelFile {
        /// What is wrong with it.
        reason: String,
    },
    /// The signature is not one of MLflow's.
    Signature {
        /// `inputs`, `outputs` or `params`.
        part: &'static str,
        /// What is wrong with it.
        reason: String,
    },
}

impl fmt::Display for SignatureError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLarge { reason } => write!(f, "the MLmodel file is too large: {reason}"),
            Self::NotAModelFile { reason } => write!(f, "the file is no whole MLmodel: {reason}"),
            Self::Signature { part, reason } => {
                write!(f, "the signature's {part} cannot be read: {reason}")
            }
        }
    }
}

impl std::error::Error for SignatureError {}

impl SignatureError {
    /// What to do next, in one sentence.
    #[must_use]
    pub fn help(&self) -> String {
        let help = match self {
            Self::TooLarge { .. } => "check that this is the MLmodel file of the model",
            Self::NotAModelFile { .. } => "log the model again, and look for what changed the file",
            Self::Signature { .. } => {
                "log the model again with MLflow; a newer gatewright may know newer types"
            }
        };
        help.to_owned()
    }
}

#[derive(Deserialize)]
struct Wire {
    #[expect(dead_code, reason = "it only has to be there")]
    flavors: IgnoredAny,
    #[expect(dead_code, reason = "it only has to be there")]
    utc_time_created: String,
    signature: Option<WireSignature>,
    mlflow_version: Option<String>,
    model_id: Option<String>,
}

#[derive(Deserialize)]
struct WireSignature {
    inputs: Option<String>,
    outputs: Option<String>,
    params: Option<String>,
}

impl ModelFile {
    /// Reads the bytes of an `MLmodel` file, of MLflow 2 or 3.
    ///
    /// # Errors
    /// [`SignatureError`] for everything that is not a whole file with a signature or without one.
    pub fn parse(bytes: &[u8]) -> Result<Self, SignatureError> {
        if bytes.len() > LARGEST {
            let reason = format!("more than {LARGEST} bytes");
            return Err(SignatureError::TooLarge { reason });
        }
        let text = str::from_utf8(bytes).map_err(|_| foreign("it is not UTF-8"))?;
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        look_through(text)?;
        let wire: Wire = serde_yaml::from_str(text).map_err(|error| foreign(&error.to_string()))?;
        let signature = wire.signature.map(WireSignature::read).transpose()?;
        Ok(Self {
            signature: signature.flatten(),
            mlflow_version: wire.mlflow_version,
            model_id: wire.model_id,
        })
    }
}

impl WireSignature {
    /// A signature that declares nothing is none.
    fn read(self) -> Result<Option<Signature>, SignatureError> {
        let schema = |part, json: Option<String>| {
            let read = json
                .filter(|json| json != "null")
                .map(|json| read::schema(&json));
            read.transpose()
                .map_err(|reason| SignatureError::Signature { part, reason })
        };
        let (inputs, outputs) = (
            schema("inputs", self.inputs)?,
            schema("outputs", self.outputs)?,
        );
        let params = self
            .params
            .filter(|json| json != "null")
            .map(|json| read::params(&json));
        let params = params
            .transpose()
            .map_err(|reason| SignatureError::Signature {
                part: "params",
                reason,
            })?;
        let is_empty = inputs.is_none() && outputs.is_none() && params.is_none();
        let params = params.unwrap_or_default();
        Ok((!is_empty).then_some(Signature {
            inputs,
            outputs,
            params,
        }))
    }
}

/// Looks at the structure before anything is built from it: depth, and what MLflow never writes.
fn look_through(text: &str) -> Result<(), SignatureError> {
    let mut depth = 0_usize;
    for item in Parser::new_from_str(text) {
        let (event, _) = item.map_err(|error| foreign(&format!("not YAML: {}", error.info())))?;
        match event {
            Event::Alias(_) => return Err(foreign("it holds an alias, which MLflow never writes")),
            Event::SequenceStart(..) | Event::MappingStart(..) => depth += 1,
            Event::SequenceEnd | Event::MappingEnd => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > DEEPEST {
            let reason = format!("nested more than {DEEPEST} levels deep");
            return Err(SignatureError::TooLarge { reason });
        }
    }
    Ok(())
}

fn foreign(reason: &str) -> SignatureError {
    let line = reason
        .chars()
        .map(|letter| if letter.is_control() { ' ' } else { letter });
    SignatureError::NotAModelFile {
        reason: line.take(300).collect(),
    }
}
