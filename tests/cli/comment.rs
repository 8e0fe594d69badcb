//! `gate check --comment` against a scripted GitHub, and a scripted Azure DevOps.

mod azure;
mod faults;

use serde_json::{Value, json};

use crate::sandbox::{Answer, Sandbox};
use crate::support::fake_server::{Behaviour, FakeServer, Received};

const TOKEN: &str = "ghs_0123456789abcdefghij";
const MARKER: &str = "<!-- gatewright gate=promote project=taxi-fare -->";
const COMMENTS: &str = "/repos/acme/taxi/issues/7/comments";
const COMMENT: &str = "/repos/acme/taxi/issues/comments/42";

/// A build of pull request 7, whose GitHub is at `api`.
fn check_at(api: &str, words: &str, more: &[(&str, &str)]) -> Answer {
    let sandbox = Sandbox::taxi();
    sandbox.write(
        "event.json",
        r#"{"action": "opened", "pull_request": {"number": 7}}"#,
    );
    check_in(&sandbox, api, words, more)
}

fn check_in(sandbox: &Sandbox, api: &str, words: &str, more: &[(&str, &str)]) -> Answer {
    let mut environment = vec![
        ("GITHUB_API_URL", api),
        ("GITHUB_TOKEN", TOKEN),
        ("GITHUB_REPOSITORY", "acme/taxi"),
        ("GITHUB_EVENT_PATH", "event.json"),
    ];
    environment.extend(more);
    let answer = sandbox.run_with(&format!("gate check --comment {words}"), &environment);
    for text in [&answer.stdout, &answer.stderr] {
        assert!(!text.contains(TOKEN), "the token is shown: {text}");
    }
    answer
}

fn check(server: &FakeServer, words: &str) -> Answer {
    check_at(&server.url(), words, &[])
}

fn list(comments: &[Value]) -> Behaviour {
    Behaviour::Answer(200, Value::from(comments).to_string())
}

fn comment(id: u64, body: &str) -> Value {
    json!({"id": id, "body": body, "user": {"login": "github-actions[bot]"}})
}

fn created() -> Behaviour {
    Behaviour::Answer(201, comment(42, "whatever").to_string())
}

fn refusal(status: u16, message: &str) -> Behaviour {
    Behaviour::Answer(status, json!({"message": message}).to_string())
}

/// The requests of a method, and the comment that each of them sends.
fn sent(server: &FakeServer, method: &str) -> Vec<(Received, String)> {
    let received = server.received().into_iter();
    let wanted = received.filter(|request| request.method == method);
    let with_body = |request: Received| {
        let body = serde_json::from_slice::<Value>(&request.body).unwrap_or_default();
        let text = body.pointer("/body").and_then(Value::as_str);
        let text = text.unwrap_or_default().to_owned();
        (request, text)
    };
    wanted.map(with_body).collect()
}

/// What the taxi project's passing candidate is commented with.
fn passing() -> String {
    let server = FakeServer::start();
    server.on("GET", COMMENTS, &[], list(&[]));
    server.on("POST", COMMENTS, &[], created());
    check(&server, "");
    sent(&server, "POST").remove(0).1
}

#[test]
fn a_pull_request_without_our_comment_gets_it() {
    let server = FakeServer::start();
    server.on("GET", COMMENTS, &[], list(&[comment(1, "looks good")]));
    server.on("POST", COMMENTS, &[], created());
    let answer = check(&server, "--candidate 2");
    assert_eq!(answer.code, Some(1));
    assert_eq!(answer.stderr, "comment on acme/taxi#7: created\n");
    assert_eq!(
        answer.stdout,
        Sandbox::taxi().run("gate check --candidate 2").stdout
    );
    let [(request, body)] = &sent(&server, "POST")[..] else {
        panic!("not one comment");
    };
    assert_eq!(
        request.header("authorization"),
        Some(format!("Bearer {TOKEN}").as_str())
    );
    assert_eq!(request.header("content-type"), Some("application/json"));
    let (marker, report) = body.split_once('\n').unwrap();
    assert_eq!(marker, MARKER);
    assert!(
        report.starts_with("### ⛔ Gate promote: blocked\n"),
        "{report}"
    );
    assert!(
        report.contains("| ❌ **fail** | r2 &gt;= champion - 0.01 |"),
        "{report}"
    );
}

#[test]
fn without_the_flag_nobody_is_asked() {
    let server = FakeServer::start();
    let environment = [
        ("GITHUB_API_URL", server.url()),
        ("GITHUB_TOKEN", TOKEN.to_owned()),
        ("GITHUB_REPOSITORY", "acme/taxi".to_owned()),
        ("GITHUB_REF", "refs/pull/7/merge".to_owned()),
    ];
    let environment: Vec<_> = environment
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    assert_eq!(
        Sandbox::taxi().run_with("gate check", &environment).code,
        Some(0)
    );
    assert!(server.received().is_empty());
}

#[test]
fn our_comment_is_updated_when_it_says_something_else() {
    let server = FakeServer::start();
    let there = [
        comment(1, "looks good"),
        comment(
            41,
            "<!-- gatewright gate=promote-eu project=taxi-fare -->\nanother gate",
        ),
        comment(42, &format!("{MARKER}\n### the verdict of last week")),
        comment(43, &format!("{MARKER}\n### left by a race")),
    ];
    server.on("GET", COMMENTS, &[], list(&there));
    server.on(
        "PATCH",
        COMMENT,
        &[],
        Behaviour::Answer(200, comment(42, "").to_string()),
    );
    let answer = check(&server, "");
    assert_eq!(
        (answer.code, answer.stderr.as_str()),
        (Some(0), "comment on acme/taxi#7: updated\n")
    );
    let sent = sent(&server, "PATCH");
    assert_eq!(sent.len(), 1);
    assert!(
        sent[0]
            .1
            .starts_with(&format!("{MARKER}\n### ✅ Gate promote: pass\n"))
    );
}

