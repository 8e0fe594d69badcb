//! What became of a run, as the runner told it.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

/// What became of a run.
pub(super) struct Ran {
    /// What was checked out.
    pub(super) commit: String,
    story: Value,
    artifacts: PathBuf,
}

impl Ran {
    /// As the runner told it.
    pub(super) fn new(commit: String, story: Value, artifacts: PathBuf) -> Self {
        Self {
            commit,
            story,
            artifacts,
        }
    }

    /// What the whole of it came to.
    pub(super) fn conclusion(&self) -> &str {
        self.story["conclusion"].as_str().unwrap()
    }

    /// One job.
    pub(super) fn job(&self, id: &str) -> &Value {
        let job = &self.story["jobs"][id];
        assert!(job.is_object(), "no job {id}");
        job
    }

    /// What became of each job, in the order of the file.
    pub(super) fn results(&self) -> String {
        let jobs = self.story["jobs"].as_object().unwrap();
        let result = |(id, job): (&String, &Value)| format!("{id}: {}", word(&job["result"]));
        jobs.iter().map(result).collect::<Vec<_>>().join("\n")
    }

    /// A step of a job.
    pub(super) fn step(&self, job: &str, name: &str) -> &Value {
        let steps = self.job(job)["steps"].as_array().unwrap();
        let named = |step: &&Value| step["name"] == name;
        let said = self.logs(job);
        let step = steps.iter().find(named);
        step.unwrap_or_else(|| panic!("no step {name} in {job}:\n{said}"))
    }

    /// Everything that a job said.
    pub(super) fn logs(&self, job: &str) -> String {
        let steps = self.job(job)["steps"].as_array().unwrap();
        let said = |step: &Value| {
            let (name, outcome) = (word(&step["name"]), word(&step["outcome"]));
            format!("--- {name}: {outcome}\n{}", word(&step["log"]))
        };
        steps.iter().map(said).collect::<Vec<_>>().join("\n")
    }

    /// Everything that all jobs said, for who wants to know why.
    pub(super) fn all_logs(&self) -> String {
        let jobs = self.story["jobs"].as_object().unwrap();
        let said = |id: &String| format!("===== {id}\n{}", self.logs(id));
        jobs.keys().map(said).collect::<Vec<_>>().join("\n")
    }

    /// A file that was kept, as JSON.
    pub(super) fn kept(&self, artifact: &str, file: &str) -> Value {
        let path = self.artifacts.join(artifact).join(file);
        let text =
            std::fs::read_to_string(&path).unwrap_or_else(|_| panic!("no {artifact}/{file}"));
        serde_json::from_str(&text).unwrap()
    }

    /// The names of everything that was kept.
    pub(super) fn artifacts(&self) -> Vec<String> {
        names(&self.artifacts)
    }

    /// No log of no step shows a secret.
    pub(super) fn assert_discreet(&self) {
        for (id, job) in self.story["jobs"].as_object().unwrap() {
            assert_eq!(job["leaks"], json!([]), "{id}");
        }
    }
}

fn names(folder: &Path) -> Vec<String> {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return Vec::new();
    };
    let name = |entry: std::io::Result<std::fs::DirEntry>| entry.unwrap().file_name();
    let names = entries.map(name).map(|name| name.into_string().unwrap());
    let mut names: Vec<_> = names.collect();
    names.sort();
    names
}

fn word(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}
