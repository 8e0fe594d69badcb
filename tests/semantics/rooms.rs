//! Signatures, reports of other tools, tables and statistical tests.

use gatewright::evidence::{Evidence, File, Reference, Run, RunStatus, Subject};
use gatewright::gate::check::Sameness;
use gatewright::gate::need::MODEL_FILE;
use gatewright::gate::rule::{
    Columns, Comparator, Expectation, ImportFormat, ImportRule, Samples, SignatureMode,
    SignatureRule, SlicesRule, SmallSlice, TableColumns, TestKind, TestMethod, TestRule,
};
use gatewright::gate::{Finding, Outcome, Reason, Rule};

use crate::build::{
    answers, ask, evidence, gate, gave, judged_by, metric, no, number, one, run, yes,
};

const TABLE: &str = "eval_results_table.json";

fn with_file(id: &str, path: &str, text: &str) -> Subject {
    let mut subject = Subject::of_run(run(id, &[]));
    let file = File::Text(text.to_owned());
    subject.files = [(path.to_owned(), file)].into();
    subject
}

/// A model that takes these columns of doubles.
fn model(inputs: Option<&[&str]>) -> Subject {
    let signature = inputs.map(|inputs| {
        let column = |name: &&str| {
            format!("{{\"type\": \"double\", \"name\": \"{name}\", \"required\": true}}")
        };
        let columns = inputs.iter().map(column).collect::<Vec<_>>().join(", ");
        format!("signature:\n  inputs: '[{columns}]'\n  outputs: null\n  params: null\n")
    });
    let text = format!(
        "flavors:\n  python_function: {{}}\nmlflow_version: 3.17.2\n{}utc_time_created: '2026-11-01 10:00:00'\n",
        signature.unwrap_or_default()
    );
    with_file("r", MODEL_FILE, &text)
}

fn signature(mode: SignatureMode, candidate: Subject, champion: Option<Subject>) -> Finding {
    let rule = Rule::Signature(SignatureRule {
        mode,
        against: Reference::Champion,
    });
    one(rule, &evidence(candidate, champion))
}

#[test]
fn a_signature_is_compatible_in_a_direction() {
    let (one, two) = (Some(&["a"][..]), Some(&["a", "b"][..]));
    let give =
        |mode, candidate, champion| gave(&signature(mode, model(candidate), Some(model(champion))));
    let holds = (Outcome::Pass, Reason::Holds);
    let broken = (Outcome::Fail, Reason::Violated);
    assert_eq!(give(SignatureMode::Backward, one, two), holds);
    assert_eq!(give(SignatureMode::Backward, two, one), broken);
    assert_eq!(give(SignatureMode::Forward, two, one), holds);
    assert_eq!(give(SignatureMode::Exact, one, two), broken);
    assert_eq!(give(SignatureMode::Exact, two, two), holds);
    let missing = (Outcome::Fail, Reason::EvidenceMissing);
    assert_eq!(give(SignatureMode::Exact, None, None), missing);
    assert_eq!(give(SignatureMode::Backward, one, None), missing);
    let named = signature(SignatureMode::Backward, model(two), Some(model(one)));
    assert_eq!(
        named.opinion.message,
        "input `b`: champion has nothing, candidate has double"
    );
}

#[test]
fn a_signature_that_is_not_there_or_not_readable_fails() {
    let good = || model(Some(&["a"]));
    let bare = Subject::of_run(Run::empty("r"));
    let cut = with_file("r", MODEL_FILE, "flavors: {}\n");
    let give = |candidate, champion| gave(&signature(SignatureMode::Exact, candidate, champion));
    assert_eq!(
        give(bare.clone(), Some(good())),
        (Outcome::Fail, Reason::EvidenceMissing)
    );
    assert_eq!(
        give(good(), Some(bare.clone())),
        (Outcome::Fail, Reason::EvidenceMissing)
    );
    assert_eq!(
        give(cut, Some(good())),
        (Outcome::Fail, Reason::EvidenceUnreadable)
    );
    assert_eq!(give(good(), None), (Outcome::Skipped, Reason::NoBaseline));
    assert_eq!(give(bare, None), (Outcome::Fail, Reason::EvidenceMissing));
}

