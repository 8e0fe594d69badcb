//! One question, one document, one answer.

use jiff::Timestamp;

use super::place::{Place, place};
use super::when::moment;
use crate::cli;
use crate::commands::stores::Stores;
use crate::console::Console;
use crate::error::Error;
use crate::evidence::{Found, ModelVersion, Wanted};
use crate::exit::Exit;
use crate::promotion::Chain;
use crate::report::history::{Filter, Format, History, Read, VersionRecord, report};
use crate::report::{Style, disarmed};
use crate::store::{Selector, StoreError};

pub(in crate::commands) fn run(
    arguments: &cli::History,
    console: &mut Console<'_>,
) -> Result<Exit, Error> {
    let place = place(arguments, console)?;
    let at = arguments.at.as_deref();
    let at = at.map(|at| moment("--at", at, console.now)).transpose()?;
    let filter = filter(arguments, console)?;
    let stores = Stores::open(
        &place.mlflow,
        arguments.tracking_uri.as_deref(),
        &place.folder,
        &console.environment,
        &console.observer,
    )?;
    let registry = stores.registry();
    let chain = Chain::read(&place.model, &registry.store.ledger(&place.model)?);
    let now = console.now.to_string();
    let history = History::of(&place.model, &registry.shown, &chain, &now);
    let history = if let Some(time) = at {
        history.with_time(&chain, &aliases(arguments, &place, &chain), time)
    } else if let Some(number) = arguments.version {
        history.with_version(version(number, &place.model, &stores, &chain)?)
    } else if arguments.verify {
        history
    } else {
        history.with_promotions(&chain, &filter)
    };
    tell(&history, arguments, console)?;
    Ok(exit(&history, &chain))
}

fn filter(arguments: &cli::History, console: &Console<'_>) -> Result<Filter, Error> {
    let since = arguments.since.as_deref();
    let since = since.map(|since| moment("--since", since, console.now));
    Ok(Filter {
        alias: arguments.alias.clone(),
        since_ms: since.transpose()?.map(Timestamp::as_millisecond),
        by: arguments.by.clone(),
        limit: arguments.limit,
    })
}

/// The aliases that are asked about: the one named, else the live one of the spec, else all that
/// entries are about.
fn aliases(arguments: &cli::History, place: &Place, chain: &Chain) -> Vec<String> {
    let named = arguments.alias.as_ref().or(place.live_alias.as_ref());
    if let Some(alias) = named {
        return vec![alias.clone()];
    }
    let links = chain.links().iter();
    let mut aliases: Vec<_> = links.map(|link| link.record.alias.clone()).collect();
    aliases.sort();
    aliases.dedup();
    aliases
}

/// Everything there is about one version. A run that the store does not hold is no failure here:
/// the rest of the lineage is still true.
fn version(
    number: u64,
    model: &str,
    stores: &Stores,
    chain: &Chain,
) -> Result<VersionRecord, Error> {
    let registry = stores.registry().store.as_ref();
    let mut found = registry.versions(model, &[Selector::Number(number)])?;
    let version = found.pop().flatten();
    let run_id = version.as_ref().and_then(|version| version.run_id.clone());
    let logged = version.as_ref().and_then(ModelVersion::logged_model_id);
    let wanted = |runs: Option<&String>, models: Option<&str>| Wanted {
        runs: runs.into_iter().cloned().collect(),
        logged_models: models.into_iter().map(str::to_owned).collect(),
        ..Wanted::default()
    };
    let tracking = stores.tracking.store.as_ref();
    let read = |wanted: &Wanted| match tracking.read(wanted) {
        Err(StoreError::RunNotFound { .. }) => Ok(Found::default()),
        other => other,
    };
    let runs = read(&wanted(run_id.as_ref(), None))?.runs;
    let models = read(&wanted(None, logged))?.logged_models;
    let read = Read {
        version: version.as_ref(),
        run: run_id.and_then(|id| runs.get(&id)),
        logged_model: logged.and_then(|id| models.get(id)),
    };
    Ok(VersionRecord::of(number, read, chain))
}

fn tell(
    history: &History,
    arguments: &cli::History,
    console: &mut Console<'_>,
) -> Result<(), Error> {
    let style = Style {
        coloured: console.stdout_coloured,
        width: console.width,
    };
    let text = console
        .environment
        .conceal(&report(history, arguments.format, style));
    let text = match arguments.format {
        Format::Text => disarmed(&text),
        Format::Json | Format::Markdown => text,
    };
    console.stdout.write_all(text.as_bytes())?;
    if !history.chain.whole && !arguments.verify && !console.quiet {
        console.tell("warning: the ledger has faults; `gatewright history --verify` names them and exits with 1")?;
    }
    Ok(())
}

/// Yes where the question has an answer that a sound ledger stands behind.
fn exit(history: &History, chain: &Chain) -> Exit {
    let is_yes = if let Some(at) = &history.at {
        chain.damage().is_none() && at.live.iter().any(|live| live.version.is_some())
    } else if let Some(version) = &history.version {
        version.is_known()
    } else if history.promotions.is_some() {
        true
    } else {
        history.chain.whole
    };
    if is_yes { Exit::Yes } else { Exit::No }
}
