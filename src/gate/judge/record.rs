//! Tags and params: what the candidate is recorded to be.
//!
//! The one decision here: what is not recorded fails, whichever way the rule asks. A tag that
//! nobody set is no proof that it is not `failed`.

use super::case::Case;
use super::unseen::nearest;
use crate::gate::decimal::{self, show};
use crate::gate::finding::{Observed, Opinion, Source, Value};
use crate::gate::reason::Reason;
use crate::gate::rule::{Comparator, ParamRule, TagRule};

/// The tag of the version, else of its run, else of its logged model.
pub(super) fn tag(case: &Case<'_>, rule: &TagRule) -> Opinion {
    let subject = &case.evidence.candidate;
    let of_version = subject
        .version
        .as_ref()
        .map(|version| (format!("version {}", version.number), &version.tags));
    let of_run = subject
        .run
        .as_ref()
        .map(|run| (format!("run {}", run.id), &run.tags));
    let of_model = subject
        .logged_model
        .as_ref()
        .map(|model| (format!("logged model {}", model.id), &model.tags));
    let places: Vec<_> = [of_version, of_run, of_model]
        .into_iter()
        .flatten()
        .collect();
    let found: Vec<_> = places
        .iter()
        .filter_map(|(place, tags)| Some((place, tags.get(&rule.name)?)))
        .collect();
    let Some((place, value)) = found.first() else {
        let names = places.iter().flat_map(|(_, tags)| tags.keys());
        let near = nearest(
            &rule.name,
            names
                .map(String::as_str)
                .filter(|name| !name.starts_with("mlflow.")),
        );
        return absent("tag", &rule.name, &near);
    };
    let symbol = if rule.equal { "=" } else { "!=" };
    let holds = (*value == &rule.value) == rule.equal;
    let message = format!(
        "the tag {} is `{value}`, and must be {symbol} `{}`",
        rule.name, rule.value
    );
    let mut opinion = concluded(holds, message);
    for (other, differs) in found.iter().skip(1).filter(|(_, other)| other != value) {
        opinion
            .notes
            .push(format!("{other} has the tag {} as `{differs}`", rule.name));
    }
    opinion.derivation = vec![
        format!("the tag {} of {place}: `{value}`", rule.name),
        format!("asked: `{value}` {symbol} `{}`", rule.value),
    ];
    seen(opinion, place, Value::Text((*value).clone()))
}

/// The param of the run, else of the logged model.
pub(super) fn param(case: &Case<'_>, rule: &ParamRule) -> Opinion {
    let subject = &case.evidence.candidate;
    let of_run = subject
        .run
        .as_ref()
        .map(|run| (format!("run {}", run.id), &run.params));
    let of_model = subject
        .logged_model
        .as_ref()
        .map(|model| (format!("logged model {}", model.id), &model.params));
    let places: Vec<_> = [of_run, of_model].into_iter().flatten().collect();
    let found = places
        .iter()
        .find_map(|(place, params)| Some((place, params.get(&rule.name)?)));
    let Some((place, value)) = found else {
        let names = places.iter().flat_map(|(_, params)| params.keys());
        return absent(
            "param",
            &rule.name,
            &nearest(&rule.name, names.map(String::as_str)),
        );
    };
    let mut opinion = compare(rule, value);
    opinion
        .derivation
        .insert(0, format!("the param {} of {place}: `{value}`", rule.name));
    let shown = match decimal::parse(value) {
        Some(number) => Value::Number(number),
        None => Value::Text(value.clone()),
    };
    seen(opinion, place, shown)
}

/// As numbers where both are numbers, else as text, which is equal or not.
fn compare(rule: &ParamRule, value: &str) -> Opinion {
    let symbol = rule.comparator.symbol();
    let message = format!(
        "the param {} is `{value}`, and must be {symbol} `{}`",
        rule.name, rule.value
    );
    let numbers = decimal::parse(value).zip(decimal::parse(&rule.value));
    let (holds, how) = match (&numbers, rule.comparator) {
        (Some((value, asked)), comparator) => (
            comparator.holds(value.cmp(asked)),
            format!("{} {symbol} {}, as numbers", show(value), show(asked)),
        ),
        (None, Comparator::Equal) => (value == rule.value, format!("{symbol}, as text")),
        (None, Comparator::NotEqual) => (value != rule.value, format!("{symbol}, as text")),
        (None, _) => {
            return Opinion::new(
                Reason::EvidenceUnreadable,
                format!("{message}, which only numbers can be"),
            );
        }
    };
    Opinion {
        threshold: numbers.map(|(_, asked)| asked),
        derivation: vec![format!("asked: {how}")],
        ..concluded(holds, message)
    }
}

fn concluded(holds: bool, message: String) -> Opinion {
    if holds {
        Opinion::new(Reason::Holds, "holds")
    } else {
        Opinion::new(Reason::Violated, message)
    }
}

fn absent(kind: &str, name: &str, near: &str) -> Opinion {
    let has = if near.is_empty() {
        String::new()
    } else {
        format!("; it has {near}")
    };
    Opinion::new(
        Reason::EvidenceMissing,
        format!("the candidate has no {kind} `{name}`{has}"),
    )
}

fn seen(opinion: Opinion, place: &str, value: Value) -> Opinion {
    Opinion {
        candidate: Some(Observed {
            value,
            source: Source {
                place: place.to_owned(),
                ..Source::default()
            },
        }),
        ..opinion
    }
}