fn imported(
    format: ImportFormat,
    expectation: Expectation,
    text: Option<&str>,
) -> (Outcome, Reason) {
    let rule = Rule::Import(ImportRule {
        format,
        path: "report".to_owned(),
        expectation,
    });
    let file = text.map_or(File::Absent, |text| File::Text(text.to_owned()));
    let seen = Evidence {
        imports: [("report".to_owned(), file)].into(),
        ..evidence(Subject::of_run(Run::empty("r")), None)
    };
    gave(&one(rule, &seen))
}

#[test]
fn a_report_of_another_tool_passes_only_where_it_says_so() {
    let junit = |text| imported(ImportFormat::Junit, Expectation::AllPass, text);
    let good = "<testsuite><testcase name=\"a\"/></testsuite>";
    let bad =
        "<testsuite><testcase name=\"a\"/><testcase name=\"b\"><failure/></testcase></testsuite>";
    assert_eq!(junit(Some(good)), (Outcome::Pass, Reason::Holds));
    assert_eq!(junit(Some(bad)), (Outcome::Fail, Reason::Violated));
    assert_eq!(
        junit(Some("<testsuite></testsuite>")),
        (Outcome::Fail, Reason::EvidenceMissing)
    );
    assert_eq!(
        junit(Some("<testsuite><testcase")),
        (Outcome::Fail, Reason::EvidenceUnreadable)
    );
    assert_eq!(junit(None), (Outcome::Fail, Reason::EvidenceMissing));
    let rate = |percent| {
        let expectation = Expectation::PassRate {
            comparator: Comparator::AtLeast,
            percent: number(percent),
        };
        imported(ImportFormat::Junit, expectation, Some(bad)).0
    };
    assert_eq!(rate("50"), Outcome::Pass);
    assert_eq!(rate("50.1"), Outcome::Fail);
}

#[test]
fn a_value_of_any_json_is_compared_as_what_it_is() {
    let value = |pointer: &str, comparator, asked: &str| {
        let expectation = Expectation::Value {
            pointer: pointer.to_owned(),
            comparator,
            value: asked.to_owned(),
        };
        let text = r#"{"score": 0.3, "ok": true, "who": "me", "n": "5"}"#;
        imported(ImportFormat::Json, expectation, Some(text))
    };
    let unreadable = (Outcome::Fail, Reason::EvidenceUnreadable);
    assert_eq!(value("/score", Comparator::AtLeast, "0.3").0, Outcome::Pass);
    assert_eq!(value("/score", Comparator::Greater, "0.3").0, Outcome::Fail);
    assert_eq!(value("/score", Comparator::NotEqual, "me"), unreadable);
    assert_eq!(value("/ok", Comparator::Equal, "true").0, Outcome::Pass);
    assert_eq!(value("/ok", Comparator::Equal, "false").0, Outcome::Fail);
    assert_eq!(value("/who", Comparator::NotEqual, "you").0, Outcome::Pass);
    assert_eq!(value("/n", Comparator::AtMost, "5"), unreadable);
    assert_eq!(value("/gone", Comparator::Equal, "1"), unreadable);
}

fn predictions() -> Columns {
    Columns::Predictions {
        target: "y".to_owned(),
        prediction: "p".to_owned(),
        positive: Some("1".to_owned()),
    }
}

fn table(columns: Columns) -> TableColumns {
    TableColumns {
        path: TABLE.to_owned(),
        key: Some("id".to_owned()),
        columns,
    }
}

fn recall_by_region(text: &str, status: RunStatus) -> Finding {
    let rule = Rule::Slices(SlicesRule {
        metric: "recall".to_owned(),
        by: vec!["region".to_owned()],
        min: Some(number("0.5")),
        max: None,
        max_gap: Some(number("0.6")),
        min_n: Some(2),
        small: SmallSlice::Inconclusive,
        count: "n".to_owned(),
        table: Some(table(predictions())),
        from: None,
    });
    let mut subject = with_file("r", TABLE, text);
    if let Some(run) = &mut subject.run {
        run.status = status;
    }
    one(rule, &evidence(subject, None))
}

