//! `JUnit` reports that are almost whole, and XML that is meant to do harm.

use gatewright::import::{ImportError, Imported, junit};

fn suite(text: &str) -> Result<Imported, ImportError> {
    junit(text.as_bytes())
}

#[test]
fn totals_of_a_suite_have_to_be_those_of_its_cases() {
    for whole in [
        r#"<testsuite tests="2" failures="1" errors="0"><testcase name="a"/><testcase name="b"><failure/></testcase></testsuite>"#,
        // Skipped ones are no tests to some runners, and errors are failures to some.
        r#"<testsuite tests="1" failures="1"><testcase name="a"><skipped/></testcase><testcase name="b"><error/></testcase></testsuite>"#,
        // A suite that counts only its own, and one that counts everything below.
        r#"<testsuites tests="2"><testsuite tests="1"><testcase name="a"/><testsuite tests="1"><testcase name="b"/></testsuite></testsuite></testsuites>"#,
        r#"<testsuite tests="1"><testcase name="a"><flakyFailure/></testcase></testsuite>"#,
    ] {
        assert!(suite(whole).is_ok(), "{whole}: {:?}", suite(whole));
    }
    for lost in [
        r#"<testsuite tests="3"><testcase name="a"/></testsuite>"#,
        r#"<testsuite tests="1" failures="1"><testcase name="a"/></testsuite>"#,
        r#"<testsuite tests="1" failures="0" errors="0"><testcase name="a"><failure/></testcase></testsuite>"#,
        r#"<testsuites tests="5"><testsuite tests="1"><testcase name="a"/></testsuite></testsuites>"#,
        r#"<testsuite tests="1" errors="18446744073709551615" failures="1"><testcase name="a"/></testsuite>"#,
    ] {
        assert!(
            matches!(suite(lost), Err(ImportError::Contradiction { .. })),
            "{lost}"
        );
    }
    assert!(matches!(
        suite(r#"<testsuite tests="many"><testcase/></testsuite>"#),
        Err(ImportError::Foreign { .. })
    ));
    let broken = suite(
        r#"<testsuite name="s"><error>collection failed</error><testcase name="a"/></testsuite>"#,
    )
    .unwrap();
    assert_eq!((broken.errored, broken.is_pass()), (1, false));
    let unrun = suite(r#"<testsuite tests="2" disabled="1"><testcase name="a" status="run"/><testcase name="b" status="notrun"/></testsuite>"#).unwrap();
    assert_eq!((unrun.passed, unrun.skipped), (1, 1));
}

#[test]
fn nothing_in_xml_is_expanded() {
    let case = "<testsuite><testcase name='a'>&x;</testcase></testsuite>";
    let bomb = format!("<!DOCTYPE t [<!ENTITY x \"{}\">]>{case}", "lol".repeat(10));
    let file = format!("<!DOCTYPE t [<!ENTITY x SYSTEM \"file:///etc/passwd\">]>{case}");
    let deep = format!("<testsuite>{}", "<testsuite>".repeat(100_000));
    for hostile in [
        bomb.as_str(),
        &file,
        case,
        &deep,
        "<testsuite><testcase name='&x;'/></testsuite>",
        "<testsuite/><testsuite/>",
        "<testsuite><testcase/></testsuite>x",
        "x<testsuite><testcase/></testsuite>",
        "<testsuite><testcase a='1' a='2'/></testsuite>",
        "<testsuite><testcase></testsuite></testcase>",
    ] {
        assert!(
            matches!(suite(hostile), Err(ImportError::Malformed { .. })),
            "{hostile:.60}"
        );
    }
    let own =
        suite("<testsuite><testcase name='a&lt;&#10;b'>&amp;<failure/></testcase></testsuite>")
            .unwrap();
    assert_eq!(own.failing, ["a< b"]);
}
