//! The promotion, from the first look to the last word.

use super::already::already_live;
use super::approvals::approvals;
use super::attestation::{Sight, can_be_one, is_asked};
use super::carry_out::carry_out;
use super::deed::{Circumstances, Deed, answer};
use super::look::{Look, Sought, look};
use super::place::Place;
use super::tell::tell;
use super::{decisions, log};
use crate::cli::Promote;
use crate::commands::gate::{self, Question, checkout};
use crate::commands::load::{Loaded, require};
use crate::commands::publish::announce_failure;
use crate::console::Console;
use crate::decision::Presented;
use crate::error::Error;
use crate::exit::Exit;
use crate::gate::{Candidate, Gate};
use crate::host::Checkout;
use crate::promotion::{
    Action, Approvals, Asked, Attestation, Case, Meaning, PromotionResult, Record, Ruling, Status,
    judge, too_long,
};
use crate::spec::Spec;

pub(in crate::commands) fn run(
    arguments: &Promote,
    console: &mut Console<'_>,
) -> Result<Exit, Error> {
    let (loaded, spec) = require(arguments.spec.spec.as_deref(), console)?;
    let spec = spec.about(arguments.model.as_deref());
    let result = promote(arguments, &loaded, &spec, console)
        .inspect_err(|error| announce_failure("promote", error, console))?;
    tell(&result, arguments.careful.format, console)
}

fn promote(
    arguments: &Promote,
    loaded: &Loaded,
    spec: &Spec,
    console: &mut Console<'_>,
) -> Result<PromotionResult, Error> {
    can_be_one(arguments)?;
    let careful = &arguments.careful;
    let environment = arguments.env.as_deref();
    let place = Place::of(spec, loaded, environment, careful.tracking_uri.as_deref())?;
    let gates = gates_of(spec, environment);
    let asked = asked(&gates, loaded)?;
    let handed = decisions::read(&arguments.decisions, console)?;
    let fallback = Candidate::Alias(place.origin.candidate_alias.clone());
    let sought = Sought {
        named: arguments.candidate.as_deref(),
        decisions: &handed,
        usual: gates.first().map_or(&fallback, |gate| &gate.candidate),
    };
    let look = look(place, &sought, console)?;
    let checkout = checkout(loaded.folder(), console);
    let circumstances = Circumstances::of(&checkout, &look.now.registry, console);
    if let Some(live) = look.already {
        let did = (Action::Promote, live);
        let wanted = &careful.expected;
        return Ok(already_live(
            place,
            &circumstances,
            &look.chain,
            did,
            wanted,
        ));
    }
    let attempt = Attempt {
        arguments,
        place,
        loaded,
        checkout: &checkout,
        circumstances: &circumstances,
        asked: &asked,
    };
    attempt.run(handed, look, console)
}

/// The gates that have to pass: those of the environment, or all that judge versions.
fn gates_of(spec: &Spec, environment: Option<&str>) -> Vec<Gate> {
    let wanted = environment.and_then(|name| spec.environment(name));
    let gates: Vec<&Gate> = match wanted {
        Some(environment) => {
            let names = environment.gates.iter();
            names.filter_map(|name| spec.gate(name)).collect()
        }
        None => spec.gates_of_versions().collect(),
    };
    gates
        .into_iter()
        .map(|gate| spec.gate_in(gate, environment))
        .collect()
}

fn asked<'g>(gates: &'g [Gate], loaded: &Loaded) -> Result<Vec<Asked<'g>>, Error> {
    let gates = gates.iter();
    gates
        .map(|gate| {
            let waivers = gate::waivers(gate, loaded)?;
            Ok(Asked {
                gate,
                waivers: waivers.map(|waivers| waivers.file.digest),
            })
        })
        .collect()
}

/// A promotion that there is something to do for.
struct Attempt<'a> {
    arguments: &'a Promote,
    place: Place<'a>,
    loaded: &'a Loaded,
    checkout: &'a Checkout,
    circumstances: &'a Circumstances<'a>,
    asked: &'a [Asked<'a>],
}

