//! Attestations that another hand signed (`attestations/make.py`), and what is made of them by
//! whoever wants a yes.

use gatewright::attestation::{
    Decided, Envelope, KeyProblem, Material, Mismatch, PublicKey, Statement, Unreadable, compare,
};
use gatewright::evidence::{ModelFile, ModelFiles};
use proptest::prelude::*;
use serde_json::Value;

use super::sample;

fn file(name: &str) -> Vec<u8> {
    sample(&format!("attestations/{name}"))
}

fn key(name: &str) -> PublicKey {
    PublicKey::read(&file(name)).unwrap()
}

fn decided() -> Decided {
    Decided::read(std::str::from_utf8(&file("decision.json")).unwrap()).unwrap()
}

/// The one envelope of a file.
fn envelope(bytes: &[u8]) -> Result<Envelope, Unreadable> {
    let mut all = Envelope::read_all(bytes)?;
    assert_eq!(all.len(), 1);
    Ok(all.remove(0))
}

/// The statement, if the key signed it.
fn statement(bytes: &[u8], key: &PublicKey) -> Option<Statement> {
    key.statement(&envelope(bytes).ok()?)?.ok()
}

fn model() -> ModelFiles {
    let text = String::from_utf8(file("model.sha256")).unwrap();
    let files = text.lines().map(|line| ModelFile {
        path: line[66..].to_owned(),
        sha256: line[..64].to_owned(),
        bytes: 1,
    });
    ModelFiles::new(files.collect()).unwrap()
}

#[test]
fn what_another_hand_signed_is_verified_and_matches() {
    for (name, signer) in [
        ("ed25519.dsse.json", "ed25519.pem"),
        ("p256.dsse.json", "p256.pem"),
        ("p256.bundle.json", "p256.pem"),
    ] {
        let statement = statement(&file(name), &key(signer)).unwrap();
        assert_eq!(
            statement.digest,
            gatewright::decision::sha256(&file("statement.json"))
        );
        assert_eq!(compare(&statement, &decided(), Some(&model())), []);
        assert_eq!(compare(&statement, &decided(), None), []);
    }
    let several = [file("ed25519.dsse.json"), file("p256.bundle.json")].join(&b'\n');
    assert_eq!(Envelope::read_all(&several).unwrap().len(), 2);
    let certified = envelope(&file("certified.bundle.json")).unwrap();
    assert_eq!(certified.material(), Material::Certificate);
    let manifest = String::from_utf8(file("model.sha256")).unwrap();
    assert_eq!(certified.claimed_manifest(), Some(manifest));
}

#[test]
fn no_other_key_and_no_other_kind_of_key_signed_it() {
    for (name, signer) in [
        ("ed25519.dsse.json", "other.pem"),
        ("ed25519.dsse.json", "p256.pem"),
        ("p256.dsse.json", "ed25519.pem"),
        ("p256.bundle.json", "other.pem"),
        ("bare.dsse.json", "ed25519.pem"),
    ] {
        assert_eq!(
            statement(&file(name), &key(signer)),
            None,
            "{name} {signer}"
        );
    }
    for (name, problem) in [
        ("p384.pem", KeyProblem::Kind),
        ("rsa.pem", KeyProblem::Kind),
        ("decision.json", KeyProblem::NotOne),
    ] {
        assert_eq!(PublicKey::read(&file(name)), Err(problem), "{name}");
    }
    let two = [file("ed25519.pem"), file("p256.pem")].concat();
    assert_eq!(PublicKey::read(&two), Err(KeyProblem::NotOne));
    assert_eq!(
        PublicKey::read(&vec![b'x'; 1 << 20]),
        Err(KeyProblem::TooLarge)
    );
    let private = b"-----BEGIN PRIVATE KEY-----\nMA==\n-----END PRIVATE KEY-----\n";
    assert_eq!(PublicKey::read(private), Err(KeyProblem::Private));
}

