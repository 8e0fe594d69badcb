//! A forge on this machine: a real git repository with a project and the files generated for it,
//! and machines that run its workflows.
//!
//! `tests/tools/runner` is the runner; GitHub's own parser and evaluator read the workflows there.

use std::cell::Cell;
use std::path::PathBuf;
use std::process::Command;

use serde_json::{Value, json};
use tempfile::TempDir;

use super::ran::Ran;
use crate::tools::{python, repository, succeed, tool};

/// What a change of the project may change: a model that learns, and the most that a ride costs.
pub(super) const GOOD: &str = r#"{"regress": true, "most": 60.0}"#;
/// The mean of all prices is a model, too, and a bad one.
pub(super) const BAD: &str = r#"{"regress": false, "most": 60.0}"#;
/// Good on the holdout, and refused by whoever looks at what is live.
pub(super) const UNFIT: &str = r#"{"regress": true, "most": 1.0}"#;

/// What nobody may read in a log.
pub(super) const SECRET: &str = "secret-of-the-tracking-server";

/// A wheel of gatewright whose program is the one under test: what a pipeline installs is found
/// by the real uv, in a folder instead of on `PyPI`.
const WHEEL: &str = r#"
import sys, zipfile

folder, program, version = sys.argv[1:]
info = f"gatewright-{version}.dist-info"
files = {
    f"gatewright-{version}.data/scripts/gatewright": f'#!/bin/sh\nexec "{program}" "$@"\n',
    f"{info}/METADATA": f"Metadata-Version: 2.1\nName: gatewright\nVersion: {version}\n",
    f"{info}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
}
files[f"{info}/RECORD"] = "".join(f"{name},,\n" for name in [*files, f"{info}/RECORD"])
with zipfile.ZipFile(f"{folder}/gatewright-{version}-py3-none-any.whl", "w") as wheel:
    for name, text in files.items():
        wheel.writestr(name, text)
"#;

/// The repository, what is kept for its environments, and the machines.
pub(super) struct Forge {
    folder: TempDir,
    /// Where the project is in the repository.
    project: &'static str,
    python: PathBuf,
    uv: PathBuf,
    /// The tracking server that the environments name.
    tracking: String,
    /// GitHub's API.
    api: String,
    runs: Cell<u32>,
}

impl Forge {
    /// A repository whose branch `main` holds the project, in a folder of it or as a whole; `None`
    /// where a tool is missing.
    pub(super) fn start(project: &'static str, tracking: &str, api: &str) -> Option<Self> {
        tool("node/github-language-service.cjs")?;
        let python = python()?;
        let uv = tool("uv/bin/uv")?;
        let forge = Self {
            folder: TempDir::new().unwrap(),
            project,
            python,
            uv,
            tracking: tracking.to_owned(),
            api: api.to_owned(),
            runs: Cell::new(0),
        };
        forge.write_project();
        forge.write_wheel();
        forge.git(&["init", "--quiet", "--initial-branch=main"]);
        forge.generate();
        // As GitHub, which serves any commit that is asked for.
        forge.git(&["config", "uploadpack.allowAnySHA1InWant", "true"]);
        forge.commit("recipe.json", GOOD);
        Some(forge)
    }

    fn origin(&self) -> PathBuf {
        self.folder.path().join("origin")
    }

    fn write_project(&self) {
        let there = repository().join("tests/conformance/executed/project");
        let here = self.origin().join(self.project);
        std::fs::create_dir_all(here.parent().unwrap()).unwrap();
        succeed(Command::new("cp").arg("-RT").arg(there).arg(&here));
        let version = "import sys; print('%d.%d' % sys.version_info[:2])";
        let output = succeed(Command::new(&self.python).args(["-c", version]));
        let version = String::from_utf8(output.stdout).unwrap();
        let spec = here.join("gatewright.yaml");
        let text = std::fs::read_to_string(&spec).unwrap();
        std::fs::write(&spec, text.replace("3.12", version.trim())).unwrap();
        std::fs::write(self.origin().join(".gitignore"), ".venv\n__pycache__\n").unwrap();
    }

    fn generate(&self) {
        succeed(
            Command::new(env!("CARGO_BIN_EXE_gatewright"))
                .args(["generate", "--all"])
                .current_dir(self.origin()),
        );
    }

    fn write_wheel(&self) {
        let wheels = self.folder.path().join("wheels");
        std::fs::create_dir(&wheels).unwrap();
        succeed(
            Command::new(&self.python)
                .args(["-c", WHEEL])
                .arg(wheels)
                .arg(env!("CARGO_BIN_EXE_gatewright"))
                .arg(env!("CARGO_PKG_VERSION")),
        );
    }

    fn git(&self, words: &[&str]) -> String {
        let mut git = Command::new("git");
        git.args(["-c", "user.name=ana", "-c", "user.email=ana@example.com"])
            .args(words)
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_CONFIG_SYSTEM", "/dev/null")
            .current_dir(self.origin());
        let output = succeed(&mut git);
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }

