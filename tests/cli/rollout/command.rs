//! An endpoint that a program turns.

use super::*;

const PROGRAM: &str = r#"#!/bin/sh
set -eu
echo "$GATEWRIGHT_ACTION $GATEWRIGHT_ENDPOINT ${GATEWRIGHT_PREVIOUS:-} ${GATEWRIGHT_VERSION:-} ${GATEWRIGHT_TRAFFIC:-}" >> log
case "$GATEWRIGHT_ACTION" in
  set) echo "$GATEWRIGHT_TRAFFIC" > share ;;
  status)
    share=$(cat share 2>/dev/null || echo 0)
    cat <<END
{"routes": {"1": $((100 - share)), "2": $share},
 "metrics": {"1": {"requests": 90, "latency_p95_ms": 40.0, "error_rate": 0},
             "2": {"requests": 10, "latency_p95_ms": 41.5, "error_rate": METRIC}}}
END
    ;;
esac
"#;

fn project_with(program: &str, steps: &str) -> Sandbox {
    let spec = SPEC
        .replace(
            "    size: Small\n    scale_to_zero: true\n",
            "    command: [./traffic, x]\n",
        )
        .replace("[50, 100]", steps);
    let sandbox = project(&spec);
    sandbox.program("traffic", program);
    sandbox
}

#[test]
fn a_program_turns_the_traffic_and_tells_the_metrics() {
    let sandbox = project_with(&PROGRAM.replace("METRIC", "0.001"), "[25, 100]");
    let answer = sandbox.run("rollout --version 2");
    assert_snapshot!(said(&answer), @r"
    rollout of version 2 to fare, in the place of version 1; interrupted, it goes on when run again
    [TIME]   25 %  giving version 2 25 % of the traffic
    [TIME]   25 %  version 2 is serving; baking for 1s
    [TIME]   25 %  pass: error_rate 0.001, latency_p95_ms 41.5, requests 10
    [TIME]  100 %  giving version 2 100 % of the traffic
    [TIME]  100 %  version 2 is serving; baking for 1s
    [TIME]  100 %  pass: error_rate 0.001, latency_p95_ms 41.5, requests 10
    [TIME]  100 %  every step passed; taking version 1 off the endpoint
    [TIME]  100 %  finished
    ---
    FINISHED: version 2 gets all of the traffic; version 1 is still deployed, and gets none
       25 %  pass     error_rate 0.001, latency_p95_ms 41.5, requests 10
      100 %  pass     error_rate 0.001, latency_p95_ms 41.5, requests 10
      traffic now: 2 100 %
    exit Some(0)
    ");
    let log = sandbox.read("log");
    let set: Vec<_> = log.lines().filter(|line| line.starts_with("set")).collect();
    assert_eq!(
        set,
        ["set fare 1 2 25", "set fare 1 2 100", "set fare 1 2 100"]
    );
}

#[test]
fn a_gate_that_blocks_lets_the_program_turn_it_back() {
    let sandbox = project_with(&PROGRAM.replace("METRIC", "0.5"), "[25, 100]");
    let answer = sandbox.run("rollout --version 2");
    assert_eq!(answer.code, Some(1), "{}", answer.stderr);
    assert_eq!(sandbox.read("share"), "0\n");
}

#[test]
fn a_metric_that_is_not_told_fails_as_it_always_does() {
    let program = PROGRAM.replace(", \"error_rate\": METRIC", "");
    let answer = project_with(&program, "[100]").run("rollout --version 2");
    assert_eq!(answer.code, Some(1), "{}", answer.stderr);
    assert!(
        answer.stdout.contains("fail: error_rate <= 0.01"),
        "{}",
        answer.stdout
    );
}

#[test]
fn a_program_that_does_not_do_its_work_is_no_evidence() {
    let wrong = |program: &str| {
        let answer = project_with(program, "[100]").run("rollout --version 2");
        assert_eq!(answer.code, Some(3), "{program}: {}", answer.stdout);
        let lines: Vec<_> = answer.stderr.lines().collect();
        lines[0].to_owned()
    };
    let said = [
        wrong("#!/bin/sh\necho 'no route to host' >&2; exit 7\n"),
        wrong("#!/bin/sh\necho '{\"routes\": {\"1\": 90, \"2\": 5}}'\n"),
        wrong("#!/bin/sh\necho '{\"routes\": {\"green\": 100}}'\n"),
        wrong("#!/bin/sh\necho '{\"routes\": {\"1\": 100}, \"color\": 1}'\n"),
        wrong("#!/bin/sh\nprintf '\\033[2Jhello'\n"),
        wrong("#!/no/such/interpreter\n"),
    ];
    assert_snapshot!(said.join("\n"), @r"
    error: cannot look at the endpoint fare: `status` ended with exit status: 7: no route to host
    error: cannot look at the endpoint fare: `status` did not say shares of versions that make 100 %
    error: cannot look at the endpoint fare: `status` did not say shares of versions that make 100 %
    error: cannot look at the endpoint fare: `status` did not say what it should: unknown field `color`, expected one of `routes`, `metrics`, `ready` at line 1 column 30
    error: cannot look at the endpoint fare: `status` did not say what it should: expected value at line 1 column 1
    error: cannot look at the endpoint fare: cannot run `[FOLDER]/./traffic`: No such file or directory (os error 2)
    ");
}

#[test]
fn a_registry_that_takes_no_tag_lets_nothing_begin() {
    let sandbox = project_with(&PROGRAM.replace("METRIC", "0.001"), "[25, 100]");
    let mut mode = std::fs::metadata(sandbox.path("mlflow.db"))
        .unwrap()
        .permissions();
    mode.set_readonly(true);
    std::fs::set_permissions(sandbox.path("mlflow.db"), mode).unwrap();
    let writable = std::fs::OpenOptions::new()
        .append(true)
        .open(sandbox.path("mlflow.db"));
    if writable.is_ok() {
        // Root may write anything.
        return;
    }
    let answer = sandbox.run("rollout --version 2");
    assert_eq!(answer.code, Some(3), "{}", answer.stdout);
    assert!(!sandbox.path("share").exists());
}
