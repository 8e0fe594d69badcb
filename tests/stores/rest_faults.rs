//! Every way in which a server fails to answer, and that none of them is an answer.

use std::net::TcpListener;
use std::time::{Duration, Instant};

use gatewright::store::StoreError;

use super::support::fake_server::{Behaviour, FakeServer};
use super::{Runs, open_with};
use Behaviour::{Answer, Each, Half, Recorded, Whole};

const RUN: &str = "/api/2.0/mlflow/runs/get";
const RUN_ID: &str = "417876c6bf2146f986c37b5b35869030";

/// Asks for one run; the error, and how many requests it took.
pub(super) fn fault(behaviour: Behaviour, variables: &[(&str, &str)]) -> (StoreError, usize) {
    let server = FakeServer::start();
    server.on("GET", RUN, &[], behaviour);
    let store = open_with(&server.url(), variables).unwrap();
    let error = store.runs(&[RUN_ID]).unwrap_err();
    (error, server.received().len())
}

/// How many requests it takes until the run is there.
fn recovery(behaviours: Vec<Behaviour>) -> usize {
    let server = FakeServer::start();
    server.on("GET", RUN, &[], Each(behaviours));
    let store = open_with(&server.url(), &[]).unwrap();
    assert_eq!(store.runs(&[RUN_ID]).unwrap()[0].metrics.len(), 6);
    server.received().len()
}

pub(super) fn page(status: u16) -> Behaviour {
    let html = b"<!doctype html><html><body>Sign in</body></html>".to_vec();
    Whole(status, vec!["Content-Type: text/html; charset=utf-8"], html)
}

