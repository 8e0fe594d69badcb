//! `gate check` on the store that real MLflow wrote for the demo.

use serde_json::Value;

use crate::sandbox::{Sandbox, steady};

#[test]
fn a_worse_model_is_blocked_and_the_reason_is_plain() {
    let answer = Sandbox::taxi().run("gate check promote --candidate 2");
    assert_eq!((answer.code, answer.stderr.as_str()), (Some(1), ""));
    insta::assert_snapshot!(answer.stdout, @"
    Gate promote: BLOCKED  taxi-fare version 2 against version 1 (champion)

             check                  candidate  champion      change  limit
       fail  r2 >= champion - 0.01   0.961975  0.977826  -0.0158516  >= 0.967826
       fail  rmse <= champion + 2%    3.37334   2.57598   +0.797358  <= 2.6275
       pass  rmse <= 4.0              3.37334
       pass  latency_p95_ms <= 20      1.4137

      fail: r2 is 0.961975, and must be >= 0.967826 (the champion's 0.977826 - 0.01)
      fail: rmse is 3.37334, and must be <= 2.6275 (the champion's 2.57598 + 2%)

      metrics of run 34ff5552425c and 6d8b468512aa in sqlite:///mlflow.db
    ");
}

#[test]
fn a_better_model_passes() {
    let answer = Sandbox::taxi().run("gate check");
    assert_eq!((answer.code, answer.stderr.as_str()), (Some(0), ""));
    insta::assert_snapshot!(answer.stdout, @"
    Gate promote: PASS  taxi-fare version 3 (challenger) against version 1 (champion)

             check                  candidate  champion       change  limit
       pass  rmse <= 4.0              2.36271
       pass  r2 >= champion - 0.01   0.981346  0.977826  +0.00351975  >= 0.967826
       pass  rmse <= champion + 2%    2.36271   2.57598    -0.213278  <= 2.6275
       pass  latency_p95_ms <= 20      2.8678

      metrics of run b24571ec6c90 and 6d8b468512aa in sqlite:///mlflow.db
    ");
}

#[test]
fn a_model_whose_evaluation_went_nan_is_blocked() {
    let answer = Sandbox::taxi().run("gate check --candidate 4");
    assert_eq!(answer.code, Some(1));
    assert!(
        answer.stdout.contains("the candidate's rmse is NaN"),
        "{}",
        answer.stdout
    );
}

#[test]
fn the_champion_named_as_candidate_is_a_mistake() {
    for candidate in ["1", "champion"] {
        let answer = Sandbox::taxi().run(&format!("gate check --candidate {candidate}"));
        assert_eq!(answer.code, Some(2));
        assert!(
            answer.stderr.contains("self-comparison"),
            "{}",
            answer.stderr
        );
    }
}

#[test]
fn a_candidate_that_is_live_already_has_nothing_to_prove() {
    let sandbox = Sandbox::taxi();
    let spec = sandbox.read("gatewright.yaml");
    let spec = spec.replace("    checks:", "    candidate: {version: 1}\n    checks:");
    sandbox.write("gatewright.yaml", spec);
    let answer = sandbox.run("gate check");
    assert_eq!(answer.code, Some(0), "{}", answer.stderr);
    assert!(
        answer.stdout.contains("live version already"),
        "{}",
        answer.stdout
    );
}

#[test]
fn before_the_first_champion_absolute_checks_decide() {
    let sandbox = Sandbox::taxi();
    let spec = sandbox.read("gatewright.yaml").replace(
        "name: taxi-fare",
        "name: taxi-fare\n  aliases: {live: nobody}",
    );
    sandbox.write("gatewright.yaml", spec);
    let answer = sandbox.run("gate check");
    assert_eq!(answer.code, Some(0));
    insta::assert_snapshot!(answer.stdout, @"
    Gate promote: PASS (2 skipped)  taxi-fare version 3 (challenger) against nothing live yet

                check                  candidate  champion  change  limit
       skipped  r2 >= champion - 0.01   0.981346
       skipped  rmse <= champion + 2%    2.36271
       pass     rmse <= 4.0              2.36271
       pass     latency_p95_ms <= 20      2.8678

      skipped: there is no champion yet
      skipped: there is no champion yet

      metrics of run b24571ec6c90 in sqlite:///mlflow.db
    ");
}

#[test]
fn the_decision_records_what_was_seen() {
    let sandbox = Sandbox::taxi();
    let answer = sandbox.run("gate check --candidate 2 -o json=out/decision.json -o junit=out/gate.xml -o markdown=out/gate.md --format json");
    assert_eq!(answer.code, Some(1));
    let decision: Value = serde_json::from_str(&answer.stdout).unwrap();
    assert_eq!(sandbox.read("out/decision.json"), answer.stdout);
    assert_eq!(decision["verdict"], "blocked");
    assert_eq!(decision["candidate"]["version"], 2);
    assert_eq!(decision["champion"]["found_by"], "alias champion");
    assert_eq!(decision["summary"]["fail"], 2);
    assert!(
        decision["spec"]["digest"]
            .as_str()
            .unwrap()
            .starts_with("sha256:")
    );
    let schema: Value =
        serde_json::from_str(include_str!("../../schemas/decision.v1.schema.json")).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let errors: Vec<_> = validator
        .iter_errors(&decision)
        .map(|error| error.to_string())
        .collect();
    assert_eq!(errors, Vec::<String>::new());
}

#[test]
fn the_junit_and_markdown_reports_say_the_same() {
    let sandbox = Sandbox::taxi();
    sandbox.run("gate check --candidate 2 -o junit=gate.xml -o markdown=gate.md");
    insta::assert_snapshot!(steady(&sandbox.read("gate.xml")), @r#"
    <?xml version="1.0" encoding="UTF-8"?>
    <testsuites>
      <testsuite name="gate promote" package="gatewright" id="0" hostname="localhost" timestamp="[TIME]" tests="4" failures="2" errors="0" skipped="0" time="0">
        <properties>
          <property name="verdict" value="blocked"/>
          <property name="model" value="taxi-fare"/>
          <property name="candidate" value="2"/>
          <property name="champion" value="1"/>
          <property name="spec-digest" value="sha256:40d7b15425d1a4d4688ea35201497662ec17f5ea352f7c3345ee7e37560a0f54"/>
          <property name="evidence-digest" value="[EVIDENCE]"/>
        </properties>
        <testcase name="rmse &lt;= 4.0" classname="gatewright.yaml" time="0"/>
        <testcase name="r2 &gt;= champion - 0.01" classname="gatewright.yaml" time="0"><failure type="violated" message="r2 is 0.961975, and must be &gt;= 0.967826 (the champion&apos;s 0.977826 - 0.01)"/></testcase>
        <testcase name="rmse &lt;= champion + 2%" classname="gatewright.yaml" time="0"><failure type="violated" message="rmse is 3.37334, and must be &lt;= 2.6275 (the champion&apos;s 2.57598 + 2%)"/></testcase>
        <testcase name="latency_p95_ms &lt;= 20" classname="gatewright.yaml" time="0"/>
        <system-out/>
        <system-err/>
      </testsuite>
    </testsuites>
    "#);
    insta::assert_snapshot!(steady(&sandbox.read("gate.md")), @r"
    ### ⛔ Gate promote: blocked

    **taxi-fare** version 2 against version 1 (champion)

    | | check | candidate | champion | change | limit | |
    |---|---|---:|---:|---:|---:|---|
    | ❌ **fail** | r2 &gt;= champion - 0.01 | 0.961975 | 0.977826 | -0.0158516 | &gt;= 0.967826 | r2 is 0.961975, and must be &gt;= 0.967826 (the champion's 0.977826 - 0.01) |
    | ❌ **fail** | rmse &lt;= champion + 2% | 3.37334 | 2.57598 | +0.797358 | &lt;= 2.6275 | rmse is 3.37334, and must be &lt;= 2.6275 (the champion's 2.57598 + 2%) |
    | ✅ pass | rmse &lt;= 4.0 | 3.37334 |  |  |  |  |
    | ✅ pass | latency\_p95\_ms &lt;= 20 | 1.4137 |  |  |  |  |

    <sub>run 34ff5552425c4eee92ce8eb50ea890fa · store sqlite:///mlflow.db · spec gatewright.yaml (sha256:40d7b15425d1)</sub>
    <sub>judged [TIME]Z · evidence [EVIDENCE]</sub>
    ");
}

#[test]
fn on_github_the_summary_the_outputs_and_the_annotations_are_written() {
    let sandbox = Sandbox::taxi();
    let summary = sandbox.path("summary.md");
    let output = sandbox.path("output.txt");
    let environment = [
        ("GITHUB_ACTIONS", "true"),
        ("GITHUB_STEP_SUMMARY", summary.to_str().unwrap()),
        ("GITHUB_OUTPUT", output.to_str().unwrap()),
        ("GITHUB_SHA", "0123456789012345678901234567890123456789"),
    ];
    let answer = sandbox.run_with("gate check --candidate 2", &environment);
    assert_eq!(answer.code, Some(1));
    let commands: Vec<_> = answer
        .stdout
        .lines()
        .filter(|line| line.starts_with("::"))
        .collect();
    insta::assert_snapshot!(commands.join("\n"), @"
    ::error file=gatewright.yaml,line=40,col=9,title=gate promote%3A r2 >= champion - 0.01::r2 is 0.961975, and must be >= 0.967826 (the champion's 0.977826 - 0.01)
    ::error file=gatewright.yaml,line=41,col=9,title=gate promote%3A rmse <= champion + 2%25::rmse is 3.37334, and must be <= 2.6275 (the champion's 2.57598 + 2%25)
    ");
    assert_eq!(
        sandbox.read("output.txt"),
        "verdict=blocked\ncandidate_version=2\nchampion_version=1\n"
    );
    assert!(
        sandbox
            .read("summary.md")
            .contains("⛔ Gate promote: blocked")
    );
    assert!(sandbox.read("summary.md").contains("commit 012345678901"));
}

#[test]
fn on_azure_issues_and_variables_are_logged_and_the_summary_is_uploaded() {
    let sandbox = Sandbox::taxi();
    let temporary = sandbox.path("agent");
    let environment = [
        ("TF_BUILD", "True"),
        ("AGENT_TEMPDIRECTORY", temporary.to_str().unwrap()),
    ];
    let answer = sandbox.run_with("gate check --candidate 2", &environment);
    assert_eq!(answer.code, Some(1));
    let commands: Vec<_> = answer
        .stdout
        .lines()
        .filter(|line| line.starts_with("##vso"))
        .collect();
    insta::assert_snapshot!(commands.join("\n"), @"
    ##vso[task.logissue type=error;sourcepath=gatewright.yaml;linenumber=40;columnnumber=9;code=violated]gate promote: r2 >= champion - 0.01: r2 is 0.961975, and must be >= 0.967826 (the champion's 0.977826 - 0.01)
    ##vso[task.logissue type=error;sourcepath=gatewright.yaml;linenumber=41;columnnumber=9;code=violated]gate promote: rmse <= champion + 2%AZP25: rmse is 3.37334, and must be <= 2.6275 (the champion's 2.57598 + 2%AZP25)
    ##vso[task.setvariable variable=verdict;isoutput=true]blocked
    ##vso[task.setvariable variable=candidate_version;isoutput=true]2
    ##vso[task.setvariable variable=champion_version;isoutput=true]1
    ##vso[task.uploadsummary][FOLDER]/agent/gatewright-promote.md
    ");
    assert!(
        sandbox
            .read("agent/gatewright-promote.md")
            .contains("blocked")
    );
}

#[test]
fn json_on_stdout_stays_json_on_a_ci_system() {
    let environment = [("TF_BUILD", "True")];
    let answer = Sandbox::taxi().run_with("gate check --candidate 2 --format json", &environment);
    serde_json::from_str::<Value>(&answer.stdout).unwrap();
    assert!(answer.stderr.contains("##vso[task.logissue"));
}

#[test]
fn what_cannot_be_judged_is_never_a_yes() {
    let cases = [
        ("gate check nope", 2, "there is no gate `nope`"),
        ("gate check --env nope", 2, "there is no environment `nope`"),
        (
            "gate check --env prod",
            2,
            "`MLFLOW_TRACKING_URI` is not set",
        ),
        ("gate check --candidate 99", 3, "has no version 99"),
        ("gate check --candidate nobody", 3, "has the alias `nobody`"),
        (
            "gate check --tracking-uri sqlite:///missing.db",
            3,
            "there is no MLflow store",
        ),
        (
            "gate check --tracking-uri postgresql://db/mlflow",
            3,
            "mlflow server",
        ),
        (
            "gate check --tracking-uri http://127.0.0.1:9",
            3,
            "cannot reach",
        ),
        (
            "gate check -o json=gatewright.yaml/x.json",
            2,
            "cannot write",
        ),
        ("gate check --spec nope.yaml", 2, "cannot read the spec"),
    ];
    for (words, code, message) in cases {
        let environment = [("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")];
        let answer = Sandbox::taxi().run_with(words, &environment);
        assert_eq!(answer.code, Some(code), "{words}: {}", answer.stderr);
        assert!(
            answer.stderr.contains(message),
            "{words}: {}",
            answer.stderr
        );
        assert!(answer.stderr.contains("help"), "{words}: {}", answer.stderr);
    }
}

#[test]
fn a_model_that_is_not_registered_is_no_evidence() {
    let sandbox = Sandbox::taxi();
    let spec = sandbox
        .read("gatewright.yaml")
        .replace("name: taxi-fare", "name: taxi-fair");
    sandbox.write("gatewright.yaml", spec);
    let answer = sandbox.run("gate check");
    assert_eq!(answer.code, Some(3));
    assert!(
        answer.stderr.contains("no registered model `taxi-fair`"),
        "{}",
        answer.stderr
    );
}

#[test]
fn a_damaged_store_is_no_evidence() {
    let whole = std::fs::read(Sandbox::taxi().path("mlflow.db")).unwrap();
    let cases: [(&str, Vec<u8>); 5] = [
        ("empty", Vec::new()),
        (
            "text",
            b"not a database, and long enough to look at".repeat(20),
        ),
        ("half", whole[..whole.len() / 2].to_vec()),
        ("header", whole[..100].to_vec()),
        (
            "zeroed pages",
            [&whole[..8192], &vec![0; whole.len() - 8192][..]].concat(),
        ),
    ];
    for (name, bytes) in cases {
        let sandbox = Sandbox::taxi();
        sandbox.write("mlflow.db", bytes);
        let answer = sandbox.run("gate check");
        assert_eq!(
            answer.code,
            Some(3),
            "{name}: {}{}",
            answer.stdout,
            answer.stderr
        );
    }
}

#[test]
fn reading_a_store_leaves_it_as_it_is() {
    let sandbox = Sandbox::taxi();
    let before = std::fs::read(sandbox.path("mlflow.db")).unwrap();
    let files = || std::fs::read_dir(sandbox.path(".")).unwrap().count();
    let count = files();
    assert_eq!(sandbox.run("gate check").code, Some(0));
    assert!(std::fs::read(sandbox.path("mlflow.db")).unwrap() == before);
    assert_eq!(files(), count, "nothing is left beside the store");
}

#[test]
fn without_evidence_the_step_is_marked_on_the_ci_system() {
    for (variable, command) in [
        ("GITHUB_ACTIONS", "::error title="),
        ("TF_BUILD", "##vso[task.logissue type=error]"),
    ] {
        let words = "gate check --tracking-uri sqlite:///missing.db";
        let answer = Sandbox::taxi().run_with(words, &[(variable, "true")]);
        assert_eq!(answer.code, Some(3));
        assert!(answer.stderr.contains(command), "{}", answer.stderr);
    }
}

#[test]
fn a_variable_that_azure_left_as_it_is_counts_as_not_set() {
    let environment = [
        ("MLFLOW_TRACKING_URI", "$(MLFLOW_TRACKING_URI)"),
        ("TF_BUILD", "True"),
    ];
    let answer = Sandbox::taxi().run_with("gate check --env prod", &environment);
    assert_eq!(answer.code, Some(2));
    assert!(
        answer.stderr.contains("`MLFLOW_TRACKING_URI` is not set"),
        "{}",
        answer.stderr
    );
}

#[test]
fn a_version_whose_registration_failed_is_no_candidate() {
    let sandbox = Sandbox::taxi();
    let store = rusqlite::Connection::open(sandbox.path("mlflow.db")).unwrap();
    store
        .execute(
            "UPDATE model_versions SET status = 'FAILED_REGISTRATION' WHERE version = 3",
            [],
        )
        .unwrap();
    drop(store);
    let answer = sandbox.run("gate check --candidate 3");
    assert_eq!(answer.code, Some(3), "{}", answer.stdout);
    assert!(
        answer.stderr.contains("FAILED_REGISTRATION"),
        "{}",
        answer.stderr
    );
}

#[test]
fn a_gate_that_compares_the_candidate_with_itself_is_refused() {
    let sandbox = Sandbox::taxi();
    let spec = sandbox.read("gatewright.yaml");
    sandbox.write(
        "gatewright.yaml",
        spec.replace(
            "    checks:",
            "    baseline: {alias: challenger}\n    checks:",
        ),
    );
    let answer = sandbox.run("gate check");
    assert_eq!(answer.code, Some(2), "{}", answer.stdout);
    assert!(answer.stderr.contains("name-clash"), "{}", answer.stderr);
}

#[test]
fn a_spec_cannot_talk_to_the_ci_system() {
    let sandbox = Sandbox::empty();
    sandbox.write(
        "gatewright.yaml",
        "version: 1\nproject: \"m\\n::error::PWNED\"\nx: '##vso[task.setvariable variable=verdict]pass'\n",
    );
    let answer = sandbox.run("validate");
    assert_eq!(answer.code, Some(2));
    for line in answer.stderr.lines() {
        assert!(!line.trim_start().starts_with("::"), "{line}");
        assert!(!line.contains("##"), "{line}");
    }
}
