//! Promotions that need a signed decision: it is held against the decision that is handed in and
//! against the files of the model as they are now.

use serde_json::{Value, json};

use super::{ANA, Registry, json, result, shown};
use crate::attest::{decided, keys, sign};
use crate::sandbox::{Answer, Sandbox};

const PROMOTE: &str = "promote --decision d.json --attestation a.json";

/// A sandbox whose spec asks for attestations, with a decision about version 3 that is signed.
fn signed() -> Sandbox {
    let sandbox = decided("{key: public.pem}");
    keys(&sandbox, false);
    assert_eq!(sign(&sandbox).code, Some(0));
    sandbox
}

/// What stands against it: the exit code, the codes of the refusals, and stderr.
fn refused(sandbox: &Sandbox, words: &str) -> (Option<i32>, Vec<String>, String) {
    let answer = sandbox.run(&format!("{words} --format json"));
    assert_eq!(Registry::of(sandbox).alias("champion"), Some(1), "{words}");
    let codes = if answer.stdout.is_empty() {
        Vec::new()
    } else {
        let document = json(&answer);
        let refusals = document["refusals"].as_array().unwrap().iter();
        let codes = refusals.map(|refusal| refusal["code"].as_str().unwrap().to_owned());
        codes.collect()
    };
    (answer.code, codes, answer.stderr)
}

fn no(sandbox: &Sandbox, words: &str, why: &str) {
    let (code, codes, stderr) = refused(sandbox, words);
    assert_eq!(
        (code, codes),
        (Some(1), vec!["not-attested".to_owned()]),
        "{stderr}"
    );
    assert!(stderr.contains(why), "{why}: {stderr}");
}

fn ends(sandbox: &Sandbox, words: &str, code: i32, why: &str) {
    let (answered, codes, stderr) = refused(sandbox, words);
    assert_eq!((answered, codes), (Some(code), Vec::new()), "{stderr}");
    assert!(stderr.contains(why), "{why}: {stderr}");
}

