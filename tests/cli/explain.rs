use crate::sandbox::Sandbox;
use gatewright::diagnostic::Code;
use gatewright::gate::Reason;
use gatewright::promotion::{FaultKind, Ground};

#[test]
fn every_code_is_explained() {
    let all = Sandbox::empty().run("explain");
    for code in Code::ALL {
        assert!(all.stdout.contains(code.name()));
        let one = Sandbox::empty().run(&format!("explain {code}"));
        assert_eq!(one.code, Some(0));
        assert!(one.stdout.contains(code.explanation()));
    }
    let reasons = Reason::all().map(Reason::code);
    let grounds = Ground::ALL.iter().map(|ground| ground.name());
    let faults = FaultKind::ALL.iter().map(|fault| fault.name());
    for code in reasons.chain(grounds).chain(faults) {
        assert!(all.stdout.contains(&format!("\n  {code} ")), "{code}");
        let one = Sandbox::empty().run(&format!("explain {code}"));
        assert_eq!(one.code, Some(0), "{code}");
    }
}

#[test]
fn an_unknown_code_gets_a_suggestion() {
    let answer = Sandbox::empty().run("explain unknwon-key");
    assert_eq!(answer.code, Some(2));
    insta::assert_snapshot!(answer.stderr, @"
    error: there is no code `unknwon-key`
      help: did you mean `unknown-key`?
    ");
}

#[test]
fn a_refusal_says_whether_force_gets_over_it_and_a_word_with_two_meanings_says_both() {
    let explain = |code: &str| Sandbox::empty().run(&format!("explain {code}")).stdout;
    insta::assert_snapshot!(explain("decision-age"), @"
    decision-age

    The decision is too old, or from the future. `--force` gets over it.
    ");
    insta::assert_snapshot!(explain("champion-moved"), @"
    champion-moved

    Another version is live than the one that the candidate was compared with.
    ");
    insta::assert_snapshot!(explain("unreadable"), @"
    unreadable

    Diagnostics of a spec: The spec file cannot be read: it is missing, a folder, not permitted, or too large.
    Faults of a ledger: An entry that is none.
    ");
}
