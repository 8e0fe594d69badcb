//! The generated file that runs gatewright in a task of a Databricks job, run here by a real Python
//! with the real gatewright. Only Databricks itself is played: who one is, and where values go.

use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

use crate::tools::{repository, succeed, tool};

/// What `databricks.sdk.core` gives: an identity, or none.
const CORE: &str = r#"
import os

class Config:
    host = "https://adb-1.1.azuredatabricks.net"

    def authenticate(self):
        scheme = os.environ["PLAYED_SCHEME"]
        return {"Authorization": f"{scheme} played-token"} if scheme else {}
"#;

/// What `databricks.sdk.runtime` gives: a place for values.
const RUNTIME: &str = r#"
import os

class Values:
    def set(self, key, value):
        with open(os.environ["PLAYED_VALUES"], "a") as file:
            file.write(f"{key}={value!r}\n")

class Jobs:
    taskValues = Values()

class Utilities:
    jobs = Jobs()

dbutils = Utilities()
"#;

/// A task: a folder with a demo project, and an environment with a wheel of gatewright in it.
struct Task {
    folder: TempDir,
    python: PathBuf,
    scheme: &'static str,
}

impl Task {
    fn new() -> Option<Self> {
        let python = tool("databricks/bin/python")?;
        let folder = TempDir::new().unwrap();
        let put = |path: &str, text: &str| {
            let path = folder.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        };
        put("site/databricks/sdk/core.py", CORE);
        put("site/databricks/sdk/runtime.py", RUNTIME);
        put(
            "site/gatewright-0.1.0.dist-info/METADATA",
            "Metadata-Version: 2.1\nName: gatewright\nVersion: 0.1.0\n",
        );
        put(
            "site/gatewright-0.1.0.dist-info/RECORD",
            "../bin/gatewright,,\n",
        );
        std::fs::create_dir(folder.path().join("bin")).unwrap();
        let scheme = "Bearer";
        Some(Self {
            folder,
            python,
            scheme,
        })
    }

    /// With the real gatewright, and the project that its demo writes.
    fn real() -> Option<Self> {
        let task = Self::new()?;
        let program = env!("CARGO_BIN_EXE_gatewright");
        succeed(
            Command::new(program)
                .args(["demo", "shop"])
                .current_dir(task.folder.path()),
        );
        symlink(program, task.folder.path().join("bin/gatewright")).unwrap();
        Some(task)
    }

    /// With a program that says what it is told, and exits with a code.
    fn scripted(script: &str) -> Option<Self> {
        let task = Self::new()?;
        let program = task.folder.path().join("bin/gatewright");
        // Made by a process of its own: while this one has it open for writing, a thread beside
        // may start a process that takes that along, and what is open for writing cannot be run.
        let text = task.folder.path().join("script");
        std::fs::write(&text, format!("#!/bin/sh\n{script}\n")).unwrap();
        succeed(Command::new("install").args([&text, &program]));
        Some(task)
    }

    fn run(&self, arguments: &[&str]) -> Output {
        let launcher = "workflow-templates/databricks/gatewright_task.py";
        Command::new(&self.python)
            .arg(repository().join(launcher))
            .args(arguments)
            .current_dir(self.folder.path())
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("PYTHONPATH", self.folder.path().join("site"))
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .env("PLAYED_SCHEME", self.scheme)
            .env("PLAYED_VALUES", self.folder.path().join("values"))
            .env("DATABRICKS_CONFIG_PROFILE", "of-somebody-else")
            .output()
            .unwrap()
    }

    fn values(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("values")).unwrap_or_default()
    }

    fn spec(&self) -> String {
        let spec: &Path = &self.folder.path().join("shop/gatewright.yaml");
        format!("--spec={}", spec.display())
    }
}

fn said(output: &Output) -> String {
    [&output.stdout[..], &output.stderr[..]]
        .map(String::from_utf8_lossy)
        .concat()
}

