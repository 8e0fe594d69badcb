//! Signatures that MLflow wrote, and which of them can stand in for which.

use gatewright::signature::{
    Compatibility, Mode, ModelFile, Signature, SignatureError, compare, judge,
};

use super::sample;

fn model(name: &str) -> ModelFile {
    ModelFile::parse(&sample(&format!("models/{name}.yaml"))).unwrap()
}

/// A signature from what stands in `inputs`, `outputs` and `params`.
pub(super) fn signature(inputs: &str, outputs: &str, params: &str) -> Signature {
    let quoted = |json: &str| format!("'{}'", json.replace('\'', "''"));
    let (inputs, outputs, params) = (quoted(inputs), quoted(outputs), quoted(params));
    let text = format!(
        "flavors: {{}}\nsignature:\n  inputs: {inputs}\n  outputs: {outputs}\n  params: {params}\nutc_time_created: 'x'\n"
    );
    ModelFile::parse(text.as_bytes())
        .unwrap()
        .signature
        .unwrap()
}

fn inputs(columns: &str) -> Signature {
    signature(&format!("[{columns}]"), r#"[{"type":"double"}]"#, "null")
}

fn differences(champion: &Signature, candidate: &Signature, mode: Mode) -> String {
    let found = compare(champion, candidate, mode);
    let lines: Vec<_> = found.iter().map(ToString::to_string).collect();
    lines.join("\n")
}

#[test]
fn every_kind_of_signature_that_mlflow_writes_is_read() {
    for (name, is_signed) in [
        ("columns", true),
        ("nested", true),
        ("tensor", true),
        ("unnamed", true),
        ("only_params", true),
        ("odd_names", true),
        ("vector", true),
        ("unsigned", false),
        ("v2_columns", true),
        ("v2_infer_messages", true),
        ("v2_tensor", true),
        ("v2_none", false),
    ] {
        let file = model(name);
        assert_eq!(file.signature.is_some(), is_signed, "{name}");
        let version = file.mlflow_version.unwrap();
        assert_eq!(version.starts_with("2."), name.starts_with("v2_"), "{name}");
    }
    insta::assert_snapshot!(format!("{:?}", model("odd_names").signature.unwrap().inputs.unwrap()), @r##"Columns([Column { name: Some("a b"), kind: Scalar(Double), required: true }, Column { name: Some("ä\n\"'|:#"), kind: Scalar(Double), required: true }, Column { name: Some(""), kind: Scalar(Double), required: true }])"##);
}

#[test]
fn a_model_is_compatible_with_itself_in_every_mode() {
    for name in [
        "columns",
        "nested",
        "tensor",
        "unnamed",
        "only_params",
        "vector",
        "v2_columns",
    ] {
        let one = model(name).signature;
        for mode in [Mode::Exact, Mode::Backward, Mode::Forward] {
            let found = judge(one.as_ref(), one.as_ref(), mode);
            assert_eq!(found, Compatibility::Compatible, "{name} {mode:?}");
        }
    }
}

#[test]
fn a_model_without_a_signature_is_neither_compatible_nor_incompatible() {
    let (with, without) = (model("columns").signature, model("unsigned").signature);
    for (champion, candidate) in [(&with, &without), (&without, &with), (&without, &without)] {
        assert_eq!(
            judge(champion.as_ref(), candidate.as_ref(), Mode::Backward),
            Compatibility::Unknown {
                champion: champion.is_some(),
                candidate: candidate.is_some()
            }
        );
    }
}

#[test]
fn every_differing_column_is_named() {
    let champion = inputs(
        r#"{"type":"integer","name":"i"},{"type":"double","name":"d"},{"type":"string","name":"s","required":false},{"type":"long","name":"gone"}"#,
    );
    let candidate = inputs(
        r#"{"type":"double","name":"i"},{"type":"float","name":"d"},{"type":"string","name":"s"},{"type":"long","name":"new"},{"type":"any","name":"extra","required":false}"#,
    );
    insta::assert_snapshot!(differences(&champion, &candidate, Mode::Backward), @r"
    input `d`: champion has double, candidate has float
    input `s`: champion has string (optional), candidate has string
    input `new`: champion has nothing, candidate has long
    ");
    insta::assert_snapshot!(differences(&champion, &candidate, Mode::Forward), @r"
    input `i`: champion has integer, candidate has double
    input `gone`: champion has long, candidate has nothing
    ");
    insta::assert_snapshot!(differences(&champion, &candidate, Mode::Exact), @r"
    input `i`: champion has integer, candidate has double
    input `d`: champion has double, candidate has float
    input `s`: champion has string (optional), candidate has string
    input `new`: champion has nothing, candidate has long
    input `extra`: champion has nothing, candidate has any (optional)
    input `gone`: champion has long, candidate has nothing
    ");
}

#[test]
fn outputs_may_grow_and_keep_their_types() {
    let one = r#"[{"type":"double","name":"score"},{"type":"string","name":"label"}]"#;
    let more = r#"[{"type":"string","name":"label"},{"type":"double","name":"score"},{"type":"long","name":"n"}]"#;
    let other =
        r#"[{"type":"float","name":"score"},{"type":"string","name":"label","required":false}]"#;
    let give = |outputs: &str| signature(r#"[{"type":"double"}]"#, outputs, "null");
    assert_eq!(differences(&give(one), &give(more), Mode::Backward), "");
    insta::assert_snapshot!(differences(&give(one), &give(more), Mode::Forward), @"output `n`: champion has nothing, candidate has long");
    insta::assert_snapshot!(differences(&give(one), &give(other), Mode::Backward), @r"
    output `score`: champion has double, candidate has float
    output `label`: champion has string, candidate has string (optional)
    ");
    insta::assert_snapshot!(differences(&give(one), &give("null"), Mode::Backward), @"outputs: champion has `score`, `label`, candidate has no schema");
    assert_eq!(differences(&give("null"), &give(one), Mode::Backward), "");
}

#[test]
fn parameters_may_widen_and_not_vanish() {
    let give = |params: &str| signature(r#"[{"type":"double"}]"#, "null", params);
    let one = give(
        r#"[{"name":"k","default":3,"shape":null,"type":"long"},{"name":"stop","default":["a"],"shape":[-1],"type":"string"}]"#,
    );
    let wide = give(
        r#"[{"name":"k","default":4,"shape":null,"dtype":"double"},{"name":"stop","default":null,"shape":[-1],"type":"string"},{"name":"new","default":1,"type":"long"}]"#,
    );
    assert_eq!(differences(&one, &wide, Mode::Backward), "");
    insta::assert_snapshot!(differences(&one, &wide, Mode::Forward), @r"
    parameter `k`: champion has long = 3, candidate has double = 4
    parameter `new`: champion has nothing, candidate has long = 1
    ");
    insta::assert_snapshot!(differences(&one, &give("null"), Mode::Backward), @r#"
    parameter `k`: champion has long = 3, candidate has nothing
    parameter `stop`: champion has string (-1) = ["a"], candidate has nothing
    "#);
}

#[test]
fn tensors_fit_by_type_and_shape() {
    let tensor = |dtype: &str, shape: &str| {
        let spec =
            format!(r#"{{"type":"tensor","tensor-spec":{{"dtype":"{dtype}","shape":{shape}}}}}"#);
        signature(&format!("[{spec}]"), "null", "null")
    };
    let one = tensor("float32", "[-1, 28]");
    assert_eq!(
        differences(&one, &tensor("float32", "[-1, -1]"), Mode::Backward),
        ""
    );
    for (dtype, shape) in [
        ("float64", "[-1, 28]"),
        ("float32", "[-1, 29]"),
        ("float32", "[1, 28]"),
        ("float32", "[-1]"),
    ] {
        assert_ne!(
            differences(&one, &tensor(dtype, shape), Mode::Backward),
            "",
            "{dtype} {shape}"
        );
    }
    insta::assert_snapshot!(differences(&one, &inputs(r#"{"type":"float"}"#), Mode::Backward), @"inputs: champion has tensors: 1 without names, candidate has 1 without names");
    let named = inputs(r#"{"type":"float","name":"x"}"#);
    insta::assert_snapshot!(differences(&inputs(r#"{"type":"float"}"#), &named, Mode::Backward), @"inputs: champion has 1 without names, candidate has `x`");
}

#[test]
fn order_counts_only_for_exact() {
    let one = inputs(r#"{"type":"long","name":"a"},{"type":"long","name":"b"}"#);
    let two = inputs(r#"{"type":"long","name":"b"},{"type":"long","name":"a"}"#);
    assert_eq!(differences(&one, &two, Mode::Backward), "");
    insta::assert_snapshot!(differences(&one, &two, Mode::Exact), @"inputs: champion has `a`, `b`, candidate has `b`, `a`");
}

#[test]
fn a_cut_file_is_never_a_model_without_a_signature() {
    for name in ["columns", "nested", "tensor", "unsigned", "v2_columns"] {
        let whole = sample(&format!("models/{name}.yaml"));
        let expected = ModelFile::parse(&whole).unwrap();
        let text = String::from_utf8(whole.clone()).unwrap();
        // From the colon on everything that is read is there.
        let key = "utc_time_created:";
        let last = text.find(key).unwrap() + key.len();
        for end in 0..whole.len() {
            match ModelFile::parse(&whole[..end]) {
                Err(_) => {}
                Ok(found) => {
                    assert!(end >= last, "{name} cut at {end}");
                    assert_eq!(found, expected);
                }
            }
        }
    }
}

#[test]
fn what_mlflow_never_writes_is_an_error() {
    let told = |text: &str| ModelFile::parse(text.as_bytes()).unwrap_err();
    let signed = |inputs: &str| {
        told(&format!(
            "flavors: {{}}\nutc_time_created: x\nsignature:\n  inputs: '{inputs}'\n"
        ))
    };
    for inputs in [
        "[]",
        "{}",
        "[1]",
        r#"[{"name":"a"}]"#,
        r#"[{"type":"decimal"}]"#,
        r#"[{"type":"array"}]"#,
        r#"[{"type":"array","items":"string"}]"#,
        r#"[{"type":"long","name":"a"},{"type":"long","name":"a"}]"#,
        r#"[{"type":"long","name":"a"},{"type":"long"}]"#,
        r#"[{"type":"long","type":"string"}]"#,
        r#"[{"type":"object","properties":{"a":{"type":"long"},"a":{"type":"long"}}}]"#,
        r#"[{"type":"tensor","tensor-spec":{"dtype":"f","shape":[-2]}}]"#,
        r#"[{"type":"long","required":"yes"}]"#,
        r#"[{"type":"long"},{"type":"tensor","tensor-spec":{"dtype":"f","shape":[1]}}]"#,
        r#"[{"type":"long""#,
    ] {
        let error = signed(inputs);
        assert!(
            matches!(error, SignatureError::Signature { part: "inputs", .. }),
            "{inputs}: {error:?}"
        );
    }
    for text in [
        "",
        "- a",
        "a: b",
        "<html>",
        "flavors: {}",
        "flavors: {}\nutc_time_created: x\nsignature: {inputs: [1]}",
        "flavors: &a {}\nx: *a\nutc_time_created: x",
        "flavors: {}\nutc_time_created: x\n---\na: b",
        "flavors: {}\nutc_time_created: x\nsignature: null\nsignature: null",
    ] {
        assert!(
            matches!(told(text), SignatureError::NotAModelFile { .. }),
            "{text}"
        );
    }
    let marked = "\u{feff}flavors: {}\nutc_time_created: x\n";
    assert_eq!(ModelFile::parse(marked.as_bytes()).unwrap().signature, None);
}

#[test]
fn a_hostile_file_costs_little() {
    let start = std::time::Instant::now();
    let deep = format!("flavors: {}", "[".repeat(500_000));
    let keys = format!("flavors: {{{}}}\n", "a: {}, ".repeat(100_000));
    let large = vec![b'#'; (1 << 20) + 1];
    let nested = format!("flavors: {}{}\n", "[".repeat(65), "]".repeat(65));
    assert!(ModelFile::parse(deep.as_bytes()).is_err());
    assert!(matches!(
        ModelFile::parse(nested.as_bytes()),
        Err(SignatureError::TooLarge { .. })
    ));
    assert!(ModelFile::parse(keys.as_bytes()).is_err());
    assert!(matches!(
        ModelFile::parse(&large),
        Err(SignatureError::TooLarge { .. })
    ));
    // Ten thousand columns, as the largest real ones.
    let column = |index: usize| {
        format!(r#"{{"type": "double", "name": "feature_{index}", "required": true}}"#)
    };
    let columns: Vec<_> = (0..10_000).map(column).collect();
    let many = inputs(&columns.join(", "));
    assert!(compare(&many, &many, Mode::Exact).is_empty());
    // As many keys of one object as fit into a file.
    let key = |index: usize| format!(r#""{index:x}": {{"type": "any"}}"#);
    let keys: Vec<_> = (0..40_000).map(key).collect();
    let object = format!(
        r#"{{"type": "object", "name": "o", "properties": {{{}}}}}"#,
        keys.join(", ")
    );
    let object = inputs(&object);
    assert!(compare(&object, &object, Mode::Backward).is_empty());
    assert!(start.elapsed().as_secs() < 20, "{:?}", start.elapsed());
}
