//! A decision about the files of a model, signed and checked: with a key by ourselves, with a
//! certificate through a program `gh` that writes down what it was asked.

use std::path::Path;

use serde_json::{Value, json};

use crate::sandbox::{Answer, Sandbox};

const DECISION: &str = "https://github.com/gatewright/gatewright/decision/v1";

/// A sandbox whose version 3 has files, and a decision that lets it through.
pub(crate) fn decided(attestation: &str) -> Sandbox {
    let sandbox = Sandbox::taxi();
    sandbox
        .write("model/MLmodel", "flavors: {}\n")
        .write("model/data/a b.bin", [0, 1, 2]);
    let spec = sandbox.read("gatewright.yaml");
    let policy = format!("promotion:\n  require_attestation: true\n  attestation: {attestation}\n");
    sandbox.write("gatewright.yaml", format!("{spec}\n{policy}"));
    let place = sandbox.path("model");
    let store = rusqlite::Connection::open(sandbox.path("mlflow.db")).unwrap();
    for statement in [
        "UPDATE model_versions SET source = ?1, storage_location = ?1 WHERE version = 3",
        "UPDATE logged_models SET artifact_location = ?1",
    ] {
        store.execute(statement, [place.to_str().unwrap()]).unwrap();
    }
    drop(store);
    let answer = sandbox.run(
        "gate check --candidate 3 --record e.json -o json=d.json -o in-toto=s.json -o subjects=sums.txt",
    );
    assert_eq!(answer.code, Some(0), "{}", answer.stderr);
    sandbox
}

/// A new pair of keys, as OpenSSL writes them: `private.pem` and `public.pem`.
pub(crate) fn keys(sandbox: &Sandbox, curve: bool) {
    let kind = if curve {
        "EC -pkeyopt ec_paramgen_curve:P-256"
    } else {
        "ed25519"
    };
    openssl(
        sandbox,
        &format!("genpkey -algorithm {kind} -out private.pem"),
    );
    openssl(sandbox, "pkey -in private.pem -pubout -out public.pem");
}

fn openssl(sandbox: &Sandbox, words: &str) {
    let output = std::process::Command::new("openssl")
        .args(words.split_whitespace())
        .current_dir(sandbox.path("."))
        .output()
        .expect("these tests take openssl");
    assert!(output.status.success(), "{output:?}");
}

pub(crate) fn sign(sandbox: &Sandbox) -> Answer {
    sandbox.run("attest sign --decision d.json --statement s.json --key private.pem -o a.json")
}

#[test]
fn a_decision_names_every_file_of_the_model_and_its_replay_does_too() {
    let sandbox = decided("{key: public.pem}");
    let decision: Value = serde_json::from_str(&sandbox.read("d.json")).unwrap();
    let files = &decision["candidate"]["files"];
    assert_eq!((&files["count"], &files["bytes"]), (&json!(2), &json!(15)));
    let sums = sandbox.read("sums.txt");
    let (whole, manifest) = sums.split_once('\n').unwrap();
    let digest = gatewright::decision::sha256(manifest.as_bytes());
    assert_eq!(files["digest"], digest);
    assert_eq!(
        format!("sha256:{whole}"),
        format!("{digest}  models:/taxi-fare/3")
    );
    assert_eq!(manifest.lines().count(), 2);
    let statement: Value = serde_json::from_str(&sandbox.read("s.json")).unwrap();
    let names: Vec<_> = statement["subject"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| &it["name"])
        .collect();
    assert_eq!(names, ["models:/taxi-fare/3", "MLmodel", "data/a b.bin"]);
    let about = &statement["predicate"][DECISION];
    let own = gatewright::decision::sha256(sandbox.read("d.json").as_bytes());
    assert_eq!(
        (&about["decision"], &about["files"]),
        (&json!(own), &json!(digest))
    );
    // The store is gone, and so is the model.
    std::fs::remove_file(sandbox.path("mlflow.db")).unwrap();
    std::fs::remove_dir_all(sandbox.path("model")).unwrap();
    let again = sandbox.run("gate check --evidence e.json -o json=d2.json -o in-toto=s2.json");
    assert_eq!(again.code, Some(0), "{}", again.stderr);
    assert_eq!(sandbox.read("d.json"), sandbox.read("d2.json"));
    assert_eq!(sandbox.read("s.json"), sandbox.read("s2.json"));
    let hostile = sandbox
        .read("e.json")
        .replace("\"MLmodel\"", "\"../MLmodel\"");
    sandbox.write("e.json", hostile);
    let refused = sandbox.run("gate check --evidence e.json");
    assert_eq!(refused.code, Some(3), "{}", refused.stdout);
    assert!(
        refused.stderr.contains("does not lead to a file"),
        "{}",
        refused.stderr
    );
}

