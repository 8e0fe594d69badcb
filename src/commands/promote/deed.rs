//! What goes on record.

use crate::attestation::AttestationRecord;
use crate::console::{Console, Environment};
use crate::decision::FileRecord;
use crate::evidence::ModelVersion;
use crate::host::{Checkout, Host};
use crate::promotion::{
    Action, ApprovalRecord, Author, DecisionLink, FORMAT, PromotionResult, Record, Ruling, Status,
};

use super::place::Place;
use super::tell::exit;

/// Who does it, from where, and when.
pub(in crate::commands) struct Circumstances<'a> {
    /// What is checked out.
    pub(in crate::commands) checkout: &'a Checkout,
    /// Who does it.
    pub(in crate::commands) author: Author,
    /// The registry, as reports call it.
    pub(in crate::commands) registry: String,
    /// When, in milliseconds since the Unix epoch.
    pub(in crate::commands) at_ms: i64,
}

impl<'a> Circumstances<'a> {
    /// The circumstances of a command.
    pub(in crate::commands) fn of(
        checkout: &'a Checkout,
        registry: &str,
        console: &Console<'_>,
    ) -> Self {
        Self {
            checkout,
            author: author(checkout, &console.environment),
            registry: registry.to_owned(),
            at_ms: console.now.as_millisecond(),
        }
    }
}

/// Whom the CI system names; outside of one, the user of the machine.
fn author(checkout: &Checkout, environment: &Environment) -> Author {
    let user = match Host::detect(environment) {
        Host::Local => ["USER", "USERNAME", "LOGNAME"]
            .into_iter()
            .find_map(|name| environment.get(name)),
        Host::GithubActions | Host::AzurePipelines => None,
    };
    Author {
        actor: checkout.actor.clone(),
        user: user.map(str::to_owned),
        run_url: checkout.run_url.clone(),
    }
}

/// What is to be done, and on what grounds.
pub(in crate::commands) struct Deed<'a> {
    /// A promotion or a rollback.
    pub(in crate::commands) action: Action,
    /// The version that goes live, or that is copied to become it.
    pub(in crate::commands) version: &'a ModelVersion,
    /// The version that is live.
    pub(in crate::commands) replaces: Option<u64>,
    /// What it goes by.
    pub(in crate::commands) decisions: Vec<DecisionLink>,
    /// The checks that a waiver let through.
    pub(in crate::commands) waived: Vec<String>,
    /// Who signed the decisions.
    pub(in crate::commands) attestations: Vec<AttestationRecord>,
    /// The digest over the version's files, where they were read.
    pub(in crate::commands) model_digest: Option<String>,
    /// Who approved it.
    pub(in crate::commands) approvals: Vec<ApprovalRecord>,
    /// Why.
    pub(in crate::commands) reason: Option<String>,
    /// Whether it is against the rules.
    pub(in crate::commands) forced: bool,
}

impl Deed<'_> {
    /// The record of it, which has no place in the ledger yet.
    pub(in crate::commands) fn record(
        self,
        place: Place<'_>,
        circumstances: &Circumstances<'_>,
    ) -> Record {
        let copied_from = place
            .copies()
            .then(|| format!("models:/{}/{}", place.origin.name, self.version.number))
            .filter(|_| self.action == Action::Promote);
        Record {
            format: FORMAT.to_owned(),
            sequence: 0,
            previous: None,
            action: self.action,
            model: place.model.name.clone(),
            alias: place.alias().to_owned(),
            version: self.version.number,
            replaces: self.replaces,
            at_ms: circumstances.at_ms,
            project: place.spec.project.clone(),
            environment: place.environment.map(str::to_owned),
            by: circumstances.author.clone(),
            commit: circumstances.checkout.commit.clone(),
            dirty: circumstances.checkout.dirty,
            spec: FileRecord {
                path: place.spec.path.clone(),
                digest: place.spec.digest.clone(),
            },
            run_id: self.version.run_id.clone(),
            source: self.version.source.clone(),
            model_digest: self.model_digest,
            decisions: self.decisions,
            attestations: self.attestations,
            approvals: self.approvals,
            reason: self.reason,
            forced: self.forced,
            waived: self.waived,
            copied_from,
        }
    }
}

/// The answer of a command, as a refusal where the ruling is one.
pub(in crate::commands) fn answer(
    place: Place<'_>,
    circumstances: &Circumstances<'_>,
    action: Action,
    ruling: Ruling,
) -> PromotionResult {
    PromotionResult {
        action,
        status: Status::Refused,
        by_this_run: false,
        exit: exit(&ruling).code(),
        project: place.spec.project.clone(),
        environment: place.environment.map(str::to_owned),
        registry: circumstances.registry.clone(),
        model: place.model.name.clone(),
        alias: place.alias().to_owned(),
        version: None,
        replaced: None,
        copied_from: None,
        record: None,
        ruling,
        warnings: Vec::new(),
    }
}
