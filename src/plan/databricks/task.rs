//! Tasks: the stages, the gates, the promotion.

use super::bundle::Place;
use super::machines;
use super::model::{Dependency, Notebook, PythonFile, PythonWheel, Task};
use crate::spec::databricks::Machines;
use crate::spec::{Environment, Spec, Stage, Work};

/// How long a gate or a promotion may take: starting the machines takes most of it.
const SECONDS: u32 = 15 * 60;

/// The file that runs gatewright, from the files of `resources/`.
const LAUNCHER: &str = "./gatewright_task.py";

/// The name of the model in Unity Catalog, with the prefix of its target.
pub(super) const MODEL: &str = "${resources.registered_models.model.id}";

/// What a task is called: references to its values know no `-`.
pub(super) fn key(name: &str) -> String {
    name.replace('-', "_")
}

/// Whether the job of an environment promotes what it made. Where a person is asked, or something
/// looks at what is live and puts it back, that is for a pipeline.
pub(in crate::plan) fn promotes_itself(spec: &Spec, environment: &Environment) -> bool {
    let is_served = spec.online.is_some() && environment.deploy.is_some();
    environment.databricks.is_some()
        && environment.approval.is_none()
        && environment.verify.is_none()
        && !is_served
}

/// A stage.
pub(super) fn stage(stage: &Stage, here: &Machines) -> Option<Task> {
    let (mut notebook, mut file, mut wheel) = (None, None, None);
    let named = || {
        let pairs = stage.parameters.iter();
        pairs
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect()
    };
    match &stage.work {
        Work::Command(_) => return None,
        Work::Notebook(path) => {
            notebook = Some(Notebook {
                notebook_path: format!("../{path}"),
                base_parameters: named(),
            });
        }
        Work::PythonFile(path) => {
            let pairs = stage.parameters.iter();
            file = Some(PythonFile {
                python_file: format!("../{path}"),
                parameters: pairs
                    .map(|(name, value)| format!("--{name}={value}"))
                    .collect(),
            });
        }
        Work::Wheel {
            package,
            entry_point,
        } => {
            wheel = Some(PythonWheel {
                package_name: package.clone(),
                entry_point: entry_point.clone(),
                named_parameters: named(),
            });
        }
    }
    let task = Task {
        task_key: key(&stage.name),
        depends_on: stage
            .needs
            .iter()
            .map(|needed| after(&key(needed)))
            .collect(),
        // Zero would say that nothing else may try it again either, and serverless does by itself.
        max_retries: (stage.retries > 0).then_some(stage.retries),
        timeout_seconds: Some(stage.timeout_minutes.saturating_mul(60)),
        notebook_task: notebook,
        spark_python_task: file,
        python_wheel_task: wheel,
        ..Task::default()
    };
    Some(machines::of_stage(stage, here, task))
}

/// The gates of an environment and, where no person has to approve, the promotion. The first gate
/// settles which version is judged; whatever comes after is about that one.
pub(super) fn judgement(spec: &Spec, place: &Place<'_>, here: &Machines) -> Vec<Task> {
    let environment = place.environment;
    let mut before: Vec<Dependency> = last_stages(spec);
    let mut tasks = Vec::new();
    let mut candidate: Option<String> = None;
    for gate in &environment.gates {
        let task_key = format!("gate_{}", key(gate));
        let mut words = vec!["gate", "check", gate.as_str()];
        let option = candidate
            .as_ref()
            .map(|version| format!("--candidate={version}"));
        words.extend(option.as_deref());
        let why = "Fails unless the verdict is `pass`: a blocked version, one that a person has to decide \
            about and a store that cannot be read all end the run here.";
        let task = gatewright(spec, here, &task_key, before, &words, why);
        candidate.get_or_insert_with(|| format!("{{{{tasks.{task_key}.values.candidate}}}}"));
        before = vec![after(&task_key)];
        tasks.push(task);
    }
    let approved = candidate.filter(|_| promotes_itself(spec, environment));
    if let Some(candidate) = approved {
        let option = format!("--candidate={candidate}");
        let words = ["promote", &option];
        let why = "Judges exactly that version afresh, because the live one may have moved, and lets it go \
            live.";
        tasks.push(gatewright(spec, here, "promotion", before, &words, why));
    }
    tasks
}

/// A call of gatewright for the environment, its model and its spec.
pub(super) fn gatewright(
    spec: &Spec,
    here: &Machines,
    task_key: &str,
    depends_on: Vec<Dependency>,
    words: &[&str],
    why: &str,
) -> Task {
    let file = spec.path.rsplit('/').next().unwrap_or(&spec.path);
    let place = [
        "--env=${var.environment}".to_owned(),
        format!("--model={MODEL}"),
        format!("--spec=${{workspace.file_path}}/{file}"),
    ];
    let task = Task {
        comment: why.into(),
        task_key: task_key.to_owned(),
        depends_on,
        max_retries: Some(0),
        timeout_seconds: Some(SECONDS),
        spark_python_task: Some(PythonFile {
            python_file: LAUNCHER.to_owned(),
            parameters: words
                .iter()
                .map(|word| (*word).to_owned())
                .chain(place)
                .collect(),
        }),
        ..Task::default()
    };
    machines::of_gatewright(spec, here, task)
}

/// That a task comes after another.
pub(super) fn after(task_key: &str) -> Dependency {
    Dependency {
        task_key: task_key.to_owned(),
        outcome: None,
    }
}

/// The stages that no other stage waits for.
fn last_stages(spec: &Spec) -> Vec<Dependency> {
    let of_training = || spec.stages.iter().filter(|stage| stage.schedule.is_none());
    of_training()
        .filter(|stage| !of_training().any(|other| other.needs.contains(&stage.name)))
        .map(|stage| after(&key(&stage.name)))
        .collect()
}
