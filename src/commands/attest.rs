//! `gatewright attest`: sign a decision with a key, and check who signed one.

use std::path::{Path, PathBuf};

use ring::rand::SystemRandom;

use super::attestation::{Requirement, decided, require};
use super::publish::write_file;
use super::{document, gate, load};
use crate::artifact::{Access, LARGEST_MODEL, Location, model_files};
use crate::attestation::{AttestationRecord, Decided, PrivateKey, Statement, compare};
use crate::cli::{AttestFormat, AttestSign, AttestVerify};
use crate::console::Console;
use crate::decision::canonical;
use crate::error::Error;
use crate::evidence::ModelFiles;
use crate::exit::Exit;
use crate::report;
use crate::spec::Attestors;

/// The largest decision or statement that is read, in bytes.
const LARGEST_DOCUMENT: u64 = 64 << 20;

/// Signs a statement that is about a decision which let the model through, and no other.
pub(super) fn sign(arguments: &AttestSign, console: &mut Console<'_>) -> Result<Exit, Error> {
    let decided = decided(&text_at(&arguments.decision, console)?)?;
    let statement = text_at(&arguments.statement, console)?;
    require_same(&statement, &decided, &arguments.statement)?;
    let random = SystemRandom::new();
    let shown = arguments.key.display();
    let refused = |reason: String, help: &str| {
        Error::usage(format!("cannot use the key `{shown}`: {reason}"), help)
    };
    let pem = document::bytes(&console.resolve(&arguments.key), 1 << 20)
        .map_err(|reason| refused(reason, "name the file of the private key"))?;
    let key = PrivateKey::read(&pem, &random);
    let key = key.map_err(|problem| refused(problem.to_string(), problem.help()))?;
    let envelope = key.sign(&statement, &random);
    let envelope = envelope.map_err(|problem| refused(problem.to_string(), problem.help()))?;
    write_file(&console.resolve(&arguments.output), &envelope)?;
    if !console.quiet {
        let file = arguments.output.display();
        console.tell(format!("attestation in {file}, signed by {}", key.id()))?;
    }
    Ok(Exit::Yes)
}

fn require_same(statement: &str, decided: &Decided, path: &Path) -> Result<(), Error> {
    let refused = |reason: String| {
        Error::usage(
            format!("will not sign `{}`: {reason}", path.display()),
            "write both in one go: `gatewright gate check --model-files -o json=decision.json -o in-toto=statement.json`",
        )
    };
    let statement =
        Statement::unsigned(statement.as_bytes()).map_err(|error| refused(error.to_string()))?;
    let mismatches = compare(&statement, decided, None);
    let all: Vec<_> = mismatches.iter().map(ToString::to_string).collect();
    if all.is_empty() {
        return Ok(());
    }
    Err(refused(all.join("; ")))
}

/// Says who signed.
pub(super) fn verify(arguments: &AttestVerify, console: &mut Console<'_>) -> Result<Exit, Error> {
    let (attestors, folder) = attestors(arguments, console)?;
    let decision = text_at(&arguments.decision, console)?;
    let files = match &arguments.model {
        Some(folder) => Some(files_in(folder, console)?),
        None if arguments.model_files => Some(files_of(&decision, arguments, console)?),
        None => None,
    };
    let attestations: Vec<PathBuf> = arguments.attestation.iter().cloned().collect();
    let records = require(
        &Requirement {
            decisions: &[decision],
            files: files.as_ref(),
            attestations: &attestations,
            attestors: &attestors,
            folder: &folder,
        },
        console,
    )?;
    for record in &records {
        let text = match arguments.format {
            AttestFormat::Text => report::disarmed(&sentence(record, files.is_some())),
            AttestFormat::Json => canonical(record),
        };
        console.say(text.trim_end())?;
    }
    Ok(Exit::Yes)
}

fn sentence(record: &AttestationRecord, files: bool) -> String {
    let AttestationRecord {
        signer,
        statement,
        decision,
        ..
    } = record;
    let note = if files {
        "the model's files were read, and are the ones that were attested"
    } else {
        "the files themselves were not looked at (`--model FOLDER` or `--model-files` does)"
    };
    format!("attested by {signer}\n  decision  {decision}\n  statement {statement}\n  {note}")
}

/// Whose attestations count: those that are named, else the spec's.
fn attestors(
    arguments: &AttestVerify,
    console: &mut Console<'_>,
) -> Result<(Attestors, PathBuf), Error> {
    if arguments.key.is_some() || arguments.repository.is_some() {
        let key = arguments.key.as_ref().map(|key| console.resolve(key));
        let attestors = Attestors {
            key: key.map(|key| key.display().to_string()),
            repository: arguments.repository.clone(),
            workflow: None,
        };
        return Ok((attestors, console.folder.clone()));
    }
    let (loaded, spec) = load::require(arguments.spec.spec.as_deref(), console)?;
    Ok((spec.promotion.attestation, loaded.folder().to_path_buf()))
}

/// The files of the version that a decision is about, as MLflow has them now.
fn files_of(
    decision: &str,
    arguments: &AttestVerify,
    console: &mut Console<'_>,
) -> Result<ModelFiles, Error> {
    let decided = decided(decision)?;
    let (loaded, spec) = load::require(arguments.spec.spec.as_deref(), console)?;
    let question = gate::Question {
        environment: arguments.env.as_deref(),
        tracking_uri: arguments.tracking_uri.as_deref(),
        ..gate::Question::default()
    };
    let checkout = gate::checkout(loaded.folder(), console);
    let around = gate::Surroundings::of(console, &checkout);
    let version = (decided.model.as_str(), decided.version);
    gate::model_files(question, &loaded, &spec, version, around)
}

fn files_in(folder: &Path, console: &Console<'_>) -> Result<ModelFiles, Error> {
    let lookup = console.environment.lookup();
    let access = Access::new(&console.folder, "", &lookup).observed(&console.observer);
    let location = Location::parse(&folder.display().to_string());
    let files = location.and_then(|location| model_files(&location, LARGEST_MODEL, &access));
    files.map_err(|error| {
        Error::evidence(
            format!("failed to read the files of the model: {error}"),
            error.help(),
        )
    })
}

fn text_at(path: &Path, console: &Console<'_>) -> Result<String, Error> {
    let shown = path.display();
    let bytes = document::bytes(&console.resolve(path), LARGEST_DOCUMENT);
    let text =
        bytes.and_then(|bytes| String::from_utf8(bytes).map_err(|_| "it is not UTF-8".to_owned()));
    text.map_err(|reason| {
        Error::usage(
            format!("cannot read `{shown}`: {reason}"),
            "name a file that `gatewright gate check -o FORMAT=FILE` wrote",
        )
    })
}
