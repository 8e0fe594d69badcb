//! Decisions that are handed in: acted on as long as nothing moved, and refused for every reason
//! there is.

use super::{Registry, json, result, shown};
use crate::sandbox::{RUNS, Sandbox};

/// A sandbox with the decision that version 3 passed.
fn judged() -> Sandbox {
    let sandbox = Sandbox::taxi();
    assert_eq!(sandbox.run("gate check -o json=d.json").code, Some(0));
    sandbox
}

/// The codes of the refusals, and the exit code.
fn refusals(sandbox: &Sandbox, words: &str) -> (Option<i32>, Vec<String>) {
    let answer = sandbox.run(&format!("promote --dry-run --format json {words}"));
    let document = json(&answer);
    let refusals = document["refusals"].as_array().unwrap().iter();
    let codes = refusals.map(|refusal| refusal["code"].as_str().unwrap().to_owned());
    assert_eq!(document["exit"], answer.code.unwrap());
    (answer.code, codes.collect())
}

fn refused(sandbox: &Sandbox, words: &str, code: i32, codes: &[&str]) {
    let (answered, found) = refusals(sandbox, words);
    assert_eq!(
        (
            answered,
            found.iter().map(String::as_str).collect::<Vec<_>>()
        ),
        (Some(code), codes.to_vec()),
        "{words}"
    );
}

#[test]
fn a_decision_that_holds_is_acted_on_without_judging_again() {
    let sandbox = judged();
    let answer = sandbox.run("promote --decision d.json");
    assert_eq!((answer.code, answer.stderr.as_str()), (Some(0), ""));
    assert!(answer.stdout.starts_with("Promoted:"), "{}", answer.stdout);
    let digest = sha256(&sandbox.read("d.json"));
    let entries = Registry::of(&sandbox).entries();
    let link = &entries[0].1["decisions"][0];
    assert_eq!(link["digest"], digest);
    let path = format!("gatewright/decisions/{}.json", &digest["sha256:".len()..]);
    assert_eq!(link["logged"], format!("runs:/{}/{path}", RUNS[2]));
    let logged = sandbox.read(&format!("mlruns/1/{}/artifacts/{path}", RUNS[2]));
    assert_eq!(logged, sandbox.read("d.json"), "byte for byte");
    // Once more: the champion of the decision is not live any more, and that is as it should be.
    assert_eq!(sandbox.run("promote --decision d.json").code, Some(0));
    assert_eq!(Registry::of(&sandbox).entries().len(), 1);
}

#[test]
fn a_decision_that_cannot_be_logged_is_a_warning_and_its_digest_is_on_record() {
    let sandbox = judged();
    std::fs::remove_dir_all(sandbox.path("mlruns")).unwrap();
    let answer = sandbox.run("promote --decision d.json");
    assert_eq!(answer.code, Some(0));
    insta::assert_snapshot!(answer.stderr, @"warning: the decision of gate `promote` is not kept with the run: there is no folder `[FOLDER]/mlruns/1/b24571ec6c9047fcbb7544d173d73b39/artifacts` on this machine; the record has its digest");
    let entries = Registry::of(&sandbox).entries();
    assert_eq!(
        entries[0].1["decisions"][0]["logged"],
        serde_json::Value::Null
    );
}

fn sha256(text: &str) -> String {
    gatewright::decision::sha256(text.as_bytes())
}

#[test]
fn the_same_decision_twice_is_one() {
    let sandbox = judged();
    sandbox.write("again.json", sandbox.read("d.json"));
    refused(&sandbox, "--decision d.json --decision again.json", 0, &[]);
}

