//! The writing itself: once, against exactly what was looked at.
//!
//! The one decision here: a ledger that went on for another alias is read again and written to
//! again. An alias that moved is never tried again: whoever lost the race is told who won.

use super::already::{conflict, is_by_run};
use super::place::Place;
use super::tell::exit;
use crate::console::Console;
use crate::error::Error;
use crate::promotion::{Chain, Head, PromotionResult, Record, Refusal, Status};
use crate::registry::{Applied, Change, RegistryError};

/// How often the ledger may have gone on for other aliases.
const ATTEMPTS: usize = 10;

/// Moves the alias and writes the record, and enters into the answer what became of it.
///
/// The stores that were read have to be dropped by then.
///
/// # Errors
/// When the registry cannot be written; whether it was is for the next run to find out.
pub(in crate::commands) fn carry_out(
    place: Place<'_>,
    (draft, chain): (&Record, Chain),
    result: &mut PromotionResult,
    console: &Console<'_>,
) -> Result<(), Error> {
    match write(place, draft, chain, console)? {
        Ok((status, record)) => {
            result.status = status;
            result.by_this_run = status.is_moved() || is_by_run(&record, draft.by.run_url.as_ref());
            result.record = Some(record);
        }
        Err(refusal) => {
            result.ruling.refusals.push(refusal);
            result.exit = exit(&result.ruling).code();
        }
    }
    Ok(())
}

/// Writes the record, or says who was first.
fn write(
    place: Place<'_>,
    draft: &Record,
    chain: Chain,
    console: &Console<'_>,
) -> Result<Result<(Status, Record), Refusal>, Error> {
    let mut chain = chain;
    for _ in 0..ATTEMPTS {
        if chain.aliases().get(place.alias()).copied() != draft.replaces {
            return Ok(Err(lost(place, draft, &chain, None)));
        }
        let planned = Planned::of(draft, &chain);
        match place.registry(console)?.apply(&planned.change()) {
            Ok(applied) => return Ok(Ok((planned.told(applied), planned.record))),
            Err(RegistryError::LedgerMoved { .. }) => chain = read(place, console)?,
            Err(
                error @ (RegistryError::Conflict { .. }
                | RegistryError::Lost { .. }
                | RegistryError::Busy { .. }),
            ) => {
                let chain = read(place, console)?;
                return Ok(Err(lost(place, draft, &chain, Some(&error))));
            }
            Err(error) => return Err(error.into()),
        }
    }
    Ok(Err(conflict(
        format!(
            "the ledger of `{}` went on {ATTEMPTS} times while this was to be written",
            place.model.name
        ),
        "run the command again when it is quieter".to_owned(),
    )))
}

fn read(place: Place<'_>, console: &Console<'_>) -> Result<Chain, Error> {
    place.chain(&place.stores(console)?)
}

/// An entry with its place in the ledger.
struct Planned {
    record: Record,
    before: Option<Head>,
    is_begun: bool,
}

impl Planned {
    /// The entry that a process wrote which did not live to move the alias, if it is the last and
    /// says the same; else a new one. What was forced is never finished under an entry that does
    /// not say so, nor the other way round.
    fn of(draft: &Record, chain: &Chain) -> Self {
        let next = chain.next_place();
        let begun = chain.pending(&draft.alias).filter(|record| {
            let same = |record: &Record| {
                (
                    record.action,
                    record.version,
                    record.replaces,
                    record.forced,
                )
            };
            record.sequence.checked_add(1) == Some(next.sequence)
                && next.previous == Some(Record::digest_of(&record.text()))
                && same(record) == same(draft)
        });
        if let Some(record) = begun {
            return Self {
                before: head(record.sequence, record.previous.as_ref()),
                record: record.clone(),
                is_begun: true,
            };
        }
        Self {
            before: chain.head().cloned(),
            record: draft.at(next),
            is_begun: false,
        }
    }

    /// What became of it. A new entry that was there before is another process's: it did the same
    /// thing in the same millisecond, in the same name.
    fn told(&self, applied: Applied) -> Status {
        match (applied, self.is_begun) {
            (_, true) => Status::Finished,
            (Applied::Now, false) => Status::Done,
            (Applied::Before, false) => Status::AlreadyLive,
        }
    }

    fn change(&self) -> Change {
        let record = &self.record;
        let entry = record.text();
        Change {
            model: record.model.clone(),
            alias: record.alias.clone(),
            expected: record.replaces,
            version: record.version,
            expected_head: self.before.clone(),
            tag: record.tag(),
            head: Head {
                sequence: record.sequence,
                digest: Record::digest_of(&entry),
            },
            entry,
        }
    }
}

/// The head before an entry.
fn head(sequence: u64, previous: Option<&String>) -> Option<Head> {
    let before = sequence.checked_sub(1).filter(|before| *before > 0)?;
    Some(Head {
        sequence: before,
        digest: previous?.clone(),
    })
}

/// Who was first, as far as the ledger tells. Where the alias is still what was to be replaced,
/// nobody was: then the registry's own words say what is in the way.
fn lost(place: Place<'_>, draft: &Record, chain: &Chain, error: Option<&RegistryError>) -> Refusal {
    let alias = place.alias();
    let is_moved = chain.aliases().get(alias).copied() != draft.replaces;
    let message = match (chain.live(alias).filter(|_| is_moved), error) {
        (_, Some(error @ (RegistryError::Busy { .. } | RegistryError::Lost { .. }))) => {
            error.to_string()
        }
        (Some(record), _) => format!(
            "somebody else was first: version {} became `{alias}`, {}",
            record.version,
            record.who_and_when()
        ),
        (None, Some(error)) => error.to_string(),
        (None, None) => format!("`{alias}` was moved meanwhile, outside of gatewright"),
    };
    let help = error.map_or_else(
        || "judge again: what the candidate was compared with is not live any more".to_owned(),
        RegistryError::help,
    );
    conflict(message, help)
}
