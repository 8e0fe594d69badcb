//! What can happen to a rollout, and what can be done about it.

use super::{Because, Routes, Seen};
use crate::gate::Verdict;
use crate::spec::OnFailure;

/// How long is waited for what, in milliseconds, and what a no means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// How long each step lasts before its gate is asked.
    pub bake_ms: i64,
    /// How long the endpoint or its metrics may be out of reach.
    pub contact_ms: i64,
    /// How long the endpoint may take for a change.
    pub update_ms: i64,
    /// Whether a gate is asked.
    pub gated: bool,
    /// What happens when it blocks.
    pub on_failure: OnFailure,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// The endpoint was looked at.
    Seen(Seen),
    /// It could not be looked at.
    Unseen,
    /// It was asked for a change.
    Asked(Asked),
    /// Its metrics were read.
    Measured,
    /// They could not be read.
    Unmeasured,
    /// The gate answered.
    Judged(Verdict),
    /// The state cannot be written down.
    Forgotten,
    /// A person wants the traffic back.
    Abort,
    /// Somebody rolled back to another version, and the traffic is to go back as well.
    RolledBack,
}

/// How an endpoint took a wish for a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Asked {
    /// It will do it, or did.
    Accepted,
    /// It is busy with another change.
    Busy,
    /// It will not, with its reason.
    Refused(String),
    /// Nobody knows: contact was lost meanwhile.
    Unknown,
}

/// What to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// Look at the endpoint.
    Look,
    /// Wait for the time between two looks, then look.
    Wait,
    /// Ask the endpoint to divide its traffic like this; what has no share is taken off.
    Set(Routes),
    /// Read the metrics.
    Measure,
    /// Ask the gate.
    Judge,
    /// Stop.
    End(End),
}

/// How it ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum End {
    /// Every gate passed and the new version gets everything. The old one may still be deployed,
    /// without traffic.
    Finished {
        /// Whether the old version was taken off the endpoint.
        retired: bool,
    },
    /// The traffic is exactly as it was before; the state says why.
    Returned,
    /// The traffic stays as it is: the gate blocked or could not tell, and a person decides.
    Held(Verdict),
    /// Somebody else divided the traffic, or changed what is deployed. Nothing was done about it.
    Conflict(String),
    /// The traffic was to go back, and nobody knows whether it did.
    Lost,
    /// After a rollback: the version does not get everything, or nobody knows whether it does. It
    /// is not given up: whoever comes next goes on.
    Stopped(Because),
}