#[test]
fn a_signed_decision_is_acted_on_and_who_signed_goes_on_record() {
    let sandbox = signed();
    let answer = sandbox.run_with(PROMOTE, ANA);
    assert_eq!((answer.code, answer.stderr.as_str()), (Some(0), ""));
    insta::assert_snapshot!(result(&answer), @"
    Promoted: taxi-fare version 3 is `champion` now, in place of version 1

      registry  sqlite:///mlflow.db
      decision  gate promote: pass, judged [TIME], sha256:[DIGEST]
      logged    runs:/b24571ec6c9047fcbb7544d173d73b39/gatewright/decisions/[DIGEST].json
      attested  by key sha256:[DIGEST]
      by        ana
      record    entry 1 of the ledger, tag gatewright.promotion.1, [TIME]
    ");
    let entries = Registry::of(&sandbox).entries();
    let entry = &entries[0].1;
    let attestation = &entry["attestations"][0];
    let digest = |name: &str| json!(gatewright::decision::sha256(sandbox.read(name).as_bytes()));
    assert_eq!(attestation["kind"], "key");
    assert_eq!(attestation["statement"], digest("s.json"));
    assert_eq!(attestation["decision"], digest("d.json"));
    assert_eq!(attestation["decision"], entry["decisions"][0]["digest"]);
    let decision: Value = serde_json::from_str(&sandbox.read("d.json")).unwrap();
    assert_eq!(
        entry["model_digest"],
        decision["candidate"]["files"]["digest"]
    );
    let history = sandbox.run("history --version 3");
    let signer = attestation["signer"].as_str().unwrap();
    let told = format!("entry 1, attested: by key {signer}");
    assert!(history.stdout.contains(&told), "{}", history.stdout);
    assert_eq!(sandbox.run("history --verify").code, Some(0));
}

#[test]
fn without_the_right_signature_nothing_goes_live() {
    let sandbox = signed();
    ends(&sandbox, "promote --decision d.json", 3, "none was given");
    let missing = "promote --decision d.json --attestation none.json";
    ends(&sandbox, missing, 3, "No such file");
    let statement = sandbox.read("a.json");
    sandbox.write("a.json", "{}");
    no(&sandbox, PROMOTE, "no `signatures`");
    sandbox.write("a.json", statement);
    std::fs::rename(sandbox.path("public.pem"), sandbox.path("kept.pem")).unwrap();
    ends(&sandbox, PROMOTE, 2, "cannot use the key");
    keys(&sandbox, false);
    no(&sandbox, PROMOTE, "did not sign it");
}

#[test]
fn a_model_that_changed_after_it_was_signed_stays_out() {
    let sandbox = signed();
    sandbox.write("model/data/a b.bin", [0, 1, 3]);
    let answer = sandbox.run(PROMOTE);
    assert_eq!(answer.code, Some(1), "{}", answer.stdout);
    insta::assert_snapshot!(shown(&answer.stderr), @"
    error: the decision is not attested: the attestation is not one of the decision of gate `promote` on models:/taxi-fare/3: the file `data/a b.bin` was attested with ae4b3280e56e2faf83f414a6e3dabe9d5fbe18976544c05fed121accb85b53fc, and has b744d600fbe3853702978ec726c166d26274fe7b09b2c600ddf2d7d895667b24; the files that the model has now have the digest sha256:[DIGEST], and those of the decision sha256:[DIGEST]
      help: attest this decision: see docs/attestation.md; a decision that was judged again is another one; or answer for it with `--force --reason TEXT`
    ");
    sandbox
        .write("model/data/a b.bin", [0, 1, 2])
        .write("model/more", "x");
    no(
        &sandbox,
        PROMOTE,
        "the file `more`, and it was not attested",
    );
    std::fs::remove_dir_all(sandbox.path("model")).unwrap();
    ends(&sandbox, PROMOTE, 3, "there is no folder");
}

#[test]
fn the_signature_of_another_decision_is_none_of_this_one() {
    let sandbox = signed();
    assert_eq!(
        sandbox
            .run("gate check --candidate 3 -o json=later.json")
            .code,
        Some(0)
    );
    let words = "promote --decision later.json --attestation a.json";
    no(&sandbox, words, "it is about the decision sha256:");
    // One that names no files of the model cannot be attested at all.
    let plain = Sandbox::taxi();
    plain.run("gate check --candidate 3 -o json=d.json");
    let words = "promote --decision d.json --require-attestation";
    ends(&plain, words, 2, "judge with `gate check --model-files`");
}

#[test]
fn what_is_judged_inside_of_the_promotion_was_signed_by_nobody() {
    let sandbox = signed();
    for words in [
        "promote --require-attestation",
        "promote --attestation a.json",
    ] {
        ends(&sandbox, words, 2, "name its file with `--decision FILE`");
    }
    let answer = sandbox.run("promote -q");
    assert_eq!(answer.code, Some(1), "{}", answer.stderr);
    insta::assert_snapshot!(shown(&answer.stderr), @"
    error: the decision is not attested: it was made just now, and nobody has signed it
      help: judge with `gatewright gate check promote --model-files -o json=decision.json -o in-toto=statement.json`, sign that (docs/attestation.md), and promote with `--decision decision.json --attestation FILE`; or answer for it with `--force --reason TEXT`
    ");
}

#[test]
fn what_moved_is_told_before_anybody_looks_for_a_signature() {
    let sandbox = signed();
    std::fs::remove_dir_all(sandbox.path("model")).unwrap();
    let (code, codes, stderr) = refused(&sandbox, &format!("{PROMOTE} --expect champion=7"));
    assert_eq!(
        (code, codes),
        (Some(5), vec!["unexpected".to_owned()]),
        "{stderr}"
    );
}

#[test]
fn a_person_may_answer_for_what_nobody_signed_and_that_is_on_record() {
    let forced = |sandbox: &Sandbox, words: &str| -> Answer {
        let answer = sandbox.run(&format!("{words} --force --reason outage"));
        assert_eq!(answer.code, Some(0), "{}", answer.stderr);
        let warning = "warning: FORCED, although the decision is not attested";
        assert!(answer.stderr.contains(warning), "{}", answer.stderr);
        let entries = Registry::of(sandbox).entries();
        assert_eq!(entries[0].1["forced"], true);
        assert_eq!(entries[0].1.get("attestations"), None);
        let decision: Value = serde_json::from_str(&sandbox.read("d.json")).unwrap();
        let judged = &decision["candidate"]["files"]["digest"];
        assert_eq!(&entries[0].1["model_digest"], judged);
        answer
    };
    forced(&signed(), "promote --decision d.json");
    forced(&signed(), "promote");
}

#[test]
fn nobody_can_answer_for_another_model_than_the_one_that_was_judged() {
    let sandbox = signed();
    sandbox.write("model/more", "x");
    let words = format!("{PROMOTE} --force --reason outage");
    let (code, codes, stderr) = refused(&sandbox, &words);
    let expected = vec!["candidate-changed".to_owned()];
    assert_eq!((code, codes), (Some(5), expected), "{stderr}");
}
