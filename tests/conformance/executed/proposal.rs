//! `ci`, on a pull request.

use serde_json::{Value, json};

use super::forge::{BAD, Forge, GOOD};
use super::ran::Ran;
use crate::support::fake_server::{Behaviour, FakeServer, Received};

const COMMENTS: &str = "/repos/acme/fare/issues/7/comments";

/// The comments that were written, each with who wrote it.
fn comments(github: &FakeServer) -> Vec<(Option<String>, String)> {
    let received = github.received().into_iter();
    let written = received.filter(|request| request.method == "POST");
    let comment = |request: Received| {
        let author = request.header("authorization").map(str::to_owned);
        let body: Value = serde_json::from_slice(&request.body).unwrap();
        (author, body["body"].as_str().unwrap().to_owned())
    };
    written.map(comment).collect()
}

/// A repository with the project in this folder, and a GitHub that takes one new comment. No job
/// of `ci` has an environment, so none of them may hear of a tracking server.
fn proposing(folder: &'static str) -> Option<(Forge, FakeServer)> {
    let github = FakeServer::start();
    github.on(
        "GET",
        COMMENTS,
        &[],
        Behaviour::Answer(200, "[]".to_owned()),
    );
    let created = json!({"id": 1, "body": "", "user": {"login": "github-actions[bot]"}});
    github.on(
        "POST",
        COMMENTS,
        &[],
        Behaviour::Answer(201, created.to_string()),
    );
    let forge = Forge::start(folder, "http://127.0.0.1:1", &github.url())?;
    Some((forge, github))
}

/// The one comment, which the job that may write it wrote.
fn comment(github: &FakeServer, ran: &Ran) -> String {
    let mut comments = comments(github);
    assert_eq!(comments.len(), 1, "{}", ran.all_logs());
    let (author, comment) = comments.remove(0);
    assert_eq!(author.as_deref(), Some("Bearer ghs_token-of-comment"));
    comment
}

#[test]
fn a_change_that_trains_a_good_model_is_green_and_told_so() {
    let Some((forge, github)) = proposing("models/fare") else {
        return;
    };

    // What touches another project runs nothing of this one, and the required check is there.
    let ran = forge.propose("../other.md", "Nothing.");
    insta::assert_snapshot!(ran.results(), @"
    changed: success
    spec: skipped
    test: skipped
    train: skipped
    comment: skipped
    ci: success
    ");
    assert_eq!(ran.conclusion(), "success");
    assert_eq!(comments(&github).len(), 0);

    let ran = forge.propose("recipe.json", &format!("{GOOD}\n"));
    ran.assert_discreet();
    insta::assert_snapshot!(ran.results(), @"
    changed: success
    spec: success
    test: success
    train: success
    comment: success
    ci: success
    ");
    assert_eq!(
        ran.artifacts(),
        ["ci-decisions", "ci-evidence", "test-report"]
    );
    assert_eq!(ran.kept("ci-decisions", "promote.json")["verdict"], "pass");
    let gate = ran.step("train", "Gate promote (report only)");
    assert_eq!(gate["outcome"], "success");
    let comment = comment(&github, &ran);
    assert!(comment.contains("Gate promote: pass"), "{comment}");
}

#[test]
fn a_change_that_trains_a_bad_model_is_told_so_and_stays_green() {
    let Some((forge, github)) = proposing("") else {
        return;
    };
    let ran = forge.propose("recipe.json", BAD);
    ran.assert_discreet();
    insta::assert_snapshot!(ran.results(), @"
    spec: success
    test: success
    train: success
    comment: success
    ci: success
    ");
    let gate = ran.step("train", "Gate promote (report only)");
    assert_eq!(gate["outcome"], "failure");
    assert_eq!(gate["conclusion"], "success");
    assert_eq!(
        ran.kept("ci-decisions", "promote.json")["verdict"],
        "blocked"
    );
    let comment = comment(&github, &ran);
    assert!(comment.contains("Gate promote: blocked"), "{comment}");
}
