//! From the command line to a rollout, and from its end to an exit code.

use super::begin::{self, Beginning, Situation};
use super::clock::Clock;
use super::drive::Drive;
use super::judge::StepJudge;
use super::memory::Memory;
use super::progress::span;
use super::report::{self, Report};
use super::served::{Served, limits, open};
use super::versions::{before, version};
use crate::cli::{self, DataFormat};
use crate::commands::gate::{Surroundings, checkout};
use crate::commands::load::{Loaded, require};
use crate::commands::publish;
use crate::commands::stores::Stores;
use crate::console::{Console, Environment};
use crate::error::Error;
use crate::evidence::ModelVersion;
use crate::exit::Exit;
use crate::report::printable;
use crate::rollout::{Event, Rollout, Seen};
use crate::serving::{Endpoint, ServingError};
use crate::spec::Spec;

/// Runs the command.
pub(in crate::commands) fn run(
    arguments: &cli::Rollout,
    console: &mut Console<'_>,
) -> Result<Exit, Error> {
    let (loaded, mut spec) = require(arguments.spec.spec.as_deref(), console)?;
    // What is rolled out in an environment is its own model, by its own aliases.
    spec.model = spec.model_of(arguments.env.as_deref()).clone();
    let report = roll_out(arguments, (&loaded, &spec), console)
        .inspect_err(|error| publish::announce_failure("rollout", error, console))?;
    if report.exit() != Exit::Yes {
        let error = Error::evidence(report.message(), "");
        publish::announce_failure("rollout", &error, console);
    }
    let text = match arguments.format {
        DataFormat::Json => report.json(),
        DataFormat::Text => {
            let text = console.environment.conceal(&report.text());
            let lines: Vec<_> = text.lines().map(printable).collect();
            crate::report::disarmed(&(lines.join("\n") + "\n"))
        }
    };
    console.stdout.write_all(text.as_bytes())?;
    Ok(report.exit())
}

fn roll_out(
    arguments: &cli::Rollout,
    (loaded, spec): (&Loaded, &Spec),
    console: &mut Console<'_>,
) -> Result<Report, Error> {
    let served = Served::of(spec, arguments.env.as_deref())?;
    let environment = console.environment.clone();
    let lookup = environment.lookup();
    let clock = Clock::set(console.now);
    let uri = arguments.tracking_uri.as_deref();
    let stores = Stores::open(served.mlflow, uri, loaded.folder(), &environment)?;
    let endpoint = open(&served, &stores.registry().uri, loaded, &lookup)?;
    let endpoint = endpoint.as_ref();
    let version = version(&stores, served.model, arguments.version)?;
    let seen = endpoint
        .look(clock.now_ms())
        .map_err(|error| unseen(endpoint, &error))?;
    let situation = Situation {
        name: served.name,
        endpoint,
        version: &version,
        seen: &seen,
        steps: &served.online.rollout.steps,
        limits: limits(&served, &lookup)?,
        now_ms: clock.now_ms(),
    };
    let contact_ms = situation.limits.contact_ms;
    let (rollout, is_resumed) = match begin::begin(&situation, arguments)? {
        Beginning::Begun(rollout) => (rollout, false),
        Beginning::Resumed(rollout) => (rollout, true),
        other => return Ok(at_rest(&other, &served, &version, &seen)),
    };
    if arguments.dry_run {
        return Ok(planned(&rollout, &served, seen));
    }
    let moving = Moving {
        arguments,
        loaded,
        spec,
        served: &served,
        environment: &environment,
        endpoint,
        clock: &clock,
        contact_ms,
        registry: (
            stores.registry().uri.clone(),
            stores.registry().shown.clone(),
        ),
        versions: (before(&stores, served.model, &rollout)?, version),
    };
    // A SQLite file that is being read cannot be written.
    drop(stores);
    announce(&rollout, is_resumed, endpoint, console)?;
    moving.run(rollout, console)
}

/// Everything that traffic is moved with.
struct Moving<'a> {
    arguments: &'a cli::Rollout,
    loaded: &'a Loaded,
    spec: &'a Spec,
    served: &'a Served<'a>,
    environment: &'a Environment,
    endpoint: &'a dyn Endpoint,
    clock: &'a Clock,
    contact_ms: i64,
    /// The registry's URI, and what it is called where others read it.
    registry: (String, String),
    /// The version before, and the new one.
    versions: (ModelVersion, ModelVersion),
}

