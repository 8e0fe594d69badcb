//! Reports that other tools wrote, and everything that must not pass for one.

use gatewright::import::{
    ImportError, Imported, Pointed, evidently, junit, pointer, promptfoo, sarif,
};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::sample;

type Import = fn(&[u8]) -> Result<Imported, ImportError>;

/// Each report as its tool wrote it, and promptfoo's as its types say it is.
fn reports() -> Vec<(&'static str, Import, Vec<u8>)> {
    let file =
        |name: &'static str, import: Import| (name, import, sample(&format!("reports/{name}")));
    vec![
        file("pytest.xml", junit),
        file("node.xml", junit),
        file("zizmor.sarif", sarif),
        file("evidently-0.4.json", evidently),
        file("evidently-0.7.json", evidently),
        (
            "promptfoo",
            promptfoo,
            prompts(&[(true, 0), (false, 1), (false, 2)])
                .to_string()
                .into_bytes(),
        ),
    ]
}

/// A file of promptfoo from pairs of `success` and `failureReason`.
fn prompts(results: &[(bool, u64)]) -> Value {
    let count = |wanted: (bool, u64)| results.iter().filter(|it| **it == wanted).count();
    let entries: Vec<_> = results
        .iter()
        .map(|(success, reason)| {
            json!({"success": success, "failureReason": reason, "score": 0, "provider": {"id": "echo"},
                "testCase": {"description": "greets"}, "error": if *success { Value::Null } else { json!("why") }})
        })
        .collect();
    json!({
        "evalId": "eval-1",
        "results": {
            "version": 3, "timestamp": "2026-11-23T12:00:00.000Z", "prompts": [], "results": entries,
            "stats": {"successes": count((true, 0)), "failures": count((false, 1)), "errors": count((false, 2)),
                "tokenUsage": {"total": 0}}
        },
        "config": {}, "shareableUrl": null, "metadata": {"promptfooVersion": "0.120.0"}
    })
}

fn line(found: &Imported) -> String {
    let Imported {
        total,
        passed,
        warned,
        failed,
        errored,
        skipped,
        failing,
    } = found;
    format!(
        "{total} = {passed} passed + {warned} warned + {failed} failed + {errored} errored + {skipped} skipped; {}",
        failing.join(", ")
    )
}

