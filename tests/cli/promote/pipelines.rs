//! What CI systems are told.

use super::{Registry, shown};
use crate::sandbox::Sandbox;

const GITHUB: &[(&str, &str)] = &[
    ("GITHUB_ACTIONS", "true"),
    ("GITHUB_STEP_SUMMARY", "summary.md"),
    ("GITHUB_OUTPUT", "outputs"),
    ("GITHUB_SERVER_URL", "https://github.com"),
    ("GITHUB_REPOSITORY", "acme/taxi"),
    ("GITHUB_RUN_ID", "77"),
    ("GITHUB_ACTOR", "ana"),
    ("GITHUB_SHA", "0123456789012345678901234567890123456789"),
];

#[test]
fn github_gets_a_notice_a_summary_and_outputs() {
    let sandbox = Sandbox::taxi();
    let answer = sandbox.run_with("promote", GITHUB);
    assert_eq!(answer.code, Some(0), "{}", answer.stderr);
    insta::assert_snapshot!(answer.stdout.lines().last().unwrap(), @"::notice title=gatewright%3A taxi-fare champion::Promoted: taxi-fare version 3 is `champion` now, in place of version 1");
    insta::assert_snapshot!(shown(&sandbox.read("summary.md")), @r"
    ### ✅ Promoted: taxi-fare version 3 is \`champion\` now, in place of version 1

    | | |
    |---|---|
    | registry | sqlite:///mlflow.db |
    | decision | gate promote: pass, judged [TIME], sha256:[DIGEST] |
    | logged | runs:/b24571ec6c9047fcbb7544d173d73b39/gatewright/decisions/[DIGEST].json |
    | by | ana, https://github.com/acme/taxi/actions/runs/77 |
    | commit | 012345678901 |
    | record | entry 1 of the ledger, tag gatewright.promotion.1, [TIME] |
    ");
    assert_eq!(
        sandbox.read("outputs"),
        "promoted=true\nstatus=done\nversion=3\nreplaced=1\n"
    );
    let entry = &Registry::of(&sandbox).entries()[0].1;
    assert_eq!(entry["by"]["actor"], "ana");
    assert_eq!(
        entry["by"]["run_url"],
        "https://github.com/acme/taxi/actions/runs/77"
    );
    assert_eq!(entry["commit"], "0123456789012345678901234567890123456789");
}

#[test]
fn a_run_that_is_repeated_has_promoted_and_another_one_has_not() {
    let sandbox = Sandbox::taxi();
    sandbox.run_with("promote", GITHUB);
    sandbox.write("outputs", "");
    sandbox.run_with("promote", GITHUB);
    assert_eq!(
        sandbox.read("outputs"),
        "promoted=true\nstatus=already-live\nversion=3\nreplaced=1\n"
    );
    sandbox.write("outputs", "");
    let other: Vec<_> = GITHUB
        .iter()
        .map(|(name, value)| {
            (
                *name,
                if *name == "GITHUB_RUN_ID" {
                    "78"
                } else {
                    *value
                },
            )
        })
        .collect();
    sandbox.run_with("promote", &other);
    assert_eq!(
        sandbox.read("outputs"),
        "promoted=false\nstatus=already-live\nversion=3\nreplaced=1\n"
    );
}

#[test]
fn what_is_refused_or_forced_is_annotated() {
    let sandbox = Sandbox::taxi();
    let answer = sandbox.run_with("promote --candidate 2", GITHUB);
    assert_eq!(answer.code, Some(1));
    let annotated: Vec<_> = answer
        .stdout
        .lines()
        .filter(|line| line.starts_with("::"))
        .collect();
    insta::assert_snapshot!(annotated.join("\n"), @"::error title=gatewright%3A taxi-fare champion::gate `promote` blocked it: r2-ge-champion-minus-0.01, rmse-le-champion-plus-2-percent");
    assert_eq!(
        sandbox.read("outputs"),
        "promoted=false\nstatus=refused\nversion=2\nreplaced=1\n"
    );
    let answer = sandbox.run_with(
        "promote --candidate 2 --force --reason outage --format json",
        GITHUB,
    );
    assert_eq!(answer.code, Some(0));
    serde_json::from_str::<serde_json::Value>(&answer.stdout).expect("stdout is data");
    insta::assert_snapshot!(answer.stderr, @"
    warning: FORCED, although gate `promote` blocked it: r2-ge-champion-minus-0.01, rmse-le-champion-plus-2-percent
    ::warning title=gatewright%3A taxi-fare champion::forced, although gate `promote` blocked it: r2-ge-champion-minus-0.01, rmse-le-champion-plus-2-percent
    ::notice title=gatewright%3A taxi-fare champion::Promoted: taxi-fare version 2 is `champion` now, in place of version 1
    ");
}

#[test]
fn azure_gets_issues_a_summary_and_variables() {
    let sandbox = Sandbox::taxi();
    let environment = [("TF_BUILD", "True"), ("AGENT_TEMPDIRECTORY", "temp")];
    let answer = sandbox.run_with("promote --candidate 2", &environment);
    assert_eq!(answer.code, Some(1));
    let commands: Vec<_> = answer
        .stdout
        .lines()
        .filter(|line| line.starts_with("##vso"))
        .collect();
    insta::assert_snapshot!(commands.join("\n"), @"
    ##vso[task.logissue type=error]gatewright: taxi-fare champion: gate `promote` blocked it: r2-ge-champion-minus-0.01, rmse-le-champion-plus-2-percent
    ##vso[task.setvariable variable=promoted;isoutput=true]false
    ##vso[task.setvariable variable=status;isoutput=true]refused
    ##vso[task.setvariable variable=version;isoutput=true]2
    ##vso[task.setvariable variable=replaced;isoutput=true]1
    ##vso[task.uploadsummary][FOLDER]/temp/gatewright-promotion.md
    ");
    assert!(
        sandbox
            .read("temp/gatewright-promotion.md")
            .starts_with("### ⛔ Refused")
    );
}

#[test]
fn what_keeps_a_promotion_from_answering_is_marked_as_well() {
    let sandbox = Sandbox::taxi();
    let answer = sandbox.run_with("promote --candidate 99", GITHUB);
    assert_eq!(answer.code, Some(3));
    assert!(
        answer
            .stderr
            .starts_with("::error title=gatewright promote::"),
        "{}",
        answer.stderr
    );
}