#[test]
fn an_envelope_has_exactly_one_signature_and_one_meaning() {
    let text = String::from_utf8(file("ed25519.dsse.json")).unwrap();
    let bundle = String::from_utf8(file("p256.bundle.json")).unwrap();
    let twice = text.replacen(
        "{\"payloadType\"",
        "{\"payload\": \"e30=\", \"payloadType\"",
        1,
    );
    let both = bundle.replace("\"publicKey\"", "\"certificate\": {}, \"publicKey\"");
    let deep = "[".repeat(100_000);
    let line = format!("{text}\n");
    for (bytes, words) in [
        (file("two.dsse.json"), "it has 2 signatures"),
        (file("unsigned.dsse.json"), "it is not signed"),
        (file("empty.dsse.json"), "it is not signed"),
        (twice.into_bytes(), "comes twice"),
        (both.into_bytes(), "neither one key nor one certificate"),
        (
            bundle.replace("v0.3", "v0.4").into_bytes(),
            "an unknown form",
        ),
        (
            bundle
                .replace("dsseEnvelope", "messageSignature")
                .into_bytes(),
            "no `dsseEnvelope`",
        ),
        (deep.into_bytes(), "recursion limit"),
        (vec![b' '; (32 << 20) + 1], "more than 33554432 bytes"),
        (line.repeat(65).into_bytes(), "more than 64 attestations"),
        (
            text.replace("\"sig\": \"", "\"sig\": \"*").into_bytes(),
            "not base64",
        ),
        (
            text.replace("payloadType", "type").into_bytes(),
            "no `payloadType`",
        ),
        (b"{}".to_vec(), "no `signatures`"),
        (Vec::new(), "not JSON"),
    ] {
        let error = Envelope::read_all(&bytes).unwrap_err().to_string();
        assert!(error.contains(words), "{words}: {error}");
    }
}

/// The statement with one change, as if it had been signed like that.
fn changed(change: impl Fn(&mut Value)) -> Vec<String> {
    let mut value: Value = serde_json::from_slice(&file("statement.json")).unwrap();
    change(&mut value);
    let statement = Statement::unsigned(value.to_string().as_bytes()).unwrap();
    let told = compare(&statement, &decided(), Some(&model()));
    told.iter().map(ToString::to_string).collect()
}

fn named(value: &mut Value) -> &mut Value {
    let predicate = value["predicate"].as_object_mut().unwrap();
    predicate
        .get_mut("https://github.com/gatewright/gatewright/decision/v1")
        .unwrap()
}

/// What is done to a statement.
type Change<'a> = &'a dyn Fn(&mut Value);

