//! Whether somebody whose word counts has signed a decision.
//!
//! The one decision here: no attestation, no attestor and no way to check one are three different
//! answers, and none of them is a yes.

use std::path::{Path, PathBuf};

use super::document;
use crate::attestation::{
    AttestationRecord, AttestorKind, Decided, Envelope, LARGEST_ATTESTATION, Material,
    PREDICATE_TYPE, PublicKey, Statement, compare, github_results,
};
use crate::console::Console;
use crate::error::Error;
use crate::evidence::ModelFiles;
use crate::host::{GhQuestion, gh_verify};
use crate::spec::Attestors;

/// What is asked for.
pub(in crate::commands) struct Requirement<'a> {
    /// The texts of the decisions, exactly as their files have them. Each needs an attestation.
    pub(in crate::commands) decisions: &'a [String],
    /// The files of the model as they are now; `None` where nobody has read them, and the digest in
    /// the decision has to do.
    pub(in crate::commands) files: Option<&'a ModelFiles>,
    /// The files with attestations. None: GitHub is asked, where a repository is named.
    pub(in crate::commands) attestations: &'a [PathBuf],
    /// Whose attestations count.
    pub(in crate::commands) attestors: &'a Attestors,
    /// Where the path of the key starts: the spec's folder.
    pub(in crate::commands) folder: &'a Path,
}

/// The attestation of each decision, in their order.
///
/// # Errors
/// [`Error::Attestation`] (exit 1) where what is there is not an attestation of the decision by who
/// was named; [`Error::Evidence`] (exit 3) where there is none, or nothing to check it with;
/// [`Error::Usage`] (exit 2) for a decision or a key that cannot be used.
pub(in crate::commands) fn require(
    asked: &Requirement<'_>,
    console: &Console<'_>,
) -> Result<Vec<AttestationRecord>, Error> {
    let decided = asked.decisions.iter().map(|text| decided(text));
    let decided = decided.collect::<Result<Vec<_>, _>>()?;
    let key = asked.attestors.key.as_deref();
    let key = key
        .map(|path| key_at(&asked.folder.join(path)))
        .transpose()?;
    if key.is_none() && asked.attestors.repository.is_none() {
        return Err(Error::evidence(
            "an attestation is required, and nobody is named whose attestations count",
            "set `promotion.attestation.key` or `promotion.attestation.repository` in the spec",
        ));
    }
    let mut envelopes = Vec::new();
    for path in asked.attestations {
        envelopes.extend(envelopes_at(&console.resolve(path))?);
    }
    let search = Search {
        asked,
        key,
        envelopes,
    };
    decided.iter().map(|decided| search.find(decided)).collect()
}

/// Reads a decision's text.
pub(in crate::commands) fn decided(text: &str) -> Result<Decided, Error> {
    Decided::read(text).map_err(|reason| {
        Error::usage(
            format!("cannot use the decision: {reason}"),
            "write it with `gatewright gate check --model-files -o json=decision.json`",
        )
    })
}

fn key_at(path: &Path) -> Result<PublicKey, Error> {
    let shown = path.display();
    let refused = |reason: String, help: &str| {
        Error::usage(format!("cannot use the key `{shown}`: {reason}"), help)
    };
    let pem = document::bytes(path, 1 << 20).map_err(|reason| {
        refused(
            reason,
            "check `promotion.attestation.key`, and that the file is in the repository",
        )
    })?;
    PublicKey::read(&pem).map_err(|problem| refused(problem.to_string(), problem.help()))
}

fn envelopes_at(path: &Path) -> Result<Vec<Envelope>, Error> {
    let shown = path.display();
    let bytes = document::bytes(path, LARGEST_ATTESTATION).map_err(|reason| {
        Error::evidence(
            format!("cannot read the attestation `{shown}`: {reason}"),
            "name the file that `gatewright attest sign` or the signing step wrote",
        )
    })?;
    Envelope::read_all(&bytes).map_err(|error| Error::Attestation {
        message: format!("cannot read the attestation `{shown}`: {error}"),
        help: "give a DSSE envelope or a Sigstore bundle; several go one on each line".to_owned(),
    })
}

/// What there is to look through.
struct Search<'a> {
    asked: &'a Requirement<'a>,
    key: Option<PublicKey>,
    envelopes: Vec<Envelope>,
}

