//! What a judgement takes from the world around it, in a form that threads can share.

use std::path::Path;

use jiff::Timestamp;

use crate::console::{Console, Environment};
use crate::decision::{FileRecord, RECORDING_ID, Recording, StoreRecord};
use crate::evidence::Evidence;
use crate::gate::Gate;
use crate::host::Checkout;
use crate::observer::Observer;
use crate::spec::Spec;

/// The world around a judgement.
#[derive(Clone, Copy)]
pub(in crate::commands) struct Surroundings<'a> {
    /// The environment variables.
    pub(super) environment: &'a Environment,
    /// Who is told what is read.
    pub(super) observer: &'a Observer,
    /// What is checked out.
    pub(super) checkout: &'a Checkout,
    /// When the command started.
    pub(super) now: Timestamp,
}

/// What was read for a gate, about which model, and where.
pub(super) struct Reading {
    /// The waivers that count.
    pub(super) waivers: Option<FileRecord>,
    /// The registered model that the candidate is a version of.
    pub(super) model: String,
    /// That of the live version, where it is another one.
    pub(super) target: Option<String>,
    /// The stores, as they may be shown.
    pub(super) stores: StoreRecord,
    /// What was read.
    pub(super) evidence: Evidence,
}

impl<'a> Surroundings<'a> {
    /// A recording of what was read in this world.
    pub(super) fn recording(
        self,
        spec: &Spec,
        gate: &Gate,
        environment: Option<&str>,
        reading: Reading,
    ) -> Recording {
        Recording {
            schema: RECORDING_ID.to_owned(),
            gatewright: env!("CARGO_PKG_VERSION").to_owned(),
            recorded_at: self.now.to_string(),
            project: spec.project.clone(),
            environment: environment.map(str::to_owned),
            gate: gate.name.clone(),
            commit: self.checkout.commit.clone(),
            dirty: self.checkout.dirty,
            actor: self.checkout.actor.clone(),
            run_url: self.checkout.run_url.clone(),
            spec: FileRecord {
                path: spec.path.clone(),
                digest: spec.digest.clone(),
            },
            waivers: reading.waivers,
            model: reading.model,
            target: reading.target,
            stores: reading.stores,
            evidence: reading.evidence,
        }
    }

    /// A world by its parts.
    pub(in crate::commands) fn new(
        environment: &'a Environment,
        observer: &'a Observer,
        checkout: &'a Checkout,
        now: Timestamp,
    ) -> Self {
        Self {
            environment,
            observer,
            checkout,
            now,
        }
    }

    /// The world that a console shows, around a checkout.
    pub(in crate::commands) fn of(console: &'a Console<'_>, checkout: &'a Checkout) -> Self {
        Self {
            environment: &console.environment,
            observer: &console.observer,
            checkout,
            now: console.now,
        }
    }
}

/// What is checked out around a folder.
pub(in crate::commands) fn checkout(folder: &Path, console: &Console<'_>) -> Checkout {
    Checkout::around(folder, &console.environment)
}