#[test]
fn files_that_nobody_can_read_are_no_evidence() {
    let sandbox = decided("{key: public.pem}");
    std::fs::remove_dir_all(sandbox.path("model")).unwrap();
    let answer = sandbox.run("gate check --candidate 3");
    assert_eq!(answer.code, Some(3));
    assert!(
        answer.stderr.contains("there is no folder"),
        "{}",
        answer.stderr
    );
    // Without the flag nobody looks.
    let plain = Sandbox::taxi();
    let answer = plain.run("gate check --candidate 3 --format json");
    assert_eq!(answer.code, Some(0));
    assert!(!answer.stdout.contains("\"files\""));
    assert_eq!(
        plain.run("gate check --candidate 3 --model-files").code,
        Some(3)
    );
}

#[test]
fn what_a_key_signed_is_verified_by_its_public_half() {
    for curve in [false, true] {
        let sandbox = decided("{key: public.pem}");
        keys(&sandbox, curve);
        let answer = sign(&sandbox);
        assert_eq!(answer.code, Some(0), "{}", answer.stderr);
        for words in [
            "attest verify a.json --decision d.json",
            "attest verify a.json --decision d.json --model model",
            "attest verify a.json --decision d.json --key public.pem",
        ] {
            let answer = sandbox.run(words);
            assert_eq!(answer.code, Some(0), "{words}: {}", answer.stderr);
            assert!(answer.stdout.starts_with("attested by sha256:"));
        }
        let answer =
            sandbox.run("attest verify a.json --decision d.json --model-files --format json");
        let record: Value = serde_json::from_str(&answer.stdout).unwrap();
        let statement = gatewright::decision::sha256(sandbox.read("s.json").as_bytes());
        assert_eq!(
            (&record["kind"], &record["statement"]),
            (&json!("key"), &json!(statement))
        );
    }
}

#[test]
fn another_decision_another_key_and_changed_files_are_a_no() {
    let sandbox = decided("{key: public.pem}");
    keys(&sandbox, false);
    sign(&sandbox);
    let expect = |code: i32, words: &str, command: &str| {
        let answer = sandbox.run(command);
        assert_eq!(
            (answer.code, answer.stdout.as_str()),
            (Some(code), ""),
            "{}",
            answer.stderr
        );
        assert!(answer.stderr.contains(words), "{words}: {}", answer.stderr);
    };
    let verify = "attest verify a.json --decision d.json";
    let decision = sandbox.read("d.json");
    sandbox.write(
        "d4.json",
        decision.replace("\"version\": 3", "\"version\": 4"),
    );
    expect(
        1,
        "about the version 3, and the decision about 4",
        "attest verify a.json --decision d4.json",
    );
    sandbox.write("blocked.json", decision.replace("\"pass\"", "\"blocked\""));
    expect(
        1,
        "the verdict is blocked",
        "attest verify a.json --decision blocked.json",
    );
    sandbox.write("model/data/a b.bin", [0, 1, 3]);
    expect(
        1,
        "the file `data/a b.bin` was attested with",
        &format!("{verify} --model model"),
    );
    expect(
        1,
        "the file `data/a b.bin` was attested with",
        &format!("{verify} --model-files"),
    );
    sandbox.write("model/more", "x");
    expect(
        1,
        "the file `more`, and it was not attested",
        &format!("{verify} --model model"),
    );
    keys(&sandbox, false);
    expect(1, "did not sign it", verify);
    keys(&sandbox, true);
    expect(1, "did not sign it", verify);
    sandbox.write("a.json", "{}");
    expect(1, "no `signatures`", verify);
    expect(
        3,
        "No such file",
        "attest verify none.json --decision d.json",
    );
    expect(3, "none was given", "attest verify --decision d.json");
    expect(
        2,
        "no decision of gatewright",
        "attest verify a.json --decision a.json",
    );
    expect(
        2,
        "it is a private key",
        &format!("{verify} --key private.pem"),
    );
}