impl Moving<'_> {
    fn run(self, mut rollout: Rollout, console: &mut Console<'_>) -> Result<Report, Error> {
        let settings = &self.served.online.rollout;
        let (uri, registry) = self.registry;
        let checkout = checkout(self.loaded.folder(), console);
        let gate = settings
            .gate
            .as_deref()
            .and_then(|gate| self.spec.gate(gate));
        let judge = gate.map(|gate| StepJudge {
            gate,
            spec: self.spec,
            loaded: self.loaded,
            around: Surroundings::new(self.environment, &checkout, console.now),
            environment: self.arguments.env.as_deref(),
            location: self.environment.conceal(&self.endpoint.location()),
            registry,
            min_requests: settings.min_requests,
            versions: self.versions,
        });
        let model = &self.served.model.name;
        let drive = Drive {
            endpoint: self.endpoint,
            memory: Memory {
                uri,
                folder: self.loaded.folder(),
                environment: self.environment,
                model,
            },
            judge,
            clock: self.clock,
            settings,
            contact_ms: self.contact_ms,
            outputs: &self.arguments.outputs,
        };
        let wish = self.arguments.abort.then_some(Event::Abort);
        let (end, way) = drive.run(&mut rollout, wish, console)?;
        Ok(Report::of(
            &end,
            rollout.state(),
            model,
            way.traffic,
            way.steps,
        ))
    }
}

fn unseen(endpoint: &dyn Endpoint, error: &ServingError) -> Error {
    let message = match error {
        ServingError::NotFound { .. } => error.to_string(),
        _ => format!(
            "cannot look at the endpoint {}: {error}",
            endpoint.location()
        ),
    };
    Error::evidence(message, error.help())
}

/// What there is to say where nothing is done.
fn at_rest(
    beginning: &Beginning,
    served: &Served<'_>,
    version: &ModelVersion,
    seen: &Seen,
) -> Report {
    let number = version.number;
    let (outcome, message) = match beginning {
        Beginning::Returned(state) => (
            report::returned(state),
            format!(
                "version {number} was rolled out before, and its traffic went back: {}; begin again with `--restart`",
                begin::reason(state)
            ),
        ),
        Beginning::Taken(found) => (
            ("conflict", Exit::Conflict),
            format!("`{}` is not free for a rollout: {found}", served.name),
        ),
        Beginning::Served { by_rollout: true } => (
            ("nothing-to-do", Exit::Yes),
            format!("version {number} was rolled out before, and gets all of the traffic"),
        ),
        Beginning::Served { .. } | Beginning::Begun(_) | Beginning::Resumed(_) => (
            ("nothing-to-do", Exit::Yes),
            format!(
                "version {number} gets all of the traffic already; no rollout brought it there"
            ),
        ),
    };
    let traffic = Some(seen.routes.clone());
    Report::nothing(outcome, message, (served.name, &served.model.name), traffic)
}

/// What would be done.
fn planned(rollout: &Rollout, served: &Served<'_>, seen: Seen) -> Report {
    let state = rollout.state();
    let steps = state
        .steps
        .iter()
        .skip(state.step)
        .map(|share| format!("{share} %"));
    let steps: Vec<_> = steps.collect();
    let settings = &served.online.rollout;
    let gate = settings
        .gate
        .as_ref()
        .map_or("no gate".to_owned(), |gate| format!("the gate `{gate}`"));
    let message = format!(
        "would move the traffic from version {} to version {} in steps: {}; each bakes for {}, then {gate}",
        state.from.version,
        state.to.version,
        steps.join(", "),
        span(settings.bake_ms)
    );
    let names = (served.name, served.model.name.as_str());
    Report::nothing(("planned", Exit::Yes), message, names, Some(seen.routes))
}

fn announce(
    rollout: &Rollout,
    is_resumed: bool,
    endpoint: &dyn Endpoint,
    console: &mut Console<'_>,
) -> Result<(), Error> {
    if console.quiet {
        return Ok(());
    }
    let state = rollout.state();
    let goes_on = if is_resumed { ", going on" } else { "" };
    let text = format!(
        "rollout of version {} to {}, in the place of version {}{goes_on}; interrupted, it goes on when run again",
        state.to.version,
        endpoint.location(),
        state.from.version
    );
    console.tell(printable(&console.environment.conceal(&text)))?;
    Ok(())
}
