//! What `generate` asks a person at a terminal, on a terminal of its own (`script` of util-linux),
//! and that it asks nobody else.

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::sandbox::Sandbox;

const CI: &str = ".github/workflows/taxi-fare-ci.yml";

/// A project whose workflow somebody has changed.
fn edited() -> Sandbox {
    let sandbox = Sandbox::taxi();
    sandbox.write(".git/HEAD", "ref: refs/heads/main\n");
    assert_eq!(sandbox.run("generate").code, Some(0));
    let text = sandbox.read(CI) + "# mine\n";
    sandbox.write(CI, text);
    sandbox
}

/// What a command says on a terminal to whoever types this; `None` where there is no such tool.
fn on_terminal(
    sandbox: &Sandbox,
    words: &str,
    typed: &str,
    environment: &[(&str, &str)],
) -> Option<(i32, String)> {
    if !Path::new("/usr/bin/script").exists() {
        assert!(
            std::env::var_os("CI").is_none(),
            "`script` of util-linux is missing"
        );
        return None;
    }
    // Whatever happens, it ends.
    let command = format!(
        "timeout --foreground 20 {} {words}",
        env!("CARGO_BIN_EXE_gatewright")
    );
    let mut child = Command::new("/usr/bin/script")
        .args(["--quiet", "--return", "--command", &command, "/dev/null"])
        .current_dir(sandbox.path(""))
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("NO_COLOR", "1")
        .envs(environment.iter().copied())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(typed.as_bytes()).unwrap();
    drop(stdin);
    let output = child.wait_with_output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    Some((output.status.code().unwrap(), said.replace('\r', "")))
}

#[test]
fn a_person_is_shown_the_change_and_asked_before_it_is_lost() {
    let sandbox = edited();
    let Some((code, said)) = on_terminal(&sandbox, "generate", "y\n", &[]) else {
        return;
    };
    assert_eq!(code, 0, "{said}");
    // The terminal shows what is typed whenever it likes.
    insta::assert_snapshot!(said.replacen("y\n", "", 1), @"
    `.github/workflows/taxi-fare-ci.yml` was edited after it was generated
      -# mine
    replace it by what the spec says? [y/N] replaced .github/workflows/taxi-fare-ci.yml
    ");
    assert!(!sandbox.read(CI).contains("# mine"));
}

#[test]
fn any_other_answer_and_the_end_of_the_input_are_a_no() {
    for typed in ["\n", "n\n", "yes please\n", "\u{1b}[A\n", ""] {
        let sandbox = edited();
        std::fs::remove_file(sandbox.path(".azure/pipelines/taxi-fare-ci.yml")).unwrap();
        let Some((code, said)) = on_terminal(&sandbox, "generate", typed, &[]) else {
            return;
        };
        assert_eq!(code, 1, "{typed:?}: {said}");
        assert!(said.contains("nothing was written"), "{said}");
        assert!(sandbox.read(CI).contains("# mine"), "{typed:?}");
        // All or nothing: the other file is not written either.
        assert!(!sandbox.path(".azure/pipelines/taxi-fare-ci.yml").exists());
    }
}

#[test]
fn one_no_of_several_answers_keeps_every_file() {
    let sandbox = edited();
    let deliver = ".github/workflows/taxi-fare-deliver.yml";
    let text = sandbox.read(deliver) + "# mine\n";
    sandbox.write(deliver, text);
    let Some((code, said)) = on_terminal(&sandbox, "generate", "y\nn\n", &[]) else {
        return;
    };
    assert_eq!((code, said.matches("[y/N]").count()), (1, 2), "{said}");
    assert!(sandbox.read(CI).contains("# mine") && sandbox.read(deliver).contains("# mine"));
}

#[test]
fn nobody_is_asked_in_ci_nor_by_a_check_nor_for_a_document_nor_without_a_terminal() {
    let sandbox = edited();
    let quiet: [(&str, &[(&str, &str)]); 6] = [
        ("generate", &[("CI", "true")]),
        ("generate", &[("TF_BUILD", "True")]),
        ("generate --check", &[]),
        ("generate --diff", &[]),
        ("generate --format json", &[]),
        ("generate --quiet", &[]),
    ];
    for (words, environment) in quiet {
        let Some((code, said)) = on_terminal(&sandbox, words, "y\n", environment) else {
            return;
        };
        assert_eq!(code, 1, "{words}: {said}");
        assert!(!said.contains("[y/N]"), "{words}: {said}");
    }
    let answer = sandbox.run("generate");
    assert_eq!(answer.code, Some(1));
    assert!(!answer.stderr.contains("[y/N]"), "{}", answer.stderr);
    assert!(sandbox.read(CI).contains("# mine"));
    let Some((code, said)) = on_terminal(&sandbox, "generate --force", "", &[]) else {
        return;
    };
    assert_eq!(code, 0, "{said}");
    assert!(!said.contains("[y/N]"), "{said}");
}
