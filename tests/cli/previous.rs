//! Checks that compare with versions of the ledger.

use crate::history::{MODEL, with};
use crate::sandbox::Answer;
use crate::support::ledger::Written;
use crate::support::sqlite_store::SqliteStore;

const SPEC: &str = "version: 1
project: taxi-fare
model: {name: taxi-fare}
gates:
  promote: {checks: [rmse <= previous, rmse <= median(2), rmse <= best(2)]}
";

/// Versions 1 to 5 with rmse 1 to 5; the last one is judged.
fn judged(ledger: &Written, change: &str) -> Answer {
    let store = SqliteStore::new();
    store.model(MODEL);
    for number in 1..=5_u8 {
        let run = format!("r{number}");
        store.version(MODEL, i64::from(number), &run);
        store.run(&run).metric(&run, "rmse", f64::from(number));
    }
    ledger.store(&store);
    store.alias(MODEL, "challenger", 5);
    store.sql(change);
    let sandbox = with(&store);
    sandbox.write("gatewright.yaml", SPEC);
    sandbox.run("gate check")
}

#[test]
fn the_ledger_tells_who_was_live_before() {
    let mut written = Written::of(MODEL, 1..=5);
    written.promote("champion", 1);
    written.promote("champion", 2);
    written.note("champion", 3, |_| {});
    written.promote("champion", 4);
    let answer = judged(&written, "");
    insta::assert_snapshot!(answer.stdout, @"
    Gate promote: BLOCKED  taxi-fare version 5 (challenger) against version 4 (champion)

             check              candidate  baseline  change  limit
       fail  rmse <= previous           5         2      +3  <= 2
       fail  rmse <= median(2)          5         3      +2  <= 3
       fail  rmse <= best(2)            5         2      +3  <= 2

      fail: rmse is 5, and must be <= 2
      fail: rmse is 5, and must be <= 3
      fail: rmse is 5, and must be <= 2

      note: rmse <= previous: the data set behind rmse is not known
      note: rmse <= median(2): the data set behind rmse is not known
      note: rmse <= best(2): the data set behind rmse is not known

      metrics of run r5 and r4 in sqlite:///mlflow.db
    ");
}

#[test]
fn an_entry_that_went_with_its_version_leaves_the_rest() {
    let mut written = Written::of(MODEL, 1..=5);
    written.promote("champion", 1);
    written.promote("champion", 2);
    written.promote("champion", 4);
    let gone = "UPDATE model_versions SET current_stage = 'Deleted_Internal' WHERE version = 2";
    let answer = judged(&written, gone);
    insta::assert_snapshot!(answer.stdout, @"
    Gate promote: BLOCKED  taxi-fare version 5 (challenger) against version 4 (champion)

             check              candidate  baseline  change  limit
       fail  rmse <= previous           5         1      +4  <= 1
       fail  rmse <= median(2)          5       2.5    +2.5  <= 2.5
       fail  rmse <= best(2)            5         1      +4  <= 1

      fail: rmse is 5, and must be <= 1
      fail: rmse is 5, and must be <= 2.5
      fail: rmse is 5, and must be <= 1

      note: rmse <= previous: the data set behind rmse is not known
      note: rmse <= median(2): the data set behind rmse is not known
      note: rmse <= best(2): the data set behind rmse is not known

      metrics of run r5 and r4 in sqlite:///mlflow.db
    ");
}

#[test]
fn a_damaged_ledger_is_no_evidence_of_who_was_live() {
    let mut written = Written::of(MODEL, 1..=5);
    written.promote("champion", 1);
    written.promote("champion", 2);
    written.promote("champion", 4);
    for change in [
        "DELETE FROM model_version_tags WHERE version = 2",
        "UPDATE model_version_tags SET value = replace(value, 'mara', 'otto') WHERE version = 2",
        "DELETE FROM registered_model_tags",
    ] {
        let answer = judged(&written, change);
        assert_eq!(
            (answer.code, answer.stdout.as_str()),
            (Some(3), ""),
            "{change}"
        );
    }
    let answer = judged(&written, "DELETE FROM model_version_tags WHERE version = 2");
    insta::assert_snapshot!(answer.stderr, @"
    error: the ledger is damaged: entry 2 is missing
      help: `gatewright history --verify` names every fault; a check that compares with `previous`, `median` or `best` needs a ledger without any
    ");
}
