use crate::sandbox::Sandbox;
use gatewright::diagnostic::Code;
use gatewright::gate::Reason;

#[test]
fn every_code_is_explained() {
    let all = Sandbox::empty().run("explain");
    for code in Code::ALL {
        assert!(all.stdout.contains(code.name()));
        let one = Sandbox::empty().run(&format!("explain {code}"));
        assert_eq!(one.code, Some(0));
        assert!(one.stdout.contains(code.meaning()));
    }
    for reason in Reason::all() {
        assert!(all.stdout.contains(reason.code()));
        assert_eq!(
            Sandbox::empty()
                .run(&format!("explain {}", reason.code()))
                .code,
            Some(0)
        );
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
