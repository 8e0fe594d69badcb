//! From the command line to a rollout, and from its end to an exit code.

use super::back::{made_live, under_way};
use super::begin::{self, Beginning, Situation, only_version};
use super::clock::Clock;
use super::drive::Drive;
use super::judge::StepJudge;
use super::memory::Memory;
use super::report::Report;
use super::served::{Served, limits, open};
use super::versions::{before, version};
use super::wording::{
    announcement, announcement_of_return, at_rest, planned, planned_return, unseen,
};
use crate::cli::{self, DataFormat};
use crate::commands::gate::{Surroundings, checkout};
use crate::commands::load::{Loaded, require};
use crate::commands::publish;
use crate::commands::stores::Stores;
use crate::console::{Console, Environment};
use crate::error::Error;
use crate::evidence::ModelVersion;
use crate::exit::Exit;
use crate::promotion::{Action, Record};
use crate::report::printable;
use crate::rollout::{Direction, Event, Limits, Rollout, Seen};
use crate::serving::Endpoint;
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
    let stores = Stores::open(
        served.mlflow,
        uri,
        loaded.folder(),
        &environment,
        &console.observer,
    )?;
    let registry = stores.registry();
    let endpoint = open(&served, &registry.uri, loaded, &lookup, &console.observer)?;
    let ground = Ground {
        arguments,
        loaded,
        spec,
        served: &served,
        environment: &environment,
        endpoint: endpoint.as_ref(),
        clock: &clock,
        limits: limits(&served, &lookup)?,
        registry: (registry.uri.clone(), registry.shown.clone()),
    };
    let version = version(&stores, served.model, arguments.version)?;
    match made_live(&stores, served.model, version.number)? {
        Some(record) if record.action == Action::Rollback && !arguments.abort => {
            ground.back(stores, &version, &record, console)
        }
        record => ground.forth(stores, version, record.as_ref(), console),
    }
}

/// Everything that traffic is moved with.
struct Ground<'a> {
    arguments: &'a cli::Rollout,
    loaded: &'a Loaded,
    spec: &'a Spec,
    served: &'a Served<'a>,
    environment: &'a Environment,
    endpoint: &'a dyn Endpoint,
    clock: &'a Clock,
    limits: Limits,
    /// The registry's URI, and what it is called where others read it.
    registry: (String, String),
}