#[test]
fn every_tool_is_counted_as_it_counts() {
    let all: Vec<_> = reports()
        .into_iter()
        .map(|(name, import, bytes)| format!("{name}: {}", line(&import(&bytes).unwrap())))
        .collect();
    insta::assert_snapshot!(all.join("\n"), @r"
    pytest.xml: 10 = 3 passed + 0 warned + 2 failed + 3 errored + 2 skipped; test_a.test_fail, test_a.test_error, test_a.test_teardown, test_a.test_both, test_a.test_both
    node.xml: 5 = 2 passed + 0 warned + 1 failed + 0 errored + 2 skipped; test.inner fails
    zizmor.sarif: 9 = 0 passed + 6 warned + 3 failed + 0 errored + 0 skipped; zizmor/dangerous-triggers: use of fundamentally insecure workflow trigger: pull_request_target is almost always used insecurely, zizmor/template-injection: code injection via template expansion: may expand into attacker-controllable code, zizmor/unpinned-uses: unpinned action reference: action is not pinned to a hash (required by blanket policy)
    evidently-0.4.json: 4 = 1 passed + 1 warned + 1 failed + 1 errored + 0 skipped; Drift per Column, Drift per Column
    evidently-0.7.json: 4 = 1 passed + 1 warned + 2 failed + 0 errored + 0 skipped; Value Drift for column x, Minimal value of 'x': Greater or Equal 100.000
    promptfoo: 3 = 1 passed + 0 warned + 1 failed + 1 errored + 0 skipped; greets, greets
    ");
}

#[test]
fn a_cut_report_is_never_one() {
    for (name, import, bytes) in reports() {
        let whole = bytes.trim_ascii_end().len();
        for end in 0..whole {
            assert!(import(&bytes[..end]).is_err(), "{name} cut at {end}");
        }
        assert!(import(&bytes[..whole]).is_ok());
    }
}

#[test]
fn what_is_wrong_with_xml_is_told_with_its_place() {
    let told = |text: &str| junit(text.as_bytes()).unwrap_err().to_string();
    let suite = "<testsuite>\n  <testcase name=\"a\"/>\n";
    insta::assert_snapshot!(told(suite), @"it is not whole XML: it ends before its elements do at line 3 column 0");
    insta::assert_snapshot!(told(&format!("{suite}</testsuites>")), @"it is not whole XML: ill-formed document: expected `</testsuite>`, but `</testsuites>` was found at line 3 column 0");
    insta::assert_snapshot!(told(&format!("\u{feff}{suite}  &own;</testsuite>")), @"it is not whole XML: it has an entity of its own, which is not read at line 3 column 7");
}

#[test]
fn no_tool_reads_the_report_of_another() {
    let imports: [(&str, Import); 4] = [
        ("xml", junit),
        ("sarif", sarif),
        ("evidently", evidently),
        ("promptfoo", promptfoo),
    ];
    for (name, _, bytes) in reports() {
        let readers = imports.iter().filter(|(_, import)| import(&bytes).is_ok());
        assert_eq!(readers.count(), 1, "{name}");
    }
    for (name, import) in imports {
        for other in [
            "",
            "null",
            "{}",
            "[]",
            "<html></html>",
            "<a/>",
            "{\"tests\":[]}",
            "{\"version\":\"2.1.0\"}",
        ] {
            assert!(import(other.as_bytes()).is_err(), "{name} reads {other}");
        }
    }
}

#[test]
fn no_tests_are_no_pass() {
    let empty: [(Import, String); 6] = [
        (junit, "<testsuites/>".to_owned()),
        (
            junit,
            r#"<testsuite tests="0" failures="0"></testsuite>"#.to_owned(),
        ),
        (sarif, r#"{"version":"2.1.0","runs":[]}"#.to_owned()),
        (evidently, r#"{"metrics":[],"tests":[]}"#.to_owned()),
        (promptfoo, prompts(&[]).to_string()),
        (
            evidently,
            r#"{"version":"0.4.40","tests":[],"summary":{"all_passed":true,"total_tests":0}}"#
                .to_owned(),
        ),
    ];
    for (import, text) in empty {
        assert!(
            matches!(import(text.as_bytes()), Err(ImportError::Empty { .. })),
            "{text}"
        );
    }
    let skipped =
        junit(b"<testsuite tests='1'><testcase name='a'><skipped/></testcase></testsuite>")
            .unwrap();
    assert!(!skipped.is_pass() && skipped.pass_rate().is_none());
}

#[test]
fn a_case_that_speaks_of_a_failure_in_words_of_its_own_is_no_pass() {
    let read = |case: &str, failures: u64| {
        let text = format!(
            "<testsuite tests='2' failures='{failures}' errors='0'><testcase name='a'/>{case}</testsuite>"
        );
        junit(text.as_bytes())
    };
    for child in [
        "Failure",
        "FAILURE",
        "rerunFailure",
        "flakyFailure",
        "flakyError",
        "Error",
        "test-error",
    ] {
        let case = format!("<testcase name='b'><{child}/></testcase>");
        for claimed in [0, 1] {
            let found = read(&case, claimed).unwrap();
            assert_eq!((found.passed, found.failed), (1, 1), "{child}");
        }
        assert!(read(&case, 2).is_err(), "{child}");
    }
    for attribute in [
        "status='failed'",
        "status='fail'",
        "result='Error'",
        "status='run' result='interrupted'",
        "status='unheard of'",
    ] {
        let found = read(&format!("<testcase name='b' {attribute}/>"), 0).unwrap();
        assert_eq!((found.passed, found.failed), (1, 1), "{attribute}");
    }
    for attribute in [
        "status='Passed'",
        "status='run' result='completed'",
        "status=''",
    ] {
        let found = read(&format!("<testcase name='b' {attribute}/>"), 0).unwrap();
        assert_eq!(found.passed, 2, "{attribute}");
    }
    for attribute in [
        "status='notrun'",
        "result='skipped'",
        "status='run' result='suppressed'",
    ] {
        let found = read(&format!("<testcase name='b' {attribute}/>"), 0).unwrap();
        assert_eq!((found.passed, found.skipped), (1, 1), "{attribute}");
    }
    let plain = "<testcase name='b'><system-err>error</system-err><properties/></testcase>";
    assert_eq!(read(plain, 0).unwrap().passed, 2);
}

/// A SARIF log of one run with these results and rules.
fn log(results: &Value, rules: &Value) -> Vec<u8> {
    let run = json!({"tool": {"driver": {"name": "t", "rules": rules}}, "results": results, "invocations": [{"executionSuccessful": true}]});
    json!({"version": "2.1.0", "runs": [run]})
        .to_string()
        .into_bytes()
}

#[test]
fn a_sarif_result_is_as_grave_as_it_or_its_rule_says() {
    let rules = json!([{"id": "a", "defaultConfiguration": {"level": "error"}}, {"id": "b"}]);
    for (result, expected) in [
        (json!({"ruleId": "a"}), "failed"),
        (json!({"ruleIndex": 0}), "failed"),
        (json!({"rule": {"index": 0}}), "failed"),
        (json!({"ruleId": "a", "level": "note"}), "warned"),
        (json!({"ruleId": "b"}), "warned"),
        (json!({"ruleId": "b", "level": "error"}), "failed"),
        (json!({"ruleId": "b", "level": "none"}), "passed"),
        (json!({"ruleId": "b", "kind": "pass"}), "passed"),
        (json!({"ruleId": "b", "kind": "open"}), "errored"),
        (json!({"ruleId": "a", "kind": "review"}), "failed"),
        (
            json!({"ruleId": "a", "suppressions": [{"kind": "inSource"}]}),
            "skipped",
        ),
        (
            json!({"ruleId": "a", "suppressions": [{"kind": "external", "status": "accepted"}]}),
            "skipped",
        ),
        (
            json!({"ruleId": "a", "suppressions": [{"kind": "external", "status": "rejected"}]}),
            "failed",
        ),
        (
            json!({"ruleId": "a", "suppressions": [{"kind": "external", "status": "underReview"}]}),
            "failed",
        ),
        (json!({"ruleId": "a", "suppressions": []}), "failed"),
    ] {
        let found = sarif(&log(&json!([result]), &rules)).unwrap();
        let shown = line(&found);
        assert!(
            shown.contains(&format!("1 {expected}")),
            "{result}: {shown}"
        );
    }
    assert!(sarif(&log(&json!([]), &rules)).unwrap().is_clean());
    for odd in [
        json!([{"level": "fatal"}]),
        json!([{"kind": "maybe"}]),
        json!([{"kind": "pass", "level": "error"}]),
        json!({}),
        json!([{"suppressions": 1}]),
    ] {
        assert!(sarif(&log(&odd, &rules)).is_err(), "{odd}");
    }
}

#[test]
fn a_tool_that_did_not_finish_has_found_nothing() {
    let run = |invocations: Value, results: Value| {
        let run = json!({"tool": {"driver": {"name": "t"}}, "invocations": invocations, "results": results});
        sarif(
            json!({"version": "2.1.0", "runs": [run]})
                .to_string()
                .as_bytes(),
        )
    };
    for (invocations, results) in [
        (json!([{"executionSuccessful": false}]), json!([])),
        (
            json!([{"executionSuccessful": true}, {"executionSuccessful": false}]),
            json!([]),
        ),
        (json!([]), Value::Null),
    ] {
        assert!(matches!(
            run(invocations, results),
            Err(ImportError::Unfinished { .. })
        ));
    }
    assert!(matches!(
        run(json!([{}]), json!([])),
        Err(ImportError::Foreign { .. })
    ));
}

#[test]
fn errors_of_promptfoo_are_never_passes() {
    let read = |document: &Value| promptfoo(document.to_string().as_bytes());
    let found = read(&prompts(&[(true, 0), (true, 0), (false, 2), (false, 2)])).unwrap();
    assert_eq!(
        (found.pass_rate(), found.errored, found.is_pass()),
        (Some(0.5), 2, false)
    );
    assert!(read(&prompts(&[(true, 0)])).unwrap().is_pass());
    for (pointer, value) in [
        ("/results/stats/successes", json!(2)),
        ("/results/stats/errors", json!(1)),
        ("/results/stats/failures", json!(1)),
    ] {
        let mut document = prompts(&[(true, 0)]);
        *document.pointer_mut(pointer).unwrap() = value;
        assert!(
            matches!(read(&document), Err(ImportError::Contradiction { .. })),
            "{pointer}"
        );
    }
    for (pointer, value) in [
        ("/results/version", json!(9)),
        ("/results/stats/errors", json!(-1)),
        ("/results/results/0/success", json!("yes")),
        ("/results/stats", Value::Null),
    ] {
        let mut document = prompts(&[(true, 0)]);
        *document.pointer_mut(pointer).unwrap() = value;
        assert!(
            matches!(read(&document), Err(ImportError::Foreign { .. })),
            "{pointer}"
        );
    }
    // Success with a reason for failure is a contradiction, whatever the totals say.
    for reason in [json!(1), json!(3), json!("1")] {
        let mut document = prompts(&[(true, 0)]);
        *document
            .pointer_mut("/results/results/0/failureReason")
            .unwrap() = reason.clone();
        assert!(read(&document).is_err(), "{reason}");
    }
    // Before errors were counted, and the summary without the file around it.
    let mut old = prompts(&[(true, 0), (false, 2)])["results"].take();
    old["version"] = json!(2);
    old["stats"] = json!({"successes": 1, "failures": 1});
    assert_eq!(read(&old).unwrap().errored, 1);
}

#[test]
fn the_summary_of_evidently_has_to_agree() {
    let original: Value = serde_json::from_slice(&sample("reports/evidently-0.4.json")).unwrap();
    for (pointer, value) in [
        ("/summary/total_tests", json!(3)),
        ("/summary/by_status/FAIL", json!(0)),
        ("/summary/all_passed", json!(true)),
    ] {
        let mut document = original.clone();
        *document.pointer_mut(pointer).unwrap() = value;
        let read = evidently(document.to_string().as_bytes());
        assert!(
            matches!(read, Err(ImportError::Contradiction { .. })),
            "{pointer}: {read:?}"
        );
    }
    let mut document = original;
    *document.pointer_mut("/tests/0/status").unwrap() = json!("OK");
    assert!(matches!(
        evidently(document.to_string().as_bytes()),
        Err(ImportError::Foreign { .. })
    ));
}

#[test]
fn a_pointer_names_one_value() {
    let text = br#"{"a": {"b/c": [1, 0.5, true, "x", null]}, "": 2, "m~n": 1e308}"#;
    assert_eq!(pointer(text, "/a/b~1c/1"), Ok(Pointed::Number(0.5)));
    assert_eq!(pointer(text, "/a/b~1c/2"), Ok(Pointed::Bool(true)));
    assert_eq!(
        pointer(text, "/a/b~1c/3"),
        Ok(Pointed::Text("x".to_owned()))
    );
    assert_eq!(pointer(text, "/"), Ok(Pointed::Number(2.0)));
    assert_eq!(pointer(b"7", ""), Ok(Pointed::Number(7.0)));
    assert_eq!(pointer(text, "/m~0n"), Ok(Pointed::Number(1e308)));
    for nothing in [
        "/x",
        "/a",
        "/a/b~1c",
        "/a/b~1c/4",
        "/a/b~1c/5",
        "/a/b~1c/-",
        "a",
        "",
        "/a/b~1c/01",
    ] {
        assert!(
            matches!(pointer(text, nothing), Err(ImportError::Pointer { .. })),
            "{nothing}"
        );
    }
    for broken in [
        br#"{"a":1,"a":2}"#.as_slice(),
        br#"{"a":1"#,
        b"{\"a\":NaN}",
        b"",
    ] {
        assert!(matches!(
            pointer(broken, "/a"),
            Err(ImportError::Malformed { .. })
        ));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_damaged_report_never_panics_and_its_counts_add_up(which in 0..6_usize, at: prop::sample::Index, cut in 0..40_usize, byte: u8) {
        let (_, import, mut bytes) = reports().swap_remove(which);
        let at = at.index(bytes.len());
        let end = (at + cut).min(bytes.len());
        bytes.splice(at..end, [byte]);
        if let Ok(found) = import(&bytes) {
            let Imported { total, passed, warned, failed, errored, skipped, .. } = found;
            prop_assert_eq!(total, passed + warned + failed + errored + skipped);
            prop_assert!(total > 0);
        }
    }
}
