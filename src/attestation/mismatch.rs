//! Whether a statement is about this decision and about these files.
//!
//! The one decision here: everything is compared, and every difference is told by name. "It does not
//! match" helps nobody at the moment when it matters.

use std::collections::BTreeMap;
use std::fmt;

use serde_json::Value;

use super::{DECISION_FIELD, Decided, PREDICATE_TYPE, STATEMENT_TYPE, Statement};
use crate::decision::sha256;
use crate::evidence::{ModelFile, ModelFiles, UnclearFiles};

/// The most files that are told one by one.
const MOST_TOLD: usize = 10;

/// One thing in which an attestation is not about a decision.
///
/// `Display` is a lowercase fragment that fits "the attestation does not match: ...".
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mismatch {
    /// It is a statement of another type.
    Statement(String),
    /// Its predicate is of another type.
    Predicate(String),
    /// The predicate names no decision of gatewright.
    NoDecision,
    /// A fact about the decision differs.
    Fact {
        /// Which.
        name: &'static str,
        /// What was attested.
        attested: String,
        /// What the decision says.
        decided: String,
    },
    /// The verdict that was attested, or that of the decision, is no pass.
    Verdict(String),
    /// The subjects are no list of a model's files.
    Unclear(UnclearFiles),
    /// No subject is the model as a whole.
    NoModel(String),
    /// The model has a file that was not attested.
    Missing(String),
    /// A file was attested that the model does not have.
    Extra(String),
    /// A file has other bytes than were attested.
    Changed {
        /// The file.
        path: String,
        /// The digest that was attested.
        attested: String,
        /// Its digest.
        found: String,
    },
    /// More files differ than are told.
    More(usize),
    /// The files have another digest together than the decision says.
    Files {
        /// Whose files.
        whose: &'static str,
        /// Their digest.
        found: String,
        /// The digest that the decision has.
        decided: String,
    },
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Statement(kind) => write!(f, "it is a statement of the type `{kind}`"),
            Self::Predicate(kind) => write!(f, "its predicate is of the type `{kind}`"),
            Self::NoDecision => f.write_str("it names no decision of gatewright"),
            Self::Fact {
                name,
                attested,
                decided,
            } => write!(
                f,
                "it is about the {name} {attested}, and the decision about {decided}"
            ),
            Self::Verdict(verdict) => write!(f, "the verdict is {verdict}, and not pass"),
            Self::Unclear(error) => write!(f, "its subjects are no list of files: {error}"),
            Self::NoModel(name) => write!(
                f,
                "its first subject is not `{name}` with the digest of its files"
            ),
            Self::Missing(path) => write!(
                f,
                "the model has the file `{path}`, and it was not attested"
            ),
            Self::Extra(path) => write!(
                f,
                "the file `{path}` was attested, and the model does not have it"
            ),
            Self::Changed {
                path,
                attested,
                found,
            } => write!(
                f,
                "the file `{path}` was attested with {attested}, and has {found}"
            ),
            Self::More(count) => write!(f, "{count} more files differ"),
            Self::Files {
                whose,
                found,
                decided,
            } => write!(
                f,
                "the files {whose} have the digest {found}, and those of the decision {decided}"
            ),
        }
    }
}

/// Everything in which a statement is not about a decision, and about the files that the model has
/// now, where somebody has read them. Empty means that it matches.
#[must_use]
pub fn compare(
    statement: &Statement,
    decided: &Decided,
    files: Option<&ModelFiles>,
) -> Vec<Mismatch> {
    let mut found = Vec::new();
    if statement.kind != STATEMENT_TYPE {
        found.push(Mismatch::Statement(statement.kind.clone()));
    }
    if statement.predicate_type != PREDICATE_TYPE {
        found.push(Mismatch::Predicate(statement.predicate_type.clone()));
    }
    facts(statement, decided, &mut found);
    subjects(statement, decided, files, &mut found);
    found
}

