//! `gate record` and `gate check --evidence`: the same verdict later, with no store in reach.

use serde_json::Value;

use crate::sandbox::Sandbox;

/// A sandbox whose evidence on a candidate is in `evidence.json`, and whose store is gone.
fn recorded(candidate: &str) -> Sandbox {
    let sandbox = Sandbox::taxi();
    let answer = sandbox.run(&format!(
        "gate record -o evidence.json --candidate {candidate}"
    ));
    assert_eq!(answer.code, Some(0), "{}", answer.stderr);
    std::fs::remove_file(sandbox.path("mlflow.db")).unwrap();
    sandbox
}

#[test]
fn recording_gives_no_verdict_and_says_where_the_evidence_is() {
    let sandbox = Sandbox::taxi();
    let answer = sandbox.run("gate record promote -o out/evidence.json --candidate 4");
    assert_eq!((answer.code, answer.stdout.as_str()), (Some(0), ""));
    assert!(
        answer
            .stderr
            .starts_with("evidence in out/evidence.json, sha256:")
    );
    let evidence: Value = serde_json::from_str(&sandbox.read("out/evidence.json")).unwrap();
    assert_eq!(evidence["gate"], "promote");
    assert_eq!(evidence["evidence"]["candidate"]["version"]["number"], 4);
    let run = &evidence["evidence"]["candidate"]["run"];
    assert_eq!(run["metrics"]["rmse"]["reading"], "NaN");
}

#[test]
fn a_check_and_its_replay_give_the_same_decision_byte_for_byte() {
    for (candidate, code) in [("2", 1), ("3", 0), ("4", 1)] {
        let sandbox = Sandbox::taxi();
        let words =
            format!("gate check --candidate {candidate} --record evidence.json -o json=then.json");
        let environment = [
            ("GITHUB_ACTIONS", "true"),
            ("GITHUB_ACTOR", "octocat"),
            ("GITHUB_SERVER_URL", "https://github.com"),
            ("GITHUB_REPOSITORY", "acme/taxi"),
            ("GITHUB_RUN_ID", "17"),
            ("GITHUB_SHA", "0123456789012345678901234567890123456789"),
        ];
        let then = sandbox.run_with(&words, &environment);
        std::fs::remove_file(sandbox.path("mlflow.db")).unwrap();
        let now = sandbox.run("gate check --evidence evidence.json -o json=now.json");
        assert_eq!(
            (then.code, now.code),
            (Some(code), Some(code)),
            "{}",
            now.stderr
        );
        assert_eq!(sandbox.read("then.json"), sandbox.read("now.json"));
        assert!(then.stdout.starts_with(&now.stdout), "{}", now.stdout);
        let decision: Value = serde_json::from_str(&sandbox.read("now.json")).unwrap();
        assert_eq!(decision["actor"], "octocat");
        assert_eq!(
            decision["run_url"],
            "https://github.com/acme/taxi/actions/runs/17"
        );
    }
}

#[test]
fn the_decision_names_the_digest_of_the_evidence_file() {
    let sandbox = Sandbox::taxi();
    sandbox.run("gate check --record evidence.json -o json=decision.json");
    let decision: Value = serde_json::from_str(&sandbox.read("decision.json")).unwrap();
    let digest = gatewright::decision::sha256(sandbox.read("evidence.json").as_bytes());
    assert_eq!(decision["evidence"], digest);
}

#[test]
fn a_champion_that_is_its_own_candidate_stays_so() {
    let sandbox = Sandbox::taxi();
    let spec = sandbox.read("gatewright.yaml");
    let spec = spec.replace("    checks:", "    candidate: {version: 1}\n    checks:");
    sandbox.write("gatewright.yaml", spec);
    let then = sandbox.run("gate check --record evidence.json --format json");
    let now = sandbox.run("gate check --evidence evidence.json --format json");
    assert_eq!((then.code, now.code), (Some(0), Some(0)), "{}", now.stderr);
    assert_eq!(then.stdout, now.stdout);
    assert!(now.stdout.contains("already-live"));
}

#[test]
fn evidence_for_another_spec_or_gate_is_refused() {
    let sandbox = recorded("3");
    let spec = sandbox.read("gatewright.yaml");
    let cases = [
        (
            spec.replace("rmse <= 4.0", "rmse <= 5.0"),
            "",
            "the spec is not the one",
        ),
        (
            spec.replace("project: taxi-fare", "project: taxi-cost"),
            "",
            "of project `taxi-fare`",
        ),
        (
            spec.replace("  promote:", "  release:"),
            "",
            "there is no gate `promote`",
        ),
        (
            spec.replace("  promote:", "  release:"),
            "release",
            "was recorded for gate `promote`",
        ),
    ];
    for (changed, gate, message) in cases {
        assert_ne!(changed, spec);
        sandbox.write("gatewright.yaml", changed);
        let answer = sandbox.run(&format!("gate check {gate} --evidence evidence.json"));
        assert_eq!(answer.code, Some(2), "{}", answer.stdout);
        assert!(answer.stderr.contains(message), "{}", answer.stderr);
    }
}