#[test]
fn a_decision_about_all_files_of_the_model_is_held_against_them_again() {
    let sandbox = Sandbox::taxi();
    let weights = |text: &str| {
        sandbox.write("model/weights", text);
    };
    weights("1 2 3");
    let registry = Registry::of(&sandbox);
    let place = sandbox.path("model");
    registry.execute(&format!(
        "UPDATE model_versions SET source = '{}' WHERE version = 3",
        place.display()
    ));
    let answer = sandbox.run("gate check --model-files -o json=d.json");
    assert_eq!(answer.code, Some(0), "{}", answer.stderr);
    let words = "--decision d.json";
    refused(&sandbox, words, 0, &[]);
    weights("1 2 4");
    refused(&sandbox, words, 5, &["candidate-changed"]);
    let forced = format!("{words} --force --reason hurry");
    refused(&sandbox, &forced, 5, &["candidate-changed"]);
    // Also where a person would answer for the missing signature.
    let unsigned = format!("{forced} --require-attestation");
    refused(&sandbox, &unsigned, 5, &["candidate-changed"]);
    let answer = sandbox.run(&format!("promote {words}"));
    insta::assert_snapshot!(answer.stderr, @"
    error: version 3 has another model digest than gate `promote` judged
      help: judge again: `gatewright gate check promote -o json=decision.json`; or leave `--decision` out
    ");
    std::fs::rename(&place, sandbox.path("elsewhere")).unwrap();
    assert_eq!(sandbox.run(&format!("promote {words}")).code, Some(3));
    std::fs::rename(sandbox.path("elsewhere"), &place).unwrap();
    weights("1 2 3");
    let answer = sandbox.run(&format!("promote {words}"));
    assert_eq!(answer.code, Some(0), "{}", answer.stderr);
    let decision: serde_json::Value = serde_json::from_str(&sandbox.read("d.json")).unwrap();
    let digest = &registry.entries()[0].1["model_digest"];
    assert_eq!(digest, &decision["candidate"]["files"]["digest"]);
}

#[test]
fn whatever_is_not_as_it_was_judged_is_refused() {
    let sandbox = judged();
    let registry = Registry::of(&sandbox);
    let words = "--decision d.json";
    refused(&sandbox, words, 0, &[]);
    let alter = |sql: &str, code, codes: &[&str], back: &str| {
        registry.execute(sql);
        refused(&sandbox, words, code, codes);
        registry.execute(back);
    };
    let alias = |alias: &str, version: u32| {
        format!("UPDATE registered_model_aliases SET version = {version} WHERE alias = '{alias}'")
    };
    alter(
        &alias("challenger", 2),
        5,
        &["candidate-moved"],
        &alias("challenger", 3),
    );
    alter(
        &alias("champion", 2),
        5,
        &["champion-moved"],
        &alias("champion", 1),
    );
    let version = |column: &str, value: &str| {
        format!("UPDATE model_versions SET {column} = '{value}' WHERE version = 3")
    };
    alter(
        &version("source", "s3://elsewhere"),
        5,
        &["candidate-changed"],
        &version("source", "models:/m-465022f5758b431097a43341c7e9a53d"),
    );
    let spec = sandbox.read("gatewright.yaml");
    sandbox.write("gatewright.yaml", format!("{spec}# changed\n"));
    refused(&sandbox, words, 2, &["other-spec"]);
    sandbox.write("gatewright.yaml", &spec);
    let elsewhere = format!(
        "--tracking-uri sqlite:///{} {words}",
        sandbox.path("mlflow.db").display()
    );
    refused(&sandbox, &elsewhere, 2, &["other-subject"]);
    refused(
        &sandbox,
        &format!("--env dev {words}"),
        2,
        &["other-subject"],
    );
    refused(
        &sandbox,
        &format!("--candidate 2 {words}"),
        5,
        &["candidate-moved"],
    );
    refused(&sandbox, words, 0, &[]);
}

#[test]
fn a_decision_counts_for_a_day_or_as_long_as_the_spec_says() {
    let sandbox = judged();
    let decision = sandbox.read("d.json");
    let at = |minutes: i64| {
        let now = jiff::Timestamp::now();
        let then = now
            .checked_add(jiff::SignedDuration::from_mins(minutes))
            .unwrap();
        let pattern = regex::Regex::new(r#""judged_at": "[^"]+""#).unwrap();
        let replaced = format!("\"judged_at\": \"{then}\"");
        sandbox.write(
            "d.json",
            pattern.replace(&decision, replaced.as_str()).as_bytes(),
        );
    };
    at(-23 * 60);
    refused(&sandbox, "--decision d.json", 0, &[]);
    at(-25 * 60);
    refused(&sandbox, "--decision d.json", 5, &["decision-age"]);
    refused(&sandbox, "--decision d.json --force --reason old", 0, &[]);
    let told = sandbox.run("promote --decision d.json").stderr;
    insta::assert_snapshot!(told, @"
    error: gate `promote` judged 1 d 1 h ago, and a decision counts for 24 h
      help: judge again: `gatewright gate check promote -o json=decision.json`; or leave `--decision` out
    ");
    at(5);
    refused(&sandbox, "--decision d.json", 5, &["decision-age"]);
    let spec = sandbox.read("gatewright.yaml");
    sandbox.write(
        "gatewright.yaml",
        format!("{spec}promotion: {{max_decision_age: 30m}}\n"),
    );
    assert_eq!(sandbox.run("gate check -o json=d.json").code, Some(0));
    refused(&sandbox, "--decision d.json", 0, &[]);
}

#[test]
fn a_verdict_that_is_no_pass_is_no_permission() {
    let sandbox = Sandbox::taxi();
    assert_eq!(
        sandbox.run("gate check --candidate 2 -o json=no.json").code,
        Some(1)
    );
    refused(&sandbox, "--decision no.json", 1, &["blocked"]);
    let spec = sandbox.read("gatewright.yaml");
    sandbox.write(
        "gatewright.yaml",
        spec.replace("rmse <= 4.0", "mae <= champion + 2%"),
    );
    let zero =
        "UPDATE latest_metrics SET value = 0 WHERE key = 'mae' AND run_uuid LIKE '6d8b468512aa%'";
    Registry::of(&sandbox).execute(zero);
    assert_eq!(sandbox.run("gate check -o json=hold.json").code, Some(4));
    refused(&sandbox, "--decision hold.json", 4, &["held"]);
    let told = sandbox.run("promote --decision hold.json").stderr;
    insta::assert_snapshot!(told, @"
    error: gate `promote` holds: mae-le-champion-plus-2-percent
      help: a person decides: give the evidence that is missing, or answer for it with `--force --reason TEXT`
    ");
}

#[test]
fn a_decision_that_judged_nothing_lets_nothing_through() {
    let sandbox = Sandbox::taxi();
    let spec = sandbox.read("gatewright.yaml");
    let spec = spec.replace("    checks:", "    baseline: {alias: shadow}\n    checks:");
    sandbox.write("gatewright.yaml", spec);
    let registry = Registry::of(&sandbox);
    registry.execute("INSERT INTO registered_model_aliases (workspace, name, alias, version) VALUES ('default', 'taxi-fare', 'shadow', 3)");
    assert_eq!(sandbox.run("gate check -o json=d.json").code, Some(0));
    refused(&sandbox, "--decision d.json", 1, &["not-judged"]);
    refused(&sandbox, "", 1, &["not-judged"]);
    refused(&sandbox, "--force --reason x", 1, &["not-judged"]);
}

#[test]
fn every_gate_needs_one_decision_and_no_other() {
    let sandbox = Sandbox::taxi();
    let spec = sandbox.read("gatewright.yaml");
    let spec = spec.replace(
        "gates:\n",
        "gates:\n  smoke: {checks: [rmse <= 100]}\n  late: {checks: [rmse <= 99]}\n",
    );
    sandbox.write("gatewright.yaml", format!("{spec}promotion: {{gates: {{dev: [smoke, promote], staging: [late, smoke, promote], prod: [promote]}}}}\n"));
    for gate in ["smoke", "promote", "late"] {
        let answer = sandbox.run(&format!("gate check {gate} --env dev -o json={gate}.json"));
        assert_eq!(answer.code, Some(0), "{}", answer.stderr);
    }
    refused(
        &sandbox,
        "--env dev --decision smoke.json",
        2,
        &["no-decision"],
    );
    refused(
        &sandbox,
        "--env dev --decision smoke.json --decision promote.json",
        0,
        &[],
    );
    refused(
        &sandbox,
        "--env dev --decision smoke.json --decision promote.json --decision late.json",
        2,
        &["other-gate"],
    );
    sandbox.run("gate check smoke --env dev --candidate 2 -o json=other.json");
    refused(
        &sandbox,
        "--env dev --decision smoke.json --decision other.json --decision promote.json",
        2,
        &["two-decisions", "candidate-moved"],
    );
    let answer = sandbox.run("promote --env dev --decision late.json");
    assert_eq!(answer.code, Some(2));
    insta::assert_snapshot!(answer.stderr, @"
    error: there is no decision of the gate `smoke`
      help: judge again: `gatewright gate check smoke --env dev -o json=decision.json`; or leave `--decision` out
    error: there is no decision of the gate `promote`
      help: judge again: `gatewright gate check promote --env dev -o json=decision.json`; or leave `--decision` out
    error: a decision is of the gate `late`, which is not asked here
      help: gates that are asked: smoke, promote
    ");
    let answer = sandbox.run("promote --env dev");
    assert_eq!(answer.code, Some(0), "{}", answer.stderr);
    assert!(
        answer.stdout.contains("Gate smoke: PASS") && answer.stdout.contains("Gate promote: PASS"),
        "{}",
        answer.stdout
    );
    let entries = Registry::of(&sandbox).entries();
    assert_eq!(entries[0].1["decisions"].as_array().unwrap().len(), 2);
}

#[test]
fn everything_that_differs_is_named_at_once() {
    let sandbox = Sandbox::taxi();
    assert_eq!(
        sandbox.run("gate check --candidate 2 -o json=no.json").code,
        Some(1)
    );
    let registry = Registry::of(&sandbox);
    registry.execute("UPDATE registered_model_aliases SET version = 4 WHERE alias = 'champion'");
    registry.execute("UPDATE model_versions SET run_id = 'another' WHERE version = 2");
    let answer =
        sandbox.run("promote --decision no.json --expect champion=1 --require-attestation");
    assert_eq!(answer.code, Some(5));
    insta::assert_snapshot!(shown(&answer.stderr), @"
    error: version 2 has another run than gate `promote` judged
      help: judge again: `gatewright gate check promote -o json=decision.json`; or leave `--decision` out
    error: gate `promote` judged against version 1, and `champion` is version 4 now
      help: judge again: `gatewright gate check promote -o json=decision.json`; or leave `--decision` out
    error: `champion` is version 4, and was expected to be version 1
      help: look at what went live meanwhile: `gatewright history`
    error: gate `promote` blocked it: r2-ge-champion-minus-0.01, rmse-le-champion-plus-2-percent
      help: train a better model, or add a waiver with a reason, an approver and an end
    ");
    insta::assert_snapshot!(result(&answer), @"
    Refused: `champion` stays at version 4

      registry  sqlite:///mlflow.db
    ");
    let forced = sandbox.run("promote --decision no.json --force --reason x");
    assert_eq!(forced.code, Some(5), "nothing forces what moved");
}

#[test]
fn other_waivers_are_another_question() {
    let sandbox = Sandbox::taxi();
    let spec = sandbox.read("gatewright.yaml");
    sandbox.write(
        "gatewright.yaml",
        spec.replace("    checks:", "    waivers: waivers.yaml\n    checks:"),
    );
    sandbox.write("waivers.yaml", "version: 1\nwaivers: []\n");
    assert_eq!(sandbox.run("gate check -o json=d.json").code, Some(0));
    refused(&sandbox, "--decision d.json", 0, &[]);
    sandbox.write("waivers.yaml", "version: 1\nwaivers: [] # none\n");
    refused(&sandbox, "--decision d.json", 2, &["other-spec"]);
}

#[test]
fn a_file_that_gatewright_did_not_write_is_no_decision() {
    let sandbox = judged();
    let decision = sandbox.read("d.json");
    let cases = [
        ("", "it ends too early"),
        (&decision[..decision.len() / 2], "it ends too early"),
        ("{}", "it is not a decision"),
        ("[1]", "it is not a decision"),
        (
            &decision.replace("decision.v1", "decision.v2"),
            "it is another document",
        ),
        (&decision.replace("  ", " "), "changed the text"),
        (&format!("{decision}\n"), "changed the text"),
        (
            &decision.replacen(
                "\"verdict\": \"pass\"",
                "\"verdict\": \"pass\",\n  \"verdict\": \"pass\"",
                1,
            ),
            "duplicate",
        ),
        (
            &decision.replace("\"fail\": 0", "\"fail\": 1"),
            "contradicts itself",
        ),
        (
            &decision.replacen("\"outcome\": \"pass\"", "\"outcome\": \"fail\"", 1),
            "contradicts itself",
        ),
        (
            &decision.replace(
                "\"gate\": \"promote\"",
                "\"gate\": \"promote\",\n  \"extra\": 1",
            ),
            "unknown field",
        ),
    ];
    for (text, what) in cases {
        sandbox.write("bad.json", text);
        let answer = sandbox.run("promote --decision bad.json");
        assert_eq!(answer.code, Some(2), "{what}");
        assert!(answer.stderr.contains(what), "{what}: {}", answer.stderr);
    }
    assert_eq!(sandbox.run("promote --decision nowhere.json").code, Some(2));
    assert_eq!(sandbox.run("promote --decision .").code, Some(2));
    assert_eq!(Registry::of(&sandbox).alias("champion"), Some(1));
}

/// Whatever is said on the command line, what was blocked is not promoted unless it is forced.
#[test]
fn no_sequence_of_arguments_promotes_what_was_blocked() {
    let sandbox = Sandbox::taxi();
    sandbox.run("gate check --candidate 2 -o json=no.json");
    sandbox.run("gate check -o json=d.json");
    let words = [
        "--candidate 2",
        "--candidate 4",
        "--decision no.json",
        "--decision d.json",
        "--expect champion=1",
        "--reason because",
        "--format json",
        "--tracking-uri sqlite:///mlflow.db",
        "--env dev",
        "-q",
    ];
    for mask in 0..1u32 << words.len() {
        let chosen: Vec<_> = (0..words.len())
            .filter(|bit| mask >> bit & 1 == 1)
            .map(|bit| words[bit])
            .collect();
        let names_blocked = chosen
            .iter()
            .any(|word| word.starts_with("--candidate") || word.ends_with("no.json"));
        // A sample of all: each run is a process.
        if !names_blocked || mask % 23 != 0 {
            continue;
        }
        let answer = sandbox.run(&format!("promote {}", chosen.join(" ")));
        assert_ne!(answer.code, Some(0), "{chosen:?}: {}", answer.stdout);
        let registry = Registry::of(&sandbox);
        assert_eq!(registry.alias("champion"), Some(1), "{chosen:?}");
        assert_eq!(registry.entries().len(), 0, "{chosen:?}");
    }
}