#[test]
fn only_the_statement_of_a_decision_that_passed_is_signed() {
    let sandbox = decided("{key: public.pem}");
    keys(&sandbox, false);
    let (statement, decision) = (sandbox.read("s.json"), sandbox.read("d.json"));
    for (name, text, words) in [
        (
            "s.json",
            statement.replace("\"PASSED\"", "\"FAILED\""),
            "the verdict is FAILED",
        ),
        (
            "s.json",
            statement.replace("\"version\": 3", "\"version\": 4"),
            "about the version 4",
        ),
        ("s.json", "{}".to_owned(), "no `_type`"),
        (
            "d.json",
            decision.replace("\"pass\"", "\"hold\""),
            "the verdict is hold",
        ),
        (
            "private.pem",
            sandbox.read("public.pem"),
            "takes the private one",
        ),
        (
            "private.pem",
            "-----BEGIN ENCRYPTED PRIVATE KEY-----".to_owned(),
            "a passphrase",
        ),
        (
            "private.pem",
            "-----BEGIN EC PRIVATE KEY-----".to_owned(),
            "PKCS #8",
        ),
    ] {
        let before = sandbox.read(name);
        sandbox.write(name, text);
        let answer = sign(&sandbox);
        assert_eq!(answer.code, Some(2), "{words}: {}", answer.stderr);
        assert!(answer.stderr.contains(words), "{words}: {}", answer.stderr);
        assert!(!sandbox.path("a.json").exists());
        sandbox.write(name, before);
    }
    let blocked = Sandbox::taxi();
    blocked.run("gate check --candidate 2 -o json=d.json -o in-toto=s.json");
    keys(&blocked, false);
    let answer = sign(&blocked);
    assert!(answer.stderr.contains("--model-files"), "{}", answer.stderr);
}

/// A bundle as `actions/attest` gives it, but for its certificate.
fn certified(sandbox: &Sandbox) -> Value {
    use base64::Engine as _;
    let payload = base64::engine::general_purpose::STANDARD.encode(sandbox.read("s.json"));
    json!({
        "mediaType": "application/vnd.dev.sigstore.bundle.v0.3+json",
        "verificationMaterial": {"certificate": {"rawBytes": "eA=="}},
        "dsseEnvelope": {
            "payload": payload,
            "payloadType": "application/vnd.in-toto+json",
            "signatures": [{"sig": "eA=="}],
        },
    })
}

/// What `gh` 2.83 answers for a bundle.
fn verified(sandbox: &Sandbox, repository: &str, workflow: &str) -> Value {
    let statement: Value = serde_json::from_str(&sandbox.read("s.json")).unwrap();
    json!([{
        "attestation": {"bundle": certified(sandbox), "bundle_url": "", "initiator": ""},
        "verificationResult": {
            "mediaType": "application/vnd.dev.sigstore.verificationresult+json;version=0.1",
            "statement": statement,
            "signature": {"certificate": {
                "certificateIssuer": "CN=sigstore-intermediate,O=sigstore.dev",
                "subjectAlternativeName": format!("https://github.com/{repository}/{workflow}@refs/tags/v1"),
                "issuer": "https://token.actions.githubusercontent.com",
                "buildSignerURI": format!("https://github.com/{repository}/{workflow}@refs/tags/v1"),
                "sourceRepositoryURI": format!("https://github.com/{repository}"),
            }},
            "verifiedTimestamps": [{"type": "Tlog", "uri": "x", "timestamp": "2026-11-23T12:00:00Z"}],
        },
    }])
}

