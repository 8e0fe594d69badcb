//! Age, tags, params and data sets: what the candidate is recorded to be.

use gatewright::evidence::{Evidence, Reference, Run, Subject};
use gatewright::gate::rule::{AgeRule, Comparator, ParamRule, TagRule};
use gatewright::gate::{Finding, Outcome, Reason, Rule};

use crate::build::{evaluated, evidence, gave, model, one, run, version};

const DAY_MS: i64 = 86_400_000;

fn week() -> Rule {
    Rule::Age(AgeRule {
        at_most_seconds: 7 * 86_400,
    })
}

fn ended(end_ms: Option<i64>, created_ms: Option<i64>) -> Finding {
    let mut candidate = version(
        7,
        Run {
            end_ms,
            ..Run::empty("r1")
        },
    );
    if let Some(version) = &mut candidate.version {
        version.created_ms = created_ms;
    }
    let evidence = Evidence {
        taken_at_ms: 100 * DAY_MS,
        ..evidence(candidate, None)
    };
    one(week(), &evidence)
}

#[test]
fn age_counts_from_the_end_of_the_run_to_when_the_evidence_was_read() {
    assert_eq!(
        gave(&ended(Some(93 * DAY_MS), None)),
        (Outcome::Pass, Reason::Holds)
    );
    let old = ended(Some(93 * DAY_MS - 1), Some(99 * DAY_MS));
    assert_eq!(gave(&old), (Outcome::Fail, Reason::Violated));
    let older = ended(Some(91 * DAY_MS - 3_600_000), None);
    assert_eq!(
        older.opinion.message,
        "its run ended 9d 1h ago, and it must be 7d at most"
    );
}

#[test]
fn without_an_end_age_counts_from_the_registration_and_without_both_it_fails() {
    let registered = ended(None, Some(99 * DAY_MS));
    assert_eq!(gave(&registered), (Outcome::Pass, Reason::Holds));
    assert_eq!(registered.opinion.notes.len(), 1);
    assert_eq!(
        gave(&ended(None, None)),
        (Outcome::Fail, Reason::EvidenceMissing)
    );
}

#[test]
fn a_run_that_ends_in_the_future_has_no_age_but_for_clocks_that_differ_a_little() {
    assert_eq!(
        gave(&ended(Some(100 * DAY_MS + 60_000), None)),
        (Outcome::Pass, Reason::Holds)
    );
    assert_eq!(
        gave(&ended(Some(101 * DAY_MS), None)),
        (Outcome::Fail, Reason::EvidenceUnreadable)
    );
}

fn tag(equal: bool, value: &str, candidate: Subject) -> (Outcome, Reason) {
    let rule = Rule::Tag(TagRule {
        name: "stage".to_owned(),
        equal,
        value: value.to_owned(),
    });
    gave(&one(rule, &evidence(candidate, None)))
}

#[test]
fn a_tag_of_the_version_goes_before_that_of_its_run_and_its_logged_model() {
    let tags = |value: &str| [("stage".to_owned(), value.to_owned())].into();
    let mut candidate = version(7, Run::empty("r1"));
    let mut logged = model(&[]);
    logged.tags = tags("of-model");
    candidate.logged_model = Some(logged);
    let (pass, fail) = (
        (Outcome::Pass, Reason::Holds),
        (Outcome::Fail, Reason::Violated),
    );
    assert_eq!(tag(true, "of-model", candidate.clone()), pass);
    candidate.run.as_mut().unwrap().tags = tags("of-run");
    assert_eq!(tag(true, "of-run", candidate.clone()), pass);
    candidate.version.as_mut().unwrap().tags = tags("of-version");
    assert_eq!(tag(true, "of-version", candidate.clone()), pass);
    assert_eq!(tag(true, "of-run", candidate.clone()), fail);
    assert_eq!(tag(false, "of-run", candidate.clone()), pass);
    assert_eq!(tag(false, "of-version", candidate), fail);
}

#[test]
fn a_tag_that_nobody_set_fails_whichever_way_it_is_asked() {
    for equal in [true, false] {
        let bare = version(7, Run::empty("r1"));
        assert_eq!(
            tag(equal, "failed", bare),
            (Outcome::Fail, Reason::EvidenceMissing)
        );
    }
}