#[test]
fn a_server_that_is_not_there_is_unreachable() {
    let address = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let url = format!("http://{address}");
    let store = open_with(&url, &[("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "1")]).unwrap();
    let error = store.runs(&["r"]).unwrap_err();
    assert!(matches!(error, StoreError::Unreachable { .. }), "{error:?}");
    assert!(
        error.to_string().to_lowercase().contains("refused"),
        "{error}"
    );
}

#[test]
fn a_server_that_never_answers_is_given_up_in_time_and_not_asked_again() {
    let start = Instant::now();
    let (error, requests) = fault(Behaviour::Hang, &[("MLFLOW_HTTP_REQUEST_TIMEOUT", "1")]);
    assert!(
        matches!(error, StoreError::TimedOut { seconds: 1, .. }),
        "{error:?}"
    );
    assert_eq!(requests, 1);
    assert!(start.elapsed() < Duration::from_secs(3));
}

#[test]
fn the_deadline_ends_what_retries_would_draw_out() {
    let start = Instant::now();
    let slow = Behaviour::Delay(
        Duration::from_millis(300),
        Box::new(Answer(503, String::new())),
    );
    let variables = [
        ("GATEWRIGHT_HTTP_DEADLINE", "1"),
        ("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "20"),
    ];
    let (error, requests) = fault(slow, &variables);
    assert!(
        matches!(error, StoreError::Refused { status: 503, .. }),
        "{error:?}"
    );
    assert!(
        requests < 4 && start.elapsed() < Duration::from_secs(3),
        "{requests}"
    );
}

#[test]
fn the_deadline_covers_all_questions_of_a_judgement() {
    let server = FakeServer::start();
    server.on("GET", RUN, &[], Recorded("run_get"));
    let store = open_with(&server.url(), &[("GATEWRIGHT_HTTP_DEADLINE", "3")]).unwrap();
    assert!(store.runs(&[RUN_ID]).is_ok());
    std::thread::sleep(Duration::from_secs(3));
    let error = store.runs(&[RUN_ID]).unwrap_err();
    assert!(matches!(error, StoreError::TimedOut { .. }), "{error:?}");
}

#[test]
fn what_a_second_attempt_may_cure_is_attempted_again() {
    for status in [408, 429, 500, 502, 503, 504] {
        let busy = Whole(status, vec!["Retry-After: 0"], b"busy".to_vec());
        assert_eq!(recovery(vec![busy, Recorded("run_get")]), 2, "{status}");
    }
}

#[test]
fn a_connection_that_breaks_is_made_again() {
    let whole = include_str!("../support/recorded/run_get.json").to_owned();
    for broken in [Behaviour::Reset, Half(whole)] {
        assert_eq!(recovery(vec![broken, Recorded("run_get")]), 2);
    }
}

#[test]
fn what_no_attempt_can_cure_is_asked_once() {
    for status in [400, 404, 405, 409, 418, 501, 599] {
        let (error, requests) = fault(page(status), &[]);
        assert!(matches!(
            error,
            StoreError::Refused { .. } | StoreError::Malformed { .. }
        ));
        assert_eq!(requests, 1, "{status}");
    }
}

#[test]
fn retries_end() {
    let retries = [("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "1")];
    let body = r#"{"error_code":"INTERNAL_ERROR","message":"no database"}"#;
    let (error, requests) = fault(Answer(500, body.to_owned()), &retries);
    assert_eq!(requests, 2);
    assert!(
        error
            .to_string()
            .ends_with("HTTP 500: INTERNAL_ERROR: no database"),
        "{error}"
    );
    let (error, requests) = fault(Half("{\"run\": {}}".to_owned()), &retries);
    assert!(matches!(error, StoreError::Unreachable { .. }), "{error:?}");
    assert_eq!(requests, 2);
}

#[test]
fn retry_after_is_kept_and_beyond_the_deadline_not_waited_for() {
    let wait = |seconds: &'static str| {
        Whole(
            429,
            vec!["Content-Type: application/json", seconds],
            b"{}".to_vec(),
        )
    };
    let start = Instant::now();
    assert_eq!(
        recovery(vec![wait("Retry-After: 1"), Recorded("run_get")]),
        2
    );
    assert!(start.elapsed() >= Duration::from_secs(1));
    let start = Instant::now();
    let (error, requests) = fault(wait("Retry-After: 3600"), &[]);
    assert!(
        matches!(error, StoreError::Refused { status: 429, .. }),
        "{error:?}"
    );
    assert!(requests == 1 && start.elapsed() < Duration::from_secs(1));
}

#[test]
fn refused_credentials_are_said_to_be_refused() {
    for status in [401, 403] {
        let (error, requests) = fault(page(status), &[]);
        assert!(matches!(error, StoreError::Unauthorized { status: seen, .. } if seen == status));
        assert_eq!(requests, 1);
    }
}

#[test]
fn the_guard_against_dns_rebinding_is_not_about_credentials() {
    let body = b"Invalid Host header - possible DNS rebinding attack detected".to_vec();
    let (error, _) = fault(Whole(403, vec!["Content-Type: text/plain"], body), &[]);
    assert!(error.to_string().contains("Invalid Host header"), "{error}");
}

#[test]
fn an_answer_without_end_is_cut_off() {
    let start = Instant::now();
    let (error, requests) = fault(Behaviour::Endless, &[]);
    assert!(matches!(error, StoreError::TooLarge { .. }), "{error:?}");
    assert_eq!(requests, 1);
    assert!(start.elapsed() < Duration::from_secs(10));
}

#[test]
fn an_answer_that_announces_gigabytes_is_not_waited_for() {
    let server = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", server.local_addr().unwrap());
    let answering = std::thread::spawn(move || {
        use std::io::{Read as _, Write as _};
        let (mut stream, _) = server.accept().unwrap();
        let mut seen = [0; 4096];
        assert!(stream.read(&mut seen).unwrap() > 0);
        stream
            .write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 9999999999\r\n\r\n{")
            .unwrap();
        stream.read(&mut seen).unwrap_or(0)
    });
    let error = open_with(&url, &[]).unwrap().runs(&["r"]).unwrap_err();
    assert!(matches!(error, StoreError::TooLarge { .. }), "{error:?}");
    answering.join().unwrap();
}

#[test]
fn what_is_not_http_is_unreachable() {
    let server = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", server.local_addr().unwrap());
    let answering = std::thread::spawn(move || {
        use std::io::Write as _;
        let (mut stream, _) = server.accept().unwrap();
        stream.write_all(b"SSH-2.0-OpenSSH_9.6\r\n").unwrap();
    });
    let store = open_with(&url, &[("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")]).unwrap();
    let error = store.runs(&["r"]).unwrap_err();
    assert!(matches!(error, StoreError::Unreachable { .. }), "{error:?}");
    answering.join().unwrap();
}

#[test]
fn a_servers_words_cannot_command_a_terminal_or_fill_a_log() {
    let words = format!(
        "\u{1b}[2J::set-output name=x::y\n::error::{}",
        "long ".repeat(1000)
    );
    let (error, _) = fault(Answer(400, words), &[]);
    let seen = error.to_string();
    assert!(!seen.chars().any(char::is_control), "{seen:?}");
    assert!(seen.chars().count() < 400, "{seen}");
}

#[test]
fn of_several_failures_the_first_in_order_is_told() {
    let server = FakeServer::start();
    let late = Behaviour::Delay(Duration::from_millis(150), Box::new(page(401)));
    server.on("GET", RUN, &[("run_id", "a")], late);
    server.on("GET", RUN, &[("run_id", "b")], page(404));
    let store = open_with(&server.url(), &[]).unwrap();
    let error = store.runs(&["a", "b"]).unwrap_err();
    assert!(
        matches!(error, StoreError::Unauthorized { status: 401, .. }),
        "{error:?}"
    );
}
