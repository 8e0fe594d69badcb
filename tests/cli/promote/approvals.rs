//! Who approved it: a tag of a Databricks deployment job, a review at GitHub, a check of Azure
//! Pipelines.

use serde_json::{Value, json};

use super::Registry;
use crate::sandbox::{Answer, Sandbox};
use crate::support::fake_server::{Behaviour, FakeServer};

const TOKEN: &str = "ghs_0123456789abcdefghij";

/// The demo's project, with an environment that asks for an approval.
fn sandbox(approval: &str) -> Sandbox {
    let sandbox = Sandbox::taxi();
    let spec = "version: 1
project: taxi-fare
environments:
  prod: {approval: APPROVAL}
gates:
  promote: {checks: [rmse <= 4.0]}
";
    sandbox.write("gatewright.yaml", spec.replace("APPROVAL", approval));
    sandbox
}

fn approvals(sandbox: &Sandbox) -> Value {
    Registry::of(sandbox).entries()[0].1["approvals"].clone()
}

#[test]
fn the_tag_of_a_deployment_job_has_to_say_approved() {
    let sandbox = sandbox("{reviewers: [ml-leads], tag: approval_check}");
    let registry = Registry::of(&sandbox);
    let answer = sandbox.run("promote --env prod");
    assert_eq!(answer.code, Some(4));
    insta::assert_snapshot!(answer.stderr, @"
    error: nobody approved version 3: its tag `approval_check` is not set
      help: approve it in the deployment job, which sets `approval_check` to `Approved`
    ");
    registry.execute("INSERT INTO model_version_tags (workspace, name, version, key, value) VALUES ('default', 'taxi-fare', 3, 'approval_check', 'Rejected')");
    let answer = sandbox.run("promote --env prod --force --reason hurry");
    assert_eq!(answer.code, Some(4), "{}", answer.stderr);
    assert!(
        answer.stderr.contains("says `Rejected`"),
        "{}",
        answer.stderr
    );
    registry
        .execute("UPDATE model_version_tags SET value = 'APPROVED' WHERE key = 'approval_check'");
    let answer = sandbox.run("promote --env prod");
    assert_eq!((answer.code, answer.stderr.as_str()), (Some(0), ""));
    assert_eq!(
        approvals(&sandbox),
        json!([{"kind": "tag", "about": "approval_check", "by": null, "at": null}])
    );
}

#[test]
fn an_approval_that_cannot_be_shown_is_said_and_no_refusal() {
    let sandbox = sandbox("{reviewers: [ml-leads]}");
    let answer = sandbox.run("promote --env prod");
    assert_eq!(answer.code, Some(0));
    insta::assert_snapshot!(answer.stderr, @"warning: `prod` asks for an approval by ml-leads, and none goes on record: this is not a run of a CI system");
    assert_eq!(approvals(&sandbox), json!([]));
}

fn on_github(sandbox: &Sandbox, server: &FakeServer) -> Answer {
    let answer = sandbox.run_with(
        "promote --env prod",
        &[
            ("GITHUB_ACTIONS", "true"),
            ("GITHUB_API_URL", &server.url()),
            ("GITHUB_TOKEN", TOKEN),
            ("GITHUB_REPOSITORY", "acme/taxi"),
            ("GITHUB_RUN_ID", "77"),
            ("GATEWRIGHT_HTTP_DEADLINE", "3"),
        ],
    );
    assert!(!format!("{}{}", answer.stdout, answer.stderr).contains(TOKEN));
    answer
}

#[test]
fn who_reviewed_the_run_at_github_goes_on_record() {
    let server = FakeServer::start();
    let review = |state: &str, login: &str| json!({"state": state, "comment": "", "user": {"login": login}, "environments": [{"id": 1, "name": "prod-promotion"}]});
    let reviews = json!([review("rejected", "eve"), review("approved", "bo")]);
    server.on(
        "GET",
        "/repos/acme/taxi/actions/runs/77/approvals",
        &[],
        Behaviour::Answer(200, reviews.to_string()),
    );
    let sandbox = sandbox("{reviewers: [ml-leads]}");
    let answer = on_github(&sandbox, &server);
    assert_eq!(answer.code, Some(0), "{}", answer.stderr);
    assert_eq!(
        approvals(&sandbox),
        json!([{"kind": "github", "about": "prod-promotion", "by": "bo", "at": null}])
    );
    assert!(
        answer
            .stdout
            .contains("approved     by bo for prod-promotion (github)"),
        "{}",
        answer.stdout
    );
    assert_eq!(
        server.received()[0].header("authorization"),
        Some(format!("Bearer {TOKEN}").as_str())
    );
}

#[test]
fn what_github_does_not_tell_stays_unknown() {
    let hostile =
        json!([{"state": "approved", "environments": [{"name": "a\u{1b}[2J"}], "user": null}]);
    for (behaviour, warned) in [
        (
            Behaviour::Answer(
                403,
                json!({"message": "Resource not accessible"}).to_string(),
            ),
            true,
        ),
        (Behaviour::Answer(200, "{}".to_owned()), true),
        (Behaviour::Answer(200, "[]".to_owned()), true),
        (Behaviour::Reset, true),
        (Behaviour::Answer(200, hostile.to_string()), false),
    ] {
        let server = FakeServer::start();
        server.on(
            "GET",
            "/repos/acme/taxi/actions/runs/77/approvals",
            &[],
            behaviour.clone(),
        );
        let answer = on_github(&sandbox("{reviewers: [ml-leads]}"), &server);
        assert_eq!(answer.code, Some(0), "{behaviour:?}: {}", answer.stderr);
        assert_eq!(
            answer.stderr.contains("none goes on record"),
            warned,
            "{behaviour:?}: {}",
            answer.stderr
        );
        assert!(!answer.stdout.contains('\u{1b}'));
    }
}

#[test]
fn who_approved_the_stage_on_azure_goes_on_record() {
    let server = FakeServer::start();
    let line = |id: &str, parent: Option<&str>, kind: &str, more: Value| {
        let mut line = json!({"id": id, "parentId": parent, "type": kind, "state": "completed", "result": "succeeded", "finishTime": "2026-11-23T10:00:00Z"});
        line.as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        line
    };
    let timeline = json!({"records": [
        line("s1", None, "Stage", json!({"name": "Promote prod", "identifier": "promote_prod"})),
        line("c1", Some("s1"), "Checkpoint", json!({"name": "Checkpoint"})),
        line("a1", Some("c1"), "Checkpoint.Approval", json!({"name": "Checkpoint.Approval"})),
        line("s2", None, "Stage", json!({"name": "Other", "identifier": "other"})),
        line("c2", Some("s2"), "Checkpoint", json!({})),
        line("a2", Some("c2"), "Checkpoint.Approval", json!({})),
        line("a3", Some("c1"), "Checkpoint.Approval", json!({"result": "failed"})),
    ]});
    let given = json!({"id": "a1", "status": "approved", "steps": [{"status": "approved", "actualApprover": {"displayName": "Bo", "uniqueName": "bo@example.com"}, "lastModifiedOn": "2026-11-23T09:59:00Z"}]});
    server.on(
        "GET",
        "/acme/7f6e/_apis/build/builds/31/timeline",
        &[("api-version", "7.1")],
        Behaviour::Answer(200, timeline.to_string()),
    );
    server.on(
        "GET",
        "/acme/7f6e/_apis/pipelines/approvals/a1",
        &[("$expand", "steps"), ("api-version", "7.1")],
        Behaviour::Answer(200, given.to_string()),
    );
    let sandbox = sandbox("{reviewers: [ml-leads]}");
    let collection = format!("{}/acme/", server.url());
    let answer = sandbox.run_with(
        "promote --env prod",
        &[
            ("TF_BUILD", "True"),
            ("SYSTEM_TEAMFOUNDATIONCOLLECTIONURI", &collection),
            ("SYSTEM_TEAMPROJECTID", "7f6e"),
            ("BUILD_BUILDID", "31"),
            ("SYSTEM_STAGENAME", "promote_prod"),
            ("SYSTEM_ACCESSTOKEN", TOKEN),
        ],
    );
    assert_eq!((answer.code, answer.stderr.as_str()), (Some(0), ""));
    assert_eq!(
        approvals(&sandbox),
        json!([{"kind": "azure", "about": "Promote prod", "by": "bo@example.com", "at": "2026-11-23T09:59:00Z"}])
    );
}