fn param(comparator: Comparator, value: &str, logged: Option<&str>) -> (Outcome, Reason) {
    let rule = Rule::Param(ParamRule {
        name: "depth".to_owned(),
        comparator,
        value: value.to_owned(),
    });
    let params = logged.map(|logged| ("depth".to_owned(), logged.to_owned()));
    let run = Run {
        params: params.into_iter().collect(),
        ..Run::empty("r1")
    };
    gave(&one(rule, &evidence(Subject::of_run(run), None)))
}

#[test]
fn params_are_compared_as_numbers_where_both_are_and_as_text_otherwise() {
    let (pass, fail) = (
        (Outcome::Pass, Reason::Holds),
        (Outcome::Fail, Reason::Violated),
    );
    for (comparator, value, logged, expected) in [
        (Comparator::AtMost, "8", "8", pass),
        (Comparator::AtMost, "8", "10", fail),
        (Comparator::Equal, "0.001", "1e-3", pass),
        (Comparator::AtMost, "0.3", "0.30000000000000004", fail),
        (Comparator::Equal, "adam", "adam", pass),
        (Comparator::Equal, "adam", "Adam", fail),
        (Comparator::NotEqual, "adam", "sgd", pass),
        (Comparator::NotEqual, "8", "8.0", fail),
        (
            Comparator::AtMost,
            "8",
            "None",
            (Outcome::Fail, Reason::EvidenceUnreadable),
        ),
        (
            Comparator::AtMost,
            "8",
            "NaN",
            (Outcome::Fail, Reason::EvidenceUnreadable),
        ),
    ] {
        assert_eq!(
            param(comparator, value, Some(logged)),
            expected,
            "{logged} {comparator:?} {value}"
        );
    }
    for comparator in [Comparator::AtMost, Comparator::NotEqual] {
        assert_eq!(
            param(comparator, "8", None),
            (Outcome::Fail, Reason::EvidenceMissing)
        );
    }
}

#[test]
fn dataset_same_asks_for_the_same_data_sets_and_for_knowing_them() {
    let on = |digest: &str| Subject::of_run(evaluated(run("r", &[]), "holdout", digest));
    let bare = || Subject::of_run(run("r", &[]));
    let same = |candidate, champion| {
        gave(&one(
            Rule::Dataset(Reference::Champion),
            &evidence(candidate, champion),
        ))
    };
    let missing = (Outcome::Fail, Reason::EvidenceMissing);
    assert_eq!(same(on("1"), Some(on("1"))), (Outcome::Pass, Reason::Holds));
    assert_eq!(
        same(on("1"), Some(on("2"))),
        (Outcome::Fail, Reason::Violated)
    );
    assert_eq!(same(on("1"), Some(bare())), missing);
    assert_eq!(same(bare(), Some(on("1"))), missing);
    assert_eq!(same(bare(), Some(bare())), missing);
    assert_eq!(same(on("1"), None), (Outcome::Skipped, Reason::NoBaseline));
}

#[test]
fn the_data_set_of_an_evaluation_counts_though_mlflow_gives_it_no_context() {
    let logged = |tags: &[(&str, &str)]| {
        let mut run = evaluated(run("r", &[]), "holdout", "1");
        for input in &mut run.datasets {
            input.context = None;
        }
        run.tags = tags
            .iter()
            .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
            .collect();
        let rule = Rule::Dataset(Reference::Champion);
        let subject = Subject::of_run(run);
        one(rule, &evidence(subject.clone(), Some(subject))).outcome
    };
    assert_eq!(
        logged(&[("mlflow.runType", "genai_evaluate")]),
        Outcome::Pass
    );
    assert_eq!(
        logged(&[(
            "mlflow.datasets",
            "[{\"name\":\"holdout\",\"hash\":\"9\",\"model\":\"m\"}]"
        )]),
        Outcome::Pass
    );
    assert_eq!(
        logged(&[("mlflow.datasets", "[{\"name\":\"other\"}]")]),
        Outcome::Fail
    );
    assert_eq!(logged(&[]), Outcome::Fail);
}
