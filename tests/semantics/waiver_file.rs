//! The file of waivers: everything that is wrong with it is told, and nothing of it counts then.

use gatewright::diagnostic::{Lines, Severity, Source, render};
use gatewright::gate::rule::{Comparator, CoverageRule, Expectation, ImportFormat, ImportRule};
use gatewright::gate::{Gate, Rule};
use gatewright::spec::waivers;

use crate::build::{gate, metric_rule, number};
use crate::waivers::{budget, now};

/// What is said about a file of waivers, and how many it has that may be used.
fn read(text: &str) -> (String, usize) {
    let mut gate = budget();
    if let Some(last) = gate.checks.last_mut() {
        last.critical = true;
    }
    read_for(gate, text)
}

fn read_for(gate: Gate, text: &str) -> (String, usize) {
    let source = Source {
        path: "waivers.yaml".to_owned(),
        text: text.to_owned(),
    };
    let (waivers, diagnostics) = waivers(&source, &[gate], now());
    let lines = Lines::of(&source);
    let told: Vec<_> = diagnostics
        .iter()
        .map(|diagnostic| render(diagnostic, &lines, false, 100))
        .collect();
    let usable = if diagnostics
        .iter()
        .any(|one| one.severity == Severity::Error)
    {
        0
    } else {
        waivers.len()
    };
    (told.join("\n\n"), usable)
}

#[test]
fn a_file_of_waivers_is_read_with_the_digits_it_has() {
    let text = "version: 1\nwaivers:\n  - {check: check-0, versions: 8, reason: noise, approver: me, expires: 2026-12-01, cap: 5.20}\n";
    let (told, usable) = read(text);
    assert_eq!((told.as_str(), usable), ("", 1));
    assert_eq!(read("version: 1\nwaivers: []\n"), (String::new(), 0));
}

