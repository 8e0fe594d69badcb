//! Every format of `gate check`, and `--explain`, on the store that real MLflow wrote for the demo.

use serde_json::Value;

use crate::sandbox::{Sandbox, steady};

/// A spec with a hostile check beside a good and a bad one.
fn hostile() -> Sandbox {
    let sandbox = Sandbox::taxi();
    let spec = sandbox.read("gatewright.yaml");
    let check = "    checks:\n      - '\"##vso[task.setvariable variable=verdict]pass ::error::x <img>\" <= 5'\n";
    sandbox.write("gatewright.yaml", spec.replace("    checks:\n", check));
    sandbox
}

#[test]
fn each_format_on_stdout_is_what_it_writes_to_a_file() {
    let formats = [
        "text",
        "json",
        "junit",
        "markdown",
        "github",
        "azure",
        "sarif",
        "in-toto",
        "in-toto-predicate",
        "subjects",
    ];
    for format in formats {
        let sandbox = Sandbox::taxi();
        sandbox.run("gate record -o evidence.json --candidate 2");
        let words = format!(
            "gate check -q --evidence evidence.json --format {format} -o {format}=out/file"
        );
        let answer = sandbox.run(&words);
        assert_eq!(
            (answer.code, answer.stderr.as_str()),
            (Some(1), ""),
            "{format}"
        );
        assert_eq!(answer.stdout, sandbox.read("out/file"), "{format}");
        assert!(
            answer.stdout.ends_with('\n') && !answer.stdout.contains('\r'),
            "{format}"
        );
    }
    let answer = Sandbox::taxi().run("gate check -o html=x");
    assert_eq!(answer.code, Some(2));
    assert!(
        answer.stderr.contains("sarif, in-toto, in-toto-predicate"),
        "{}",
        answer.stderr
    );
}

#[test]
fn no_format_lets_a_name_become_a_command() {
    for format in [
        "text", "json", "junit", "markdown", "github", "azure", "sarif", "in-toto",
    ] {
        let answer = hostile().run(&format!("gate check --format {format}"));
        assert_eq!(answer.code, Some(1), "{format}: {}", answer.stderr);
        for line in answer.stdout.lines() {
            let ours = ["##vso[task.logissue ", "##vso[task.setvariable "];
            let commands = line.matches("##vso[").count();
            assert!(
                commands == 0 || commands == 1 && ours.iter().any(|our| line.starts_with(our)),
                "{format}: {line}"
            );
            assert!(
                !line.trim_start().starts_with("::error::x"),
                "{format}: {line}"
            );
        }
    }
}

#[test]
fn sarif_points_at_the_lines_of_what_fails() {
    let answer = Sandbox::taxi().run("gate check --candidate 2 --format sarif");
    let log: Value = serde_json::from_str(&answer.stdout).unwrap();
    let run = &log["runs"][0];
    let results = run["results"].as_array().unwrap();
    assert_eq!(results.len(), 2, "what passes is no result");
    for (result, line) in results.iter().zip([40, 41]) {
        let place = &result["locations"][0]["physicalLocation"];
        assert_eq!(place["artifactLocation"]["uri"], "gatewright.yaml");
        assert_eq!(place["region"]["startLine"], line);
        assert_eq!(result["ruleId"], "violated");
        assert_eq!(result["level"], "error");
    }
    let rule = &run["tool"]["driver"]["rules"][0];
    for key in ["shortDescription", "fullDescription", "help"] {
        assert!(rule[key]["text"].as_str().unwrap().len() > 20, "{key}");
    }
}

