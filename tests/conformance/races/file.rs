//! At a SQLite file.

use std::thread;
use std::time::{Duration, Instant};

use super::{Decisions, Found, Process, Project, assert_chain, race, rounds, wait_until, winner};
use crate::support::sqlite_store::SqliteStore;

/// How many processes race.
const RACERS: u64 = 64;

/// How long a ledger gets before the next file is raced for: everybody reads all of it.
const ROUNDS_A_FILE: u64 = 100;

/// A file with this many versions, each of a run of its own; the first is champion.
fn store(versions: u64) -> SqliteStore {
    let store = SqliteStore::new();
    store.model("m").alias("m", "champion", 1);
    for version in 1..=versions {
        let run = format!("{version:032x}");
        let files = store.folder().join(&run);
        std::fs::create_dir(&files).unwrap();
        store.run(&run).metric(&run, "rmse", 1.0).version(
            "m",
            i64::try_from(version).unwrap(),
            &run,
        );
        let files = files.display();
        store.sql(&format!(
            "UPDATE runs SET artifact_uri = '{files}' WHERE run_uuid = '{run}';
             UPDATE model_versions SET source = '{files}/model' WHERE version = {version}"
        ));
    }
    store
}

fn decisions(store: &SqliteStore, version: u64) -> Decisions {
    Decisions::of(&store.folder().join(format!("{version:032x}")))
}

/// The ledger of the file, and what is live.
fn found(store: &SqliteStore) -> Found {
    let query = "SELECT version, key, value FROM model_version_tags";
    let mut statement = store.connection.prepare(query).unwrap();
    let rows = statement.query_map([], |row| {
        Ok((row.get::<_, u32>(0)?.into(), row.get(1)?, row.get(2)?))
    });
    let one = |query: &str| {
        let found = store.connection.query_row(query, [], |row| row.get(0));
        found.ok().map(|text: String| text)
    };
    let live = one("SELECT version || '' FROM registered_model_aliases").unwrap();
    Found {
        entries: rows.unwrap().map(Result::unwrap).collect(),
        head: one("SELECT value FROM registered_model_tags"),
        live: live.parse().unwrap(),
    }
}

#[test]
fn of_many_processes_at_a_file_exactly_one_wins_each_round() {
    let mut left = rounds(2);
    while left > 0 {
        let rounds = left.min(ROUNDS_A_FILE);
        race_for_a_file(rounds);
        left -= rounds;
    }
}

fn race_for_a_file(rounds: u64) {
    let store = store(RACERS + 1);
    let uri = format!("sqlite:///{}", store.path().display());
    let project = Project::new(store.folder(), &uri, "m");
    let mut live = 1;
    for round in 1..=rounds {
        let racers = (1..=RACERS + 1).filter(|version| *version != live);
        let racers: Vec<_> = racers
            .map(|version| (version, decisions(&store, version)))
            .collect();
        // Whoever is first has the file for itself: while we have it, nobody gets further than to
        // ask for it.
        store.sql("BEGIN IMMEDIATE");
        let outcomes = race(project, &racers, || store.sql("ROLLBACK"));
        live = winner(round, &outcomes);
        assert_chain(found(&store), usize::try_from(round).unwrap(), live);
    }
    let told = project.start("history --verify").said();
    assert_eq!(told.code, Some(0), "{told:?}");
}

/// Kills one, so far along the way.
fn kill_after(process: Process, usual: Duration, thousandths: u64) {
    thread::sleep(usual * u32::try_from(thousandths).unwrap() / 1000);
    process.kill();
}

#[test]
fn whoever_is_killed_at_a_file_leaves_all_or_nothing_and_is_finished_by_the_next() {
    let store = store(2);
    let uri = format!("sqlite:///{}", store.path().display());
    let project = Project::new(store.folder(), &uri, "m");
    let (promote, back) = (
        "promote --candidate 2 --reason better",
        "rollback --reason slow --expect champion=2",
    );
    let decisions = decisions(&store, 2);
    // From the moment that a decision is logged: everything that is written comes after it.
    let promotion = || {
        let before = decisions.count();
        let mut process = project.start(promote);
        wait_until("the decision", || {
            decisions.count() > before || process.is_over()
        });
        process
    };
    let process = promotion();
    let begun = Instant::now();
    assert_eq!(process.said().status, "done");
    let usual_promotion = begun.elapsed();
    let begun = Instant::now();
    assert_eq!(project.succeed(back), "done");
    let usual_rollback = begun.elapsed();
    let mut entries = 2;
    let (mut in_time, mut late) = (0, 0);
    let rounds = rounds(12);
    for round in 0..rounds {
        let thousandths = round * 1500 / rounds;
        for (words, version) in [(promote, 2), (back, 1)] {
            if version == 2 {
                kill_after(promotion(), usual_promotion, thousandths);
            } else {
                kill_after(project.start(words), usual_rollback, thousandths);
            }
            let is_done = found(&store).live == version;
            let so_far = entries + usize::from(is_done);
            let live = if is_done { version } else { 3 - version };
            assert_chain(found(&store), so_far, live);
            late += u64::from(is_done);
            in_time += u64::from(!is_done);
            let expected = if is_done { "already-live" } else { "done" };
            assert_eq!(project.succeed(words), expected, "{words}, round {round}");
            entries += 1;
            assert_chain(found(&store), entries, version);
        }
    }
    assert!(in_time > 0 && late > 0, "before: {in_time}, after: {late}");
    let told = project.start("history --verify").said();
    assert_eq!(told.code, Some(0), "{told:?}");
}
