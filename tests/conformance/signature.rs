//! What we call compatible, MLflow accepts; and where MLflow accepts more, it is known why.

use std::collections::BTreeMap;
use std::process::Command;

use gatewright::signature::{Mode, ModelFile, Schema, Signature, Type, compare};
use serde_json::Value;

use crate::tools::{python, repository, succeed};

fn signature(inputs: &str) -> Signature {
    let quoted = inputs.replace('\'', "''");
    let text = format!("flavors: {{}}\nsignature: {{inputs: '{quoted}'}}\nutc_time_created: x\n");
    ModelFile::parse(text.as_bytes())
        .unwrap()
        .signature
        .unwrap()
}

/// The type of the one column, in words, and whether it is required.
fn shown(signature: &Signature) -> (String, bool) {
    match signature.inputs.as_ref().unwrap() {
        Schema::Columns(columns) => (columns[0].kind.to_string(), columns[0].required),
        Schema::Tensors(tensors) => (tensors[0].to_string(), true),
    }
}

/// Why MLflow lets pass what is not compatible.
fn leniency(champion: &Signature, candidate: &Signature) -> Option<&'static str> {
    let ((sent, sent_required), (wanted, wanted_required)) = (shown(champion), shown(candidate));
    let kind = |signature: &Signature| match signature.inputs.as_ref().unwrap() {
        Schema::Columns(columns) => Some(columns[0].kind.clone()),
        Schema::Tensors(_) => None,
    };
    if !sent_required && wanted_required {
        return None;
    }
    // A column of objects passes for text, bytes and truth unseen.
    let is_object =
        sent == "string" || sent == "binary" || !matches!(kind(champion), Some(Type::Scalar(_)));
    if is_object && ["string", "boolean", "binary"].contains(&wanted.as_str()) {
        return Some("pandas object");
    }
    let nested = |text: &str| text.contains('<') || text.contains('{') || text == "any";
    if nested(&sent) && nested(&wanted) {
        return Some("nested");
    }
    None
}

#[test]
fn what_is_compatible_is_accepted_by_mlflow() {
    let Some(python) = python() else {
        return;
    };
    let mut command = Command::new(python);
    command.arg(repository().join("tests/mlflow/enforce_schemas.py"));
    let output = String::from_utf8(succeed(&mut command).stdout).unwrap();
    let (mut compatible, mut refused) = (0, 0);
    let mut wrong = Vec::new();
    let mut lenient: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for line in output.lines() {
        let pair: Value = serde_json::from_str(line).unwrap();
        let side = |name: &str| signature(pair[name].as_str().unwrap());
        let (champion, candidate) = (side("champion"), side("candidate"));
        let ours = compare(&champion, &candidate, Mode::Backward).is_empty();
        let theirs = pair["accepted"].as_bool().unwrap();
        let words = format!("{} -> {}", shown(&champion).0, shown(&candidate).0);
        match (ours, theirs) {
            (true, true) => compatible += 1,
            (false, false) => refused += 1,
            (true, false) => wrong.push(words),
            (false, true) => match leniency(&champion, &candidate) {
                Some(reason) => lenient.entry(reason.to_owned()).or_default().push(words),
                None => wrong.push(format!("only MLflow: {words}")),
            },
        }
    }
    assert!(
        compatible > 100 && refused > 1000,
        "{compatible} compatible, {refused} refused"
    );
    wrong.sort();
    wrong.dedup();
    assert_eq!(wrong, Vec::<String>::new(), "{lenient:#?}");
}
