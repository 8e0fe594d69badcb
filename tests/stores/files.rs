//! What a healthy file store says.

use gatewright::evidence::{Answer, Found, Wanted};
use gatewright::store::{Selector, Store, StoreError};

use super::support::file_store::{EXPERIMENT, FileStore};
use super::{Runs, open, shown};

pub(super) fn filled() -> FileStore {
    let store = FileStore::new("mlruns");
    store
        .model("churn")
        .version("churn", 1, "r1")
        .version("churn", 2, "")
        .version("churn", 10, "r1")
        .alias("churn", "champion", 1)
        .run("r1")
        .of_run("r1", "metrics/accuracy", b"1750000000000 0.88 0\n");
    store
}

pub(super) fn opened(store: &FileStore) -> Box<dyn Store> {
    open("./mlruns", store.folder()).unwrap()
}

/// Everything but runs, of run `r1`.
fn of_r1(store: &FileStore) -> Found {
    let wanted = Wanted {
        histories: [(
            "r1".to_owned(),
            ["loss".to_owned(), "../meta.yaml".to_owned()].into(),
        )]
        .into(),
        children_of: ["r1".to_owned()].into(),
        assessments_of: ["r1".to_owned()].into(),
        ..Wanted::default()
    };
    opened(store).read(&wanted).unwrap()
}

#[test]
fn aliases_numbers_and_the_newest_resolve_in_the_order_asked() {
    let store = filled();
    store.file("models/churn/version-2/tags/stage", b"candidate");
    let alias = |name: &str| Selector::Alias(name.to_owned());
    let newest = |value: &str| Selector::Newest {
        tag: "stage".to_owned(),
        value: value.to_owned(),
    };
    let asked = [
        alias("champion"),
        alias("Champion"),
        alias("latest"),
        Selector::Number(9),
        newest("candidate"),
        newest("live"),
        alias("../meta.yaml"),
    ];
    let found = opened(&store).versions("churn", &asked).unwrap();
    let numbers: Vec<_> = found
        .iter()
        .map(|version| version.as_ref().map(|version| version.number))
        .collect();
    let expected = [Some(1), None, Some(10), None, Some(2), None, None];
    assert_eq!(numbers, expected);
    let first = found[0].as_ref().unwrap();
    assert_eq!(
        (first.run_id.as_deref(), first.created_ms),
        (Some("r1"), Some(7))
    );
    assert_eq!(found[4].as_ref().unwrap().run_id, None);
}

#[test]
fn the_file_of_an_alias_counts_and_not_the_models_description() {
    let store = filled();
    store.file(
        "models/churn/meta.yaml",
        b"aliases: {champion: '2', shadow: '2'}\nname: churn\n",
    );
    let alias = |name: &str| Selector::Alias(name.to_owned());
    let found = opened(&store).versions("churn", &[alias("champion"), alias("shadow")]);
    let found = found.unwrap();
    assert_eq!(found[0].as_ref().unwrap().number, 1);
    assert_eq!(found[1], None);
}

#[test]
fn a_deleted_version_does_not_exist() {
    let store = filled();
    let meta = b"current_stage: Deleted_Internal\nname: churn\nversion: 10\n";
    store.file("models/churn/version-10/meta.yaml", meta);
    let asked = [Selector::Number(10), Selector::Alias("latest".to_owned())];
    let found = opened(&store).versions("churn", &asked).unwrap();
    assert_eq!(found[0], None);
    assert_eq!(found[1].as_ref().unwrap().number, 2);
}

#[test]
fn a_run_has_what_its_files_say() {
    let store = filled();
    store
        .of_run("r1", "metrics/a/b c", b"5 0.5 0\n6 nan 1\n")
        .of_run("r1", "params/empty", b"")
        .of_run("r1", "tags/lines", b"one\r\ntwo\n")
        .of_run(
            "r1",
            "inputs/i1/meta.yaml",
            b"source_id: d1\nsource_type: DATASET\ntags: {mlflow.data.context: test}\n",
        )
        .of_run(
            "r1",
            "inputs/i2/meta.yaml",
            b"source_id: m-1\nsource_type: MODEL\ntags: {}\n",
        )
        .file(
            &format!("{EXPERIMENT}/datasets/d1/meta.yaml"),
            b"digest: 1234567890\nname: 'null'\n",
        );
    let run = opened(&store).runs(&["r1"]).unwrap().remove(0);
    assert_eq!(shown(&run, "accuracy"), "0.88");
    assert_eq!(shown(&run, "a/b c"), "NaN");
    assert_eq!(run.params["empty"], "");
    assert_eq!(run.tags["lines"], "one\r\ntwo\n");
    assert_eq!((run.start_ms, run.end_ms), (Some(10), Some(20)));
    let [input] = run.datasets.as_slice() else {
        panic!("{:?}", run.datasets)
    };
    assert_eq!(input.dataset.name, "null");
    assert_eq!(input.dataset.digest, "1234567890");
    assert!(input.is_for_evaluation());
}

