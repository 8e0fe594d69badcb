//! Faults of a store's file.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use rusqlite::Connection;
use tempfile::TempDir;

use super::draw::{Draw, runs};
use super::gate::{Answer, check};
use super::rest::SPEC;
use crate::story::Story;

const PAGE: usize = 4096;

/// What happened to the file.
fn damage(draw: &mut Draw, bytes: &mut Vec<u8>) -> String {
    let length = bytes.len();
    let pages = length / PAGE;
    match draw.below(5) {
        0 => {
            let at = draw.below(length);
            bytes.truncate(at);
            format!("cut at byte {at}")
        }
        1 => {
            let page = draw.below(pages);
            bytes[page * PAGE..(page + 1) * PAGE].fill(0);
            format!("page {page} is zeros")
        }
        2 => {
            let page = draw.below(pages);
            for byte in &mut bytes[page * PAGE..(page + 1) * PAGE] {
                *byte = draw.flip();
            }
            format!("page {page} is noise")
        }
        3 => {
            let (from, to) = (draw.below(pages), draw.below(pages));
            let copy = bytes[from * PAGE..(from + 1) * PAGE].to_vec();
            bytes[to * PAGE..(to + 1) * PAGE].copy_from_slice(&copy);
            format!("page {to} is a copy of page {from}")
        }
        _ => {
            let at = draw.below(length);
            bytes[at] ^= draw.flip();
            format!("byte {at} is another")
        }
    }
}

/// Whether SQLite itself, looking at everything, finds nothing wrong: then the file is a valid
/// database that says something else, which is beyond anyone.
fn is_valid(file: &Path) -> bool {
    let intact = || -> rusqlite::Result<bool> {
        let connection = Connection::open(file)?;
        connection.query_row("PRAGMA integrity_check", [], |row| {
            row.get::<_, String>(0).map(|answer| answer == "ok")
        })
    };
    intact().unwrap_or(false)
}

fn hold(gate: &str, expected: i32, law: impl Fn(&Answer, &Answer) -> bool) {
    let Some(story) = Story::current() else {
        return;
    };
    let folder = TempDir::new().unwrap();
    std::fs::write(folder.path().join("gatewright.yaml"), SPEC).unwrap();
    let good = check(folder.path(), gate, &story.uri(), 1);
    assert_eq!(good.code, Some(expected), "{}", good.talk);
    let file = folder.path().join("damaged.db");
    let uri = format!("sqlite:///{}", file.display());
    let intact = std::fs::read(story.database()).unwrap();
    let mut draw = Draw::seeded();
    for round in 0..runs(400) {
        let mut bytes = intact.clone();
        let what = damage(&mut draw, &mut bytes);
        std::fs::write(&file, bytes).unwrap();
        let answer = check(folder.path(), gate, &uri, 1);
        assert!(
            law(&good, &answer) || is_valid(&file),
            "round {round}, {what}: exit {:?}\n{}\n{:#?}",
            answer.code,
            answer.talk,
            answer.decision,
        );
    }
}

#[test]
fn no_damage_to_a_store_lets_a_blocked_model_through() {
    hold("blocked", 1, |_, answer| answer.code != Some(0));
}

#[test]
fn a_damaged_store_is_never_half_of_the_evidence() {
    hold("passes", 0, |good, answer| {
        answer.code != Some(0) || answer.decision == good.decision
    });
}

#[test]
fn a_store_that_is_swapped_under_the_reader_is_one_or_the_other() {
    let Some(story) = Story::current() else {
        return;
    };
    let folder = TempDir::new().unwrap();
    std::fs::write(folder.path().join("gatewright.yaml"), SPEC).unwrap();
    let file = folder.path().join("swapped.db");
    let uri = format!("sqlite:///{}", file.display());
    std::fs::copy(story.database(), &file).unwrap();
    // The other store has no champion, and the candidate no metric: the same gate is blocked there.
    let other = folder.path().join("other.db");
    std::fs::copy(story.database(), &other).unwrap();
    Connection::open(&other)
        .unwrap()
        .execute_batch("DELETE FROM registered_model_aliases WHERE alias = 'champion'; DELETE FROM latest_metrics; DELETE FROM logged_model_metrics;")
        .unwrap();
    let answers = [
        check(folder.path(), "passes", &uri, 1),
        check(
            folder.path(),
            "passes",
            &format!("sqlite:///{}", other.display()),
            1,
        ),
    ];
    assert_eq!(
        answers.each_ref().map(|answer| answer.code),
        [Some(0), Some(1)]
    );
    let over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let next = folder.path().join("next.db");
            let sources = [&other, &story.database()];
            for turn in 0.. {
                if over.load(Ordering::Relaxed) {
                    break;
                }
                std::fs::copy(sources[turn % 2], &next).unwrap();
                std::fs::rename(&next, &file).unwrap();
            }
        });
        for round in 0..runs(100) {
            let answer = check(folder.path(), "passes", &uri, 1);
            let known = answers.iter().any(|one| one.decision == answer.decision);
            if answer.code == Some(0) && !known {
                over.store(true, Ordering::Relaxed);
                panic!("round {round}: a third answer: {:#?}", answer.decision);
            }
        }
        over.store(true, Ordering::Relaxed);
    });
}
