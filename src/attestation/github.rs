//! What `gh attestation verify --format json` answers.
//!
//! An array with an object for each attestation that holds: `attestation.bundle` as it was checked,
//! and `verificationResult` with the parsed certificate and statement
//! (<https://cli.github.com/manual/gh_attestation_verify>).
//!
//! The one decision here: an exit code of 0 proves nothing. From 2.49 to 2.66 `gh` ended so where it
//! had found attestations and none of the type that was asked for (CVE-2025-25204,
//! <https://github.com/cli/cli/security/advisories/GHSA-fgw4-v983-mgp8>); what counts is a result with
//! a certificate.

use serde_json::Value;

use super::statement::subject;
use super::{Envelope, Statement, Unreadable};
use crate::json;

/// Who vouches for the identity of a workflow.
pub const ISSUER: &str = "https://token.actions.githubusercontent.com";

/// Who signed, as the certificate says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// Who vouches for it.
    pub issuer: String,
    /// The repository, as a URL.
    pub repository: String,
    /// The workflow that signed, as a URL with its ref.
    pub workflow: String,
}

/// One attestation that `gh` has checked.
#[derive(Debug, Clone, PartialEq)]
pub struct GithubResult {
    /// Who signed.
    pub identity: Identity,
    /// What.
    pub statement: Statement,
}

impl Identity {
    /// Why this is not who was asked for; `None` where it is.
    #[must_use]
    pub fn differs(&self, repository: &str, workflow: Option<&str>) -> Option<String> {
        let url = format!("https://github.com/{repository}");
        if self.issuer != ISSUER {
            return Some(format!(
                "its issuer is `{}`, and not `{ISSUER}`",
                self.issuer
            ));
        }
        // GitHub compares names without case.
        if !self.repository.eq_ignore_ascii_case(&url) {
            return Some(format!(
                "it is of the repository `{}`, and not of `{url}`",
                self.repository
            ));
        }
        let path = workflow?;
        let wanted = format!("{url}/{path}");
        let signer = self.workflow.rsplit_once('@').map_or("", |(path, _)| path);
        (!signer.eq_ignore_ascii_case(&wanted)).then(|| {
            format!(
                "the workflow `{}` signed it, and not `{wanted}`",
                self.workflow
            )
        })
    }
}

/// Reads the answer.
///
/// # Errors
/// [`Unreadable`] when it is not what `gh` writes, or says two things about one attestation.
pub fn results(stdout: &[u8]) -> Result<Vec<GithubResult>, Unreadable> {
    let answer = json::parse(stdout).map_err(Unreadable::Json)?;
    let results = answer.as_array().ok_or_else(|| form("it is no list"))?;
    results.iter().map(result).collect()
}

fn result(value: &Value) -> Result<GithubResult, Unreadable> {
    let at = |path: &str| {
        let found = value.pointer(path);
        found.ok_or_else(|| form(&format!("it has no `{path}`")))
    };
    let word = |path: &str| {
        let word = at(path)?.as_str().map(str::to_owned);
        word.ok_or_else(|| form(&format!("`{path}` is no text")))
    };
    let certificate = "/verificationResult/signature/certificate";
    let identity = Identity {
        issuer: word(&format!("{certificate}/issuer"))?,
        repository: word(&format!("{certificate}/sourceRepositoryURI"))?,
        workflow: word(&format!("{certificate}/buildSignerURI"))?,
    };
    let envelope = Envelope::of(at("/attestation/bundle")?)?;
    let statement = Statement::of(&envelope)?;
    let checked = at("/verificationResult/statement/subject")?.as_array();
    let checked = checked.ok_or_else(|| form("its subjects are no list"))?;
    let checked: Vec<_> = checked.iter().map(subject).collect::<Result<_, _>>()?;
    let kind = word("/verificationResult/statement/predicateType")?;
    if checked != statement.subjects || kind != statement.predicate_type {
        return Err(form("what was checked is not what is in its bundle"));
    }
    Ok(GithubResult {
        identity,
        statement,
    })
}

fn form(reason: &str) -> Unreadable {
    Unreadable::Form(format!("the answer of gh is not understood: {reason}"))
}
