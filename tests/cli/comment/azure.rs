//! The same on Azure DevOps: one thread per gate, closed where nobody has to act.

use super::*;

const TOKEN: &str = "eyJ0eXAiOiJKV1QiLCJhbGciOiJSUzI1NiJ9";
const THREADS: &str = "/acme/5ab0%2D77/_apis/git/repositories/3411%2Debc1/pullRequests/22/threads";

fn check_with(server: &FakeServer, words: &str, more: &[(&str, &str)]) -> Answer {
    let collection = format!("{}/acme/", server.url());
    let mut environment = vec![
        ("TF_BUILD", "True"),
        ("SYSTEM_TEAMFOUNDATIONCOLLECTIONURI", collection.as_str()),
        ("SYSTEM_TEAMPROJECTID", "5ab0-77"),
        ("BUILD_REPOSITORY_ID", "3411-ebc1"),
        ("BUILD_REPOSITORY_PROVIDER", "TfsGit"),
        ("SYSTEM_PULLREQUEST_PULLREQUESTID", "22"),
        ("SYSTEM_ACCESSTOKEN", TOKEN),
    ];
    environment.extend(more);
    let words = format!("gate check --comment {words}");
    let answer = Sandbox::taxi().run_with(&words, &environment);
    for text in [&answer.stdout, &answer.stderr] {
        assert!(!text.contains(TOKEN), "the token is shown: {text}");
    }
    answer
}

fn check(server: &FakeServer, words: &str) -> Answer {
    check_with(server, words, &[])
}

/// Threads as Azure DevOps lists them, with one that it wrote itself in front.
fn threads(threads: &[Value]) -> Behaviour {
    let mut all = vec![json!({
        "id": 1, "isDeleted": false, "properties": {"CodeReviewThreadType": {"$value": "VoteUpdate"}},
        "comments": [{"id": 1, "parentCommentId": 0, "content": "voted 10", "commentType": "system"}],
    })];
    all.extend_from_slice(threads);
    Behaviour::Answer(200, json!({"value": all, "count": all.len()}).to_string())
}

fn thread(id: u64, status: &str, content: &str) -> Value {
    json!({
        "id": id, "status": status, "isDeleted": false,
        "comments": [
            {"id": 1, "parentCommentId": 0, "content": content, "commentType": "text"},
            {"id": 2, "parentCommentId": 1, "content": "thanks", "commentType": "text"},
        ],
    })
}

fn done() -> Behaviour {
    Behaviour::Answer(200, json!({"id": 9}).to_string())
}

/// Method, path below the threads, and body of every write.
fn writes(server: &FakeServer) -> Vec<(String, String, Value)> {
    let received = server.received().into_iter();
    received
        .filter(|request| request.method != "GET")
        .map(|request| {
            assert_eq!(request.query, "api-version=7.1");
            assert_eq!(
                request.header("authorization"),
                Some(format!("Bearer {TOKEN}").as_str())
            );
            let below = request.path.strip_prefix(THREADS).unwrap().to_owned();
            let body = serde_json::from_slice(&request.body).unwrap();
            (request.method, below, body)
        })
        .collect()
}

/// What the candidate is commented with.
fn comment_on(words: &str) -> String {
    let server = FakeServer::start();
    server.on("GET", THREADS, &[], threads(&[]));
    server.on("POST", THREADS, &[], done());
    check(&server, words);
    let content = writes(&server)[0].2["comments"][0]["content"].clone();
    content.as_str().unwrap().to_owned()
}

#[test]
fn a_pull_request_gets_a_thread_that_is_closed_on_a_pass_and_active_otherwise() {
    for (words, code, status) in [("", 0, 4), ("--candidate 2", 1, 1)] {
        let server = FakeServer::start();
        server.on("GET", THREADS, &[], threads(&[]));
        server.on("POST", THREADS, &[], done());
        let answer = check(&server, words);
        assert_eq!(answer.code, Some(code));
        assert_eq!(answer.stderr, "comment on pull request 22: created\n");
        let [(method, below, body)] = &writes(&server)[..] else {
            panic!("not one write");
        };
        assert_eq!((method.as_str(), below.as_str()), ("POST", ""));
        assert_eq!(body["status"], status);
        assert_eq!(body["comments"][0]["commentType"], 1);
        let content = body["comments"][0]["content"].as_str().unwrap();
        assert!(content.starts_with(&format!("{MARKER}\n### ")), "{content}");
    }
}

#[test]
fn a_thread_that_says_the_same_and_stands_right_is_left_alone() {
    for (words, status) in [("", "closed"), ("", "wontFix"), ("--candidate 2", "active")] {
        let server = FakeServer::start();
        let there = thread(7, status, &comment_on(words));
        server.on("GET", THREADS, &[], threads(&[there]));
        let answer = check(&server, words);
        assert_eq!(answer.stderr, "comment on pull request 22: up to date\n");
        assert!(writes(&server).is_empty());
    }
}

#[test]
fn the_comment_and_the_status_are_updated_each_where_it_differs() {
    let old = format!("{MARKER}\n### the verdict of last week");
    let same = comment_on("--candidate 2");
    let content = "/7/comments/1";
    let cases = [
        (thread(7, "closed", &old), vec![content, "/7"]),
        (thread(7, "active", &old), vec![content]),
        (thread(7, "fixed", &same), vec!["/7"]),
    ];
    for (there, expected) in cases {
        let server = FakeServer::start();
        let others = thread(5, "active", "a person said something");
        let race = thread(9, "active", &old);
        server.on("GET", THREADS, &[], threads(&[race, others, there]));
        for path in [content, "/7"] {
            server.on("PATCH", &format!("{THREADS}{path}"), &[], done());
        }
        let answer = check(&server, "--candidate 2");
        assert_eq!(answer.stderr, "comment on pull request 22: updated\n");
        let writes = writes(&server);
        let paths: Vec<_> = writes.iter().map(|(_, below, _)| below.as_str()).collect();
        assert_eq!(paths, expected);
        for (_, below, body) in &writes {
            if below == content {
                assert_eq!(body["content"], same_but_for_the_time(body, &same));
            } else {
                assert_eq!(*body, json!({"status": 1}));
            }
        }
    }
}

