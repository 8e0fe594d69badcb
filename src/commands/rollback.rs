//! `gatewright rollback`: what was live before goes live again.
//!
//! The one decision here: the ledger says where back is. Nobody has to remember, and no gate is
//! asked: the version passed when it went live, and what is live now is worse.

use super::gate::checkout;
use super::load::{Loaded, require};
use super::promote::{Circumstances, Deed, Place, already_live, answer, carry_out, is_ours, tell};
use super::publish::announce_failure;
use crate::cli::Rollback;
use crate::console::Console;
use crate::error::Error;
use crate::evidence::ModelVersion;
use crate::exit::Exit;
use crate::gate::Candidate;
use crate::gather;
use crate::promotion::{
    Action, Back, Chain, PromotionResult, Record, Ruling, Status, back, ready, too_long,
};
use crate::spec::Spec;

pub(super) fn run(arguments: &Rollback, console: &mut Console<'_>) -> Result<Exit, Error> {
    let (loaded, spec) = require(arguments.spec.spec.as_deref(), console)?;
    let result = rollback(arguments, &loaded, &spec, console)
        .inspect_err(|error| announce_failure("rollback", error, console))?;
    tell(&result, arguments.careful.format, console)
}

fn rollback(
    arguments: &Rollback,
    loaded: &Loaded,
    spec: &Spec,
    console: &Console<'_>,
) -> Result<PromotionResult, Error> {
    let careful = &arguments.careful;
    let environment = arguments.env.as_deref();
    let place = Place::of(spec, loaded, environment, careful.tracking_uri.as_deref())?;
    let stores = place.stores(console)?;
    let chain = place.chain(&stores)?;
    let checkout = checkout(loaded.folder(), console);
    let circumstances = Circumstances::of(&checkout, &stores.registry().shown, console);
    if let Some(version) = done_before(arguments, place, &chain, &circumstances) {
        let did = (Action::Rollback, version);
        return Ok(already_live(
            place,
            &circumstances,
            &chain,
            did,
            &careful.expected,
        ));
    }
    let back = back(&chain, place.alias(), arguments.to, &careful.expected);
    let Some(target) = back.version else {
        return Ok(refused(
            place,
            &circumstances,
            &chain,
            back,
            arguments.force,
        ));
    };
    let model = &place.model.name;
    let version = gather::find(
        model,
        &Candidate::Version(target),
        stores.registry().store.as_ref(),
    )?;
    // A SQLite file that is being read cannot be written.
    drop(stores);
    let attempt = Attempt {
        arguments,
        place,
        circumstances: &circumstances,
    };
    attempt.run(&version, back, chain, console)
}

/// The version that an earlier attempt put back. Running the same rollback again must not go one
/// further back: it is the same where the alias is at the version that was named, where it was
/// expected to be at the one that was taken away, and in the same run of a CI system.
fn done_before(
    arguments: &Rollback,
    place: Place<'_>,
    chain: &Chain,
    circumstances: &Circumstances<'_>,
) -> Option<u64> {
    let live = chain.aliases().get(place.alias()).copied()?;
    if let Some(to) = arguments.to {
        return Some(live).filter(|live| *live == to);
    }
    let record = chain.live(place.alias())?;
    if record.action != Action::Rollback {
        return None;
    }
    let expected = arguments.careful.expected.iter();
    let mut expected = expected.filter(|(alias, _)| alias == place.alias());
    let same = expected.any(|(_, version)| *version == record.replaces && *version != Some(live));
    (same || is_ours(record, circumstances)).then_some(live)
}

fn refused(
    place: Place<'_>,
    circumstances: &Circumstances<'_>,
    chain: &Chain,
    back: Back,
    force: bool,
) -> PromotionResult {
    let ruling = Ruling::of(back.refusals, force);
    let mut result = answer(place, circumstances, Action::Rollback, ruling);
    result.replaced = chain.aliases().get(place.alias()).copied();
    result.warnings = back.warnings;
    result
}

/// A rollback that has somewhere to go.
struct Attempt<'a> {
    arguments: &'a Rollback,
    place: Place<'a>,
    circumstances: &'a Circumstances<'a>,
}

impl Attempt<'_> {
    fn run(
        &self,
        version: &ModelVersion,
        mut back: Back,
        chain: Chain,
        console: &Console<'_>,
    ) -> Result<PromotionResult, Error> {
        back.refusals.extend(ready(version));
        let record = self.record(version, &back, &chain);
        back.refusals.extend(too_long(&record));
        let force = self.arguments.force;
        let mut result = refused(self.place, self.circumstances, &chain, back, force);
        result.version = Some(version.number);
        if !result.ruling.refusals.is_empty() {
            return Ok(result);
        }
        if self.arguments.careful.dry_run {
            result.status = Status::WouldBeDone;
            result.record = Some(record.at(chain.next_place()));
            return Ok(result);
        }
        carry_out(self.place, (&record, chain), &mut result, console)?;
        Ok(result)
    }

    fn record(&self, version: &ModelVersion, back: &Back, chain: &Chain) -> Record {
        let force = self.arguments.force;
        let deed = Deed {
            action: Action::Rollback,
            version,
            replaces: chain.aliases().get(self.place.alias()).copied(),
            decisions: Vec::new(),
            waived: Vec::new(),
            attestations: Vec::new(),
            model_digest: None,
            approvals: Vec::new(),
            reason: Some(self.arguments.reason.clone()),
            forced: force && back.refusals.iter().any(|one| one.ground.can_be_forced()),
        };
        deed.record(self.place, self.circumstances)
    }
}