#[test]
fn our_comment_is_left_alone_when_it_says_the_same() {
    let passing = passing();
    for there in [
        passing.clone(),
        passing.replace('\n', "\r\n"),
        passing.trim_end().to_owned(),
    ] {
        let server = FakeServer::start();
        server.on("GET", COMMENTS, &[], list(&[comment(42, &there)]));
        let answer = check(&server, "");
        assert_eq!(
            (answer.code, answer.stderr.as_str()),
            (Some(0), "comment on acme/taxi#7: up to date\n")
        );
        assert_eq!(server.received().len(), 1);
    }
}

#[test]
fn our_comment_is_found_on_a_later_page() {
    let others: Vec<_> = (1..=100).map(|id| comment(id, "looks good")).collect();
    let text = Value::from(&others[..3]).to_string().into_bytes();
    let link =
        "Link: <http://elsewhere.invalid/?page=2>; rel=\"next\", <http://x/?page=2>; rel=\"last\"";
    let json = "Content-Type: application/json";
    // GitHub says that there is a next page; where it cannot be heard, a full page says so.
    for first in [list(&others), Behaviour::Whole(200, vec![json, link], text)] {
        let server = FakeServer::start();
        server.on(
            "GET",
            COMMENTS,
            &[("per_page", "100"), ("page", "1")],
            first,
        );
        let second = list(&[comment(42, &format!("{MARKER}\nold"))]);
        server.on(
            "GET",
            COMMENTS,
            &[("per_page", "100"), ("page", "2")],
            second,
        );
        server.on(
            "PATCH",
            COMMENT,
            &[],
            Behaviour::Answer(200, "{}".to_owned()),
        );
        assert_eq!(
            check(&server, "").stderr,
            "comment on acme/taxi#7: updated\n"
        );
    }
}

#[test]
fn where_not_all_comments_can_be_looked_at_nothing_is_written() {
    let others: Vec<_> = (1..=100).map(|id| comment(id, "looks good")).collect();
    let server = FakeServer::start();
    server.on("GET", COMMENTS, &[], list(&others));
    let answer = check(&server, "");
    assert_eq!(answer.code, Some(0));
    assert!(
        answer.stderr.contains("not among the first 2000"),
        "{}",
        answer.stderr
    );
    assert_eq!(server.received().len(), 20);
}

#[test]
fn github_enterprise_server_is_asked_below_its_prefix() {
    for prefix in ["/api/v3", "/api/v3/", "/r"] {
        let server = FakeServer::start();
        let below = |path: &str| format!("{}{path}", prefix.trim_end_matches('/'));
        server.on("GET", &below(COMMENTS), &[], list(&[comment(42, MARKER)]));
        server.on(
            "PATCH",
            &below(COMMENT),
            &[],
            Behaviour::Answer(200, "{}".to_owned()),
        );
        let answer = check_at(&format!("{}{prefix}", server.url()), "", &[]);
        assert_eq!(
            answer.stderr, "comment on acme/taxi#7: updated\n",
            "{prefix}"
        );
        for request in server.received() {
            assert_eq!(
                request.header("authorization"),
                Some(format!("Bearer {TOKEN}").as_str())
            );
        }
    }
}

#[test]
fn gh_token_serves_where_github_token_is_not_set() {
    let server = FakeServer::start();
    server.on("GET", COMMENTS, &[], list(&[comment(42, &passing())]));
    let variables = [("GITHUB_TOKEN", ""), ("GH_TOKEN", "ghp_another")];
    check_at(&server.url(), "", &variables);
    assert_eq!(
        server.received()[0].header("authorization"),
        Some("Bearer ghp_another")
    );
}

#[test]
fn a_build_of_a_push_has_nothing_to_comment_on() {
    let server = FakeServer::start();
    let sandbox = Sandbox::taxi();
    sandbox.write(
        "event.json",
        r#"{"ref": "refs/heads/main", "head_commit": {}}"#,
    );
    let variables = [("GITHUB_REF", "refs/heads/main")];
    let loud = check_in(&sandbox, &server.url(), "", &variables);
    assert_eq!(
        (loud.code, loud.stderr.as_str()),
        (
            Some(0),
            "no comment: this build is not for a pull request\n"
        )
    );
    let quiet = check_in(&sandbox, &server.url(), "--quiet", &variables);
    assert_eq!((quiet.code, quiet.stderr.as_str()), (Some(0), ""));
    assert!(server.received().is_empty());
}

#[test]
fn a_hostile_name_stays_inside_the_comment() {
    let sandbox = Sandbox::taxi();
    sandbox.write("event.json", r#"{"pull_request": {"number": 7}}"#);
    let spec = sandbox.read("gatewright.yaml");
    let check = "    checks:\n      - '\"--> @everyone <img src=x>\" <= 5'\n";
    let hostile = spec.replace("    checks:\n", check);
    assert_ne!(hostile, spec);
    sandbox.write("gatewright.yaml", hostile);
    let server = FakeServer::start();
    server.on("GET", COMMENTS, &[], list(&[]));
    server.on("POST", COMMENTS, &[], created());
    let answer = check_in(&sandbox, &server.url(), "", &[]);
    assert_eq!(answer.code, Some(1), "{}", answer.stderr);
    let body = &sent(&server, "POST")[0].1;
    let (marker, report) = body.split_once('\n').unwrap();
    assert_eq!(marker, MARKER);
    assert!(report.contains("everyone"), "{report}");
    for harm in ["-->", "<!--", "<img", "@everyone"] {
        assert!(!report.contains(harm), "{harm}: {report}");
    }
}