#[test]
fn a_gate_that_passes_hands_over_the_version_that_it_judged() {
    let Some(task) = Task::real() else { return };
    let output = task.run(&[
        "gate",
        "check",
        "promote",
        "--model=taxi-fare",
        "--candidate=3",
        &task.spec(),
    ]);
    assert!(output.status.success(), "{}", said(&output));
    assert!(
        said(&output).contains("Gate promote: PASS"),
        "{}",
        said(&output)
    );
    assert_eq!(task.values(), "candidate='3'\n");
}

#[test]
fn a_gate_that_blocks_fails_its_task_and_hands_over_nothing() {
    let Some(task) = Task::real() else { return };
    let output = task.run(&["gate", "check", "promote", "--candidate=2", &task.spec()]);
    assert!(!output.status.success());
    assert!(said(&output).contains("BLOCKED"), "{}", said(&output));
    assert!(
        said(&output).contains("NotYes: gatewright exited with 1: no: blocked"),
        "{}",
        said(&output)
    );
    assert_eq!(task.values(), "");
}

#[test]
fn a_model_of_another_name_is_the_one_that_is_read() {
    let Some(task) = Task::real() else { return };
    let output = task.run(&[
        "gate",
        "check",
        "promote",
        "--model=pr_12_taxi-fare",
        &task.spec(),
    ]);
    assert!(!output.status.success());
    assert!(
        said(&output).contains("pr_12_taxi-fare"),
        "{}",
        said(&output)
    );
}

#[test]
fn whatever_is_not_a_yes_fails_the_task() {
    for (code, meaning) in [
        (2, "the spec or the call is wrong"),
        (3, "the evidence could not be read"),
        (4, "hold: a person has to decide"),
        (5, "conflict: something moved meanwhile"),
        (77, "it did not end well"),
    ] {
        for call in [
            ["gate", "check"],
            ["monitor", "check"],
            ["promote", "--candidate=3"],
        ] {
            let Some(task) = Task::scripted(&format!("exit {code}")) else {
                return;
            };
            let output = task.run(&call);
            let wanted = format!("gatewright exited with {code}: {meaning}");
            assert!(!output.status.success(), "{call:?}");
            assert!(
                said(&output).contains(&wanted),
                "{call:?}: {}",
                said(&output)
            );
            assert_eq!(task.values(), "", "{call:?}");
        }
    }
    let Some(task) = Task::scripted("kill -9 $$") else {
        return;
    };
    assert!(!task.run(&["promote"]).status.success());
}

#[test]
fn a_yes_without_a_decision_is_none() {
    for script in [
        "exit 0",
        "for last; do :; done; echo '{\"candidate\": {\"version\": null}}' > \"${last#json=}\"",
    ] {
        let Some(task) = Task::scripted(script) else {
            return;
        };
        assert!(
            !task.run(&["gate", "check", "promote"]).status.success(),
            "{script}"
        );
        assert_eq!(task.values(), "");
    }
}

#[test]
fn a_violation_is_an_answer_and_no_answer_is_a_failure() {
    for (code, value) in [(0, "violated='false'\n"), (1, "violated='true'\n")] {
        let Some(task) = Task::scripted(&format!("exit {code}")) else {
            return;
        };
        assert!(task.run(&["monitor", "check", "drift"]).status.success());
        assert_eq!(task.values(), value);
    }
}

#[test]
fn gatewright_gets_the_identity_of_the_job_alone_and_nobody_sees_it() {
    let script = "env | grep '^DATABRICKS_' | sed 's/played-token/the token/' | sort";
    let Some(task) = Task::scripted(script) else {
        return;
    };
    let output = task.run(&["promote"]);
    assert!(output.status.success(), "{}", said(&output));
    assert_eq!(
        said(&output),
        "DATABRICKS_HOST=https://adb-1.1.azuredatabricks.net\nDATABRICKS_TOKEN=the token\n\n"
    );
    for scheme in ["", "Basic"] {
        let Some(mut task) = Task::scripted("echo ran") else {
            return;
        };
        task.scheme = scheme;
        let output = task.run(&["promote"]);
        assert!(!output.status.success());
        assert!(
            !said(&output).contains("ran\n") && !said(&output).contains("played-token"),
            "{}",
            said(&output)
        );
    }
}
