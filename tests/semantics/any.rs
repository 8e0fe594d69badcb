//! Any evidence there could be, contradictions included.

use gatewright::evidence::{
    Answer, Assessments, DatasetInput, Evidence, Finite, Reference, Referent, RunStatus, Subject,
};
use proptest::prelude::*;

use crate::build::{dataset, judged_by, metric, model, run, version};

pub(crate) const NAMES: [&str; 8] = [
    "x",
    "loss",
    "good/mean",
    "good/min",
    "x/region:eu",
    "x/region:us",
    "n/region:eu",
    "n/region:us",
];

fn value() -> impl Strategy<Value = f64> {
    prop_oneof![
        8 => (-20_i32..20).prop_map(|tenths| f64::from(tenths) / 10.0),
        2 => -10.0..100.0_f64,
        1 => prop_oneof![Just(f64::NAN), Just(f64::INFINITY), Just(f64::MAX), Just(-0.0)],
    ]
}

fn answer() -> impl Strategy<Value = Option<Answer>> {
    prop_oneof![
        5 => any::<bool>().prop_map(|yes| Some(Answer::YesNo(yes))),
        1 => Just(None),
        1 => Just(Some(Answer::Failed("no".to_owned()))),
        1 => Just(Some(Answer::Text("maybe".to_owned()))),
    ]
}

fn odd_answer() -> impl Strategy<Value = Option<Answer>> {
    prop_oneof![
        answer(),
        (-2.0..6.0_f64).prop_map(|value| Finite::new(value).map(Answer::Number)),
    ]
}

fn assessments(
    answer: impl Strategy<Value = Option<Answer>>,
) -> impl Strategy<Value = Assessments> {
    let scorer = prop_oneof![3 => Just("a"), 1 => Just("b")];
    (proptest::collection::vec(answer, 0..5), scorer)
        .prop_map(|(given, scorer)| crate::build::answers("good", scorer, &given))
}

fn inputs() -> impl Strategy<Value = Vec<DatasetInput>> {
    let input = (0..2_u8, proptest::option::of(Just("evaluation".to_owned())));
    let input = input.prop_map(|(digest, context)| DatasetInput {
        dataset: dataset("holdout", &digest.to_string()),
        context,
    });
    proptest::collection::vec(input, 0..3)
}

fn status() -> impl Strategy<Value = RunStatus> {
    prop_oneof![8 => Just(RunStatus::Finished), 1 => Just(RunStatus::Running), 1 => Just(RunStatus::Failed)]
}

/// Anything a store could say about a version, contradictions included.
fn subject(number: u64) -> impl Strategy<Value = Subject> {
    let logged = proptest::collection::vec(proptest::option::weighted(0.8, value()), NAMES.len());
    let on_model =
        proptest::collection::vec((0..NAMES.len(), value(), 0..3_u8, any::<bool>()), 0..4);
    let history = proptest::collection::vec((value(), 0..3_i64, 0..5_i64), 0..4);
    let assessments = proptest::option::of(assessments(odd_answer()));
    (logged, on_model, history, assessments, inputs(), status()).prop_map(
        move |(logged, on_model, history, assessments, datasets, status)| {
            let id = format!("r{number}");
            let pairs: Vec<_> = NAMES
                .into_iter()
                .zip(&logged)
                .filter_map(|(name, value)| Some((name, (*value)?)))
                .collect();
            let mut run = run(&id, &pairs);
            run.datasets = datasets;
            run.status = status;
            let other = on_model.iter().map(|(name, value, digest, own)| {
                let dataset = [None, Some(("holdout", "1")), Some(("recent", "2"))];
                let dataset = dataset.into_iter().nth((*digest).into()).flatten();
                let name = NAMES.into_iter().nth(*name).unwrap_or("x");
                (
                    name,
                    *value,
                    dataset,
                    if *own { id.as_str() } else { "other" },
                )
            });
            let logged_model = Some(model(&other.collect::<Vec<_>>()));
            let latest = run.metrics.get("loss").copied();
            let history = history
                .into_iter()
                .map(|(value, step, at)| metric(value, step, at));
            let history = history.chain(latest).collect();
            Subject {
                logged_model,
                assessments: assessments
                    .map(|all| (id.clone(), all))
                    .into_iter()
                    .collect(),
                histories: [(id.clone(), [("loss".to_owned(), history)].into())].into(),
                ..version(number, run)
            }
        },
    )
}

pub(crate) fn any_evidence() -> impl Strategy<Value = Evidence> {
    let champion = prop_oneof![
        4 => subject(1).prop_map(|champion| Referent::One(Box::new(champion))),
        1 => Just(Referent::Absent),
    ];
    let many = (subject(1), subject(2)).prop_map(|(one, other)| Referent::Many(vec![one, other]));
    (subject(7), champion, many).prop_map(|(candidate, champion, many)| Evidence {
        taken_at_ms: 1_000,
        candidate,
        references: [
            (Reference::Champion, champion),
            (Reference::Median(2), many.clone()),
            (Reference::Best(3), many),
        ]
        .into(),
        ..Evidence::default()
    })
}

/// An evaluation by one judge that says yes or no, and the number logged for it.
pub(crate) fn judged() -> impl Strategy<Value = Subject> {
    (assessments(answer()), (0..5_u32)).prop_map(|(assessments, quarters)| {
        judged_by(
            Subject::of_run(run("r1", &[("good/mean", f64::from(quarters) / 4.0)])),
            assessments,
        )
    })
}
