//! A folder with a spec and the store that real MLflow wrote for the demo, and the binary run in it.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

/// The runs of the demo's versions, the first first.
pub(crate) const RUNS: [&str; 4] = [
    "6d8b468512aa463ca340aca8d09ad860",
    "34ff5552425c4eee92ce8eb50ea890fa",
    "b24571ec6c9047fcbb7544d173d73b39",
    "fe12564954c2446fb3914fb30762360f",
];

pub(crate) struct Sandbox {
    folder: TempDir,
}

/// What a command answered.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Sandbox {
    /// An empty folder.
    pub(crate) fn empty() -> Self {
        Self {
            folder: TempDir::new().unwrap(),
        }
    }

    /// The demo's project: its spec, and its store with versions 1 (champion) to 4.
    pub(crate) fn taxi() -> Self {
        let sandbox = Self::empty();
        sandbox.write(
            "gatewright.yaml",
            include_str!("../../project-templates/classic/gatewright.yaml"),
        );
        std::fs::write(sandbox.path("mlflow.db"), demo_store()).unwrap();
        for run in RUNS {
            std::fs::create_dir_all(sandbox.path(&format!("mlruns/1/{run}/artifacts"))).unwrap();
        }
        sandbox
    }

    pub(crate) fn path(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    pub(crate) fn write(&self, path: &str, text: impl AsRef<[u8]>) -> &Self {
        let path = self.path(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
        self
    }

    /// Writes a program.
    ///
    /// A process of its own makes it: while this one has it open for writing, a thread beside may
    /// start a process that takes that along, and what is open for writing cannot be run.
    pub(crate) fn program(&self, path: &str, text: &str) -> &Self {
        let source = format!("{path}.text");
        self.write(&source, text);
        let mut install = Command::new("install");
        install.args([self.path(&source), self.path(path)]);
        assert!(install.status().unwrap().success(), "{path}");
        self
    }

    pub(crate) fn read(&self, path: &str) -> String {
        std::fs::read_to_string(self.path(path)).unwrap()
    }

    /// Runs `gatewright` with words split at spaces.
    pub(crate) fn run(&self, words: &str) -> Answer {
        self.run_with(words, &[])
    }

    /// The same, in a folder of the sandbox.
    pub(crate) fn run_in(&self, folder: &str, words: &str) -> Answer {
        self.call(folder, words, &[])
    }

    /// The same, with environment variables; there are no others.
    pub(crate) fn run_with(&self, words: &str, environment: &[(&str, &str)]) -> Answer {
        self.call("", words, environment)
    }

    fn call(&self, folder: &str, words: &str, environment: &[(&str, &str)]) -> Answer {
        let output = Command::new(env!("CARGO_BIN_EXE_gatewright"))
            .args(words.split_whitespace())
            .current_dir(self.path(folder))
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .envs(environment.iter().copied())
            .output()
            .unwrap();
        Answer::of(&output, self.folder.path())
    }
}

impl Answer {
    fn of(output: &Output, folder: &Path) -> Self {
        let text = |bytes: &[u8]| {
            let text = String::from_utf8(bytes.to_vec()).expect("output is UTF-8");
            assert!(!text.contains("panicked at"), "{text}");
            text.replace(folder.to_str().unwrap(), "[FOLDER]")
        };
        Self {
            code: output.status.code(),
            stdout: text(&output.stdout),
            stderr: text(&output.stderr),
        }
    }
}

/// A report without what differs from run to run: the time, and the digest of the evidence.
pub(crate) fn steady(report: &str) -> String {
    let patterns = [
        (r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}", "[TIME]"),
        (
            r#"(evidence-digest" value="|evidence )sha256:[0-9a-f]+"#,
            "$1[EVIDENCE]",
        ),
    ];
    patterns
        .iter()
        .fold(report.to_owned(), |report, (pattern, word)| {
            let pattern = regex::Regex::new(pattern).unwrap();
            pattern.replace_all(&report, *word).into_owned()
        })
}

/// The demo's store, unpacked.
pub(crate) fn demo_store() -> Vec<u8> {
    let packed = include_bytes!("../../demo/mlflow.db.gz");
    let mut bytes = Vec::new();
    flate2::read::GzDecoder::new(&packed[..])
        .read_to_end(&mut bytes)
        .unwrap();
    bytes
}
