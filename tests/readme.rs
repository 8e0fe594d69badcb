//! What the README says is so.
#![expect(clippy::unwrap_used, reason = "a test stops where it stumbles")]

use std::process::Command;

use gatewright::exit::Exit;

const README: &str = include_str!("../README.md");

/// The text of the fenced blocks of a language.
fn blocks(language: &str) -> Vec<&'static str> {
    let fence = format!("```{language}\n");
    README
        .split(fence.as_str())
        .skip(1)
        .map(|rest| rest.split("\n```").next().unwrap())
        .collect()
}

fn gatewright(arguments: &[&str]) -> (Option<i32>, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_gatewright"))
        .args(arguments)
        .output()
        .unwrap();
    (
        output.status.code(),
        String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned(),
    )
}

#[test]
fn its_spec_is_valid_and_generates() {
    let folder = tempfile::tempdir().unwrap();
    let spec = folder.path().join("gatewright.yaml");
    let text = blocks("yaml")
        .into_iter()
        .find(|block| block.contains("\nversion: 1\n"))
        .unwrap();
    std::fs::write(&spec, text).unwrap();
    let (code, told) = gatewright(&["validate", spec.to_str().unwrap()]);
    assert_eq!((code, told.as_str()), (Some(0), "1 spec valid\n"));
    let (code, told) = gatewright(&["generate", "--spec", spec.to_str().unwrap()]);
    assert_eq!(code, Some(0), "{told}");
}

#[test]
fn its_commands_exist() {
    let commands: Vec<_> = README
        .split('`')
        .filter(|code| code.starts_with("gatewright ") && !code.contains('\n'))
        .collect();
    assert!(commands.len() > 5);
    for command in commands {
        let words: Vec<_> = command
            .split_whitespace()
            .skip(1)
            .take_while(|word| !word.starts_with('-'))
            .collect();
        let (code, told) = gatewright(&[&words[..1], &["--help"]].concat());
        assert_eq!(code, Some(0), "`{command}`: {told}");
        for flag in command
            .split_whitespace()
            .filter(|word| word.starts_with('-'))
        {
            let help: Vec<_> = if words[0] == "gate" {
                vec!["gate", "check", "--help"]
            } else {
                vec![words[0], "--help"]
            };
            assert!(gatewright(&help).1.contains(flag), "`{command}`: no {flag}");
        }
    }
}

#[test]
fn its_exit_codes_are_the_ones_in_the_code() {
    let all = [
        Exit::Yes,
        Exit::No,
        Exit::Usage,
        Exit::NoEvidence,
        Exit::Hold,
        Exit::Conflict,
    ];
    for exit in all {
        assert!(
            README.contains(&format!("\n| {} | ", exit.code())),
            "{exit:?}"
        );
    }
}

#[test]
fn its_two_commands_are_the_ones_that_ci_and_the_demo_run() {
    assert_eq!(
        blocks("console"),
        ["$ cargo run --release -- demo", "$ ./tests/run"]
    );
    let ci = include_str!("../.ci/run");
    assert!(ci.ends_with("exec ./tests/run\n"));
}

#[test]
fn the_files_it_points_to_exist() {
    for name in README
        .split("](")
        .skip(1)
        .filter_map(|rest| rest.split(')').next())
    {
        if !name.starts_with("http") {
            assert!(
                std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
                    .join(name)
                    .exists(),
                "{name}"
            );
        }
    }
}