/// Puts a `gh` in the way that keeps what it was given and ends as it is told.
fn gh(sandbox: &Sandbox, stdout: &str, code: i32) -> String {
    sandbox.write("answer.json", stdout);
    let here = sandbox.path(".");
    let here = here.display();
    let script = format!(
        "#!/bin/sh\nprintf '%s\\n' \"$@\" > '{here}/argv'\ncp \"$3\" '{here}/subject'\n\
         cat '{here}/answer.json'\necho 'Error: words of gh \u{1b}[31m' >&2\nexit {code}\n"
    );
    sandbox.program("bin/gh", &script);
    format!("{}:/usr/bin:/bin", sandbox.path("bin").display())
}

const WORKFLOW: &str = ".github/workflows/deliver.yml";

#[test]
fn a_certificate_is_for_gh_to_judge_and_gh_is_asked_without_a_shell() {
    let sandbox = decided("{repository: acme/taxi, workflow: .github/workflows/deliver.yml}");
    sandbox.write("a.json", certified(&sandbox).to_string());
    let answer = verified(&sandbox, "Acme/taxi", WORKFLOW).to_string();
    let path = gh(&sandbox, &answer, 0);
    let verify = |words: &str| sandbox.run_with(words, &[("PATH", &path)]);
    let answer = verify("attest verify a.json --decision d.json --model model --format json");
    assert_eq!(answer.code, Some(0), "{}", answer.stderr);
    let record: Value = serde_json::from_str(&answer.stdout).unwrap();
    assert_eq!(record["kind"], "github");
    assert_eq!(
        record["signer"],
        "https://github.com/Acme/taxi/.github/workflows/deliver.yml@refs/tags/v1"
    );
    let argv = sandbox.read("argv");
    let mut argv: Vec<_> = argv.lines().collect();
    for place in [2, 10] {
        let file = Path::new(argv[place])
            .file_name()
            .unwrap()
            .to_str()
            .unwrap();
        assert!(
            ["model.sha256", "attestation.json"].contains(&file),
            "{argv:?}"
        );
        argv[place] = "[FILE]";
    }
    insta::assert_snapshot!(argv.join(" "), @"attestation verify [FILE] --repo acme/taxi --predicate-type https://in-toto.io/attestation/test-result/v0.1 --format json --bundle [FILE] --signer-workflow acme/taxi/.github/workflows/deliver.yml");
    let sums = sandbox.read("sums.txt");
    assert_eq!(sandbox.read("subject"), sums.split_once('\n').unwrap().1);
    // Without a file GitHub is asked for it, by the digest of the manifest.
    let answer = verify("attest verify --decision d.json --model model");
    assert_eq!(answer.code, Some(0), "{}", answer.stderr);
    assert!(!sandbox.read("argv").contains("--bundle"));
    let answer = verify("attest verify --decision d.json");
    assert_eq!(answer.code, Some(3), "{}", answer.stderr);
}

#[test]
fn the_record_of_an_attestation_is_json_whatever_the_ref_is_called() {
    let sandbox = decided("{repository: acme/taxi}");
    sandbox.write("a.json", certified(&sandbox).to_string());
    let answer = verified(&sandbox, "acme/taxi", WORKFLOW).to_string();
    let path = gh(
        &sandbox,
        &answer.replace("refs/tags/v1", "refs/heads/##vso[x]"),
        0,
    );
    let words = "attest verify a.json --decision d.json --model model --format json";
    let answer = sandbox.run_with(words, &[("PATH", &path)]);
    assert_eq!(answer.code, Some(0), "{}", answer.stderr);
    assert!(!answer.stdout.contains("##"), "{}", answer.stdout);
    let record: Value = serde_json::from_str(&answer.stdout).unwrap();
    let signer = record["signer"].as_str().unwrap();
    assert!(
        signer.ends_with("deliver.yml@refs/heads/##vso[x]"),
        "{signer}"
    );
}

