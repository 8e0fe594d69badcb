//! What every fuzz target does with its bytes. None may panic, whatever the bytes are, and what is
//! understood must be understood the same way a second time.

use gatewright::attestation::{Envelope, PublicKey, Statement, github_results};
use gatewright::diagnostic::Source;
use gatewright::evidence::Evidence;
use gatewright::gate::{Gate, grammar, judge};
use gatewright::import;
use gatewright::signature::ModelFile;
use gatewright::spec;
use gatewright::table::Table;

/// A target by its name.
pub type Target = (&'static str, fn(&[u8]));

/// Every target there is.
pub const TARGETS: &[Target] = &[
    ("grammar", grammar),
    ("spec", spec),
    ("model_file", model_file),
    ("table", table),
    ("import", imports),
    ("evidence", evidence),
    ("wire", wire),
    ("attestation", attestation),
];

/// A one-line check: what it prints reads back to the same rule.
pub fn grammar(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    match grammar::parse(text) {
        Ok(line) => {
            let printed = line.rule.to_string();
            let again = grammar::parse(&printed);
            assert_eq!(again.map(|line| line.rule), Ok(line.rule), "{printed}");
        }
        // An error points into the line, at the beginning of a character.
        Err(error) => assert!(text.is_char_boundary(error.offset), "{error:?}"),
    }
}

/// A spec: every diagnostic points into the text.
pub fn spec(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    let source = Source {
        path: "gatewright.yaml".to_owned(),
        text: text.to_owned(),
    };
    let reading = spec::read(&source, "0.1.0");
    for diagnostic in &reading.diagnostics {
        assert!(diagnostic.span.end <= text.len(), "{diagnostic:?}");
        assert!(
            text.is_char_boundary(diagnostic.span.start),
            "{diagnostic:?}"
        );
    }
}

/// An `MLmodel` file.
pub fn model_file(bytes: &[u8]) {
    drop(ModelFile::parse(bytes));
}

/// A logged table, as JSON and as CSV: where it has rows, as many cells in each column.
pub fn table(bytes: &[u8]) {
    for table in [Table::from_json(bytes), Table::from_csv(bytes)]
        .into_iter()
        .flatten()
    {
        if table.is_empty() {
            continue;
        }
        for column in table.columns() {
            let cells = table.cells(column).map(|cells| cells.len());
            assert_eq!(cells, Ok(table.len()));
        }
    }
}

/// Reports of other tools: a pass has something that passed.
pub fn imports(bytes: &[u8]) {
    for imported in [
        import::junit(bytes),
        import::sarif(bytes),
        import::promptfoo(bytes),
        import::evidently(bytes),
    ]
    .into_iter()
    .flatten()
    {
        let counted = imported.passed
            + imported.warned
            + imported.failed
            + imported.errored
            + imported.skipped;
        assert_eq!(imported.total, counted, "{imported:?}");
        assert!(!imported.is_pass() || imported.passed > 0, "{imported:?}");
    }
    drop(import::pointer(bytes, "/summary/failed"));
}

/// Recorded evidence, judged: written out and read back, it is judged the same.
pub fn evidence(bytes: &[u8]) {
    let Ok(read) = serde_json::from_slice::<Evidence>(bytes) else {
        return;
    };
    let checks = [
        "accuracy >= champion - 0.01",
        "loss <= 1",
        "coverage(correct) >= 98%",
        "age <= 7d",
    ];
    let checks = checks.iter().filter_map(|line| {
        let rule = grammar::parse(line).ok()?.rule;
        Some(gatewright::gate::Check::new(line, rule))
    });
    let gate = Gate::new("fuzz", checks.collect());
    let judgement = judge(&gate, &read);
    let written = serde_json::to_vec(&read).expect("evidence can be written");
    let again: Evidence = serde_json::from_slice(&written).expect("and read back");
    assert_eq!(judge(&gate, &again), judgement);
}

/// An answer of an MLflow server, read as every kind of answer.
pub fn wire(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    let _ = gatewright::mlflow::fits_some_answer(text);
}

/// Attestations, keys, statements and what `gh` answers: an envelope that is read is read the same
/// way once more from what is handed on to others.
pub fn attestation(bytes: &[u8]) {
    for envelope in Envelope::read_all(bytes).unwrap_or_default() {
        let again = Envelope::read_all(envelope.text().as_bytes());
        assert_eq!(again.as_deref(), Ok(&[envelope.clone()][..]));
        drop(envelope.claimed_manifest());
    }
    drop(PublicKey::read(bytes));
    drop(Statement::unsigned(bytes));
    drop(github_results(bytes));
}