#[test]
fn an_id_that_looks_like_a_number_is_an_id() {
    let store = filled();
    let id = "00000000000000000000000000012e45";
    store.run(id);
    let meta =
        format!("experiment_id: {EXPERIMENT}\nlifecycle_stage: active\nrun_id: {id}\nstatus: 1\n");
    store.of_run(id, "meta.yaml", format!("\u{feff}{meta}").as_bytes());
    assert_eq!(opened(&store).runs(&[id]).unwrap()[0].id, id);
}

#[test]
fn a_history_is_in_order_and_a_name_that_leads_away_was_never_logged() {
    let store = filled();
    store.of_run("r1", "metrics/loss", b"3 0.3 2\n1 0.1 0\n2 0.2 1\n");
    let found = of_r1(&store);
    let points: Vec<_> = found.histories["r1"]["loss"]
        .iter()
        .map(|point| (point.step, point.reading.to_string()))
        .collect();
    let expected = [(0, "0.1"), (1, "0.2"), (2, "0.3")];
    assert_eq!(
        points,
        expected.map(|(step, value)| (step, value.to_owned()))
    );
    assert_eq!(found.histories["r1"]["../meta.yaml"], []);
}

#[test]
fn children_are_runs_that_name_their_parent() {
    let store = filled();
    for id in ["r2", "r3", "r4"] {
        store.run(id);
    }
    store.of_run("r3", "tags/mlflow.parentRunId", b"r1").of_run(
        "r4",
        "tags/mlflow.parentRunId",
        b"r3",
    );
    let children = &of_r1(&store).children["r1"];
    let ids: Vec<_> = children.iter().map(|run| run.id.as_str()).collect();
    assert_eq!(ids, ["r3"]);
}

#[test]
fn judges_are_read_from_the_traces_of_the_run() {
    let store = filled();
    let trace = |id: &str, run: &str| {
        let folder = format!("{EXPERIMENT}/traces/{id}");
        store.file(
            &format!("{folder}/request_metadata/mlflow.sourceRun"),
            run.as_bytes(),
        );
        store.file(
            &format!("{folder}/trace_info.yaml"),
            b"request_preview: '{\"q\": 1}'\ntrace_id: x\n",
        );
        folder
    };
    let given = |folder: &str, id: &str, feedback: &str| {
        let text = format!(
            "assessment_id: {id}\nassessment_name: judge\ncreate_time: '2026-11-23T12:35:48.064Z'\n\
             {feedback}\nmetadata:\n  mlflow.assessment.sourceRunId: r1\n\
             source: {{source_id: judge, source_type: CODE}}\nvalid: true\n"
        );
        store.file(&format!("{folder}/assessments/{id}.yaml"), text.as_bytes());
    };
    given(&trace("tr-1", "r1"), "a-1", "feedback: {value: 4}");
    let failed = "feedback: {error: {error_code: SCORER_ERROR, error_message: boom}, value: null}";
    given(&trace("tr-2", "r1"), "a-2", failed);
    given(&trace("tr-3", "r1"), "a-3", "expectation: {value: 4}");
    given(&trace("tr-4", "r9"), "a-4", "feedback: {value: 4}");
    let found = &of_r1(&store).assessments["r1"];
    assert_eq!(found.rows.len(), 3);
    assert!(found.rows.iter().all(|(_, key)| key.is_some()));
    let answers: Vec<_> = found.given.iter().map(|one| one.answer.clone()).collect();
    let failed = Answer::Failed("SCORER_ERROR: boom".to_owned());
    assert_eq!(answers, [Answer::Number(finite(4.0)), failed]);
    assert_eq!(found.given[0].scorer, "CODE/judge");
}

fn finite(value: f64) -> gatewright::evidence::Finite {
    gatewright::evidence::Finite::new(value).unwrap()
}

#[test]
fn what_does_not_exist_is_told_apart_from_what_is_empty() {
    let store = filled();
    let opened = opened(&store);
    let error = opened.versions("Churn", &[]).unwrap_err();
    assert!(matches!(error, StoreError::ModelNotFound { .. }));
    assert_eq!(opened.ledger("churn").unwrap().entries, []);
    let error = opened.runs(&["r1", "r9"]).unwrap_err();
    let run = "r9".to_owned();
    assert_eq!(error, StoreError::RunNotFound { run });
    let wanted = Wanted {
        histories: [("r9".to_owned(), [].into())].into(),
        ..Wanted::default()
    };
    assert!(opened.read(&wanted).is_err());
    let wanted = Wanted {
        logged_models: ["m-9".to_owned(), "../..".to_owned()].into(),
        ..Wanted::default()
    };
    assert_eq!(opened.read(&wanted), Ok(Found::default()));
}

#[test]
fn a_run_of_a_deleted_experiment_is_still_read_by_its_id() {
    let store = filled();
    std::fs::create_dir(store.path().join(".trash")).unwrap();
    let from = store.path().join(EXPERIMENT);
    std::fs::rename(from, store.path().join(".trash").join(EXPERIMENT)).unwrap();
    let run = opened(&store).runs(&["r1"]).unwrap().remove(0);
    assert_eq!(shown(&run, "accuracy"), "0.88");
}
