//! What a finding says about the rule, in words and numbers.

use crate::evidence::Finite;
use crate::gate::decimal::{decimal, show, show_beside};
use crate::gate::finding::{Observed, Opinion, Source, Value};
use crate::gate::judge::case::Side;
use crate::gate::reason::Reason;
use crate::gate::rule::{TestKind, TestRule};
use crate::statistics::{Conclusion, Finding};

pub(super) fn conclude(rule: &TestRule, finding: &Finding, theirs: &Side<'_>) -> Opinion {
    let exact = |value: f64| Finite::new(value).map(decimal).unwrap_or_default();
    let (low, high) = (exact(finding.interval.low), exact(finding.interval.high));
    let asked = match rule.kind {
        TestKind::Superiority => format!("better by more than {}", show(&rule.margin)),
        TestKind::NonInferiority => format!("not worse by {} or more", show(&rule.margin)),
        TestKind::Equivalence => format!("within {} of it", show(&rule.margin)),
    };
    let shown = format!(
        "{} is better than {}'s by {} ({} to {}, {}, {} measurements), and must be {asked}",
        rule.metric,
        theirs.whose,
        short(finding.estimate),
        short(finding.interval.low),
        short(finding.interval.high),
        finding.method,
        finding.n
    );
    let opinion = match finding.conclusion {
        Conclusion::Shown => Opinion::new(Reason::Holds, "holds"),
        Conclusion::Refuted => Opinion::new(Reason::Violated, shown.clone()),
        Conclusion::Undecided => Opinion::new(
            Reason::Undecided,
            format!("{shown}: the measurements do not tell"),
        ),
    };
    let mut derivation = vec![shown];
    derivation.extend(finding.p_value.map(|p| format!("one-sided p-value: {p}")));
    derivation.extend(
        finding
            .resampling
            .map(|drawn| format!("{} resamples from seed {}", drawn.resamples, drawn.seed)),
    );
    derivation.push(format!("confidence of each end: {}", finding.confidence));
    Opinion {
        candidate: Some(Observed {
            value: Value::Interval { low, high },
            source: Source {
                place: format!("improvement over {}", theirs.subject.name()),
                n: u64::try_from(finding.n).ok(),
                ..Source::default()
            },
        }),
        threshold: Some(match rule.kind {
            TestKind::NonInferiority => -rule.margin.clone(),
            TestKind::Superiority | TestKind::Equivalence => rule.margin.clone(),
        }),
        derivation,
        ..opinion
    }
}

/// Six digits for a message.
fn short(value: f64) -> String {
    let exact = Finite::new(value).map(decimal).unwrap_or_default();
    show_beside(&exact, None)
}