#[test]
#[expect(
    clippy::too_many_lines,
    reason = "a table, one line of which is one case"
)]
fn whatever_does_not_match_is_told_by_name() {
    let zero = "0".repeat(64);
    for (field, value, words) in [
        (
            "model",
            Value::from("other"),
            "about the model other, and the decision about taxi-fare",
        ),
        (
            "version",
            Value::from(4),
            "about the version 4, and the decision about 3",
        ),
        ("version", Value::from("3"), "about the version 3"),
        ("gate", Value::from("smoke"), "about the gate smoke"),
        (
            "environment",
            Value::Null,
            "about the environment none, and the decision about prod",
        ),
        ("spec", Value::from("sha256:1"), "about the spec sha256:1"),
        (
            "decision",
            Value::from("sha256:2"),
            "about the decision sha256:2",
        ),
        (
            "files",
            Value::from("sha256:3"),
            "about the model digest sha256:3",
        ),
        ("verdict", Value::from("blocked"), "the verdict is blocked"),
    ] {
        let told = changed(|statement| named(statement)[field] = value.clone());
        assert!(
            told.len() == 1 && told[0].contains(words),
            "{field}: {told:?}"
        );
    }
    assert_eq!(
        changed(|it| named(it)["version"] = Value::from(3.0)),
        [""; 0]
    );
    let cases: [(Change<'_>, &str); 10] = [
        (
            &|it| it["_type"] = "x".into(),
            "a statement of the type `x`",
        ),
        (
            &|it| it["predicateType"] = "y".into(),
            "its predicate is of the type `y`",
        ),
        (
            &|it| it["predicate"] = serde_json::json!({"result": "PASSED"}),
            "names no decision",
        ),
        (
            &|it| it["predicate"]["result"] = "FAILED".into(),
            "the verdict is FAILED",
        ),
        (
            &|it| it["subject"][3]["digest"]["sha256"] = zero.clone().into(),
            "the file `data/ä b.bin` was attested with 000",
        ),
        (
            &|it| drop(it["subject"].as_array_mut().unwrap().remove(1)),
            "the model has the file `MLmodel`, and it was not attested",
        ),
        (
            &|it| {
                let more = serde_json::json!({"name": "x", "digest": {"sha256": zero}});
                it["subject"].as_array_mut().unwrap().push(more);
            },
            "the file `x` was attested, and the model does not have it",
        ),
        (
            &|it| {
                let again = it["subject"][1].clone();
                it["subject"].as_array_mut().unwrap().push(again);
            },
            "`MLmodel` comes twice",
        ),
        (
            &|it| it["subject"][0]["name"] = "models:/taxi-fare/4".into(),
            "its first subject is not",
        ),
        (
            &|it| it["subject"][0]["digest"]["sha256"] = zero.clone().into(),
            "its first subject is not `models:/taxi-fare/3`",
        ),
    ];
    for (change, words) in cases {
        let told = changed(change).join("; ");
        assert!(told.contains(words), "{words}: {told}");
    }
}

#[test]
fn files_that_changed_after_the_decision_are_told_by_name() {
    let good = statement(&file("ed25519.dsse.json"), &key("ed25519.pem")).unwrap();
    let mut files = model().files().to_vec();
    files[0].sha256 = "1".repeat(64);
    files.truncate(2);
    let told = compare(&good, &decided(), Some(&ModelFiles::new(files).unwrap()));
    let is = |test: &dyn Fn(&Mismatch) -> bool| told.iter().any(test);
    assert!(is(
        &|it| matches!(it, Mismatch::Changed { path, .. } if path == "MLmodel")
    ));
    assert!(is(
        &|it| matches!(it, Mismatch::Extra(path) if path == "data/ä b.bin")
    ));
    assert!(is(&|it| matches!(
        it,
        Mismatch::Files {
            whose: "that the model has now",
            ..
        }
    )));
    assert_eq!(told.len(), 3, "{told:?}");
}

#[test]
fn a_decision_that_is_no_pass_or_names_no_files_gets_no_attestation() {
    let text = String::from_utf8(file("decision.json")).unwrap();
    let blocked = Decided::read(&text.replace("\"pass\"", "\"blocked\"")).unwrap();
    let good = statement(&file("ed25519.dsse.json"), &key("ed25519.pem")).unwrap();
    let told = compare(&good, &blocked, None);
    assert!(
        told.contains(&Mismatch::Verdict("blocked".to_owned())),
        "{told:?}"
    );
    for (from, to, words) in [
        ("\"files\"", "\"x\"", "--model-files"),
        ("\"version\": 3", "\"version\": null", "about a run"),
        ("decision.v1", "decision.v2", "another form"),
        ("\"gate\"", "\"model\"", "comes twice"),
    ] {
        let error = Decided::read(&text.replacen(from, to, 1)).unwrap_err();
        assert!(error.contains(words), "{error}");
    }
}

/// Every place of a file, with every bit of it: what is still verified says what was signed.
#[test]
fn no_changed_byte_of_an_envelope_or_a_key_changes_what_was_signed() {
    for (name, signer) in [
        ("ed25519.dsse.json", "ed25519.pem"),
        ("p256.bundle.json", "p256.pem"),
    ] {
        let (good, pem) = (file(name), file(signer));
        let before = statement(&good, &key(signer)).unwrap();
        let key = key(signer);
        let mut refused = 0;
        for at in 0..good.len() {
            let mut bytes = good.clone();
            bytes[at] ^= 1 << (at % 8);
            match statement(&bytes, &key) {
                None => refused += 1,
                // A space, the hint at a key, the name of a field that nobody reads.
                Some(after) => assert_eq!(after, before, "{name} at {at}"),
            }
        }
        let unsigned = good.len() - refused;
        assert!(unsigned < 200, "{name}: {unsigned} bytes do not count");
        for at in 0..pem.len() {
            let mut bytes = pem.clone();
            bytes[at] ^= 1 << (at % 8);
            if let Ok(other) = PublicKey::read(&bytes) {
                assert!(
                    other == key || statement(&good, &other).is_none(),
                    "{signer} at {at}"
                );
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn whatever_is_put_into_the_payload_or_the_signature_is_refused(
        at in any::<prop::sample::Index>(), with in any::<u8>(), in_signature in any::<bool>(),
    ) {
        use base64::Engine as _;
        let standard = base64::engine::general_purpose::STANDARD;
        let mut value: Value = serde_json::from_slice(&file("p256.dsse.json")).unwrap();
        let place = if in_signature { "/signatures/0/sig" } else { "/payload" };
        let text = value.pointer_mut(place).unwrap();
        let mut bytes = standard.decode(text.as_str().unwrap()).unwrap();
        let at = at.index(bytes.len());
        prop_assume!(bytes[at] != with);
        bytes[at] = with;
        *text = standard.encode(&bytes).into();
        prop_assert_eq!(statement(value.to_string().as_bytes(), &key("p256.pem")), None);
    }

    #[test]
    fn whatever_is_read_is_read_without_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let _ = Envelope::read_all(&bytes);
        let _ = PublicKey::read(&bytes);
        let _ = Statement::unsigned(&bytes);
        let _ = gatewright::attestation::github_results(&bytes);
    }
}