#[test]
fn a_slice_of_the_champions_table_that_the_candidate_lost_is_missing() {
    let with = |rows: &str| {
        let text = format!("{{\"columns\":[\"id\",\"region\",\"y\",\"p\"],\"data\":[{rows}]}}");
        with_file("r", TABLE, &text)
    };
    let eu = || with("[1,\"eu\",1,1],[2,\"eu\",1,1]");
    let both = || with("[1,\"eu\",1,1],[2,\"eu\",1,1],[3,\"us\",1,1]");
    let ask = |small, champion| {
        let rule = Rule::Slices(SlicesRule {
            metric: "recall".to_owned(),
            by: vec!["region".to_owned()],
            min: Some(number("0.5")),
            max: None,
            max_gap: None,
            min_n: Some(2),
            small,
            count: "n".to_owned(),
            table: Some(table(predictions())),
            from: None,
        });
        one(rule, &evidence(eu(), Some(champion)))
    };
    let missing = (Outcome::Fail, Reason::MetricMissing);
    let holds = (Outcome::Pass, Reason::Holds);
    let lost = ask(SmallSlice::Inconclusive, both());
    assert_eq!(gave(&lost), missing);
    assert_eq!(
        lost.opinion.message,
        "region=us: the champion has this slice, and the candidate has not"
    );
    assert_eq!(gave(&ask(SmallSlice::Judge, both())), missing);
    let small = ask(SmallSlice::Ignore, both());
    assert_eq!(gave(&small), holds);
    assert_eq!(
        small.opinion.notes,
        ["region=us: left out, 1 rows, fewer than 2"]
    );
    assert_eq!(gave(&ask(SmallSlice::Inconclusive, eu())), holds);
    for (champion, why) in [
        (
            Subject::of_run(Run::empty("r0")),
            "the champion has no table",
        ),
        (with("[1"), "eval_results_table.json of the champion"),
    ] {
        let finding = ask(SmallSlice::Inconclusive, champion);
        assert_eq!(gave(&finding), holds);
        let note = finding.opinion.notes.first().unwrap();
        assert!(
            note.starts_with(&format!(
                "which slices the candidate lost is not known: {why}"
            )),
            "{note}"
        );
    }
}

#[test]
fn slices_are_computed_from_the_rows_of_a_table() {
    let with =
        |rows: &str| format!("{{\"columns\":[\"id\",\"region\",\"y\",\"p\"],\"data\":[{rows}]}}");
    let good = with("[1,\"eu\",1,1],[2,\"eu\",1,0],[3,\"us\",1,1],[4,\"us\",0,1]");
    let finding = recall_by_region(&good, RunStatus::Finished);
    assert_eq!(gave(&finding), (Outcome::Pass, Reason::Holds));
    let parts: Vec<_> = finding
        .opinion
        .parts
        .iter()
        .map(|part| {
            (
                part.name.as_str(),
                part.n,
                part.candidate.as_ref().unwrap().value.exact(),
            )
        })
        .collect();
    assert_eq!(
        parts,
        [
            ("region=eu", Some(2), "0.5".to_owned()),
            ("region=us", Some(2), "1".to_owned()),
            ("gap", None, "0.5".to_owned())
        ]
    );
    for (rows, reason) in [
        (
            "[1,\"eu\",1,0],[2,\"eu\",1,0],[3,\"us\",1,1],[4,\"us\",1,1]",
            Reason::Violated,
        ),
        (
            "[1,\"eu\",1,1],[2,\"eu\",1,1],[3,\"us\",1,1]",
            Reason::TooFew,
        ),
        (
            "[1,\"eu\",0,0],[2,\"eu\",0,0],[3,\"us\",1,1],[4,\"us\",1,1]",
            Reason::TooFew,
        ),
        (
            "[1,\"eu\",1,1],[2,\"eu\",1,null],[3,\"us\",1,1],[4,\"us\",1,1]",
            Reason::EvidenceMissing,
        ),
        ("[1,\"eu\",1,1],[2,null,1,1]", Reason::EvidenceMissing),
        ("", Reason::EvidenceMissing),
        ("[1", Reason::EvidenceUnreadable),
    ] {
        let finding = recall_by_region(&with(rows), RunStatus::Finished);
        assert_eq!(
            finding.opinion.reason, reason,
            "{rows}: {}",
            finding.opinion.message
        );
        assert_ne!(finding.outcome, Outcome::Pass);
    }
    let broken = recall_by_region(&good, RunStatus::Failed);
    assert_eq!(gave(&broken), (Outcome::Fail, Reason::RunNotFinished));
}

