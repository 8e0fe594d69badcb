//! Another tool's result as a check.
//!
//! The one decision here: a report that could not be read is not a report without failures.

use bigdecimal::BigDecimal;

use super::case::Case;
use crate::evidence::{File, Finite};
use crate::gate::decimal::{self, decimal, show, show_beside};
use crate::gate::finding::{Observed, Opinion, Source, Value};
use crate::gate::reason::Reason;
use crate::gate::rule::{Comparator, Expectation, ImportFormat, ImportRule};
use crate::import::{self, ImportError, Imported, Pointed};

pub(super) fn judge(case: &Case<'_>, rule: &ImportRule) -> Opinion {
    let path = &rule.path;
    let Some(File::Text(text)) = case.evidence.imports.get(path) else {
        return Opinion::new(Reason::EvidenceMissing, format!("there is no file {path}"));
    };
    let opinion = match &rule.expectation {
        Expectation::Value {
            pointer,
            comparator,
            value,
        } => import::pointer(text.as_bytes(), pointer)
            .map(|found| compare(pointer, &found, *comparator, value)),
        Expectation::AllPass => {
            summary(rule.format, text).map(|found| all_pass(rule.format, &found))
        }
        Expectation::PassRate {
            comparator,
            percent,
        } => summary(rule.format, text).map(|found| pass_rate(&found, *comparator, percent)),
    };
    let mut opinion = opinion.unwrap_or_else(|error| unreadable(path, &error));
    if let Some(seen) = &mut opinion.candidate {
        seen.source.place.clone_from(path);
    }
    opinion
}

fn unreadable(path: &str, error: &ImportError) -> Opinion {
    let reason = match error {
        ImportError::Empty { .. } => Reason::EvidenceMissing,
        _ => Reason::EvidenceUnreadable,
    };
    Opinion {
        notes: vec![error.help()],
        ..Opinion::new(reason, format!("{path}: {error}"))
    }
}

fn summary(format: ImportFormat, text: &str) -> Result<Imported, ImportError> {
    let bytes = text.as_bytes();
    match format {
        ImportFormat::Junit => import::junit(bytes),
        ImportFormat::Sarif => import::sarif(bytes),
        ImportFormat::Promptfoo => import::promptfoo(bytes),
        ImportFormat::Evidently => import::evidently(bytes),
        ImportFormat::Json => Err(ImportError::Pointer {
            pointer: String::new(),
            reason: "any JSON is compared by a pointer".to_owned(),
        }),
    }
}

fn all_pass(format: ImportFormat, found: &Imported) -> Opinion {
    // A log of findings is good news when it is empty; a report of tests is not.
    let holds = match format {
        ImportFormat::Sarif => found.is_clean(),
        _ => found.is_pass(),
    };
    let opinion = if holds {
        Opinion::new(Reason::Holds, "holds")
    } else if found.is_clean() {
        let message = format!("not one of {} tests passed", found.total);
        Opinion::new(Reason::EvidenceMissing, message)
    } else {
        Opinion::new(Reason::Violated, failures(found))
    };
    seen(opinion, Value::Text(counts(found)), Some(found.total))
}

fn failures(found: &Imported) -> String {
    let bad = found.failed + found.errored;
    let named = found.failing.join(", ");
    format!("{bad} of {} did not pass: {named}", found.total)
}

fn pass_rate(found: &Imported, comparator: Comparator, percent: &BigDecimal) -> Opinion {
    let judged = found.total.saturating_sub(found.skipped);
    if judged == 0 {
        let message = "every test was skipped: there is no share that passed";
        return Opinion::new(Reason::EvidenceMissing, message);
    }
    let (passed, judged) = (BigDecimal::from(found.passed), BigDecimal::from(judged));
    let hundred = BigDecimal::from(100);
    let ordering = (&passed * &hundred).cmp(&(percent * &judged));
    let share = &passed * &hundred / &judged;
    let symbol = comparator.symbol();
    let opinion = if comparator.holds(ordering) {
        Opinion::new(Reason::Holds, "holds")
    } else {
        let message = format!(
            "{} of {} passed ({}%), and it must be {symbol} {}%",
            found.passed,
            show(&judged),
            show_beside(&share, Some(percent)),
            show_beside(percent, Some(&share))
        );
        Opinion::new(Reason::Violated, message)
    };
    let opinion = Opinion {
        threshold: Some(percent.clone()),
        derivation: vec![
            counts(found),
            format!(
                "{} x 100 / {}, skipped ones left out",
                found.passed,
                show(&judged)
            ),
        ],
        ..opinion
    };
    seen(opinion, Value::Number(share), Some(found.total))
}

fn counts(found: &Imported) -> String {
    format!(
        "{} in all: {} passed, {} failed, {} errors, {} warnings, {} skipped",
        found.total, found.passed, found.failed, found.errored, found.warned, found.skipped
    )
}

/// Numbers with numbers, anything else as text, which is equal or not.
fn compare(pointer: &str, found: &Pointed, comparator: Comparator, asked: &str) -> Opinion {
    let symbol = comparator.symbol();
    let text = match found {
        Pointed::Number(number) => {
            let both = Finite::new(*number).map(decimal).zip(decimal::parse(asked));
            let Some((value, asked)) = both else {
                let message = format!("`{pointer}` is {number}, and `{asked}` is no number");
                return Opinion::new(Reason::EvidenceUnreadable, message);
            };
            let shown = format!(
                "`{pointer}` is {}, and must be {symbol} {}",
                show(&value),
                show(&asked)
            );
            let opinion = concluded(comparator.holds(value.cmp(&asked)), shown);
            let opinion = Opinion {
                threshold: Some(asked),
                ..opinion
            };
            return seen(opinion, Value::Number(value), None);
        }
        Pointed::Bool(value) => value.to_string(),
        Pointed::Text(text) => text.clone(),
    };
    let shown = format!("`{pointer}` is `{text}`, and must be {symbol} `{asked}`");
    let opinion = match comparator {
        Comparator::Equal => concluded(text == asked, shown),
        Comparator::NotEqual => concluded(text != asked, shown),
        _ => Opinion::new(
            Reason::EvidenceUnreadable,
            format!("{shown}, which only numbers can be"),
        ),
    };
    seen(opinion, Value::Text(text), None)
}

fn concluded(holds: bool, message: String) -> Opinion {
    if holds {
        Opinion::new(Reason::Holds, "holds")
    } else {
        Opinion::new(Reason::Violated, message)
    }
}

fn seen(opinion: Opinion, value: Value, n: Option<u64>) -> Opinion {
    Opinion {
        candidate: Some(Observed {
            value,
            source: Source {
                n,
                ..Source::default()
            },
        }),
        ..opinion
    }
}
