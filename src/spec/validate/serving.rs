//! The serving endpoint: steps that rise to the whole traffic, times that make sense, a gate that
//! exists.

use super::context::{Context, join};
use super::environments::unknown;
use crate::diagnostic::{Code, Diagnostic};
use crate::spec::raw;
use crate::spec::serving::{Driver, OnFailure, Online, Rollout, Steps};

const ONLINE: &str = "/serving/online";
const ROLLOUT: &str = "/serving/online/rollout";

/// How long a step lasts where nothing else is said: long enough for ten of the minutes that
/// Databricks counts.
const DEFAULT_BAKE_MS: i64 = 10 * 60 * 1000;

/// The shortest step on Databricks whose gate sees something.
const SHORTEST_BAKE_MS: i64 = 3 * 60 * 1000;

/// How often is looked where nothing else is said.
const DEFAULT_POLL_MS: i64 = 30 * 1000;

/// The longest time of either kind: a day.
const LONGEST_MS: i64 = 24 * 60 * 60 * 1000;

pub(super) fn online(context: &mut Context<'_>, raw: &raw::Spec) -> Option<Online> {
    let online = raw.serving.as_ref()?.online.as_ref()?;
    let online = Online {
        endpoint: online.endpoint.clone().unwrap_or_default(),
        driver: driver(context, online),
        rollout: rollout(context, raw, online.rollout.as_ref()),
    };
    short_bake(context, &online);
    Some(online)
}

/// Databricks tells whole minutes, the last one late; one that began before the step is not its own.
fn short_bake(context: &mut Context<'_>, online: &Online) {
    let is_databricks = matches!(online.driver, Driver::Databricks { .. });
    let rollout = &online.rollout;
    if is_databricks && rollout.gate.is_some() && rollout.bake_ms < SHORTEST_BAKE_MS {
        let span = context.span(&join(ROLLOUT, "bake"));
        let message =
            "Databricks tells metrics by the minute: this step is over before its first one";
        let help = "let a step bake for `5m` or longer";
        context.report(Diagnostic::warning(Code::ShortBake, span, message).help(help));
    }
}

fn driver(context: &mut Context<'_>, online: &raw::Online) -> Driver {
    let Some(command) = &online.command else {
        return Driver::Databricks {
            entity: online.entity.clone(),
            size: online.size.clone(),
            scale_to_zero: online.scale_to_zero,
        };
    };
    if command.first().is_some_and(String::is_empty) {
        let message = "the program has no name".to_owned();
        let help = "write the program first, then its arguments: `[python3, traffic.py]`";
        context.error(Code::InvalidValue, &join(ONLINE, "command"), message, help);
    }
    let of_databricks = [
        ("entity", online.entity.is_some()),
        ("size", online.size.is_some()),
        ("scale_to_zero", online.scale_to_zero.is_some()),
    ];
    for (key, _) in of_databricks.iter().filter(|(_, is_set)| *is_set) {
        let message = format!("`{key}` means nothing beside `command`");
        let help = "it is a setting of Databricks Model Serving: leave out one of the two";
        context.error(Code::InvalidValue, &join(ONLINE, key), message, help);
    }
    Driver::Command(command.clone())
}

fn rollout(context: &mut Context<'_>, raw: &raw::Spec, rollout: Option<&raw::Rollout>) -> Rollout {
    let rollout = rollout.cloned().unwrap_or_default();
    if let Some(gate) = rollout.gate.as_ref().filter(|gate| !gate.is_empty())
        && !raw.gates.contains_key(gate)
    {
        let span = context.value_span(&join(ROLLOUT, "gate"));
        unknown(context, span, "gate", gate, raw.gates.keys());
    }
    let bake_ms = time(context, "bake", rollout.bake.as_deref(), DEFAULT_BAKE_MS);
    let default = DEFAULT_POLL_MS.min(bake_ms);
    let poll_ms = time(context, "poll", rollout.poll.as_deref(), default);
    if poll_ms > bake_ms {
        let message = "a step would be over before it is looked at".to_owned();
        let help = "`poll` is how often, `bake` how long: make `poll` the shorter one";
        context.error(Code::InvalidValue, &join(ROLLOUT, "poll"), message, help);
    }
    let pointer = join(ROLLOUT, "min_requests");
    let min_requests = context.whole(&pointer, rollout.min_requests.as_ref());
    Rollout {
        steps: steps(context, rollout.steps.as_deref()),
        bake_ms,
        poll_ms,
        gate: rollout.gate,
        min_requests,
        on_failure: match rollout.on_failure.as_deref() {
            Some("hold") => OnFailure::Hold,
            _ => OnFailure::Rollback,
        },
    }
}

fn steps(context: &mut Context<'_>, written: Option<&[serde_json::Number]>) -> Steps {
    let Some(written) = written else {
        return Steps::default();
    };
    let pointer = join(ROLLOUT, "steps");
    if context.is_misfit(&pointer) {
        return Steps::default();
    }
    let whole: Option<Vec<u8>> = written
        .iter()
        .map(|share| u8::try_from(share.as_u64()?).ok())
        .collect();
    whole.clone().and_then(Steps::new).unwrap_or_else(|| {
        let message = match whole.as_deref() {
            None => "a share of the traffic is a whole number of percent",
            Some([.., last]) if *last != 100 => "the last step has to be 100",
            Some(_) => "each step has to be larger than the one before it",
        };
        let help = "for example `[5, 25, 100]`";
        context.error(Code::InvalidValue, &pointer, message.to_owned(), help);
        Steps::default()
    })
}

fn time(context: &mut Context<'_>, key: &str, text: Option<&str>, default: i64) -> i64 {
    let Some(text) = text else {
        return default;
    };
    let pointer = join(ROLLOUT, key);
    match milliseconds(text) {
        _ if context.is_misfit(&pointer) => default,
        Some(time) if time <= LONGEST_MS => time,
        _ => {
            let message = format!("`{text}` is more than a day");
            let help = "no CI job waits longer; write `10m`, for example";
            context.error(Code::InvalidValue, &pointer, message, help);
            default
        }
    }
}

/// `30s`, `10m` or `1h`, in milliseconds.
fn milliseconds(text: &str) -> Option<i64> {
    let (unit, factor) = match text.chars().last()? {
        's' => ('s', 1000),
        'm' => ('m', 60_000),
        'h' => ('h', 3_600_000),
        _ => return None,
    };
    text.strip_suffix(unit)?
        .parse::<i64>()
        .ok()?
        .checked_mul(factor)
}