impl Attempt<'_> {
    fn run(
        &self,
        handed: Vec<Presented>,
        mut look: Look,
        console: &mut Console<'_>,
    ) -> Result<PromotionResult, Error> {
        let mut warnings = damage(&look);
        let decisions = self.decisions(handed, &mut warnings, console)?;
        let (mut ruling, attestation) = self.rule(&decisions, &mut look, console)?;
        let (mut record, unknown) = self.record(&decisions, (&ruling, attestation), &look, console);
        ruling.refusals.extend(too_long(&record));
        warnings.extend(unknown);
        let mut result = answer(self.place, self.circumstances, Action::Promote, ruling);
        result.replaced = record.replaces;
        result.copied_from.clone_from(&record.copied_from);
        result.version = Some(record.version).filter(|_| !self.place.copies());
        if result.ruling.refusals.is_empty() && self.arguments.careful.dry_run {
            result.status = Status::WouldBeDone;
            result.record = Some(record.at(look.chain.next_place()));
        } else if result.ruling.refusals.is_empty() {
            let links = &mut record.decisions;
            warnings.extend(log::log(self.place, &look, &decisions, links, console));
            self.write(record, look, &mut result, console)?;
        }
        result.warnings = warnings;
        Ok(result)
    }

    /// The decisions that were handed in; where there are none the gates are asked now. A person who
    /// overrules the gates need not have their answer.
    fn decisions(
        &self,
        handed: Vec<Presented>,
        warnings: &mut Vec<String>,
        console: &mut Console<'_>,
    ) -> Result<Vec<Presented>, Error> {
        if !handed.is_empty() {
            return Ok(handed);
        }
        let question = Question {
            gate: None,
            environment: self.place.environment,
            candidate: self.arguments.candidate.as_deref(),
            tracking_uri: self.arguments.careful.tracking_uri.as_deref(),
            model_files: false,
        };
        let format = self.arguments.careful.format;
        let gates = (self.asked, question);
        match decisions::make(
            self.place,
            self.loaded,
            gates,
            (self.checkout, format),
            console,
        ) {
            Err(error) if self.arguments.force => {
                warnings.push(format!("the gates could not judge: {error}"));
                Ok(Vec::new())
            }
            made => made,
        }
    }

    /// The files of the model, and an attestation, are looked at where the decisions are about what
    /// is there now. Of others they would only repeat that. What was seen of the files goes into
    /// the look.
    fn rule(
        &self,
        decisions: &[Presented],
        look: &mut Look,
        console: &Console<'_>,
    ) -> Result<(Ruling, Attestation), Error> {
        let before = self.judge(decisions, look, &Attestation::NotAsked);
        if matches!(before.meaning(), Some(Meaning::Wrong | Meaning::Moved)) {
            return Ok((before, Attestation::NotAsked));
        }
        let sight = Sight {
            arguments: self.arguments,
            place: self.place,
            loaded: self.loaded,
            checkout: self.checkout,
        };
        let attestation = if is_asked(self.arguments, self.place.spec) {
            sight.look(decisions, look, console)?
        } else {
            Attestation::NotAsked
        };
        look.now.files = sight.digest(decisions, &attestation, look, console)?;
        Ok((self.judge(decisions, look, &attestation), attestation))
    }

    fn judge(&self, decisions: &[Presented], look: &Look, attestation: &Attestation) -> Ruling {
        judge(&Case {
            spec: self.place.spec,
            environment: self.place.environment,
            gates: self.asked,
            decisions,
            now: &look.now,
            expected: &self.arguments.careful.expected,
            attestation,
            force: self.arguments.force,
        })
    }

    /// The record, without its place in the ledger, and a word about an approval that cannot be
    /// shown.
    fn record(
        &self,
        decisions: &[Presented],
        (ruling, attestation): (&Ruling, Attestation),
        look: &Look,
        console: &Console<'_>,
    ) -> (Record, Option<String>) {
        let candidate = &look.now.candidate;
        let approvals = if ruling.refusals.is_empty() {
            approvals(self.place, candidate, console)
        } else {
            Approvals::default()
        };
        let mut waived: Vec<_> = decisions.iter().flat_map(Presented::waived).collect();
        waived.sort();
        waived.dedup();
        let deed = Deed {
            action: Action::Promote,
            version: candidate,
            replaces: look.now.aliases.get(self.place.alias()).copied(),
            decisions: log::links(decisions),
            waived,
            attestations: attestation.records(),
            model_digest: look.now.files.clone(),
            approvals: approvals.records,
            reason: self.arguments.reason.clone(),
            forced: !ruling.forced.is_empty(),
        };
        (
            deed.record(self.place, self.circumstances),
            approvals.unknown,
        )
    }

    fn write(
        &self,
        mut record: Record,
        look: Look,
        result: &mut PromotionResult,
        console: &Console<'_>,
    ) -> Result<(), Error> {
        if self.place.copies() {
            let from = (self.place.origin.name.as_str(), record.version);
            let registry = self.place.registry(console)?;
            record.version = registry.copy_version(from, &self.place.model.name)?;
            record.source = format!("models:/{}/{}", from.0, from.1);
            result.version = Some(record.version);
        }
        carry_out(self.place, (&record, look.chain), result, console)
    }
}

/// A ledger that is damaged can be gone on with, and is no proof any more.
fn damage(look: &Look) -> Vec<String> {
    let damage = look.chain.damage().into_iter();
    damage
        .map(|fault| {
            format!("the ledger is damaged: {fault}; `gatewright history --verify` tells all")
        })
        .collect()
}