#[test]
fn in_toto_says_which_checks_of_which_spec_the_model_passed() {
    let environment = [
        ("TF_BUILD", "True"),
        (
            "SYSTEM_TEAMFOUNDATIONCOLLECTIONURI",
            "https://dev.azure.com/acme/",
        ),
        ("SYSTEM_TEAMPROJECTID", "77"),
        ("BUILD_BUILDID", "9"),
    ];
    let answer = Sandbox::taxi().run_with(
        "gate check --candidate 2 --format in-toto -o in-toto-predicate=p.json",
        &environment,
    );
    let statement: Value = serde_json::from_str(&answer.stdout).unwrap();
    assert_eq!(statement["_type"], "https://in-toto.io/Statement/v1");
    assert_eq!(statement["subject"][0]["name"], "models:/taxi-fare/2");
    assert_eq!(
        statement["subject"][0]["digest"]["sha256"]
            .as_str()
            .unwrap()
            .len(),
        64
    );
    let predicate = &statement["predicate"];
    assert_eq!(predicate["result"], "FAILED");
    assert_eq!(
        predicate["url"],
        "https://dev.azure.com/acme/77/_build/results?buildId=9"
    );
    assert_eq!(predicate["configuration"][0]["name"], "gatewright.yaml");
    assert_eq!(
        predicate["passedTests"],
        serde_json::json!(["rmse-le-4.0", "latency_p95_ms-le-20"])
    );
    assert_eq!(predicate["failedTests"].as_array().unwrap().len(), 2);
}

#[test]
fn on_a_ci_system_its_own_format_is_said_once() {
    for (variable, format, word) in [
        ("GITHUB_ACTIONS", "github", "::error "),
        ("TF_BUILD", "azure", "##vso[task.logissue "),
    ] {
        let words = format!("gate check --candidate 2 --format {format}");
        let answer = Sandbox::taxi().run_with(&words, &[(variable, "true")]);
        assert_eq!(answer.stdout.matches(word).count(), 2, "{}", answer.stdout);
        assert_eq!(answer.stderr, "");
    }
}

#[test]
fn explain_shows_how_one_check_came_about_and_the_verdict_stands() {
    let answer =
        Sandbox::taxi().run("gate check --candidate 2 --explain r2-ge-champion-minus-0.01");
    assert_eq!((answer.code, answer.stderr.as_str()), (Some(1), ""));
    insta::assert_snapshot!(answer.stdout, @"
    Check r2-ge-champion-minus-0.01: fail

      check      r2 >= champion - 0.01
      level      error
      reason     violated: r2 is 0.961975, and must be >= 0.967826 (the champion's 0.977826 - 0.01)
      meaning    The rule does not hold on the evidence that was read.
      place      gatewright.yaml:40:9
      candidate  0.9619746043443518, read from run 34ff5552425c4eee92ce8eb50ea890fa, data set taxi-holdout (74e9c5ca), step 0
      baseline   0.9778262412301758, read from run 6d8b468512aa463ca340aca8d09ad860, data set taxi-holdout (74e9c5ca), step 0
      limit      0.9678262412301758
      change     -0.015851636885824

      derivation:
        - the candidate's r2: 0.9619746043443518 (the latest, at step 0), read in run 34ff5552425c4eee92ce8eb50ea890fa on `taxi-holdout` (74e9c5ca)
        - the champion's r2: 0.9778262412301758 (the latest, at step 0), read in run 6d8b468512aa463ca340aca8d09ad860 on `taxi-holdout` (74e9c5ca)
        - threshold: 0.9778262412301758 - 0.01 = 0.9678262412301758
        - asked: 0.9619746043443518 >= 0.9678262412301758
        - violated: r2 is 0.961975, and must be >= 0.967826 (the champion's 0.977826 - 0.01)

      fail at level error: it blocks; gate promote: blocked
    ");
    let by_text = Sandbox::taxi().run_with("gate check --candidate 3 --explain nope", &[]);
    assert_eq!(by_text.code, Some(2));
}

#[test]
fn an_unknown_check_is_a_usage_error_before_any_store_is_asked() {
    let words = "gate check --explain rmse-le-4 --tracking-uri sqlite:///missing.db";
    let answer = Sandbox::taxi().run(words);
    assert_eq!(answer.code, Some(2));
    assert!(
        answer.stderr.contains("did you mean `rmse-le-4.0`?"),
        "{}",
        answer.stderr
    );
}

#[test]
fn the_markdown_names_time_spec_and_evidence() {
    let answer = Sandbox::taxi().run("gate check --format markdown");
    let page = steady(&answer.stdout);
    assert!(page.contains("spec gatewright.yaml (sha256:"), "{page}");
    assert!(
        page.contains("<sub>judged [TIME]Z · evidence [EVIDENCE]</sub>"),
        "{page}"
    );
}