/// What was sent, once it is known to say the same.
fn same_but_for_the_time(body: &Value, expected: &str) -> Value {
    let lasting = |text: &str| -> Vec<String> {
        let lines = text
            .lines()
            .filter(|line| !line.starts_with("<sub>judged "));
        lines.map(str::to_owned).collect()
    };
    assert_eq!(
        lasting(body["content"].as_str().unwrap()),
        lasting(expected)
    );
    body["content"].clone()
}

#[test]
fn deleted_threads_and_comments_are_not_ours() {
    let content = format!("{MARKER}\nold");
    let mut thread_deleted = thread(7, "active", &content);
    thread_deleted["isDeleted"] = json!(true);
    let mut comment_deleted = thread(8, "active", &content);
    comment_deleted["comments"][0] = json!({"id": 1, "isDeleted": true});
    let server = FakeServer::start();
    server.on(
        "GET",
        THREADS,
        &[],
        threads(&[thread_deleted, comment_deleted]),
    );
    server.on("POST", THREADS, &[], done());
    assert_eq!(
        check(&server, "").stderr,
        "comment on pull request 22: created\n"
    );
}

#[test]
fn a_write_that_was_applied_and_answered_with_an_error_is_not_repeated() {
    let content = comment_on("");
    for broken in [refusal(500, "oops"), Behaviour::Reset] {
        let server = FakeServer::start();
        let looks = vec![threads(&[]), threads(&[thread(7, "closed", &content)])];
        server.on("GET", THREADS, &[], Behaviour::Each(looks));
        server.on("POST", THREADS, &[], broken);
        assert_eq!(
            check(&server, "").stderr,
            "comment on pull request 22: up to date\n"
        );
        assert_eq!(writes(&server).len(), 1);
    }
}

#[test]
fn what_azure_devops_refuses_is_a_warning_with_help_and_the_judgement_stands() {
    let login = Behaviour::Whole(
        203,
        vec!["Content-Type: text/html"],
        b"<html>Sign in".to_vec(),
    );
    let cases = [
        (
            login,
            "Azure DevOps answered HTTP 203: an HTML page",
            "SYSTEM_ACCESSTOKEN",
        ),
        (
            refusal(401, TOKEN),
            "HTTP 401: [redacted]",
            "SYSTEM_ACCESSTOKEN",
        ),
        (
            refusal(403, "TF401027: no"),
            "HTTP 403: TF401027: no",
            "build service",
        ),
        (
            Behaviour::Redirect("/login".to_owned()),
            "redirects (HTTP 302)",
            "login page",
        ),
        (
            Behaviour::Answer(200, "{}".to_owned()),
            "it is no list of threads",
            "login page",
        ),
    ];
    for (behaviour, message, help) in cases {
        let server = FakeServer::start();
        server.on("GET", THREADS, &[], behaviour);
        let answer = check(&server, "--candidate 2");
        assert_eq!(answer.code, Some(1));
        let warning = "warning: cannot comment on pull request 22: ";
        assert!(answer.stderr.starts_with(warning), "{}", answer.stderr);
        assert!(answer.stderr.contains(message), "{}", answer.stderr);
        assert!(answer.stderr.contains(help), "{}", answer.stderr);
    }
}

#[test]
fn a_server_that_hangs_is_not_waited_for() {
    let server = FakeServer::start();
    server.on("GET", THREADS, &[], Behaviour::Hang);
    let answer = check_with(&server, "", &[("GATEWRIGHT_HTTP_DEADLINE", "1")]);
    assert_eq!(answer.code, Some(0));
    assert!(
        answer.stderr.contains("did not answer within 1 s"),
        "{}",
        answer.stderr
    );
}

#[test]
fn what_the_environment_lacks_is_said() {
    let cases = [
        (
            ("SYSTEM_ACCESSTOKEN", ""),
            "warning: ",
            "SYSTEM_ACCESSTOKEN is not set",
        ),
        (
            ("SYSTEM_ACCESSTOKEN", "$(SYSTEM_ACCESSTOKEN)"),
            "warning: ",
            "is not set",
        ),
        (
            ("BUILD_REPOSITORY_ID", ""),
            "warning: ",
            "cannot use BUILD_REPOSITORY_ID",
        ),
        (
            ("BUILD_REPOSITORY_PROVIDER", "GitHub"),
            "warning: ",
            "not in Azure Repos",
        ),
        (
            ("SYSTEM_TEAMFOUNDATIONCOLLECTIONURI", "http://u:geheim@x/"),
            "warning: ",
            "cannot use SYSTEM_TEAMFOUNDATIONCOLLECTIONURI",
        ),
        (
            ("SYSTEM_PULLREQUEST_PULLREQUESTID", ""),
            "no comment: ",
            "not for a pull request",
        ),
    ];
    for (variable, start, message) in cases {
        let answer = check_with(&FakeServer::start(), "", &[variable]);
        assert_eq!(answer.code, Some(0), "{variable:?}");
        assert!(answer.stderr.starts_with(start), "{}", answer.stderr);
        assert!(answer.stderr.contains(message), "{}", answer.stderr);
        assert!(!answer.stderr.contains("geheim"), "{}", answer.stderr);
    }
}