fn test(metric: &str, samples: Samples) -> TestRule {
    TestRule {
        metric: metric.to_owned(),
        kind: TestKind::NonInferiority,
        against: Reference::Champion,
        margin: number("0.1"),
        confidence: number("0.95"),
        min_n: 20,
        method: TestMethod::Bootstrap,
        resamples: 1_000,
        seed: 0,
        samples,
        larger_is_better: None,
    }
}

fn asked(rule: TestRule, candidate: Subject, champion: Subject) -> (Outcome, Reason) {
    gave(&one(Rule::Test(rule), &evidence(candidate, Some(champion))))
}

/// A table of a hundred rows, of which the model gets all right but the first `wrong`.
fn predicted(id: &str, wrong: usize) -> Subject {
    scored(id, wrong..100)
}

fn right(rows: std::ops::Range<usize>) -> Subject {
    scored("r", rows)
}

/// A table of a hundred rows, of which the model gets these right.
fn scored(id: &str, right: std::ops::Range<usize>) -> Subject {
    let rows = (0..100).map(|row| format!("[{row},1,{}]", u8::from(right.contains(&row))));
    let rows = rows.collect::<Vec<_>>().join(",");
    let text = format!("{{\"columns\":[\"id\",\"y\",\"p\"],\"data\":[{rows}]}}");
    with_file(id, TABLE, &text)
}

#[test]
fn the_interval_of_paired_rows_is_held_against_the_margin() {
    let rule = || test("accuracy", Samples::Rows(table(predictions())));
    let champion = || predicted("r0", 10);
    for method in [TestMethod::Bootstrap, TestMethod::McNemar, TestMethod::T] {
        let rule = || TestRule { method, ..rule() };
        assert_eq!(
            asked(rule(), predicted("r1", 8), champion()),
            (Outcome::Pass, Reason::Holds)
        );
        assert_eq!(
            asked(rule(), predicted("r1", 60), champion()),
            (Outcome::Fail, Reason::Violated)
        );
        assert_eq!(
            asked(rule(), predicted("r1", 18), champion()),
            (Outcome::Inconclusive, Reason::Undecided),
            "{method:?}"
        );
    }
    let few = TestRule {
        min_n: 101,
        ..rule()
    };
    assert_eq!(
        asked(few, predicted("r1", 8), champion()),
        (Outcome::Inconclusive, Reason::TooFew)
    );
    let same = asked(rule(), predicted("r1", 10), champion());
    assert_eq!(same, (Outcome::Inconclusive, Reason::Undecided));
}

#[test]
fn ranks_of_rows_that_are_mostly_equal_decide_nothing() {
    let rule = || TestRule {
        method: TestMethod::Wilcoxon,
        ..test("accuracy", Samples::Rows(table(predictions())))
    };
    let ask = |candidate| {
        one(
            Rule::Test(rule()),
            &evidence(candidate, Some(right(0..100))),
        )
    };
    let undecided = (Outcome::Inconclusive, Reason::Undecided);
    let worse = ask(right(30..100));
    assert_eq!(gave(&worse), undecided);
    assert_eq!(
        worse.opinion.message,
        "70 of 100 pairs are equal, and ranks say nothing where most pairs are equal: use `method: bootstrap`, or `mcnemar` for rows right or wrong"
    );
    let better = ask(right(0..100));
    assert_eq!(gave(&better), undecided);
    // Half of the pairs are equal, 30 are worse and 20 better: 10 points lost, the middle is 0.
    let half = one(
        Rule::Test(rule()),
        &evidence(right(30..100), Some(right(0..80))),
    );
    assert_eq!(gave(&half), undecided);
    assert!(half.opinion.message.starts_with("the differences vary"));
    assert_eq!(
        gave(&ask(right(90..100))),
        (Outcome::Fail, Reason::Violated)
    );
}

