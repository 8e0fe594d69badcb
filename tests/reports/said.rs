//! What each report says.

use gatewright::evidence::{File, Run, Subject};
use gatewright::gate::need::MODEL_FILE;
use gatewright::gate::{Outcome, Reason, Verdict};
use gatewright::report::{Format, explain, report};

use crate::made::{PLAIN, decision, finding, json, part, varied};

#[test]
fn the_table_shows_slices_notes_and_who_answers_for_a_waiver() {
    insta::assert_snapshot!(report(&varied("auc"), Format::Text, PLAIN), @"
    Gate promote: BLOCKED (1 waived, 1 skipped)  auc version 7 (auc) against nothing live yet

                     check                         candidate  champion  change  limit
       fail          auc >= champion - 0.01              0.7       0.8    -0.1  >= 0.79
                       auc (n 50): too-few
                       region=eu (n 50): violated
                       region=us (n 50)
       inconclusive  vague >= champion - 0.01            0.7       0.8    -0.1  >= 0.79
       warn          slow >= champion - 0.01             0.7       0.8    -0.1  >= 0.79
       waived        recall >= champion - 0.01           0.7       0.8    -0.1  >= 0.79
       skipped       late >= champion - 0.01             0.7       0.8    -0.1  >= 0.79
       pass          fine >= champion - 0.01             0.7       0.8    -0.1  >= 0.79

      fail: about auc
      inconclusive: about vague
      warn: about slow
      waived: about recall (waived until 2026-12-31 by ml-leads: auc)
      skipped: about late

      note: auc
      note: auc >= champion - 0.01: taken from auc

      metrics of run auc in auc
    ");
}

#[test]
fn junit_counts_a_check_once_and_keeps_to_the_strict_schema() {
    let evidence = varied("auc").evidence;
    let page = report(&varied("auc"), Format::Junit, PLAIN).replace(&evidence, "[EVIDENCE]");
    insta::assert_snapshot!(page, @r#"
    <?xml version="1.0" encoding="UTF-8"?>
    <testsuites>
      <testsuite name="gate promote" package="gatewright" id="0" hostname="localhost" timestamp="2026-11-23T12:00:00" tests="6" failures="1" errors="1" skipped="1" time="0">
        <properties>
          <property name="verdict" value="blocked"/>
          <property name="waived" value="1"/>
          <property name="model" value="auc"/>
          <property name="candidate" value="7"/>
          <property name="environment" value="prod"/>
          <property name="spec-digest" value="sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"/>
          <property name="evidence-digest" value="[EVIDENCE]"/>
          <property name="commit" value="0000000000000000000000000000000000000000"/>
        </properties>
        <testcase name="fine &gt;= champion - 0.01" classname="services/a b/gatewright.yaml" time="0"/>
        <testcase name="auc &gt;= champion - 0.01" classname="services/a b/gatewright.yaml" time="0"><failure type="violated" message="about auc">region=us: holds: region=us is what it is&#10;auc: too-few: auc is what it is&#10;region=eu: violated: region=eu is what it is&#10;</failure></testcase>
        <testcase name="late &gt;= champion - 0.01" classname="services/a b/gatewright.yaml" time="0"><skipped message="about late"/></testcase>
        <testcase name="vague &gt;= champion - 0.01" classname="services/a b/gatewright.yaml" time="0"><error type="undecided" message="about vague"/></testcase>
        <testcase name="slow &gt;= champion - 0.01" classname="services/a b/gatewright.yaml" time="0"/>
        <testcase name="recall &gt;= champion - 0.01" classname="services/a b/gatewright.yaml" time="0"/>
        <system-out>warning: slow &gt;= champion - 0.01: about slow&#10;waived: recall &gt;= champion - 0.01: about recall (waived until 2026-12-31 by ml-leads: auc)&#10;note: auc&#10;note: auc &gt;= champion - 0.01: taken from auc&#10;</system-out>
        <system-err/>
      </testsuite>
    </testsuites>
    "#);
}

#[test]
fn annotations_tell_what_blocks_from_what_is_waived() {
    insta::assert_snapshot!(report(&varied("auc"), Format::Github, PLAIN), @"
    ::error file=services/a b/gatewright.yaml,line=1,col=1,title=gate promote%3A auc >= champion - 0.01::about auc
    ::error file=services/a b/gatewright.yaml,line=1,col=1,title=gate promote%3A vague >= champion - 0.01::about vague
    ::warning file=services/a b/gatewright.yaml,line=1,col=1,title=gate promote%3A slow >= champion - 0.01::about slow
    ::warning file=services/a b/gatewright.yaml,line=1,col=1,title=gate promote%3A recall >= champion - 0.01::waived: about recall (waived until 2026-12-31 by ml-leads: auc)
    ");
}

#[test]
fn explain_shows_the_arithmetic_and_every_slice() {
    let decision = varied("auc");
    insta::assert_snapshot!(explain(&decision, &decision.checks[1]), @"
    Check auc: fail

      check      auc >= champion - 0.01
      level      error
      reason     violated: about auc
      meaning    The rule does not hold on the evidence that was read.
      place      services/a b/gatewright.yaml:1:1
      candidate  0.7, read from run auc
      baseline   0.8, read from run auc
      limit      0.79
      change     -0.1

      derivation:
        - 0.7 of auc

      slices:
        - region=us (n 50): holds: region=us is what it is
        - auc (n 50): too-few: auc is what it is
        - region=eu (n 50): violated: region=eu is what it is

      notes:
        - taken from auc

      fail at level error: it blocks; gate promote: blocked
    ");
    assert!(
        explain(&decision, &decision.checks[5])
            .contains("until 2026-12-31 by ml-leads: auc; it counts")
    );
}

#[test]
fn every_output_says_that_something_is_waived() {
    let decision = varied("auc");
    let said =
        |format, text: &str| assert!(report(&decision, format, PLAIN).contains(text), "{text}");
    said(Format::Text, "BLOCKED (1 waived, 1 skipped)");
    said(Format::Markdown, "blocked (1 waived, 1 skipped)");
    said(Format::Junit, "<property name=\"waived\" value=\"1\"/>");
    said(
        Format::Github,
        "::warning file=services/a b/gatewright.yaml,line=1,col=1,title=gate promote%3A recall",
    );
    said(Format::Azure, "gate promote: waived: recall");
    assert_eq!(json(&decision, Format::Json)["summary"]["waived"], 1);
    let sarif = json(&decision, Format::Sarif);
    let results = sarif["runs"][0]["results"].as_array().unwrap();
    let suppressed: Vec<_> = results
        .iter()
        .filter(|one| one.get("suppressions").is_some())
        .collect();
    assert_eq!((results.len(), suppressed.len()), (4, 1));
    assert_eq!(suppressed[0]["suppressions"][0]["status"], "accepted");
    let predicate = json(&decision, Format::InTotoPredicate);
    assert_eq!(
        predicate["warnedTests"],
        serde_json::json!(["slow", "recall"])
    );
}

#[test]
fn a_pass_with_a_warning_is_warned_and_a_skipped_check_is_no_passed_test() {
    let result = |findings| {
        json(
            &decision("x", Verdict::Pass, findings),
            Format::InTotoPredicate,
        )
    };
    let fine = || finding("fine", Outcome::Pass, Reason::Holds);
    let skipped = finding("late", Outcome::Skipped, Reason::NoBaseline);
    let all = result(vec![fine(), skipped]);
    assert_eq!(
        (&all["result"], &all["passedTests"]),
        (&"PASSED".into(), &serde_json::json!(["fine"]))
    );
    let warned = finding("slow", Outcome::Warn, Reason::Violated);
    assert_eq!(result(vec![fine(), warned])["result"], "WARNED");
    let held = decision(
        "x",
        Verdict::Hold,
        vec![finding("vague", Outcome::Inconclusive, Reason::Undecided)],
    );
    assert_eq!(
        json(&held, Format::InTotoPredicate)["failedTests"],
        serde_json::json!(["vague"])
    );
}

#[test]
fn the_subject_is_the_model_file_where_it_was_read() {
    let mut one = varied("auc");
    let (name, by_record) = one.subject();
    assert_eq!(name, "models:/auc/7");
    let text = "signature: x\n";
    one.candidate.model_file = Some(gatewright::decision::sha256(text.as_bytes()));
    let (_, by_file) = one.subject();
    assert_ne!(by_record, by_file);
    assert!(by_file.len() == 64 && by_record.len() == 64);
    let mut candidate = Subject::of_run(Run::empty("r"));
    candidate
        .files
        .insert(MODEL_FILE.to_owned(), File::Text(text.to_owned()));
    let record = gatewright::decision::VersionRecord::of(&candidate);
    assert_eq!(record.model_file, one.candidate.model_file);
}

#[test]
fn ten_slices_are_shown_and_the_rest_is_counted() {
    let mut failed = finding("auc", Outcome::Fail, Reason::Violated);
    failed.opinion.parts = (0..23)
        .map(|index| {
            let reason = if index % 5 == 0 {
                Reason::Violated
            } else {
                Reason::Holds
            };
            part(&format!("shop={index}"), reason)
        })
        .collect();
    let text = report(
        &decision("x", Verdict::Blocked, vec![failed]),
        Format::Text,
        PLAIN,
    );
    let shown: Vec<_> = text.lines().filter(|line| line.contains("shop=")).collect();
    assert_eq!(shown.len(), 10);
    assert!(
        shown[..5].iter().all(|line| line.contains(": violated")),
        "{text}"
    );
    assert!(text.contains("and 13 more pass"), "{text}");
}

#[test]
fn a_report_with_thousands_of_checks_fits_into_a_comment_and_keeps_what_blocks() {
    let many = (0..3000).map(|index| finding(&format!("m{index}"), Outcome::Pass, Reason::Holds));
    let mut findings: Vec<_> = many.collect();
    findings.push(finding(
        "the-one-that-blocks",
        Outcome::Fail,
        Reason::Violated,
    ));
    let page = report(
        &decision("x", Verdict::Blocked, findings),
        Format::Markdown,
        PLAIN,
    );
    assert!(page.chars().count() < 65_000, "{}", page.chars().count());
    assert!(page.contains("the-one-that-blocks"));
    assert!(page.contains("checks that pass"), "it says so");
    assert!(
        page.contains("<sub>judged 2026-11-23T12:00:00Z"),
        "the end is there"
    );
    let failing =
        (0..3000).map(|index| finding(&format!("m{index}"), Outcome::Fail, Reason::Violated));
    let page = report(
        &decision("x", Verdict::Blocked, failing.collect()),
        Format::Markdown,
        PLAIN,
    );
    assert!(page.chars().count() < 65_000 && page.contains("that do not**"));
}
