//! A statistical test.

use bigdecimal::{BigDecimal, Zero};

use super::check::Reported;
use super::{line, table};
use crate::diagnostic::{Code, Diagnostic};
use crate::gate::direction::{Direction, direction};
use crate::gate::grammar;
use crate::gate::rule::{Rule, Samples, TestKind, TestMethod, TestRule};
use crate::spec::raw;
use crate::spec::validate::context::{Context, join};

pub(super) fn rule(
    context: &mut Context<'_>,
    pointer: &str,
    raw: &raw::Test,
    metric: &str,
) -> Result<Rule, Reported> {
    let kind = match raw.kind.as_deref() {
        Some("superiority") => TestKind::Superiority,
        Some("equivalence") => TestKind::Equivalence,
        Some("non-inferiority") => TestKind::NonInferiority,
        // The schema says that it is missing, or another word.
        _ => return Err(Reported),
    };
    let samples = samples(context, pointer, raw, metric);
    let method = match raw.method.as_deref() {
        Some("t") => TestMethod::T,
        Some("wilcoxon") => TestMethod::Wilcoxon,
        Some("mcnemar") => TestMethod::McNemar,
        // A handful of runs is too few to resample.
        None if matches!(samples, Samples::Runs { .. }) => TestMethod::T,
        _ => TestMethod::Bootstrap,
    };
    strays(context, pointer, raw, method, &samples);
    let default_n = match samples {
        Samples::Rows(_) | Samples::Judge => 30,
        Samples::Runs { .. } | Samples::History => 5,
    };
    let text = raw.against.as_deref().unwrap_or("champion");
    let place = join(pointer, "against");
    let rule = TestRule {
        metric: metric.to_owned(),
        kind,
        against: line::parsed(context, &place, text, "the reference", grammar::whom(text))?,
        margin: margin(context, pointer, raw, kind)?,
        confidence: confidence(context, pointer),
        min_n: whole(context, pointer, "min_n", raw.min_n.as_ref(), default_n),
        method,
        resamples: u32::try_from(whole(
            context,
            pointer,
            "resamples",
            raw.resamples.as_ref(),
            10_000,
        ))
        .unwrap_or(u32::MAX),
        seed: whole(context, pointer, "seed", raw.seed.as_ref(), 0),
        samples,
        larger_is_better: raw.larger_is_better,
    };
    power(context, pointer, &rule);
    side(context, pointer, &rule);
    Ok(Rule::Test(rule))
}

fn whole(
    context: &mut Context<'_>,
    pointer: &str,
    key: &str,
    number: Option<&serde_json::Number>,
    default: u64,
) -> u64 {
    context
        .whole(&join(pointer, key), number)
        .unwrap_or(default)
}

fn margin(
    context: &mut Context<'_>,
    pointer: &str,
    raw: &raw::Test,
    kind: TestKind,
) -> Result<BigDecimal, Reported> {
    let place = join(pointer, "margin");
    if raw.margin.is_none() && kind == TestKind::Superiority {
        return Ok(BigDecimal::zero());
    }
    if raw.margin.is_none() && !context.is_misfit(&place) {
        let span = context.key_span(pointer);
        let message = "the test needs a margin: how much worse is still good enough";
        context.report(
            Diagnostic::error(Code::MissingKey, span, message)
                .help("add `margin: 0.01`, in the metric's own unit"),
        );
        return Err(Reported);
    }
    let margin = context.decimal(&place).ok_or(Reported)?;
    if margin < BigDecimal::zero() {
        let message = "a margin is never negative".to_owned();
        let help = "write how far apart the two may be; `kind` says which way";
        context.error(Code::InvalidValue, &place, message, help);
    } else if margin.is_zero() && kind != TestKind::Superiority {
        let message = "with a margin of 0 this can hardly be shown".to_owned();
        let help = "say how much worse is still good enough, or test for `superiority`";
        context.error(Code::WeakTest, &place, message, help);
    }
    Ok(margin)
}

fn confidence(context: &mut Context<'_>, pointer: &str) -> BigDecimal {
    let default = BigDecimal::new(95.into(), 2);
    let place = join(pointer, "confidence");
    let confidence = context.decimal(&place).unwrap_or(default);
    let (half, one) = (BigDecimal::new(5.into(), 1), BigDecimal::from(1));
    if confidence <= half || confidence >= one {
        let message = format!("a confidence of {confidence} shows nothing");
        let help = "it lies between 0.5 and 1, both excluded: `confidence: 0.95`";
        context.error(Code::WeakTest, &place, message, help);
        return BigDecimal::new(95.into(), 2);
    }
    confidence
}

