//! What goes wrong between the gate and GitHub: a warning each, and the judgement stands.

use std::time::{Duration, Instant};

use super::*;

#[test]
fn the_read_only_token_of_a_fork_is_a_warning_and_the_judgement_stands() {
    for (words, code) in [("", 0), ("--candidate 2", 1)] {
        let server = FakeServer::start();
        server.on("GET", COMMENTS, &[], list(&[]));
        let echo = format!("Resource not accessible by integration ({TOKEN})");
        server.on("POST", COMMENTS, &[], refusal(403, &echo));
        let answer = check(&server, words);
        assert_eq!(answer.code, Some(code));
        insta::allow_duplicates! {
            insta::assert_snapshot!(answer.stderr, @"
            warning: cannot comment on acme/taxi#7: GitHub answered HTTP 403: Resource not accessible by integration ([redacted])
              help: give the job `permissions: pull-requests: write`; a pull request from a fork gets a read-only token whatever the workflow says
            ");
        }
        assert_eq!(sent(&server, "POST").len(), 1);
    }
}

#[test]
fn a_write_that_was_applied_and_answered_with_an_error_is_not_repeated() {
    let cut = Behaviour::Half(comment(42, "whatever").to_string());
    for broken in [
        refusal(500, "oops"),
        refusal(502, "oops"),
        Behaviour::Reset,
        cut,
    ] {
        let server = FakeServer::start();
        let looks = vec![list(&[]), list(&[comment(42, &passing())])];
        server.on("GET", COMMENTS, &[], Behaviour::Each(looks));
        server.on("POST", COMMENTS, &[], broken.clone());
        let answer = check(&server, "");
        assert_eq!(
            (answer.code, answer.stderr.as_str()),
            (Some(0), "comment on acme/taxi#7: up to date\n"),
            "{broken:?}"
        );
        assert_eq!(sent(&server, "POST").len(), 1, "{broken:?}");
    }
}

#[test]
fn a_write_that_did_not_arrive_is_tried_once_more_and_no_more() {
    let cases = [
        (
            Behaviour::Each(vec![refusal(503, "busy"), created()]),
            "comment on acme/taxi#7: created\n",
        ),
        (
            refusal(503, "busy"),
            "warning: cannot comment on acme/taxi#7: GitHub answered HTTP 503: busy\n",
        ),
    ];
    for (post, expected) in cases {
        let server = FakeServer::start();
        server.on("GET", COMMENTS, &[], list(&[]));
        server.on("POST", COMMENTS, &[], post);
        let answer = check(&server, "");
        assert_eq!(answer.code, Some(0));
        assert!(answer.stderr.starts_with(expected), "{}", answer.stderr);
        let methods: Vec<_> = server
            .received()
            .into_iter()
            .map(|request| request.method)
            .collect();
        assert_eq!(methods, ["GET", "POST", "GET", "POST"]);
    }
}

#[test]
fn an_update_in_doubt_is_looked_at_before_it_is_sent_again() {
    let server = FakeServer::start();
    server.on("GET", COMMENTS, &[], list(&[comment(42, MARKER)]));
    let updated = Behaviour::Answer(200, "{}".to_owned());
    server.on(
        "PATCH",
        COMMENT,
        &[],
        Behaviour::Each(vec![Behaviour::Reset, updated]),
    );
    assert_eq!(
        check(&server, "").stderr,
        "comment on acme/taxi#7: updated\n"
    );
    let methods: Vec<_> = server
        .received()
        .into_iter()
        .map(|request| request.method)
        .collect();
    assert_eq!(methods, ["GET", "PATCH", "GET", "PATCH"]);
}

#[test]
fn a_question_is_repeated_where_that_helps() {
    let server = FakeServer::start();
    let wait = Behaviour::Whole(429, vec!["Retry-After: 0"], Vec::new());
    let looks = vec![refusal(502, "oops"), Behaviour::Reset, wait, list(&[])];
    server.on("GET", COMMENTS, &[], Behaviour::Each(looks));
    server.on("POST", COMMENTS, &[], created());
    assert_eq!(
        check(&server, "").stderr,
        "comment on acme/taxi#7: created\n"
    );
    assert_eq!(server.received().len(), 5);
}

#[test]
fn a_github_that_hangs_or_never_ends_is_not_waited_for() {
    let slow = Behaviour::Delay(Duration::from_secs(20), Box::new(list(&[])));
    let later = Behaviour::Whole(503, vec!["Retry-After: 3600"], Vec::new());
    for stuck in [Behaviour::Hang, Behaviour::Endless, slow, later] {
        let server = FakeServer::start();
        server.on("GET", COMMENTS, &[], stuck.clone());
        let begin = Instant::now();
        let answer = check_at(&server.url(), "", &[("GATEWRIGHT_HTTP_DEADLINE", "1")]);
        assert!(begin.elapsed() < Duration::from_secs(10), "{stuck:?}");
        assert_eq!(answer.code, Some(0));
        assert!(
            answer.stderr.starts_with("warning: cannot comment"),
            "{}",
            answer.stderr
        );
        assert!(answer.stdout.contains("PASS"));
    }
}

#[test]
fn a_redirect_is_not_followed_and_no_token_leaves() {
    let elsewhere = FakeServer::start();
    let server = FakeServer::start();
    let target = format!("{}{COMMENTS}", elsewhere.url());
    server.on("GET", COMMENTS, &[], Behaviour::Redirect(target));
    let answer = check(&server, "");
    assert_eq!(answer.code, Some(0));
    assert!(
        answer.stderr.contains("GitHub redirects (HTTP 302)"),
        "{}",
        answer.stderr
    );
    assert!(elsewhere.received().is_empty());
}

#[test]
fn what_github_refuses_is_a_warning_with_help() {
    let page = Behaviour::Whole(
        200,
        vec!["Content-Type: text/html"],
        b"<html>Sign in".to_vec(),
    );
    let cases = [
        (
            refusal(401, "Bad credentials"),
            "HTTP 401: Bad credentials",
            "no longer, a token",
        ),
        (
            refusal(404, "Not Found"),
            "HTTP 404: Not Found",
            "pull-requests: write",
        ),
        (
            refusal(410, "\u{1b}[31mgone\n::error::x"),
            "HTTP 410: [31mgone ::error::x",
            "next run",
        ),
        (
            Behaviour::Answer(418, "<html>".to_owned()),
            "HTTP 418: an HTML page",
            "next run",
        ),
        (page, "it is no list of what was asked for", "login page"),
        (
            Behaviour::Answer(200, "{\"id\": 1}".to_owned()),
            "it is no list of what was asked for",
            "login page",
        ),
    ];
    for (behaviour, message, help) in cases {
        let server = FakeServer::start();
        server.on("GET", COMMENTS, &[], behaviour);
        let answer = check(&server, "--quiet");
        assert_eq!(answer.code, Some(0));
        let lines: Vec<_> = answer.stderr.lines().collect();
        let [warning, advice] = lines[..] else {
            panic!("not one warning with its help: {}", answer.stderr);
        };
        assert!(
            warning.starts_with("warning: cannot comment on acme/taxi#7: "),
            "{warning}"
        );
        assert!(warning.contains(message), "{warning}");
        assert!(
            advice.starts_with("  help: ") && advice.contains(help),
            "{advice}"
        );
    }
}

#[test]
fn what_the_environment_lacks_is_a_warning_with_help() {
    let cases = [
        (
            ("GITHUB_TOKEN", ""),
            "neither GITHUB_TOKEN nor GH_TOKEN is set",
        ),
        (("GITHUB_TOKEN", "two words"), "cannot use GITHUB_TOKEN"),
        (
            ("GITHUB_REPOSITORY", "acme/taxi/../../x"),
            "cannot use GITHUB_REPOSITORY",
        ),
        (
            ("GITHUB_API_URL", "ftp://example.com"),
            "cannot use GITHUB_API_URL",
        ),
        (
            ("GITHUB_API_URL", "http://u:geheim@127.0.0.1"),
            "cannot use GITHUB_API_URL",
        ),
        (
            ("GITHUB_API_URL", "http://127.0.0.1:9"),
            "cannot reach GitHub",
        ),
        (
            ("GITHUB_API_URL", "https://127.0.0.1:9"),
            "cannot reach GitHub",
        ),
        (
            ("GATEWRIGHT_HTTP_DEADLINE", "soon"),
            "cannot use GATEWRIGHT_HTTP_DEADLINE",
        ),
    ];
    for (variable, message) in cases {
        let answer = check_at("http://127.0.0.1:9", "--format json", &[variable]);
        assert_eq!(answer.code, Some(0), "{variable:?}");
        assert!(answer.stderr.contains("warning: "), "{}", answer.stderr);
        assert!(answer.stderr.contains(message), "{}", answer.stderr);
        assert!(answer.stderr.contains("\n  help: "), "{}", answer.stderr);
        assert!(!answer.stderr.contains("geheim"), "{}", answer.stderr);
        serde_json::from_str::<Value>(&answer.stdout).unwrap();
    }
}
