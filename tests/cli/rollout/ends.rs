//! Every way a rollout ends that is not the best one.

use super::*;

#[test]
fn a_version_that_cannot_be_deployed_is_a_no_and_nothing_is_left_of_it() {
    let sandbox = project(SPEC);
    let workspace = ServingWorkspace::start();
    let before = deployed(&workspace.config());
    workspace.cannot_deploy("2");
    let answer = roll_out(&sandbox, &workspace, "");
    assert_snapshot!(said(&answer), @r"
    rollout of version 2 to fare at http://[HOST], in the place of version 1; interrupted, it goes on when run again
    [TIME]   50 %  giving version 2 50 % of the traffic
    [TIME]    back  the endpoint did not take version 2: its update failed; giving the traffic back to version 1
    [TIME]    back  the traffic is as it was before: taxi-fare-1 100 %
    ---
    RETURNED: the endpoint did not take version 2: its update failed; the traffic is as it was before: taxi-fare-1 100 %
      traffic now: taxi-fare-1 100 %
    exit Some(1)
    ");
    assert_eq!(deployed(&workspace.config()), before);
}

#[test]
fn without_requests_nothing_is_decided_and_a_person_may_go_on_or_give_back() {
    let sandbox = project(SPEC);
    let workspace = ServingWorkspace::start();
    workspace.is_silent();
    let answer = roll_out(&sandbox, &workspace, "");
    assert_snapshot!(said(&answer), @r"
    rollout of version 2 to fare at http://[HOST], in the place of version 1; interrupted, it goes on when run again
    [TIME]   50 %  giving version 2 50 % of the traffic
    [TIME]   50 %  version 2 is serving; baking for 1s
    [TIME]   50 %  hold: nobody asked the new version anything
    [TIME]   50 %  version 2 is serving; baking for 1s
    ---
    HELD: the gate could not tell, and version 2 keeps 50 % of the traffic; run the command again to bake the step again, or give the traffic back with `--abort`
       50 %  hold     nobody asked the new version anything
      traffic now: taxi-fare-1 50 %, taxi-fare-2 50 %
    exit Some(4)
    ");
    assert_eq!(
        workspace.traffic(),
        "taxi-fare-1 50, other 0, taxi-fare-2 50"
    );
    let again = roll_out(&sandbox, &workspace, "");
    assert_eq!(again.code, Some(4), "{}", again.stderr);
    assert_eq!(
        workspace.changes().len(),
        1,
        "the step is baked again, and not set again"
    );
    let aborted = roll_out(&sandbox, &workspace, "--abort");
    assert_snapshot!(said(&aborted), @r"
    rollout of version 2 to fare at http://[HOST], in the place of version 1, going on; interrupted, it goes on when run again
    [TIME]    back  a person asked for it; giving the traffic back to version 1
    [TIME]    back  the traffic is as it was before: taxi-fare-1 100 %
    ---
    RETURNED: a person asked for it; the traffic is as it was before: taxi-fare-1 100 %
      traffic now: taxi-fare-1 100 %
    exit Some(0)
    ");
    assert_eq!(workspace.traffic(), "taxi-fare-1 100, other 0");
    let later = roll_out(&sandbox, &workspace, "");
    assert_eq!(
        later.code,
        Some(1),
        "who asks for the traffic does not get it: {}",
        later.stdout
    );
    assert_eq!(
        roll_out(&sandbox, &workspace, "--abort").code,
        Some(0),
        "who wants it back has it back"
    );
}

/// What is remembered of a rollout of version 2.
fn remember(sandbox: &Sandbox, text: &str) {
    let store = rusqlite::Connection::open(sandbox.path("mlflow.db")).unwrap();
    let sql = "INSERT INTO model_version_tags (name, version, key, value) \
               VALUES ('taxi-fare', 2, 'gatewright.rollout.fare', ?1)";
    store.execute(sql, [text]).unwrap();
}

#[test]
fn what_cannot_be_understood_is_not_gone_on_from_and_begun_anew_by_a_person() {
    let sandbox = project(SPEC);
    let workspace = ServingWorkspace::start();
    remember(&sandbox, "{}");
    let answer = roll_out(&sandbox, &workspace, "");
    assert_eq!(answer.code, Some(3), "{}", answer.stdout);
    assert!(
        answer.stderr.contains("begin again with `--restart`"),
        "{}",
        answer.stderr
    );
    assert_eq!(workspace.changes().len(), 0);
    let answer = roll_out(&sandbox, &workspace, "--restart");
    assert_eq!(answer.code, Some(0), "{}", answer.stderr);
}

#[test]
fn a_rollout_that_took_the_old_version_off_can_still_be_given_back() {
    let sandbox = project(SPEC);
    let workspace = ServingWorkspace::start();
    workspace.serves(&[("2", 100)]);
    let state = json!({
        "format": "gatewright-rollout/1", "endpoint": "fare",
        "from": {"version": 1, "route": "taxi-fare-1"},
        "to": {"version": 2, "route": "taxi-fare-2"},
        "steps": [50, 100], "step": 1, "phase": "settling", "since_ms": 1,
        "before": {"taxi-fare-1": 100, "other": 0}, "baseline": {}, "because": null,
    });
    remember(&sandbox, &state.to_string());
    let answer = roll_out(&sandbox, &workspace, "--abort");
    assert_eq!(answer.code, Some(0), "{}{}", answer.stderr, answer.stdout);
    assert_eq!(workspace.traffic(), "other 0, taxi-fare-1 100");
}

#[test]
fn with_hold_a_gate_that_blocks_leaves_the_traffic_to_a_person() {
    let sandbox = project(&SPEC.replace("gate: canary", "gate: canary, on_failure: hold"));
    let workspace = ServingWorkspace::start();
    workspace.behaves(
        "2",
        Manners {
            latency_ms: 40.0,
            errors: 0.02,
        },
    );
    let answer = roll_out(&sandbox, &workspace, "");
    assert_eq!(answer.code, Some(4), "{}", answer.stderr);
    assert_snapshot!(answer.stdout, @r"
    HELD: the gate blocked, and version 2 keeps 50 % of the traffic; run the command again to bake the step again, or give the traffic back with `--abort`
       50 %  blocked  error_rate 0.02, latency_p95_ms 48, requests 1000
                      fail: error_rate <= 0.01: error_rate is 0.02, and must be <= 0.01
      traffic now: taxi-fare-1 50 %, taxi-fare-2 50 %
    ");
    assert_eq!(workspace.changes().len(), 1);
}

#[test]
fn metrics_that_are_out_of_reach_give_the_traffic_back() {
    let sandbox = project(SPEC);
    let workspace = ServingWorkspace::start();
    workspace.fails_always("/metrics", Fault::Error(503, "TEMPORARILY_UNAVAILABLE"));
    let answer = roll_out(&sandbox, &workspace, "");
    assert_snapshot!(said(&answer), @r"
    rollout of version 2 to fare at http://[HOST], in the place of version 1; interrupted, it goes on when run again
    [TIME]   50 %  giving version 2 50 % of the traffic
    [TIME]   50 %  version 2 is serving; baking for 1s
    [TIME]  the metrics could not be read: HTTP 503: TEMPORARILY_UNAVAILABLE: as the test wills
    [TIME]    back  the endpoint's metrics are out of reach; giving the traffic back to version 1
    [TIME]    back  the traffic is as it was before: taxi-fare-1 100 %
    ---
    RETURNED: the endpoint's metrics are out of reach; the traffic is as it was before: taxi-fare-1 100 %
      traffic now: taxi-fare-1 100 %
    exit Some(3)
    ");
    assert_eq!(workspace.traffic(), "taxi-fare-1 100, other 0");
}

#[test]
fn an_endpoint_that_is_out_of_reach_for_good_is_said_loudly() {
    let sandbox = project(SPEC);
    let workspace = ServingWorkspace::start();
    // From the first look after the change on.
    for number in 3..60 {
        workspace.fails(number, Fault::Reset);
    }
    let answer = roll_out(&sandbox, &workspace, "");
    assert_eq!(answer.code, Some(3), "{}", answer.stderr);
    assert!(
        answer
            .stdout
            .starts_with("LOST: NOBODY KNOWS WHETHER THE TRAFFIC WENT BACK"),
        "{}",
        answer.stdout
    );
    workspace.recovers();
    let again = roll_out(&sandbox, &workspace, "");
    assert_eq!(
        again.code,
        Some(3),
        "it went back because contact was lost: {}",
        again.stdout
    );
    assert_eq!(workspace.traffic(), "taxi-fare-1 100, other 0");
}

#[test]
fn whoever_else_divides_the_traffic_is_not_fought() {
    let sandbox = project(&SPEC.replace("bake: 1s", "bake: 10m"));
    let workspace = ServingWorkspace::start();
    let answer = std::thread::scope(|scope| {
        let running = scope.spawn(|| roll_out(&sandbox, &workspace, ""));
        assert!(workspace.reaches(50, LONG));
        workspace.is_taken(&[("taxi-fare-1", 70), ("other", 0), ("taxi-fare-2", 30)]);
        running.join().unwrap()
    });
    assert_eq!(answer.code, Some(5), "{}", answer.stderr);
    assert_snapshot!(answer.stdout, @r"
    CONFLICT: the traffic is divided as nobody here set it: taxi-fare-1 70 %, taxi-fare-2 30 %; nothing was done about it. Look who else changes the endpoint, then begin again with `--restart`
      traffic now: taxi-fare-1 70 %, taxi-fare-2 30 %
    ");
    assert_eq!(workspace.changes().len(), 1);
    let again = roll_out(&sandbox, &workspace, "--restart");
    assert_eq!(again.code, Some(5));
    assert!(
        again.stdout.contains("its traffic is divided already"),
        "{}",
        again.stdout
    );
    assert_eq!(workspace.changes().len(), 1);
}

#[test]
fn an_endpoint_that_is_busy_is_waited_for() {
    let sandbox = project(SPEC);
    let workspace = ServingWorkspace::start();
    workspace.fails(2, Fault::Error(409, "RESOURCE_CONFLICT"));
    let answer = roll_out(&sandbox, &workspace, "");
    assert_eq!(answer.code, Some(0), "{}", answer.stderr);
    assert!(
        answer.stderr.contains("it is busy with another change"),
        "{}",
        answer.stderr
    );
}

#[test]
fn a_change_that_was_made_and_not_answered_is_not_made_twice() {
    let sandbox = project(SPEC);
    let workspace = ServingWorkspace::start();
    workspace.fails(2, Fault::Unanswered);
    let answer = roll_out(&sandbox, &workspace, "");
    assert_eq!(answer.code, Some(0), "{}", answer.stderr);
    assert_eq!(workspace.changes().len(), 3);
}

#[test]
fn a_change_that_is_refused_is_a_no() {
    let sandbox = project(SPEC);
    let workspace = ServingWorkspace::start();
    workspace.fails(2, Fault::Error(400, "INVALID_PARAMETER_VALUE"));
    let answer = roll_out(&sandbox, &workspace, "");
    assert_eq!(answer.code, Some(1), "{}", answer.stderr);
    assert!(
        answer
            .stdout
            .contains("INVALID_PARAMETER_VALUE: as the test wills"),
        "{}",
        answer.stdout
    );
}

#[test]
fn without_a_token_that_counts_there_is_no_evidence_and_no_token_in_what_is_said() {
    let sandbox = project(SPEC);
    let workspace = ServingWorkspace::start();
    let mut variables = workspace.variables();
    variables[1].1 = "dapi-of-somebody-else".to_owned();
    let variables: Vec<_> = variables
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    let answer = sandbox.run_with("rollout --version 2", &variables);
    assert_eq!(answer.code, Some(3));
    assert!(
        answer
            .stderr
            .contains("the credentials were refused (HTTP 401)"),
        "{}",
        answer.stderr
    );
    assert!(
        !answer.stderr.contains("somebody-else"),
        "{}",
        answer.stderr
    );
}

#[test]
fn what_cannot_begin_says_why() {
    let sandbox = project(SPEC);
    let workspace = ServingWorkspace::start();
    for (words, code, why) in [
        ("--spec nowhere.yaml", 2, "nowhere.yaml"),
        ("--env moon", 2, "there is no environment `moon`"),
        ("--restart --abort", 2, "cannot be used with"),
    ] {
        let answer = roll_out(&sandbox, &workspace, words);
        assert_eq!(answer.code, Some(code), "{words}: {}", answer.stderr);
        assert!(answer.stderr.contains(why), "{words}: {}", answer.stderr);
    }
    let unserved = Sandbox::taxi();
    let answer = unserved.run("rollout");
    assert_eq!(
        (
            answer.code,
            answer.stderr.contains("the spec serves nothing")
        ),
        (Some(2), true)
    );
    let nobody = sandbox.run("rollout --version 99");
    assert_eq!(nobody.code, Some(3), "{}", nobody.stderr);
    // The champion is version 1, and it is what is served.
    let variables = workspace.variables();
    let variables: Vec<_> = variables
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    let live = sandbox.run_with("rollout", &variables);
    assert_eq!(
        (
            live.code,
            live.stdout.contains("no rollout brought it there")
        ),
        (Some(0), true)
    );
}