#[test]
fn rows_that_do_not_belong_together_are_not_compared() {
    let rule = || test("accuracy", Samples::Rows(table(predictions())));
    let text = |rows: &str| {
        let text = format!("{{\"columns\":[\"id\",\"y\",\"p\"],\"data\":[{rows}]}}");
        with_file("r", TABLE, &text)
    };
    let (one, other) = ("[1,1,1],[2,1,0]", "[1,1,1],[3,1,0]");
    assert_eq!(
        asked(rule(), text(one), text(other)).1,
        Reason::NotComparable
    );
    let other_truth = "[1,1,1],[2,0,0]";
    assert_eq!(
        asked(rule(), text(one), text(other_truth)).1,
        Reason::NotComparable
    );
    let bare = Subject::of_run(Run::empty("r"));
    assert_eq!(asked(rule(), text(one), bare).1, Reason::EvidenceMissing);
}

/// Child runs with an error each, told apart by a seed.
fn seeds(values: &[f64]) -> Subject {
    let mut parent = Subject::of_run(Run::empty("parent"));
    let children = values.iter().enumerate().map(|(seed, value)| Run {
        params: [("seed".to_owned(), seed.to_string())].into(),
        ..run(&format!("child-{seed}"), &[("rmse", *value)])
    });
    parent.children = Some(children.collect());
    parent
}

#[test]
fn repeated_runs_are_compared_where_less_is_better() {
    let rule = |method, pair_by: Option<&str>| TestRule {
        min_n: 5,
        method,
        ..test(
            "rmse",
            Samples::Runs {
                pair_by: pair_by.map(str::to_owned),
            },
        )
    };
    let low = || seeds(&[1.0, 1.1, 0.9, 1.05, 0.95]);
    let high = || seeds(&[2.0, 2.2, 1.9, 2.1, 2.0]);
    for (method, by) in [
        (TestMethod::T, Some("seed")),
        (TestMethod::T, None),
        (TestMethod::Wilcoxon, None),
    ] {
        assert_eq!(
            asked(rule(method, by), low(), high()),
            (Outcome::Pass, Reason::Holds)
        );
        assert_eq!(
            asked(rule(method, by), high(), low()),
            (Outcome::Fail, Reason::Violated)
        );
    }
    let t = || rule(TestMethod::T, Some("seed"));
    let nan = || seeds(&[1.0, 1.1, 0.9, f64::NAN, 0.95]);
    assert_eq!(asked(t(), nan(), high()).1, Reason::MetricNan);
    assert_eq!(asked(t(), low(), nan()).1, Reason::BaselineInvalid);
    assert_eq!(
        asked(t(), seeds(&[1.0, 1.1]), high()).1,
        Reason::NotComparable
    );
    let mut crashed = low();
    for child in crashed.children.iter_mut().flatten().take(1) {
        child.status = RunStatus::Failed;
    }
    assert_eq!(asked(t(), crashed, high()).1, Reason::RunNotFinished);
}