#[test]
fn everything_that_is_wrong_with_a_file_of_waivers_is_told() {
    let text = "\
waivers:
  - check: chek-0
    gate: promte
    versions: \">=7\"
    expires: 2026-13-01
    aprover: me
  - {check: check-1, versions: \"7\", reason: noise, approver: me, expires: 2027-06-01}
  - {check: chek-0, versions: \"7\", reason: noise, approver: me, expires: 2026-12-01}
  - {check: check-0, versions: \"7\", reason: \" \", approver: me, expires: 2026-11-01, cap: high}
  - check-0
";
    let (told, usable) = read(text);
    assert_eq!(usable, 0);
    insta::assert_snapshot!(told, @r#"
    error[missing-key]: the required key `version` is missing
     --> waivers.yaml:1:1
      |
    1 | waivers:
      | ^
      |
      = help: add `version: 1`

    error[unknown-key]: unknown key `aprover`
     --> waivers.yaml:6:5
      |
    6 |     aprover: me
      |     ^^^^^^^
      |
      = help: did you mean `approver`?

    error[missing-key]: the required key `reason` is missing in a waiver
     --> waivers.yaml:2:5
      |
    2 |   - check: chek-0
      |     ^
      |
      = help: add `reason:`

    error[missing-key]: the required key `approver` is missing in a waiver
     --> waivers.yaml:2:5
      |
    2 |   - check: chek-0
      |     ^
      |
      = help: add `approver:`

    error[invalid-value]: `>=7` is no range of versions
     --> waivers.yaml:4:15
      |
    4 |     versions: ">=7"
      |               ^^^^^
      |
      = help: one version ("7"), up to one ("<=9"), or from one to another ("7..9")

    error[invalid-value]: `2026-13-01` is no day
     --> waivers.yaml:5:14
      |
    5 |     expires: 2026-13-01
      |              ^^^^^^^^^^
      |
      = help: a day in UTC that still counts, such as 2026-12-01

    error[unknown-reference]: there is no gate `promte`
     --> waivers.yaml:3:11
      |
    3 |     gate: promte
      |           ^^^^^^
      |
      = help: did you mean `promote`?

    error[invalid-value]: the check `check-1` is critical: no waiver may excuse it
     --> waivers.yaml:7:13
      |
    7 |   - {check: check-1, versions: "7", reason: noise, approver: me, expires: 2027-06-01}
      |             ^^^^^^^
      |
      = help: remove the waiver; or make the check not critical, in a change of its own

    error[invalid-value]: a waiver may reach 90 days ahead at most
     --> waivers.yaml:7:75
      |
    7 |   - {check: check-1, versions: "7", reason: noise, approver: me, expires: 2027-06-01}
      |                                                                           ^^^^^^^^^^
      |
      = help: choose an earlier day, and renew it with a new reason; or change the check

    error[unknown-reference]: no check has the id `chek-0`
     --> waivers.yaml:8:13
      |
    8 |   - {check: chek-0, versions: "7", reason: noise, approver: me, expires: 2026-12-01}
      |             ^^^^^^
      |
      = help: did you mean `check-0`?

    error[invalid-value]: `reason` is empty
     --> waivers.yaml:9:45
      |
    9 |   - {check: check-0, versions: "7", reason: " ", approver: me, expires: 2026-11-01, cap: high}
      |                                             ^^^
      |
      = help: say it for whoever reads the report

    error[wrong-type]: `cap` takes a number
     --> waivers.yaml:9:90
      |
    9 |   - {check: check-0, versions: "7", reason: " ", approver: me, expires: 2026-11-01, cap: high}
      |                                                                                          ^^^^
      |
      = help: what the candidate's value must still reach, such as `cap: 5.5`

    error[wrong-type]: a waiver is a mapping
      --> waivers.yaml:10:5
       |
    10 |   - check-0
       |     ^^^^^^^
       |
       = help: for example `{check: rmse-budget, versions: "7", reason: ..., approver: ..., expires: 2026-12-01}`
    "#);
}

#[test]
fn an_empty_file_or_another_kind_of_file_is_no_file_of_waivers() {
    for text in [
        "",
        "# nothing\n",
        "[]\n",
        "version: 2\nwaivers: []\n",
        "version: 1\nwaivers: {}\n",
        "a: [\n",
    ] {
        let (told, _) = read(text);
        assert!(told.starts_with("error["), "{text:?}: {told}");
    }
}

#[test]
fn a_floor_of_a_check_in_percent_that_is_written_as_a_share_is_an_error() {
    let comparator = Comparator::AtLeast;
    let percent = number("98");
    let coverage = Rule::Coverage(CoverageRule {
        judge: "good".to_owned(),
        comparator,
        percent: percent.clone(),
    });
    let import = Rule::Import(ImportRule {
        format: ImportFormat::Junit,
        path: "report.xml".to_owned(),
        expectation: Expectation::PassRate {
            comparator,
            percent,
        },
    });
    let share = Rule::Metric(metric_rule("r2", comparator, "0.8"));
    let read = |id: &str, cap: &str| {
        let gate = gate(&[coverage.clone(), import.clone(), share.clone()]);
        let text = format!(
            "version: 1\nwaivers:\n  - {{check: {id}, versions: 8, reason: noise, approver: me, expires: 2026-12-01, cap: {cap}}}\n"
        );
        read_for(gate, &text)
    };
    for id in ["check-0", "check-1"] {
        assert_eq!(read(id, "0.75").1, 0);
        assert_eq!(read(id, "1").1, 0);
        assert_eq!(read(id, "1.01"), (String::new(), 1));
        assert_eq!(read(id, "75"), (String::new(), 1));
        assert_eq!(read(id, "0"), (String::new(), 1));
    }
    assert_eq!(read("check-2", "0.75"), (String::new(), 1));
    insta::assert_snapshot!(read("check-0", "0.75").0, @r#"
    error[invalid-value]: the check `check-0` is in percent, and a `cap` of 0.75 is 0.75%
     --> waivers.yaml:3:90
      |
    3 |   - {check: check-0, versions: 8, reason: noise, approver: me, expires: 2026-12-01, cap: 0.75}
      |                                                                                          ^^^^
      |
      = help: write 75 for 75%
    "#);
}
