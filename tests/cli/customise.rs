//! The examples of `docs/customise.md`, run as they stand there.

use std::process::Command;

use crate::sandbox::Sandbox;

const PAGE: &str = include_str!("../../docs/customise.md");

/// The fenced blocks of a section, each with its language.
fn blocks(section: &str) -> Vec<(&str, &str)> {
    let parts = section.split("```").skip(1).step_by(2);
    parts.filter_map(|block| block.split_once('\n')).collect()
}

/// The demo's project with this end.
fn project(end: &str) -> Sandbox {
    let sandbox = Sandbox::taxi();
    let spec = sandbox.read("gatewright.yaml");
    let (spec, _) = spec.split_once("\nci:\n").unwrap();
    sandbox.write("gatewright.yaml", format!("{spec}\n{end}"));
    // Somebody looks after the actions: nothing is offered.
    sandbox.write("renovate.json", "{}");
    sandbox
}

/// What a line of a shell prints, on both streams.
fn shell(sandbox: &Sandbox, line: &str) -> String {
    let binary = std::path::Path::new(env!("CARGO_BIN_EXE_gatewright"));
    let path = std::env::var("PATH").unwrap();
    let output = Command::new("bash")
        .args(["-c", line])
        .current_dir(sandbox.path(""))
        .env_clear()
        .env(
            "PATH",
            format!("{}:{path}", binary.parent().unwrap().display()),
        )
        .output()
        .unwrap();
    String::from_utf8([output.stdout, output.stderr].concat()).unwrap()
}

fn run(sandbox: &Sandbox, session: &str) {
    for command in session.split("$ ").skip(1) {
        let (line, expected) = command.split_once('\n').unwrap();
        assert_eq!(shell(sandbox, line), expected, "{line}");
    }
}

#[test]
fn every_rung_of_the_ladder_does_what_its_example_shows() {
    let sections: Vec<_> = PAGE.split("\n## ").skip(1).collect();
    let (table, _) = PAGE.split_once("\n## ").unwrap();
    let rungs = table.lines().filter(|line| line.starts_with("| ")).count() - 1;
    assert_eq!(sections.len(), rungs, "a section for each row of the table");
    for section in sections {
        let mut sandbox = None;
        let mut sessions = 0;
        for (language, text) in blocks(section) {
            match language {
                "yaml" => sandbox = Some(project(text)),
                _ if language.starts_with("yaml file=") => {
                    let (_, path) = language.split_once('=').unwrap();
                    let sandbox = sandbox.as_ref().expect("the spec comes first");
                    std::fs::create_dir_all(sandbox.path(path).parent().unwrap()).unwrap();
                    sandbox.write(path, text);
                }
                "console project" => {
                    run(sandbox.as_ref().expect("the spec comes first"), text);
                    sessions += 1;
                }
                _ => panic!("a block in {language:?}"),
            }
        }
        assert!(sessions > 0, "{section}");
    }
}