#[test]
fn what_gh_says_is_believed_only_where_it_says_enough() {
    let sandbox = decided("{repository: acme/taxi, workflow: .github/workflows/deliver.yml}");
    sandbox.write("a.json", certified(&sandbox).to_string());
    let good = verified(&sandbox, "acme/taxi", WORKFLOW);
    let with = |path: &str, value: Value| {
        let mut changed = good.clone();
        *changed.pointer_mut(path).unwrap() = value;
        changed.to_string()
    };
    let certificate = "/0/verificationResult/signature/certificate";
    let other = verified(&sandbox, "acme/other", WORKFLOW).to_string();
    let ci = verified(&sandbox, "acme/taxi", ".github/workflows/ci.yml").to_string();
    for (stdout, code, exit, words) in [
        ("[]".to_owned(), 0, 1, "there is no attestation"),
        (String::new(), 0, 3, "not JSON"),
        ("{}".to_owned(), 0, 3, "it is no list"),
        ("[{}]".to_owned(), 0, 3, "is not understood"),
        (
            good.to_string(),
            1,
            3,
            "`gh attestation verify` ended with 1: Error: words of gh",
        ),
        (String::new(), 4, 3, "ended with 4"),
        (other, 0, 1, "and not of `https://github.com/acme/taxi`"),
        (
            ci,
            0,
            1,
            "the workflow `https://github.com/acme/taxi/.github/workflows/ci.yml@refs/tags/v1` signed it",
        ),
        (
            with(
                &format!("{certificate}/issuer"),
                "https://evil.example".into(),
            ),
            0,
            1,
            "its issuer is",
        ),
        (with(certificate, Value::Null), 0, 3, "certificate/issuer"),
        (
            with("/0/verificationResult/statement/predicateType", "x".into()),
            0,
            3,
            "not what is in its bundle",
        ),
        (
            with("/0/verificationResult/statement/subject/1/name", "x".into()),
            0,
            3,
            "not what is in its bundle",
        ),
    ] {
        let path = gh(&sandbox, &stdout, code);
        let words_of = "attest verify a.json --decision d.json --model model";
        let answer = sandbox.run_with(words_of, &[("PATH", &path)]);
        assert_eq!(answer.code, Some(exit), "{stdout:.60}: {}", answer.stderr);
        assert!(answer.stderr.contains(words), "{words}: {}", answer.stderr);
        assert!(!answer.stderr.contains('\u{1b}'), "{:?}", answer.stderr);
    }
    let answer = sandbox.run_with(
        "attest verify a.json --decision d.json",
        &[("PATH", sandbox.path("nothing").to_str().unwrap())],
    );
    assert_eq!(answer.code, Some(3));
    assert!(
        answer.stderr.contains("there is no program `gh`"),
        "{}",
        answer.stderr
    );
}

#[test]
fn what_nobody_was_named_for_is_exit_code_3() {
    let by_key = decided("{key: public.pem}");
    keys(&by_key, false);
    by_key.write("a.json", certified(&by_key).to_string());
    let answer = by_key.run("attest verify a.json --decision d.json");
    assert_eq!(answer.code, Some(3));
    assert!(
        answer.stderr.contains("the spec names no repository"),
        "{}",
        answer.stderr
    );
    let by_github = decided("{repository: acme/taxi}");
    keys(&by_github, false);
    sign(&by_github);
    let answer = by_github.run("attest verify a.json --decision d.json");
    assert_eq!(answer.code, Some(3));
    assert!(
        answer.stderr.contains("the spec names none"),
        "{}",
        answer.stderr
    );
}