fn samples(context: &mut Context<'_>, pointer: &str, raw: &raw::Test, metric: &str) -> Samples {
    match raw.samples.as_deref() {
        Some("judge") => Samples::Judge,
        Some("history") => Samples::History,
        Some("runs") => Samples::Runs {
            pair_by: raw.pair_by.clone(),
        },
        _ => {
            let table = raw.table.clone().unwrap_or_default();
            Samples::Rows(table::columns(
                context,
                &join(pointer, "table"),
                &table,
                metric,
            ))
        }
    }
}

/// Keys that say nothing beside the others.
fn strays(
    context: &mut Context<'_>,
    pointer: &str,
    raw: &raw::Test,
    method: TestMethod,
    samples: &Samples,
) {
    let resampling = method == TestMethod::Bootstrap;
    let rows = matches!(samples, Samples::Rows(_));
    let runs = matches!(samples, Samples::Runs { .. });
    for (key, given, fits, with) in [
        (
            "resamples",
            raw.resamples.is_some(),
            resampling,
            "method: bootstrap",
        ),
        ("seed", raw.seed.is_some(), resampling, "method: bootstrap"),
        ("table", raw.table.is_some(), rows, "samples: rows"),
        ("pair_by", raw.pair_by.is_some(), runs, "samples: runs"),
    ] {
        if given && !fits {
            let message = format!("`{key}` has a meaning only with `{with}`");
            let help = format!("write `{with}`, or remove `{key}`");
            context.error(Code::InvalidValue, &join(pointer, key), message, &help);
        }
    }
    let unpaired = matches!(samples, Samples::Runs { pair_by: None });
    if method == TestMethod::Bootstrap && unpaired {
        let message = "a bootstrap takes pairs, and these runs are not paired".to_owned();
        let help = "name the parameter that pairs them with `pair_by`, or write `method: t`";
        context.error(Code::InvalidValue, &join(pointer, "method"), message, help);
    }
    if method == TestMethod::McNemar && !rows && !matches!(samples, Samples::Judge) {
        let message = "McNemar's test needs right and wrong answers".to_owned();
        let help = "write `samples: rows` or `samples: judge`, or another method";
        context.error(Code::InvalidValue, &join(pointer, "method"), message, help);
    }
}

/// Whether the test could ever tell.
fn power(context: &mut Context<'_>, pointer: &str, rule: &TestRule) {
    if rule.min_n < 2 {
        let message = "an interval takes two measurements at least".to_owned();
        let help = "for example `min_n: 30`";
        context.error(Code::WeakTest, &join(pointer, "min_n"), message, help);
    }
    let tail = (BigDecimal::from(1) - &rule.confidence) * BigDecimal::from(rule.resamples);
    if rule.method == TestMethod::Bootstrap && tail < 10 {
        let message = format!(
            "{} resamples are too few for a confidence of {}",
            rule.resamples, rule.confidence
        );
        let help =
            "each end of the interval should rest on 5 resamples at least: raise `resamples`";
        context.error(Code::WeakTest, &join(pointer, "resamples"), message, help);
    }
}

/// Which side is the good one must be known, unless both count.
fn side(context: &mut Context<'_>, pointer: &str, rule: &TestRule) {
    let place = join(pointer, "larger_is_better");
    let known = direction(&rule.metric).map(|known| known == Direction::HigherIsBetter);
    let metric = rule.metric.escape_debug();
    match (rule.larger_is_better, known) {
        (None, None) if rule.kind != TestKind::Equivalence => {
            let span = context.key_span(pointer);
            let message = format!("whether a larger `{metric}` is better is not known");
            context.report(
                Diagnostic::error(Code::MissingKey, span, message)
                    .help("add `larger_is_better: true` or `false`"),
            );
        }
        (Some(said), Some(known)) if said != known => {
            let better = if known { "larger" } else { "smaller" };
            let message = format!("of `{metric}` the {better} value is the better one");
            context.error(
                Code::InvertedCheck,
                &place,
                message,
                "remove `larger_is_better`",
            );
        }
        _ => {}
    }
}
