//! What a healthy SQLite store says about judges.

use gatewright::evidence::Answer;

use super::sqlite_evidence::{filled, read};
use super::support::sqlite_store::SqliteStore;

/// A trace that belongs to run `r` by its metadata.
pub(super) fn trace(store: &SqliteStore, id: &str, inputs: &str) {
    let sql = "INSERT INTO trace_info (request_id, experiment_id, timestamp_ms, status) \
               VALUES (?1, 1, 1, 'OK')";
    store.connection.execute(sql, [id]).unwrap();
    let sql = "INSERT INTO trace_request_metadata (request_id, key, value) \
               VALUES (?1, 'mlflow.sourceRun', 'r'), (?1, 'mlflow.traceInputs', ?2)";
    store.connection.execute(sql, [id, inputs]).unwrap();
}

/// An assessment of a trace in run `r`.
pub(super) fn assess(store: &SqliteStore, id: &str, trace: &str, value: &str) {
    let sql = "INSERT INTO assessments (assessment_id, trace_id, name, assessment_type, value, \
                   created_timestamp, last_updated_timestamp, source_type, source_id, valid, assessment_metadata) \
               VALUES (?1, ?2, 'correct', 'feedback', ?3, 1, 1, 'CODE', 'correct', 1, \
                   '{\"mlflow.assessment.sourceRunId\": \"r\"}')";
    store.connection.execute(sql, [id, trace, value]).unwrap();
}

#[test]
fn the_rows_of_an_evaluation_are_its_traces_answered_or_not() {
    let store = filled();
    for (id, inputs) in [
        ("tr-1", r#"{"q": 1}"#),
        ("tr-2", r#"{"q": 2}"#),
        ("tr-3", r#"{"q":"..."#),
    ] {
        trace(&store, id, inputs);
    }
    trace(&store, "tr-4", r#"{ "q":1 }"#);
    store.sql(
        "DELETE FROM trace_request_metadata WHERE request_id = 'tr-4' AND key = 'mlflow.sourceRun';
         INSERT INTO entity_associations (association_id, source_type, source_id, destination_type, destination_id)
             VALUES ('e1', 'trace', 'tr-4', 'run', 'r'), ('e2', 'trace', 'tr-1', 'run', 'r'),
                    ('e3', 'trace', 'tr-gone', 'run', 'r');",
    );
    assess(&store, "a-1", "tr-1", "true");
    assess(&store, "a-2", "tr-4", "NaN");
    store.sql(
        "UPDATE assessments SET assessment_metadata = json_set(assessment_metadata,
        '$.\"mlflow.assessment.scorerDigest\"', 'sha256:12') WHERE assessment_id = 'a-1'",
    );
    let found = read(&store).assessments.remove("r").unwrap();
    let keys: Vec<_> = found.rows.iter().map(|(_, key)| key.as_deref()).collect();
    assert_eq!(keys.len(), 4);
    assert!(keys[0].is_some() && keys[0] == keys[3] && keys[0] != keys[1] && keys[2].is_none());
    let given: Vec<_> = found
        .given
        .into_iter()
        .map(|one| (one.row, one.scorer, one.answer))
        .collect();
    let failed = Answer::Failed("the value is NaN".to_owned());
    let expected = [
        (
            "tr-1".to_owned(),
            "sha256:12".to_owned(),
            Answer::YesNo(true),
        ),
        ("tr-4".to_owned(), "CODE/correct".to_owned(), failed),
    ];
    assert_eq!(given, expected);
}

#[test]
fn a_failure_an_expectation_and_another_runs_answer_are_told_apart() {
    let store = filled();
    for id in ["tr-1", "tr-2", "tr-3"] {
        trace(&store, id, "{}");
        assess(&store, &format!("a-{id}"), id, "null");
    }
    store.sql(
        r#"UPDATE assessments SET error = '{"error_code": "X", "error_message": "why"}' WHERE trace_id = 'tr-1';
           UPDATE assessments SET assessment_type = 'expectation' WHERE trace_id = 'tr-2';
           UPDATE assessments SET assessment_metadata = '{"mlflow.assessment.sourceRunId": "q"}' WHERE trace_id = 'tr-3'"#,
    );
    let found = read(&store).assessments.remove("r").unwrap();
    assert_eq!(found.rows.len(), 3);
    let answers: Vec<_> = found.given.into_iter().map(|one| one.answer).collect();
    assert_eq!(answers, [Answer::Failed("X: why".to_owned())]);
}