    /// Writes a file of the project, and gives the commit.
    fn commit(&self, file: &str, text: &str) -> String {
        std::fs::write(self.origin().join(self.project).join(file), text).unwrap();
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--allow-empty", "--message", "change"]);
        self.git(&["rev-parse", "HEAD"])
    }

    /// A workflow as it is committed.
    pub(super) fn workflow(&self, kind: &str) -> String {
        self.git(&["show", &format!("main:.github/workflows/fare-{kind}.yml")])
    }

    /// A push of this recipe to `main`, and the delivery that it starts.
    pub(super) fn push(&self, recipe: &str) -> Ran {
        let before = self.git(&["rev-parse", "HEAD"]);
        self.commit("recipe.json", recipe);
        let payload = json!({"ref": "refs/heads/main", "before": before});
        self.run("deliver", &self.workflow("deliver"), "push", payload)
    }

    /// A start by hand on `main`, of a workflow with this text.
    pub(super) fn dispatch(&self, kind: &str, text: &str, inputs: &Value) -> Ran {
        let payload = json!({"ref": "refs/heads/main", "inputs": inputs});
        self.run(kind, text, "workflow_dispatch", payload)
    }

    /// A pull request that writes this file, and what judges it before it is merged.
    pub(super) fn propose(&self, file: &str, text: &str) -> Ran {
        let base = self.git(&["rev-parse", "main"]);
        self.git(&["checkout", "--quiet", "-B", "change"]);
        let head = self.commit(file, text);
        self.git(&["checkout", "--quiet", "-B", "merged", "main"]);
        self.git(&[
            "merge",
            "--quiet",
            "--no-ff",
            "--message",
            "merge",
            "change",
        ]);
        self.git(&["update-ref", "refs/pull/7/merge", "merged"]);
        let payload = json!({
            "action": "synchronize",
            "number": 7,
            "pull_request": {
                "number": 7,
                "base": {"ref": "main", "sha": base, "repo": {"full_name": "acme/fare"}},
                "head": {"ref": "change", "sha": head, "repo": {"full_name": "acme/fare"}},
            },
        });
        let ran = self.run("ci", &self.workflow("ci"), "pull_request", payload);
        self.git(&["checkout", "--quiet", "main"]);
        ran
    }

    fn run(&self, kind: &str, text: &str, event: &str, mut payload: Value) -> Ran {
        self.runs.set(self.runs.get() + 1);
        let run = self.runs.get().to_string();
        let work = self.folder.path().join("runs").join(&run);
        std::fs::create_dir_all(&work).unwrap();
        payload["repository"] = json!({"full_name": "acme/fare", "owner": {"login": "acme"}});
        let reference = match event {
            "pull_request" => "refs/pull/7/merge",
            _ => "refs/heads/main",
        };
        let commit = self.git(&["rev-parse", "HEAD"]);
        let request = json!({
            "name": format!("fare-{kind}.yml"), "text": text,
            "event": event, "ref": reference, "sha": commit,
            "payload": payload, "run_id": run, "api": self.api,
            "repository": self.origin(), "settings": self.settings(), "work": work,
            "path": std::env::var("PATH").unwrap(),
            "python": self.python.parent().unwrap(), "uv": self.uv.parent().unwrap(),
            "variables": self.variables(),
        });
        let file = work.join("request.json");
        std::fs::write(&file, request.to_string()).unwrap();
        let mut runner = Command::new("timeout");
        runner
            .args(["--kill-after=5", "600", "node"])
            .arg(repository().join("tests/tools/runner/run.mjs"))
            .arg(file);
        let output = succeed(&mut runner);
        let story = serde_json::from_slice(&output.stdout).unwrap();
        Ran::new(commit, story, work.join("artifacts"))
    }

    /// What is kept on GitHub: nothing for the whole repository, so that an environment is needed.
    fn settings(&self) -> Value {
        let kept = json!({
            "vars": {"MLFLOW_TRACKING_URI": self.tracking},
            "secrets": {"MLFLOW_TRACKING_TOKEN": SECRET},
        });
        let names = ["staging", "staging-promotion", "prod", "prod-promotion"];
        names.map(|name| (name, kept.clone())).into_iter().collect()
    }

    /// A machine without a network: uv takes what is there.
    fn variables(&self) -> Value {
        json!({
            "LANG": "C.UTF-8",
            "MLFLOW_DISABLE_TELEMETRY": "true",
            "UV_CACHE_DIR": self.folder.path().join("uv-cache"),
            "UV_FIND_LINKS": self.folder.path().join("wheels"),
            "UV_NO_INDEX": "1",
            "UV_OFFLINE": "1",
            "UV_PYTHON_DOWNLOADS": "never",
        })
    }
}
