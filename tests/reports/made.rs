//! Decisions that are put together by hand.

use gatewright::decision::{Decision, FileRecord, RECORDING_ID, Recording, StoreRecord};
use gatewright::evidence::{Evidence, ModelVersion, Reference, Run, Subject};
use gatewright::gate::{
    Check, Comparator, Finding, Gate, Judgement, Level, Margin, MetricRule, Observed, Opinion,
    Outcome, Part, Reason, Rule, Source, Threshold, Value, Verdict, Waiver,
};
use gatewright::report::{Format, Style, report};
use serde_json::Value as Json;

pub(crate) const PLAIN: Style = Style {
    coloured: false,
    width: 110,
};

/// A finding about a metric of any name, against the champion.
pub(crate) fn finding(name: &str, outcome: Outcome, reason: Reason) -> Finding {
    let threshold = Threshold::Relative {
        reference: Reference::Champion,
        margin: Some(Margin::Absolute("-0.01".parse().unwrap())),
    };
    let rule = Rule::Metric(MetricRule::new(name, Comparator::AtLeast, threshold));
    let mut check = Check::new(name, rule);
    if outcome == Outcome::Warn {
        check.level = Level::Warn;
    }
    let observed = |value: &str| {
        Some(Observed {
            value: Value::Number(value.parse().unwrap()),
            source: Source {
                place: format!("run {name}"),
                ..Source::default()
            },
        })
    };
    let mut opinion = Opinion::new(reason, format!("about {name}"));
    opinion.candidate = observed("0.7");
    opinion.baseline = observed("0.8");
    opinion.threshold = Some("0.79".parse().unwrap());
    opinion.delta = Some("-0.1".parse().unwrap());
    Finding {
        check,
        outcome,
        opinion,
        waiver: None,
    }
}

pub(crate) fn waiver(reason: &str) -> Waiver {
    Waiver {
        gate: None,
        check: "recall".to_owned(),
        from_version: 1,
        to_version: None,
        expires: "2026-12-31".to_owned(),
        expires_ms: 0,
        reason: reason.to_owned(),
        approver: "ml-leads".to_owned(),
        cap: None,
    }
}

pub(crate) fn part(name: &str, reason: Reason) -> Part {
    Part {
        name: name.to_owned(),
        reason,
        message: format!("{name} is what it is"),
        candidate: None,
        baseline: None,
        n: Some(50),
    }
}

pub(crate) fn decision(text: &str, verdict: Verdict, findings: Vec<Finding>) -> Decision {
    let version = ModelVersion {
        number: 7,
        run_id: Some(text.to_owned()),
        source: text.to_owned(),
        created_ms: None,
        status: None,
        tags: [(text.to_owned(), text.to_owned())].into(),
    };
    let candidate = Subject {
        found_by: format!("alias {text}"),
        version: Some(version),
        run: Some(Run::empty(text)),
        ..Subject::default()
    };
    let recording = Recording {
        schema: RECORDING_ID.to_owned(),
        gatewright: "0.1.0".to_owned(),
        recorded_at: "2026-11-23T12:00:00.123Z".to_owned(),
        project: "taxi".to_owned(),
        environment: Some("prod".to_owned()),
        gate: "promote".to_owned(),
        commit: Some("0".repeat(40)),
        dirty: Some(true),
        actor: Some(text.to_owned()),
        run_url: None,
        spec: FileRecord {
            path: "services/a b/gatewright.yaml".to_owned(),
            digest: format!("sha256:{}", "a".repeat(64)),
        },
        waivers: None,
        model: text.to_owned(),
        target: None,
        stores: StoreRecord {
            tracking: text.to_owned(),
            registry: text.to_owned(),
        },
        evidence: Evidence {
            candidate,
            ..Evidence::default()
        },
    };
    let judgement = Judgement {
        verdict,
        remark: None,
        notes: vec![text.to_owned()],
        findings,
    };
    Decision::new(&recording, &Gate::new("promote", Vec::new()), &judgement)
}

/// One of each outcome, about slices, with notes and a waiver.
pub(crate) fn varied(text: &str) -> Decision {
    let mut failed = finding(text, Outcome::Fail, Reason::Violated);
    failed.opinion.parts = vec![
        part("region=us", Reason::Holds),
        part(text, Reason::TooFew),
        part("region=eu", Reason::Violated),
    ];
    failed.opinion.notes = vec![format!("taken from {text}")];
    failed.opinion.derivation = vec![format!("0.7 of {text}")];
    let mut waived = finding("recall", Outcome::Waived, Reason::Violated);
    waived.waiver = Some(waiver(text));
    let findings = vec![
        finding("fine", Outcome::Pass, Reason::Holds),
        failed,
        finding("late", Outcome::Skipped, Reason::NoBaseline),
        finding("vague", Outcome::Inconclusive, Reason::Undecided),
        finding("slow", Outcome::Warn, Reason::Violated),
        waived,
    ];
    decision(text, Verdict::Blocked, findings)
}

pub(crate) fn json(decision: &Decision, format: Format) -> Json {
    serde_json::from_str(&report(decision, format, PLAIN)).unwrap()
}
