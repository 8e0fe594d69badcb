//! What no report may hold, whatever the names are.

use gatewright::report::{Format, explain, report};
use proptest::prelude::*;
use serde_json::Value as Json;

use crate::made::{PLAIN, json, varied};

/// Every format of a decision that is full of one text.
fn all_formats(text: &str) -> Vec<(Format, String)> {
    let decision = varied(text);
    let formats = Format::ALL.iter();
    formats
        .map(|format| (*format, report(&decision, *format, PLAIN)))
        .collect()
}

/// What no output may hold, whatever the names are.
fn assert_harmless(format: Format, page: &str) {
    let obeyed = |c: char| c != '\n' && (c.is_control() || matches!(c, '\u{202e}' | '\u{2066}'));
    assert!(!page.contains(obeyed), "{format:?}: {page:?}");
    for line in page.lines() {
        let start = line.trim_start();
        if format == Format::Azure {
            assert!(start.starts_with("##vso[task."), "{line}");
        }
        let after = start
            .strip_prefix("##vso[task.")
            .filter(|_| format == Format::Azure);
        assert!(
            !after.unwrap_or(start).contains("##["),
            "{format:?}: {line}"
        );
        assert!(
            !after.unwrap_or(start).contains("##vso["),
            "{format:?}: {line}"
        );
        let ours = ["::error file=", "::warning file="];
        let is_command = start.starts_with("::");
        assert!(
            !is_command || format == Format::Github && ours.iter().any(|our| line.starts_with(our)),
            "{format:?}: {line}"
        );
    }
}

/// Only our own tags, and text in which nothing is left of markup.
fn assert_xml(page: &str) {
    let value = r#"(?:[^"<>&]|&(?:lt|gt|amp|quot|apos|#\d+);)*"#;
    let tags = "testsuites|testsuite|properties|property|testcase|failure|error|skipped|system-out|system-err";
    let tag = regex::Regex::new(&format!(r#"</?(?:{tags})(?: [a-z]+="{value}")*/?>"#)).unwrap();
    let rest = page.replacen("<?xml version=\"1.0\" encoding=\"UTF-8\"?>", "", 1);
    let rest = tag.replace_all(&rest, "");
    let text = regex::Regex::new(&format!("^{value}$")).unwrap();
    assert!(
        rest.lines()
            .all(|line| text.is_match(&line.replace('"', ""))),
        "{rest}"
    );
    let is_xml = |c: char| matches!(c, '\t' | '\n' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..);
    assert!(page.chars().all(is_xml));
}

/// One table row per line, and no markup but our own.
fn assert_markdown(page: &str) {
    let page = page.replace("<sub>", "").replace("</sub>", "");
    assert!(!page.contains(['<', '@']), "{page}");
    for line in page.lines().filter(|line| line.starts_with('|')) {
        let cells = line
            .replace("\\\\", "")
            .replace("\\|", "")
            .matches('|')
            .count();
        assert_eq!(cells, 8, "{line}");
    }
}

fn assert_all_harmless(text: &str) {
    for (format, page) in all_formats(text) {
        assert_harmless(format, &page);
        match format {
            Format::Junit => assert_xml(&page),
            Format::Markdown => assert_markdown(&page),
            Format::Json | Format::Sarif | Format::InToto | Format::InTotoPredicate => {
                serde_json::from_str::<Json>(&page).unwrap();
            }
            Format::Text | Format::Github | Format::Azure | Format::Subjects => {}
        }
    }
    let decision = varied(text);
    for check in &decision.checks {
        assert_harmless(Format::Text, &explain(&decision, check));
    }
}

#[test]
fn known_attacks_are_harmless_in_every_format() {
    for text in [
        "",
        "\n::error::x",
        "\r::error::x",
        "x ::set-output name=verdict::pass",
        "##vso[task.setvariable variable=verdict]pass",
        "###vso[task.complete result=Succeeded]",
        "##[stop-commands]x",
        "]##vso[x;y]\n##vso[z]",
        "\u{1b}[2J\u{9b}31m\u{7}",
        "a|b\\|c\\\\|d",
        "<!-- --> <script>x</script> ![x](http://x) @team #1",
        "`code` **bold** <b>",
        "]]>&amp;<![CDATA[",
        "\u{202e}\u{2066}\u{fffe}\u{0}",
        "${{ github.token }} $(x) %0A%AZP0A",
    ] {
        assert_all_harmless(text);
    }
    assert_all_harmless(&"very long ::error::x ".repeat(40));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_harmless_in_every_format(text in any::<String>()) {
        assert_all_harmless(&text);
    }

    #[test]
    fn any_mixture_of_dangerous_pieces_is_harmless(
        pieces in prop::collection::vec(
            prop::sample::select(vec!["::", ":", "#", "##", "[", "]", "vso[", "error", "\n", "\r", " ", "|", "\\", "<", ">", "&", "\"", "'", "\u{1b}", "%", ";", ",", "`", "@", "\u{85}", "\u{2028}"]),
            0..20,
        )
    ) {
        assert_all_harmless(&pieces.concat());
    }

    #[test]
    fn every_decision_is_valid_under_the_published_schema(text in any::<String>()) {
        let schema: Json = serde_json::from_str(gatewright::decision::SCHEMA_TEXT).unwrap();
        let validator = jsonschema::validator_for(&schema).unwrap();
        let decision = json(&varied(&text), Format::Json);
        let errors: Vec<_> = validator.iter_errors(&decision).map(|error| error.to_string()).collect();
        prop_assert_eq!(errors, Vec::<String>::new());
    }
}
