//! Changes over REST: the requests they are made of, every fault on the way, and every death.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Mutex;
use std::thread;
use std::time::{Duration, Instant};

use gatewright::evidence::HEAD_TAG;
use gatewright::promotion::Head;
use gatewright::registry::{self, Applied, COPIED_TAG, Change, LEASE_TAG, Registry, RegistryError};
use gatewright::store::StoreError;

use super::support::registry_server::{At, Fault, Model, RegistryServer, Version};

/// How many versions the model has.
const VERSIONS: u64 = 20;

fn models() -> BTreeMap<String, Model> {
    named("churn")
}

pub(super) fn named(name: &str) -> BTreeMap<String, Model> {
    let version = |number| Version {
        source: format!("s3://bucket/{number}"),
        run_id: format!("run-{number}"),
        status: "READY".to_owned(),
        ..Version::default()
    };
    let model = Model {
        aliases: [("champion".to_owned(), 1)].into(),
        tags: [("owner".to_owned(), "us".to_owned())].into(),
        versions: (1..=VERSIONS)
            .map(|number| (number, version(number)))
            .collect(),
    };
    [(name.to_owned(), model)].into()
}

fn open_with(url: &str, variables: &[(&str, &str)]) -> Box<dyn Registry> {
    let environment = |name: &str| {
        let found = variables.iter().find(|(key, _)| *key == name);
        found.map(|(_, value)| (*value).to_owned())
    };
    registry::open(url, Path::new("."), &environment).unwrap()
}

/// Fast enough for a test: a lease is given up after two seconds.
fn open(server: &RegistryServer) -> Box<dyn Registry> {
    waiting_for(server, "30")
}

/// The same, which waits no longer for an answer than a second: it may never come.
fn hasty(server: &RegistryServer) -> Box<dyn Registry> {
    waiting_for(server, "1")
}

fn waiting_for(server: &RegistryServer, seconds: &str) -> Box<dyn Registry> {
    let variables = [
        ("GATEWRIGHT_LEASE_SETTLE", "5"),
        ("GATEWRIGHT_LEASE_TIMEOUT", "2"),
        ("MLFLOW_HTTP_REQUEST_TIMEOUT", seconds),
        ("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0"),
        ("MLFLOW_TRACKING_TOKEN", "hush-hush"),
        ("USER", "ada"),
    ];
    open_with(&server.url(), &variables)
}

fn head(sequence: u64, version: u64) -> Head {
    Head {
        sequence,
        digest: format!("sha256:{sequence}-{version}"),
    }
}

/// The first promotion of the ledger, of a version.
pub(super) fn promotion(version: u64) -> Change {
    Change {
        model: "churn".to_owned(),
        alias: "champion".to_owned(),
        expected: Some(1),
        version,
        expected_head: None,
        tag: "gatewright.promotion.1".to_owned(),
        entry: format!("{{\"sequence\":1,\"version\":{version}}}"),
        head: head(1, version),
    }
}

/// Every entry, wherever it is.
fn entries(model: &Model) -> Vec<(u64, String, String)> {
    let mut found = Vec::new();
    for (number, version) in &model.versions {
        let tags = version.tags.iter();
        let ours = tags.filter(|(tag, _)| tag.starts_with("gatewright.promotion."));
        found.extend(ours.map(|(tag, text)| (*number, tag.clone(), text.clone())));
    }
    found
}

/// Whether exactly this change is what the server holds.
fn holds(server: &RegistryServer, change: &Change) -> bool {
    let model = server.model("churn");
    let entry = (change.version, change.tag.clone(), change.entry.clone());
    model.aliases["champion"] == change.version
        && model.tags.get(HEAD_TAG) == Some(&change.head.text())
        && entries(&model) == [entry]
}

fn without_tokens(log: &[String]) -> String {
    let mut shown = String::new();
    for line in log {
        let plain = match line.split_once("token\\\":\\\"") {
            Some((before, rest)) => format!("{before}token\\\":\\\"...{}", &rest[32..]),
            None => line.clone(),
        };
        let process = format!("process {}", std::process::id());
        shown.push_str(&plain.replace(&process, "process 1"));
        shown.push('\n');
    }
    shown
}

