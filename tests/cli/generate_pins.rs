//! Pins that bots update on disk, and the offer to set up such a bot.

use crate::sandbox::Sandbox;

const CI: &str = ".github/workflows/taxi-fare-ci.yml";
const CHECKOUT: &str = "actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1";
const NEWER: &str = "actions/checkout@1111111111111111111111111111111111111111 # v7.1.0";

/// The project, generated, and then updated by a bot in one file.
fn updated() -> Sandbox {
    let sandbox = Sandbox::taxi();
    sandbox.run("generate");
    replace(&sandbox, CHECKOUT, NEWER);
    sandbox
}

fn replace(sandbox: &Sandbox, from: &str, to: &str) {
    let text = sandbox.read(CI);
    assert!(text.contains(from), "{text}");
    sandbox.write(CI, text.replace(from, to));
}

fn change_spec(sandbox: &Sandbox, from: &str, to: &str) {
    let spec = sandbox.read("gatewright.yaml");
    assert!(spec.contains(from));
    sandbox.write("gatewright.yaml", spec.replace(from, to));
}

#[test]
fn pins_that_a_bot_updated_are_told_and_are_no_drift() {
    let sandbox = updated();
    let answer = sandbox.run("generate --check");
    assert_eq!(answer.code, Some(0));
    insta::assert_snapshot!(answer.stderr, @"
    pins-only .github/workflows/taxi-fare-ci.yml (actions/checkout v7.1.0)
    6 files are current
    1 file has pins of its own, as a bot writes them
      help: they are kept; `gatewright generate --update-pins` puts back those of the spec and of gatewright
    ");
    assert_eq!(sandbox.run("generate --check --quiet").stderr, "");
    assert_eq!(sandbox.run("generate --diff").stdout, "");
}

#[test]
fn pins_that_a_bot_updated_survive_a_change_of_the_spec() {
    let sandbox = updated();
    change_spec(&sandbox, "branch: main", "branch: trunk");
    let answer = sandbox.run("generate");
    assert_eq!(answer.code, Some(0), "{}", answer.stderr);
    let text = sandbox.read(CI);
    assert!(text.contains("trunk") && text.contains(NEWER), "{text}");
    assert!(!text.contains(CHECKOUT), "{text}");
    assert_eq!(sandbox.run("generate --check").code, Some(0));
}

#[test]
fn update_pins_puts_back_those_of_the_table() {
    let sandbox = updated();
    let answer = sandbox.run("generate --check --update-pins");
    assert_eq!(answer.code, Some(1));
    assert!(
        answer.stderr.contains(&format!("stale     {CI}")),
        "{}",
        answer.stderr
    );
    assert_eq!(sandbox.run("generate --update-pins").code, Some(0));
    assert!(!sandbox.read(CI).contains(NEWER));
    assert_eq!(
        sandbox.run("generate --check").stderr,
        "6 files are current\n"
    );
}

#[test]
fn a_pin_in_the_spec_stands_over_the_one_on_disk() {
    let sandbox = updated();
    let pin = "2222222222222222222222222222222222222222 # v7.2.0";
    change_spec(
        &sandbox,
        "github: {}",
        &format!("github: {{pins: {{actions/checkout: \"{pin}\"}}}}"),
    );
    assert_eq!(sandbox.run("generate").code, Some(0));
    assert!(
        sandbox
            .read(CI)
            .contains(&format!("actions/checkout@{pin}"))
    );
}

#[test]
fn what_is_no_whole_pin_of_the_same_action_is_an_edit() {
    for other in [
        "actions/checkout@v7",
        "actions/checkout@1111111111111111111111111111111111111111",
        "actions/checkout@11111111 # v7.1.0",
        "someone/checkout@1111111111111111111111111111111111111111 # v7.1.0",
        "actions/checkout@1111111111111111111111111111111111111111 # v7.1.0 with care",
    ] {
        let sandbox = Sandbox::taxi();
        sandbox.run("generate");
        replace(&sandbox, CHECKOUT, other);
        let answer = sandbox.run("generate --check");
        assert_eq!(answer.code, Some(1), "{other}");
        assert!(
            answer.stderr.contains(&format!("edited    {CI}")),
            "{}",
            answer.stderr
        );
    }
}

#[test]
fn a_file_in_which_a_bot_missed_a_line_is_made_whole_with_the_newer_pin() {
    let sandbox = Sandbox::taxi();
    sandbox.run("generate");
    let text = sandbox.read(CI);
    assert!(text.matches(CHECKOUT).count() > 1);
    sandbox.write(CI, text.replacen(CHECKOUT, NEWER, 1));
    assert_eq!(sandbox.run("generate --check").code, Some(1));
    assert_eq!(sandbox.run("generate").code, Some(0));
    assert!(!sandbox.read(CI).contains(CHECKOUT));
}

#[test]
fn dependabot_is_offered_once_and_its_file_written_only_where_there_is_none() {
    let sandbox = Sandbox::taxi();
    sandbox.run("generate");
    assert!(!sandbox.run("generate").stderr.contains("dependabot"));
    let answer = sandbox.run("generate --dependabot");
    assert_eq!(answer.code, Some(0), "{}", answer.stderr);
    insta::assert_snapshot!(sandbox.read(".github/dependabot.yml"), @r#"
    # Keeps the pinned actions of the workflows fresh. This file is yours.
    version: 2
    updates:
      - package-ecosystem: github-actions
        directory: /
        schedule:
          interval: weekly
        # A new release is left alone until others have had time to look at it.
        cooldown:
          default-days: 7
        # One pull request for all of them.
        groups:
          actions:
            patterns: ["*"]
    "#);
    let again = sandbox.run("generate --dependabot");
    assert_eq!(again.code, Some(0));
    assert!(
        again.stderr.contains("looks after the actions already"),
        "{}",
        again.stderr
    );
}

#[test]
fn a_dependabot_file_of_the_user_is_never_changed() {
    let sandbox = Sandbox::taxi();
    let theirs = "version: 2\nupdates:\n  - package-ecosystem: pip\n    directory: /\n    schedule: {interval: weekly}\n";
    sandbox.write(".github/dependabot.yml", theirs);
    let answer = sandbox.run("generate --dependabot");
    assert_eq!(answer.code, Some(2));
    insta::assert_snapshot!(answer.stderr, @"
    error: `.github/dependabot.yml` is yours, and has no entry for actions
      help: add one for the package ecosystem `github-actions`; gatewright writes the file only where there is none
    ");
    assert_eq!(sandbox.read(".github/dependabot.yml"), theirs);
}

#[test]
fn nothing_is_offered_to_those_who_have_it() {
    for (path, text) in [
        (
            ".github/dependabot.yml",
            "updates:\n  - package-ecosystem: \"github-actions\"\n",
        ),
        ("renovate.json", "{}"),
    ] {
        let sandbox = Sandbox::taxi();
        sandbox.write(path, text);
        let answer = sandbox.run("generate");
        assert!(
            !answer.stderr.contains("--dependabot"),
            "{path}: {}",
            answer.stderr
        );
    }
}