impl Ground<'_> {
    /// A version gets its traffic in steps, with a gate at each.
    fn forth(
        &self,
        stores: Stores,
        version: ModelVersion,
        made_live: Option<&Record>,
        console: &mut Console<'_>,
    ) -> Result<Report, Error> {
        let seen = self.look()?;
        let direction = Direction::Forth;
        let (mut rollout, is_resumed) = match self.begin(&version, &seen, direction, made_live)? {
            Ok(begun) => begun,
            Err(report) => return Ok(report),
        };
        if self.arguments.dry_run {
            return Ok(planned(&rollout, self.served, seen));
        }
        let versions = (before(&stores, self.served.model, &rollout)?, version);
        // A SQLite file that is being read cannot be written.
        drop(stores);
        let text = announcement(rollout.state(), self.endpoint, is_resumed);
        announce(text, None, console)?;
        let wish = self.arguments.abort.then_some(Event::Abort);
        self.run(&mut rollout, wish, Some(versions), console)
    }

    /// A version that somebody rolled back to gets all of it at once: what is served now is what
    /// they wanted to get away from.
    fn back(
        &self,
        stores: Stores,
        version: &ModelVersion,
        rollback: &Record,
        console: &mut Console<'_>,
    ) -> Result<Report, Error> {
        let mut seen = self.look()?;
        let under_way = under_way(&stores, self.served, (version.number, rollback), &seen)?;
        // A SQLite file that is being read cannot be written.
        drop(stores);
        if let Some(state) = under_way {
            let mut rollout = Rollout::resume(self.limits, state, self.clock.now_ms());
            if self.arguments.dry_run {
                return Ok(planned_return(&rollout, self.served, seen));
            }
            let state = rollout.state();
            let text = announcement_of_return(state, self.endpoint);
            announce(text, Some(rollback), console)?;
            let report = self.run(&mut rollout, Some(Event::RolledBack), None, console)?;
            seen = self.look()?;
            if report.exit() != Exit::Yes || only_version(&seen) == Some(version.number) {
                return Ok(report);
            }
        }
        let (mut rollout, is_resumed) =
            match self.begin(version, &seen, Direction::Back, Some(rollback))? {
                Ok(begun) => begun,
                Err(report) => return Ok(report),
            };
        if self.arguments.dry_run {
            return Ok(planned(&rollout, self.served, seen));
        }
        let text = announcement(rollout.state(), self.endpoint, is_resumed);
        announce(text, Some(rollback), console)?;
        self.run(&mut rollout, None, None, console)
    }

    fn look(&self) -> Result<Seen, Error> {
        let seen = self.endpoint.look(self.clock.now_ms());
        seen.map_err(|error| unseen(self.endpoint, &error))
    }

    /// The rollout that there is to drive, and whether somebody began it before; or what there is
    /// to say where nothing is to be done.
    fn begin(
        &self,
        version: &ModelVersion,
        seen: &Seen,
        direction: Direction,
        made_live: Option<&Record>,
    ) -> Result<Result<(Rollout, bool), Report>, Error> {
        let situation = Situation {
            name: self.served.name,
            endpoint: self.endpoint,
            version,
            seen,
            steps: &self.served.online.rollout.steps,
            limits: self.limits,
            direction,
            live_since_ms: made_live.map(|record| record.at_ms),
            now_ms: self.clock.now_ms(),
        };
        Ok(match begin::begin(&situation, self.arguments)? {
            Beginning::Begun(rollout) => Ok((rollout, false)),
            Beginning::Resumed(rollout) => Ok((rollout, true)),
            other => {
                let is_wanted = self.arguments.abort;
                Err(at_rest(&other, self.served, version, seen, is_wanted))
            }
        })
    }

    /// Drives a rollout to its end. `versions` are the one before and the new one, where a gate is
    /// asked.
    fn run(
        &self,
        rollout: &mut Rollout,
        wish: Option<Event>,
        versions: Option<(ModelVersion, ModelVersion)>,
        console: &mut Console<'_>,
    ) -> Result<Report, Error> {
        let settings = &self.served.online.rollout;
        let (uri, registry) = &self.registry;
        let checkout = checkout(self.loaded.folder(), console);
        let observer = console.observer.clone();
        let gate = settings.gate.as_deref();
        let gate = gate.and_then(|gate| self.spec.gate(gate));
        let judge = gate.zip(versions).map(|(gate, versions)| StepJudge {
            gate,
            spec: self.spec,
            loaded: self.loaded,
            around: Surroundings::new(self.environment, &observer, &checkout, console.now),
            environment: self.arguments.env.as_deref(),
            location: self.environment.conceal(&self.endpoint.location()),
            registry: registry.clone(),
            min_requests: settings.min_requests,
            versions,
        });
        let model = &self.served.model.name;
        let drive = Drive {
            endpoint: self.endpoint,
            memory: Memory {
                uri: uri.clone(),
                folder: self.loaded.folder(),
                environment: self.environment,
                observer: &observer,
                model,
            },
            judge,
            clock: self.clock,
            settings,
            contact_ms: self.limits.contact_ms,
            outputs: &self.arguments.outputs,
        };
        let (end, way) = drive.run(rollout, wish, console)?;
        Ok(Report::of(
            &end,
            rollout.state(),
            model,
            way.traffic,
            way.steps,
        ))
    }
}

/// Says what is about to be done, and by whose rollback.
fn announce(
    text: String,
    rollback: Option<&Record>,
    console: &mut Console<'_>,
) -> Result<(), Error> {
    if console.quiet {
        return Ok(());
    }
    let rolled_back = rollback.map(|record| {
        let (version, said) = (record.version, record.who_and_when());
        format!(
            "version {version} is live by a rollback, {said}: it gets everything at once, and no gate is asked"
        )
    });
    for line in std::iter::once(text).chain(rolled_back) {
        console.tell(printable(&console.environment.conceal(&line)))?;
    }
    Ok(())
}