#[test]
fn a_change_is_lease_entry_head_alias_and_a_look_before_each() {
    let server = RegistryServer::start(models());
    assert_eq!(open(&server).apply(&promotion(2)), Ok(Applied::Now));
    assert!(holds(&server, &promotion(2)));
    assert_eq!(server.model("churn").tags.get(LEASE_TAG), None);
    insta::assert_snapshot!(without_tokens(&server.log()), @r#"
    GET registered-models/get
    POST registered-models/set-tag {"name":"churn","key":"gatewright.lease","value":"{\"token\":\"...\",\"holder\":\"ada (process 1)\",\"alias\":\"champion\",\"version\":2,\"seconds\":2}"}
    GET registered-models/get
    GET registered-models/get
    GET model-versions/search
    POST model-versions/set-tag {"name":"churn","version":"2","key":"gatewright.promotion.1","value":"{\"sequence\":1,\"version\":2}"}
    GET registered-models/get
    POST registered-models/set-tag {"name":"churn","key":"gatewright.ledger","value":"{\"sequence\":1,\"digest\":\"sha256:1-2\"}"}
    GET registered-models/get
    POST registered-models/alias {"name":"churn","alias":"champion","version":"2"}
    GET registered-models/get
    GET model-versions/search
    GET registered-models/get
    DELETE registered-models/delete-tag {"name":"churn","key":"gatewright.lease"}
    "#);
    server.heal();
    assert_eq!(open(&server).apply(&promotion(2)), Ok(Applied::Before));
    assert!(holds(&server, &promotion(2)));
}

#[test]
fn whoever_finds_something_else_writes_nothing() {
    let server = RegistryServer::start(models());
    server.change("churn", |model| {
        model.aliases.insert("champion".to_owned(), 7);
    });
    let before = server.model("churn");
    let error = open(&server).apply(&promotion(2)).unwrap_err();
    insta::assert_snapshot!(error, @"conflict: the alias `champion` of `churn` points to version 7, and version 1 was expected");
    assert!(
        server.log().iter().all(|line| line.starts_with("GET")),
        "no lease is asked for"
    );
    assert_eq!(server.model("churn"), before);
    server.change("churn", |model| {
        model.aliases.insert("champion".to_owned(), 1);
        model.tags.insert(HEAD_TAG.to_owned(), head(4, 4).text());
        model.versions.get_mut(&3).unwrap().status = "PENDING_REGISTRATION".to_owned();
    });
    let before = server.model("churn");
    let moved = open(&server).apply(&promotion(2)).unwrap_err();
    assert!(
        matches!(moved, RegistryError::LedgerMoved { .. }),
        "{moved:?}"
    );
    for version in [3, 99] {
        let error = open(&server).apply(&promotion(version)).unwrap_err();
        assert!(matches!(error, RegistryError::Conflict { .. }), "{error:?}");
    }
    assert_eq!(server.model("churn"), before);
    let mut nowhere = promotion(2);
    nowhere.model = "nope".to_owned();
    let error = open(&server).apply(&nowhere).unwrap_err();
    let absent = matches!(
        error,
        RegistryError::Store(StoreError::ModelNotFound { .. })
    );
    assert!(absent, "{error:?}");
}

/// Every case, on a few threads: most of the time is spent waiting for leases.
fn a_few_at_a_time<T: Send>(cases: impl Iterator<Item = T>, work: impl Fn(T) + Sync) {
    let cases = Mutex::new(cases.collect::<Vec<_>>());
    thread::scope(|scope| {
        for _ in 0..6 {
            scope.spawn(|| {
                loop {
                    let Some(case) = cases.lock().unwrap().pop() else {
                        break;
                    };
                    work(case);
                }
            });
        }
    });
}

/// After whatever went wrong, the same change again ends where it should.
fn assert_finished(server: &RegistryServer, context: &str) {
    server.settle();
    server.heal();
    let again = open(server).apply(&promotion(2));
    assert!(again.is_ok(), "{context}: {again:?}");
    assert!(
        holds(server, &promotion(2)),
        "{context}: {:?}",
        server.model("churn")
    );
    let left = server.model("churn").tags.get(LEASE_TAG).cloned();
    assert_eq!(left, None, "{context}");
}

#[test]
fn no_fault_of_a_write_makes_a_false_yes_or_a_second_entry() {
    use Fault::*;
    let faults = [
        LostBefore,
        LostAfter,
        Late,
        ErrorBefore(500),
        ErrorBefore(503),
        ErrorBefore(403),
        ErrorAfter(500),
        ErrorAfter(503),
        Truncated,
        Silent,
        Page,
        PageAfter,
        Redirect,
        RedirectAfter,
    ];
    // Lease, entry, head, alias, release; and one after them that never comes.
    let each = (1..=6).flat_map(|change| faults.map(|fault| (change, fault)));
    a_few_at_a_time(each, |(change, fault)| {
        let context = format!("{fault:?} at change {change}");
        let server = RegistryServer::start(models());
        server.fault(At::Change(change), fault);
        let outcome = hasty(&server).apply(&promotion(2));
        let is_there = holds(&server, &promotion(2));
        assert!(outcome.is_err() || is_there, "{context}: {outcome:?}");
        assert!(entries(&server.model("churn")).len() <= 1, "{context}");
        if let Err(error) = &outcome {
            let store = matches!(error, RegistryError::Store(_));
            assert!(store, "{context}: {error:?}");
            assert!(!error.to_string().contains("hush"), "{context}: {error}");
        }
        assert_finished(&server, &context);
    });
}

#[test]
fn no_fault_of_a_read_makes_a_false_yes() {
    use Fault::*;
    let faults = [LostBefore, ErrorBefore(500), Truncated, Page, Redirect];
    let each = (1..=14).flat_map(|request| faults.map(|fault| (request, fault)));
    a_few_at_a_time(each, |(request, fault)| {
        let context = format!("{fault:?} at request {request}");
        let server = RegistryServer::start(models());
        server.fault(At::Request(request), fault);
        let outcome = open(&server).apply(&promotion(2));
        let is_there = holds(&server, &promotion(2));
        assert!(outcome.is_err() || is_there, "{context}: {outcome:?}");
        assert_finished(&server, &context);
    });
}

#[test]
fn a_process_that_dies_at_any_request_is_finished_by_the_next() {
    a_few_at_a_time(1..=15, |request| {
        let context = format!("dead at request {request}");
        let server = RegistryServer::start(models());
        server.fault(At::Request(request), Fault::Dead);
        let outcome = open(&server).apply(&promotion(2));
        let is_there = holds(&server, &promotion(2));
        assert!(outcome.is_err() || is_there, "{context}: {outcome:?}");
        assert_finished(&server, &context);
    });
}

#[test]
fn what_a_dead_process_left_is_in_nobodys_way_and_no_number_is_used_twice() {
    a_few_at_a_time(1..=15, |request| {
        let context = format!("dead at request {request}");
        let server = RegistryServer::start(models());
        server.fault(At::Request(request), Fault::Dead);
        drop(open(&server).apply(&promotion(2)));
        server.heal();
        // Another promotion, that knows nothing of the dead one.
        let outcome = open(&server).apply(&promotion(3));
        let model = server.model("churn");
        let left = entries(&model);
        assert_eq!(left.len(), 1, "{context}: {left:?}");
        match outcome {
            Ok(_) => assert!(holds(&server, &promotion(3)), "{context}"),
            Err(RegistryError::Conflict { .. }) => {
                assert_eq!(model.aliases["champion"], 2, "{context}");
            }
            Err(RegistryError::LedgerMoved { .. }) => {
                assert_eq!(left[0].0, 2, "{context}");
                assert_eq!(model.aliases["champion"], 1, "{context}");
                // One that has read the ledger goes on after what was left.
                let mut next = promotion(3);
                let text = model.tags.get(HEAD_TAG);
                next.expected_head = text.map(|text| serde_json::from_str(text).unwrap());
                next.tag = "gatewright.promotion.2".to_owned();
                next.head = head(2, 3);
                assert_eq!(open(&server).apply(&next), Ok(Applied::Now), "{context}");
                assert_eq!(entries(&server.model("churn")).len(), 2, "{context}");
            }
            Err(other) => panic!("{context}: {other:?}"),
        }
    });
}

/// Everybody at once; what came of each.
fn race(server: &RegistryServer, settle: &str) -> Vec<(u64, Result<Applied, RegistryError>)> {
    let url = server.url();
    let racers: Vec<_> = (2..=VERSIONS)
        .map(|version| {
            let (url, settle) = (url.clone(), settle.to_owned());
            thread::spawn(move || {
                let variables = [
                    ("GATEWRIGHT_LEASE_SETTLE", settle.as_str()),
                    ("GATEWRIGHT_LEASE_TIMEOUT", "5"),
                ];
                let registry = open_with(&url, &variables);
                (version, registry.apply(&promotion(version)))
            })
        })
        .collect();
    racers
        .into_iter()
        .map(|racer| racer.join().unwrap())
        .collect()
}

fn winners(outcomes: &[(u64, Result<Applied, RegistryError>)]) -> Vec<u64> {
    let won = outcomes.iter().filter(|(_, outcome)| outcome.is_ok());
    won.map(|(version, _)| *version).collect()
}

#[test]
fn of_nineteen_at_once_one_wins_and_the_others_know() {
    for _ in 0..3 {
        let slowness = Duration::from_millis(3);
        let server = RegistryServer::start_with(models(), false, slowness);
        let outcomes = race(&server, "60");
        let [winner] = winners(&outcomes)[..] else {
            panic!("{outcomes:?}");
        };
        assert!(
            holds(&server, &promotion(winner)),
            "{:?}",
            server.model("churn")
        );
        for (version, outcome) in &outcomes {
            let knows = matches!(outcome, Err(RegistryError::Conflict { .. }));
            assert!(knows || *version == winner, "{version}: {outcome:?}");
        }
    }
}

#[test]
fn no_lost_update_goes_unseen_where_requests_take_longer_than_anybody_waits() {
    for _ in 0..6 {
        let slowness = Duration::from_millis(30);
        let server = RegistryServer::start_with(models(), false, slowness);
        let outcomes = race(&server, "1");
        let winners = winners(&outcomes);
        assert!(winners.len() <= 1, "{outcomes:?}");
        let model = server.model("churn");
        let is_told = outcomes
            .iter()
            .any(|(_, outcome)| matches!(outcome, Err(RegistryError::Lost { .. })));
        if let [winner] = winners[..] {
            assert_eq!(model.aliases["champion"], winner, "{outcomes:?}");
            assert_eq!(model.tags[HEAD_TAG], head(1, winner).text(), "{outcomes:?}");
        }
        assert!(
            entries(&model).len() == 1 || is_told,
            "{model:?} {outcomes:?}"
        );
    }
}

#[test]
fn another_alias_is_no_conflict_but_a_ledger_to_be_read_again() {
    let server = RegistryServer::start(models());
    assert_eq!(open(&server).apply(&promotion(2)), Ok(Applied::Now));
    let mut shadow = promotion(3);
    shadow.alias = "shadow".to_owned();
    shadow.expected = None;
    let error = open(&server).apply(&shadow).unwrap_err();
    assert!(
        matches!(error, RegistryError::LedgerMoved { .. }),
        "{error:?}"
    );
    shadow.expected_head = Some(head(1, 2));
    shadow.tag = "gatewright.promotion.2".to_owned();
    shadow.head = head(2, 3);
    assert_eq!(open(&server).apply(&shadow), Ok(Applied::Now));
}

#[test]
fn a_lease_is_waited_for_and_given_up_only_when_it_does_not_change() {
    let server = RegistryServer::start(models());
    let lease = |token: usize| {
        format!(
            r#"{{"token":"{token}","holder":"bob (process 7)","alias":"champion","version":3,"seconds":1}}"#
        )
    };
    let hold = |server: &RegistryServer, token: usize| {
        server.change("churn", |model| {
            model.tags.insert(LEASE_TAG.to_owned(), lease(token));
        });
    };
    hold(&server, 0);
    let begun = Instant::now();
    assert_eq!(open(&server).apply(&promotion(2)), Ok(Applied::Now));
    assert!(
        begun.elapsed() >= Duration::from_secs(1),
        "{:?}",
        begun.elapsed()
    );
    // Somebody who keeps taking it is alive, and is not pushed aside.
    let server = RegistryServer::start(models());
    let mut token = 0;
    server.before_reading(move |models| {
        token += 1;
        let tags = &mut models.get_mut("churn").unwrap().tags;
        tags.insert(LEASE_TAG.to_owned(), lease(token));
    });
    let error = open(&server).apply(&promotion(2)).unwrap_err();
    insta::assert_snapshot!(error, @"another promotion is under way: bob (process 7), for the alias `champion`");
    assert_eq!(entries(&server.model("churn")), []);
}

#[test]
fn a_lease_that_was_taken_away_is_noticed_before_the_alias_moves() {
    // Requests: model, set lease, model, model, versions, set entry, model, set head, model.
    for request in 3..=9 {
        let server = RegistryServer::start(models());
        server.fault(At::Request(99), Fault::LostBefore);
        let outcome = thread::scope(|scope| {
            let server = &server;
            let thief = scope.spawn(move || {
                while server.log().len() < request {
                    thread::yield_now();
                }
                server.change("churn", |model| {
                    model.tags.insert(LEASE_TAG.to_owned(), "{}".to_owned());
                });
            });
            let outcome = open(server).apply(&promotion(2));
            thief.join().unwrap();
            outcome
        });
        assert_eq!(outcome, Ok(Applied::Now), "{request}");
        assert!(holds(&server, &promotion(2)), "{request}");
    }
}

/// What is left of somebody else's lease.
fn stranger(model: &mut Model) {
    let lease =
        r#"{"token":"x","holder":"bob (process 7)","alias":"champion","version":3,"seconds":1}"#;
    model.tags.insert(LEASE_TAG.to_owned(), lease.to_owned());
}

#[test]
fn who_makes_the_lease_a_moment_late_waits_for_the_other() {
    let server = RegistryServer::start(models());
    server.fault(At::Change(1), Fault::Taken);
    server.meanwhile(At::Change(1), "churn", stranger);
    let begun = Instant::now();
    assert_eq!(open(&server).apply(&promotion(2)), Ok(Applied::Now));
    // The other one died: it is given up after the two seconds that we wait ourselves.
    assert!(
        begun.elapsed() >= Duration::from_secs(2),
        "{:?}",
        begun.elapsed()
    );
    assert!(holds(&server, &promotion(2)));
}

#[test]
fn a_lease_that_is_refused_while_nobody_else_has_one_is_an_error() {
    let server = RegistryServer::start(models());
    server.fault(At::Change(1), Fault::Taken);
    let error = open(&server).apply(&promotion(2)).unwrap_err();
    assert!(matches!(error, RegistryError::Store(_)), "{error:?}");
    assert!(error.to_string().contains("UNIQUE constraint"), "{error}");
    assert_eq!(entries(&server.model("churn")), []);
    // The same where the lease that is there is the one that was to be given up.
    let server = RegistryServer::start(models());
    server.change("churn", stranger);
    server.fault(At::Change(1), Fault::Taken);
    let error = open(&server).apply(&promotion(2)).unwrap_err();
    assert!(matches!(error, RegistryError::Store(_)), "{error:?}");
}

#[test]
fn a_lease_that_nobody_answered_about_is_an_error_whoever_else_has_one() {
    for fault in [
        Fault::LostBefore,
        Fault::Late,
        Fault::ErrorBefore(503),
        Fault::Page,
    ] {
        let server = RegistryServer::start(models());
        server.fault(At::Change(1), fault);
        server.meanwhile(At::Change(1), "churn", stranger);
        let begun = Instant::now();
        let outcome = open(&server).apply(&promotion(2));
        // One that is late may be there before anybody looks.
        let is_there = outcome == Ok(Applied::Now) && fault == Fault::Late;
        let is_told = matches!(outcome, Err(RegistryError::Store(_)));
        assert!(is_there || is_told, "{fault:?}: {outcome:?}");
        assert!(
            begun.elapsed() < Duration::from_secs(2),
            "{fault:?}: nobody waits for it"
        );
        assert!(
            is_there || entries(&server.model("churn")).is_empty(),
            "{fault:?}"
        );
    }
}

/// Another promotion, all of it.
fn overtaken(model: &mut Model) {
    let other = promotion(3);
    let version = model.versions.get_mut(&3).unwrap();
    version.tags.insert(other.tag, other.entry);
    model.tags.insert(HEAD_TAG.to_owned(), other.head.text());
    model.aliases.insert(other.alias, 3);
}

#[test]
fn a_write_that_the_database_refuses_because_another_was_first_is_told_as_that() {
    // Entry, head, alias: changes 2, 3 and 4.
    for (change, takes_the_lease) in [
        (2, false),
        (2, true),
        (3, false),
        (3, true),
        (4, false),
        (4, true),
    ] {
        let context = format!("change {change}, lease taken: {takes_the_lease}");
        let server = RegistryServer::start(models());
        server.fault(At::Change(change), Fault::Taken);
        server.meanwhile(At::Change(change), "churn", move |model| {
            overtaken(model);
            if takes_the_lease {
                stranger(model);
            }
        });
        let error = open(&server).apply(&promotion(2)).unwrap_err();
        let model = server.model("churn");
        assert_eq!(model.aliases["champion"], 3, "{context}");
        assert_eq!(model.tags[HEAD_TAG], promotion(3).head.text(), "{context}");
        if change == 4 {
            // Its entry and the head were written, and are told to be.
            assert!(
                matches!(error, RegistryError::Lost { .. }),
                "{context}: {error:?}"
            );
        } else {
            assert!(
                matches!(error, RegistryError::Conflict { .. }),
                "{context}: {error:?}"
            );
            let versions: Vec<_> = entries(&model).iter().map(|entry| entry.0).collect();
            assert_eq!(versions, [3], "{context}: nothing of ours is left");
        }
    }
}

#[test]
fn a_write_that_is_refused_after_one_that_nobody_answered_keeps_the_lease() {
    // Entry, head, alias: the first attempt may still arrive, whatever is said to the second.
    for change in 2..=4 {
        let server = RegistryServer::start(models());
        server.fault(At::Change(change), Fault::LostBefore);
        server.fault(At::Change(change + 1), Fault::Taken);
        let error = open(&server).apply(&promotion(2)).unwrap_err();
        assert!(
            matches!(error, RegistryError::Store(_)),
            "{change}: {error:?}"
        );
        let lease = server.model("churn").tags.get(LEASE_TAG).cloned();
        assert!(
            lease.is_some(),
            "{change}: it keeps others away until it is given up"
        );
        assert_finished(&server, &format!("change {change}"));
    }
}

#[test]
fn a_write_that_is_refused_while_nothing_moved_is_the_registrys_no() {
    for change in 2..=4 {
        let server = RegistryServer::start(models());
        server.fault(At::Change(change), Fault::Taken);
        let error = open(&server).apply(&promotion(2)).unwrap_err();
        assert!(
            matches!(error, RegistryError::Store(_)),
            "{change}: {error:?}"
        );
        assert_eq!(server.model("churn").aliases["champion"], 1, "{change}");
        assert_finished(&server, &format!("refused at change {change}"));
    }
}

#[test]
fn a_copy_that_another_made_a_moment_before_is_the_copy() {
    let copy = |model: &mut Model| {
        let from = "models:/churn/2".to_owned();
        let version = Version {
            source: from.clone(),
            status: "READY".to_owned(),
            tags: [(COPIED_TAG.to_owned(), from)].into(),
            ..Version::default()
        };
        model.versions.insert(1, version);
    };
    let mut both = models();
    both.insert("live".to_owned(), Model::default());
    let server = RegistryServer::start(both.clone());
    server.fault(At::Change(1), Fault::Taken);
    server.meanwhile(At::Change(1), "live", copy);
    assert_eq!(open(&server).copy_version(("churn", 2), "live"), Ok(1));
    assert_eq!(server.model("live").versions.len(), 1);
    // Refused, and nobody made one.
    let server = RegistryServer::start(both);
    server.fault(At::Change(1), Fault::Taken);
    let error = open(&server)
        .copy_version(("churn", 2), "live")
        .unwrap_err();
    assert!(matches!(error, RegistryError::Store(_)), "{error:?}");
}

#[test]
fn a_tag_is_set_and_removed_whatever_happens_to_the_answer() {
    use Fault::*;
    for fault in [LostAfter, ErrorAfter(503), Truncated, PageAfter, LostBefore] {
        let server = RegistryServer::start(models());
        server.fault(At::Change(1), fault);
        open(&server)
            .set_version_tag("churn", 2, "owner", "x")
            .unwrap();
        assert_eq!(
            server.model("churn").versions[&2].tags["owner"],
            "x",
            "{fault:?}"
        );
        server.fault(At::Change(1), fault);
        open(&server)
            .delete_version_tag("churn", 2, "owner")
            .unwrap();
        open(&server)
            .delete_version_tag("churn", 2, "owner")
            .unwrap();
        assert!(
            server.model("churn").versions[&2].tags.is_empty(),
            "{fault:?}"
        );
    }
    let server = RegistryServer::start(models());
    server.fault(At::Change(1), ErrorBefore(403));
    let error = open(&server)
        .set_version_tag("churn", 2, "owner", "x")
        .unwrap_err();
    assert!(matches!(
        error,
        RegistryError::Store(StoreError::Unauthorized { .. })
    ));
    assert_eq!(
        server
            .log()
            .iter()
            .filter(|line| line.starts_with("POST"))
            .count(),
        1
    );
}

#[test]
fn a_copy_is_made_once_whatever_happens_to_the_answer() {
    use Fault::*;
    for fault in [
        LostBefore,
        LostAfter,
        ErrorBefore(500),
        ErrorAfter(500),
        Truncated,
        PageAfter,
        Page,
        Redirect,
        Silent,
    ] {
        for change in 1..=2 {
            let server = RegistryServer::start(models());
            server.change("churn", |model| {
                let version = model.versions.get_mut(&2).unwrap();
                version.description = "the second".to_owned();
                version.tags.insert("kind".to_owned(), "x".to_owned());
                version
                    .tags
                    .insert("gatewright.promotion.4".to_owned(), "{}".to_owned());
            });
            server.fault(At::Change(change), fault);
            let first = hasty(&server).copy_version(("churn", 2), "live");
            assert!(
                first.is_err() || first == Ok(1),
                "{fault:?} {change}: {first:?}"
            );
            server.heal();
            let again = open(&server).copy_version(("churn", 2), "live");
            assert_eq!(again, Ok(1), "{fault:?} {change}");
            let copies = server.model("live").versions;
            assert_eq!(copies.len(), 1, "{fault:?} {change}");
            let from = "models:/churn/2".to_owned();
            let copy = &copies[&1];
            assert_eq!(copy.source, from);
            assert_eq!(
                (copy.run_id.as_str(), copy.description.as_str()),
                ("run-2", "the second")
            );
            let tags = [
                ("kind".to_owned(), "x".to_owned()),
                (COPIED_TAG.to_owned(), from),
            ];
            assert_eq!(copy.tags, tags.into());
        }
    }
}