#[test]
fn what_is_not_understood_is_no_evidence() {
    let sandbox = recorded("3");
    let whole = sandbox.read("evidence.json");
    let cases = [
        (String::new(), "it ends too early"),
        (whole[..whole.len() / 2].to_owned(), "it ends too early"),
        (whole[..whole.len() - 2].to_owned(), "it ends too early"),
        (
            whole.replace("gatewright-evidence/1", "gatewright-evidence/2"),
            "of another form",
        ),
        (
            whole.replace("\"project\"", "\"projekt\""),
            "unknown field `projekt`",
        ),
        (
            whole.replace("\"taken_at_ms\"", "\"taken_at\""),
            "unknown field `taken_at`",
        ),
        (
            whole.replace("\"step\": ", "\"step\": \"1\", \"step\": "),
            "not recorded evidence",
        ),
        (format!("{whole}{{}}"), "trailing characters"),
        ("[1]".to_owned(), "not recorded evidence"),
        ("\u{0}".to_owned(), "not recorded evidence"),
    ];
    for (text, message) in cases {
        sandbox.write("evidence.json", &text);
        let answer = sandbox.run("gate check --evidence evidence.json");
        assert_eq!(
            answer.code,
            Some(3),
            "{message}: {}{}",
            answer.stdout,
            answer.stderr
        );
        assert!(
            answer.stderr.contains(message),
            "{message}: {}",
            answer.stderr
        );
    }
    assert_eq!(sandbox.run("gate check --evidence nope.json").code, Some(3));
}

#[test]
fn any_cut_of_the_file_is_no_evidence() {
    let sandbox = recorded("3");
    let whole = sandbox.read("evidence.json");
    for cut in (1..whole.trim_end().len()).step_by(whole.len() / 12) {
        sandbox.write("evidence.json", &whole[..cut]);
        let answer = sandbox.run("gate check --evidence evidence.json");
        assert_eq!(answer.code, Some(3), "{cut}: {}", answer.stdout);
    }
}

#[test]
fn where_the_store_is_cannot_be_said_twice() {
    let sandbox = recorded("3");
    for more in [
        "--candidate 2",
        "--env prod",
        "--tracking-uri sqlite:///x.db",
        "--all",
    ] {
        let answer = sandbox.run(&format!("gate check --evidence evidence.json {more}"));
        assert_eq!(answer.code, Some(2), "{more}");
        assert!(
            answer.stderr.contains("cannot be used with"),
            "{}",
            answer.stderr
        );
    }
}

#[test]
fn without_a_store_nothing_is_recorded() {
    let sandbox = Sandbox::taxi();
    let answer = sandbox.run("gate record -o evidence.json --tracking-uri sqlite:///missing.db");
    assert_eq!(answer.code, Some(3));
    assert!(!sandbox.path("evidence.json").exists());
}

#[test]
fn evidence_that_contradicts_itself_is_none() {
    let sandbox = recorded("3");
    let whole = sandbox.read("evidence.json");
    sandbox.write(
        "evidence.json",
        whole.replace("\"run_id\": \"", "\"run_id\": \"f"),
    );
    let answer = sandbox.run("gate check --evidence evidence.json");
    assert_eq!(answer.code, Some(3), "{}", answer.stdout);
    assert!(
        answer.stderr.contains("of another run than its evidence"),
        "{}",
        answer.stderr
    );
}

#[test]
fn a_replay_says_on_stderr_that_no_store_was_asked() {
    let answer = recorded("3").run("gate check --evidence evidence.json");
    assert!(
        answer.stderr.contains("no store was asked"),
        "{}",
        answer.stderr
    );
}

#[test]
fn a_report_never_takes_the_place_of_what_it_is_about() {
    let sandbox = Sandbox::taxi();
    let spec = sandbox.read("gatewright.yaml");
    for words in [
        "gate check -o json=gatewright.yaml",
        "gate check --record gatewright.yaml",
        "gate check -o json=a.txt -o junit=./a.txt",
        "gate record -o gatewright.yaml",
    ] {
        let answer = sandbox.run(words);
        assert_eq!(answer.code, Some(2), "{words}: {}", answer.stderr);
        assert_eq!(sandbox.read("gatewright.yaml"), spec, "{words}");
    }
}