#[test]
fn answers_of_a_judge_are_paired_by_their_requests() {
    let judged = |id: &str, given: &[Option<_>]| {
        let mut all = answers("good", "a", given);
        for (index, row) in all.rows.iter_mut().enumerate() {
            row.1 = Some(format!("question-{index}"));
        }
        judged_by(Subject::of_run(run(id, &[])), all)
    };
    let rule = || TestRule {
        method: TestMethod::McNemar,
        ..test("good/mean", Samples::Judge)
    };
    let (mut bad, mut gap) = (vec![yes(); 40], vec![yes(); 40]);
    bad.splice(0..30, vec![no(); 30]);
    gap.splice(0..1, [None]);
    let good = || judged("r1", &vec![yes(); 40]);
    assert_eq!(
        asked(rule(), good(), judged("r0", &bad)),
        (Outcome::Pass, Reason::Holds)
    );
    assert_eq!(
        asked(rule(), judged("r1", &bad), good()),
        (Outcome::Fail, Reason::Violated)
    );
    let incomplete = asked(rule(), judged("r1", &gap), good());
    assert_eq!(incomplete, (Outcome::Inconclusive, Reason::JudgeIncomplete));
}

#[test]
fn histories_are_paired_by_step() {
    let logged = |values: &[(i64, f64)]| {
        let history: Vec<_> = values
            .iter()
            .map(|(step, value)| metric(*value, *step, *step))
            .collect();
        let latest = history.last().map(|latest| ("loss".to_owned(), *latest));
        let mut subject = Subject::of_run(Run {
            metrics: latest.into_iter().collect(),
            ..Run::empty("r")
        });
        subject.histories = [("r".to_owned(), [("loss".to_owned(), history)].into())].into();
        subject
    };
    let rule = || TestRule {
        method: TestMethod::T,
        min_n: 3,
        ..test("loss", Samples::History)
    };
    let low = || logged(&[(1, 0.5), (2, 0.45), (3, 0.41)]);
    let high = || logged(&[(1, 1.5), (2, 1.3), (3, 1.42)]);
    assert_eq!(asked(rule(), low(), high()), (Outcome::Pass, Reason::Holds));
    assert_eq!(
        asked(rule(), high(), low()),
        (Outcome::Fail, Reason::Violated)
    );
    let shifted = logged(&[(2, 1.5), (3, 1.3), (4, 1.42)]);
    assert_eq!(asked(rule(), low(), shifted).1, Reason::NotComparable);
}

#[test]
fn a_test_on_answers_asks_for_the_same_judge_as_a_metric_does() {
    let judged = |id: &str, scorer: &str, right: usize| {
        let mut given = vec![yes(); 40];
        given.splice(right.., vec![no(); 40 - right]);
        let mut all = answers("good", scorer, &given);
        for (index, row) in all.rows.iter_mut().enumerate() {
            row.1 = Some(format!("question-{index}"));
        }
        judged_by(Subject::of_run(run(id, &[])), all)
    };
    let ask = |scorers, ours: &str, theirs: &str| {
        let rule = Rule::Test(TestRule {
            method: TestMethod::McNemar,
            ..test("good/mean", Samples::Judge)
        });
        let mut gate = gate(&[rule]);
        gate.comparability.scorers = scorers;
        let seen = evidence(judged("r1", ours, 40), Some(judged("r0", theirs, 10)));
        let finding = ask(&gate, &seen);
        let said = finding.opinion.notes.iter();
        let said = said.filter(|note| note.contains("the judge behind good/mean"));
        (finding.opinion.reason, said.count())
    };
    let refused = (Reason::NotComparable, 0);
    for (scorers, ours, theirs, expected) in [
        (Sameness::Same, "sha256:1", "sha256:1", (Reason::Holds, 0)),
        (Sameness::Same, "sha256:1", "sha256:2", refused),
        (Sameness::Same, "code/good", "code/good", refused),
        (Sameness::Same, "sha256:1", "code/good", refused),
        (
            Sameness::NotKnownToDiffer,
            "code/good",
            "code/good",
            (Reason::Holds, 1),
        ),
        (
            Sameness::NotKnownToDiffer,
            "code/good",
            "code/fair",
            refused,
        ),
        (Sameness::Any, "sha256:1", "sha256:2", (Reason::Holds, 0)),
    ] {
        assert_eq!(
            ask(scorers, ours, theirs),
            expected,
            "{scorers:?} {ours} {theirs}"
        );
    }
}