fn facts(statement: &Statement, decided: &Decided, found: &mut Vec<Mismatch>) {
    let predicate = &statement.predicate;
    let Some(named) = predicate.get(DECISION_FIELD).and_then(Value::as_object) else {
        found.push(Mismatch::NoDecision);
        return;
    };
    let wanted = |text: &str| Value::from(text);
    let environment = decided.environment.as_deref().map_or(Value::Null, wanted);
    for (name, key, decided) in [
        ("model", "model", wanted(&decided.model)),
        ("version", "version", Value::from(decided.version)),
        ("gate", "gate", wanted(&decided.gate)),
        ("environment", "environment", environment),
        ("spec", "spec", wanted(&decided.spec)),
        ("model digest", "files", wanted(&decided.files)),
        ("decision", "decision", wanted(&decided.digest)),
    ] {
        let attested = named.get(key).unwrap_or(&Value::Null);
        // GitHub's tool writes every number as a double.
        let same =
            *attested == decided || (decided.is_u64() && attested.as_f64() == decided.as_f64());
        if !same {
            let (attested, decided) = (shown(attested), shown(&decided));
            found.push(Mismatch::Fact {
                name,
                attested,
                decided,
            });
        }
    }
    let attested = named.get("verdict").unwrap_or(&Value::Null);
    if decided.verdict != "pass" {
        found.push(Mismatch::Verdict(decided.verdict.clone()));
    } else if attested != "pass" {
        found.push(Mismatch::Verdict(shown(attested)));
    }
    let result = predicate.get("result").and_then(Value::as_str);
    if !matches!(result, Some("PASSED" | "WARNED")) {
        found.push(Mismatch::Verdict(result.unwrap_or("none").to_owned()));
    }
}

fn shown(value: &Value) -> String {
    let text = value.as_str().map(str::to_owned);
    let text = text.unwrap_or_else(|| match value {
        Value::Null => "none".to_owned(),
        other => other.to_string(),
    });
    text.chars().take(100).collect()
}

fn subjects(
    statement: &Statement,
    decided: &Decided,
    files: Option<&ModelFiles>,
    found: &mut Vec<Mismatch>,
) {
    let name = decided.subject();
    let mut subjects = statement.subjects.iter();
    let whole = subjects.next();
    let attested = subjects
        .map(|(path, digest)| ModelFile {
            path: path.clone(),
            sha256: digest.clone(),
            bytes: 0,
        })
        .collect();
    let attested = match ModelFiles::new(attested) {
        Ok(attested) => attested,
        Err(error) => return found.push(Mismatch::Unclear(error)),
    };
    if let Some(files) = files {
        differences(&attested, files, found);
        let digest = sha256(files.manifest().as_bytes());
        require_digest("that the model has now", digest, decided, found);
    }
    let digest = sha256(attested.manifest().as_bytes());
    if whole.is_none_or(|(whole, its)| *whole != name || format!("sha256:{its}") != digest) {
        found.push(Mismatch::NoModel(name));
    }
    require_digest("that were attested", digest, decided, found);
}

fn require_digest(
    whose: &'static str,
    digest: String,
    decided: &Decided,
    found: &mut Vec<Mismatch>,
) {
    if digest != decided.files {
        found.push(Mismatch::Files {
            whose,
            found: digest,
            decided: decided.files.clone(),
        });
    }
}

/// File by file.
fn differences(attested: &ModelFiles, files: &ModelFiles, found: &mut Vec<Mismatch>) {
    let by_path = |files: &ModelFiles| -> BTreeMap<String, String> {
        let files = files.files().iter();
        files
            .map(|file| (file.path.clone(), file.sha256.clone()))
            .collect()
    };
    let (attested, present) = (by_path(attested), by_path(files));
    let missing = present.keys().filter(|path| !attested.contains_key(*path));
    let mut all: Vec<_> = missing.cloned().map(Mismatch::Missing).collect();
    let others = attested
        .into_iter()
        .filter_map(|(path, attested)| match present.get(&path) {
            None => Some(Mismatch::Extra(path)),
            Some(found) if *found != attested => Some(Mismatch::Changed {
                path,
                attested,
                found: found.clone(),
            }),
            Some(_) => None,
        });
    all.extend(others);
    let more = all.len().saturating_sub(MOST_TOLD);
    all.truncate(MOST_TOLD);
    found.extend(all);
    if more > 0 {
        found.push(Mismatch::More(more));
    }
}