impl Search<'_> {
    fn find(&self, decided: &Decided) -> Result<AttestationRecord, Error> {
        if self.asked.attestations.is_empty() {
            return self.on_github(decided, None);
        }
        let mut told = Vec::new();
        let mut unchecked = None;
        for envelope in &self.envelopes {
            match self.check(decided, envelope) {
                Ok(record) => return Ok(record),
                Err(Error::Attestation { message, .. }) => told.push(message),
                Err(other) => unchecked = Some(other),
            }
        }
        // One that nobody could check may be the one that is asked for.
        match unchecked {
            Some(error) => Err(error),
            None => Err(refusal(decided, &told)),
        }
    }

    fn check(&self, decided: &Decided, envelope: &Envelope) -> Result<AttestationRecord, Error> {
        if envelope.material() == Material::Certificate {
            return self.on_github(decided, Some(envelope));
        }
        let Some(key) = &self.key else {
            return Err(Error::evidence(
                "the attestation is signed with a key, and the spec names none",
                "set `promotion.attestation.key` to the file of the public key",
            ));
        };
        let statement = key.statement(envelope).ok_or_else(|| {
            no(format!(
                "the key {} did not sign it, or it was changed since",
                key.id()
            ))
        })?;
        let statement = statement.map_err(|error| no(error.to_string()))?;
        self.hold(decided, &statement, AttestorKind::Key, key.id())
    }

    /// Certificates are Sigstore's to judge, and `gh` knows how. It is given the manifest of the
    /// model, whose digest is the first subject.
    fn on_github(
        &self,
        decided: &Decided,
        envelope: Option<&Envelope>,
    ) -> Result<AttestationRecord, Error> {
        let Attestors {
            repository,
            workflow,
            ..
        } = self.asked.attestors;
        let Some(repository) = repository else {
            return Err(match envelope {
                Some(_) => Error::evidence(
                    "the attestation is signed with a certificate of Sigstore, and the spec names no repository",
                    "set `promotion.attestation.repository` to the repository whose workflow signed it",
                ),
                None => Error::evidence(
                    "an attestation is required, and none was given",
                    "name its file with `--attestation FILE`; `gatewright attest sign` writes one",
                ),
            });
        };
        let answer = ask_gh(
            repository,
            workflow.as_deref(),
            &self.manifest(envelope)?,
            envelope,
        )?;
        let results =
            github_results(&answer).map_err(|error| Error::evidence(error.to_string(), HELP_GH))?;
        let mut told = Vec::new();
        for result in results {
            let identity = &result.identity;
            if let Some(reason) = identity.differs(repository, workflow.as_deref()) {
                told.push(reason);
                continue;
            }
            match self.hold(
                decided,
                &result.statement,
                AttestorKind::Github,
                &identity.workflow,
            ) {
                Ok(record) => return Ok(record),
                Err(error) => told.push(error.to_string()),
            }
        }
        Err(refusal(decided, &told))
    }

    /// The manifest of the model: of its files as they are now, else as they were attested, which
    /// is then held against the decision.
    fn manifest(&self, envelope: Option<&Envelope>) -> Result<String, Error> {
        let attested = || envelope.and_then(Envelope::claimed_manifest);
        let now = self.asked.files.map(ModelFiles::manifest);
        now.or_else(attested).ok_or_else(|| {
            Error::evidence(
                "GitHub finds attestations by the files of the model, and nobody has read those",
                "name the folder with `--model FOLDER`, or the attestation itself",
            )
        })
    }

    fn hold(
        &self,
        decided: &Decided,
        statement: &Statement,
        kind: AttestorKind,
        signer: &str,
    ) -> Result<AttestationRecord, Error> {
        let mismatches = compare(statement, decided, self.asked.files);
        if !mismatches.is_empty() {
            let all: Vec<_> = mismatches.iter().map(ToString::to_string).collect();
            return Err(no(all.join("; ")));
        }
        Ok(AttestationRecord {
            kind,
            signer: signer.to_owned(),
            statement: statement.digest.clone(),
            decision: decided.digest.clone(),
        })
    }
}

const HELP_GH: &str = "install GitHub's command line (`gh`, 2.67 or later), give it a token (`GH_TOKEN: ${{ github.token }}`), or sign with a key: `promotion.attestation.key`";

/// The answer of `gh`.
fn ask_gh(
    repository: &str,
    workflow: Option<&str>,
    manifest: &str,
    envelope: Option<&Envelope>,
) -> Result<Vec<u8>, Error> {
    let broken = |error: std::io::Error| {
        Error::evidence(
            format!("cannot write for `gh`: {error}"),
            "check the folder for temporary files",
        )
    };
    let folder = tempfile::tempdir().map_err(broken)?;
    let file = folder.path().join("model.sha256");
    std::fs::write(&file, manifest).map_err(broken)?;
    // `gh` goes by the name's end.
    let bundle = folder.path().join("attestation.json");
    if let Some(envelope) = envelope {
        std::fs::write(&bundle, envelope.text()).map_err(broken)?;
    }
    gh_verify(&GhQuestion {
        file: &file,
        bundle: envelope.map(|_| bundle.as_path()),
        repository,
        workflow,
        predicate_type: PREDICATE_TYPE,
    })
    .map_err(|failure| {
        Error::evidence(
            format!("the attestation was not verified: {failure}"),
            HELP_GH,
        )
    })
}

fn no(message: String) -> Error {
    Error::Attestation {
        message,
        help: String::new(),
    }
}

/// Why none of them is the one.
fn refusal(decided: &Decided, told: &[String]) -> Error {
    let about = format!(
        "the decision of gate `{}` on {}",
        decided.gate,
        decided.subject()
    );
    let message = match told {
        [] => format!("there is no attestation of {about}"),
        [only] => format!("the attestation is not one of {about}: {only}"),
        several => {
            let numbered = several.iter().enumerate();
            let all: Vec<_> = numbered
                .map(|(index, reason)| format!("({}) {reason}", index + 1))
                .collect();
            format!("no attestation is one of {about}: {}", all.join(", "))
        }
    };
    Error::Attestation {
        message,
        help: "attest this decision: see docs/attestation.md; a decision that was judged again is another one".to_owned(),
    }
}
