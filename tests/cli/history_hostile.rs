//! What a registry holds cannot break out of any format.
#![expect(clippy::assigning_clones, reason = "a list of fields reads like one")]

use gatewright::attestation::{AttestationRecord, AttestorKind};
use serde_json::Value;

use crate::history::{MODEL, decided, sandbox};
use crate::support::ledger::Written;

const HOSTILE: &str = "\u{1b}[2J\u{202e}x##vso[task.setvariable variable=v]pass|<script>alert(1)</script>\n::error::x\r@team `code`";

/// A ledger with hostile text in every field that is text, and with faults and notes that quote it.
fn hostile() -> Written {
    let mut written = Written::of(MODEL, 1..=3);
    let long = format!("{HOSTILE}{}", "long ".repeat(20_000));
    written.entry(HOSTILE, 1, |record| {
        decided(record, HOSTILE);
        record.project = HOSTILE.to_owned();
        record.environment = Some(HOSTILE.to_owned());
        record.by.actor = Some(long.clone());
        record.by.run_url = Some(HOSTILE.to_owned());
        record.commit = Some(HOSTILE.to_owned());
        record.run_id = Some(HOSTILE.to_owned());
        record.source = HOSTILE.to_owned();
        record.model_digest = Some(HOSTILE.to_owned());
        record.reason = Some(long.clone());
        record.forced = true;
        record.waived = vec![HOSTILE.to_owned()];
        record.attestations = vec![AttestationRecord {
            kind: AttestorKind::Github,
            signer: HOSTILE.to_owned(),
            statement: HOSTILE.to_owned(),
            decision: HOSTILE.to_owned(),
        }];
        record.copied_from = Some(HOSTILE.to_owned());
        record.decisions[0].logged = Some(HOSTILE.to_owned());
        record.decisions[0].gate = long.clone();
        record.decisions[0].judged_at = HOSTILE.to_owned();
        record.at_ms = i64::MIN;
    });
    written.promote("champion", 2);
    written.ledger.aliases.insert(HOSTILE.to_owned(), 2);
    written.entry(HOSTILE, 3, |_| {});
    written.ledger.aliases.insert(HOSTILE.to_owned(), 1);
    let mut odd = written.ledger.entries[1].clone();
    odd.tag = format!("gatewright.promotion.{HOSTILE}");
    written.ledger.entries.push(odd.clone());
    odd.tag = "gatewright.promotion.9".to_owned();
    odd.text = format!(r#"{{"format": {}}}"#, serde_json::json!(HOSTILE));
    written.ledger.entries.push(odd.clone());
    odd.tag = "gatewright.promotion.10".to_owned();
    odd.text = long;
    written.ledger.entries.push(odd);
    written
}

const QUESTIONS: [&str; 4] = ["", "--verify", "--version 1", "--at 2026-11-02"];

#[test]
fn no_tag_of_a_registry_moves_the_terminal_or_commands_the_ci_system() {
    let sandbox = sandbox(&hostile());
    let plain = regex::Regex::new("\u{1b}\\[[0-9;]*m").unwrap();
    for format in ["text", "markdown", "json"] {
        for question in QUESTIONS {
            let words = format!("history --color always {question} --format {format}");
            let answer = sandbox.run(&words);
            assert!(matches!(answer.code, Some(0 | 1)), "{words}: {answer:?}");
            let told = plain.replace_all(&answer.stdout, "");
            let is_obeyed =
                |c: char| (c.is_control() && c != '\n') || ('\u{202a}'..='\u{202e}').contains(&c);
            assert!(!told.chars().any(is_obeyed), "{words}: {told}");
            // A heading of Markdown is none of theirs.
            let told = told.replacen("### ", "", 1);
            assert!(!told.contains("##"), "{words}: {told}");
            let commands = told
                .lines()
                .filter(|line| line.trim_start().starts_with("::"));
            assert_eq!(commands.count(), 0, "{words}: {told}");
        }
    }
}

#[test]
fn a_page_has_no_markup_of_a_stranger_and_ends() {
    let sandbox = sandbox(&hostile());
    for question in QUESTIONS {
        let page = sandbox
            .run(&format!("history {question} --format markdown"))
            .stdout;
        assert!(!page.contains("<script"), "{page}");
        assert!(!page.contains("@team"), "{page}");
        assert!(page.len() < 40_000, "{}", page.len());
        let text = sandbox.run(&format!("history {question}")).stdout;
        assert!(text.len() < 40_000, "{}", text.len());
        for row in page.lines().filter(|line| line.starts_with("| ")) {
            let cells = row.replace("\\|", "").matches('|').count();
            assert_eq!(cells, 11, "{row}");
        }
    }
}

#[test]
fn a_document_holds_what_the_registry_holds_to_the_letter() {
    let written = hostile();
    let answer = sandbox(&written).run("history --format json");
    let told: Value = serde_json::from_str(&answer.stdout).unwrap();
    let entries = told["promotions"].as_array().unwrap();
    let first: Value = serde_json::from_str(&written.ledger.entries[0].text).unwrap();
    assert_eq!(entries.last().unwrap()["record"], first);
    assert_eq!(entries.last().unwrap()["time"], Value::Null);
}

#[test]
fn a_secret_in_a_record_is_concealed_where_it_is_known() {
    let mut written = Written::of(MODEL, [1]);
    written.entry("champion", 1, |record| {
        record.reason = Some("used hunter2hunter2 for it".to_owned());
    });
    let sandbox = sandbox(&written);
    for format in ["text", "markdown", "json"] {
        let words = format!("history --format {format}");
        let answer = sandbox.run_with(&words, &[("DEPLOY_TOKEN", "hunter2hunter2")]);
        assert!(answer.stdout.contains("redacted"), "{answer:?}");
        assert!(!answer.stdout.contains("hunter2"), "{answer:?}");
    }
}
