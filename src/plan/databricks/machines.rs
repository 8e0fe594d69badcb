//! What tasks run on: serverless environments and clusters, each by its key.
//!
//! The one decision here: gatewright has a serverless environment of its own, so that what the
//! project installs cannot change what judges it.

use indexmap::IndexMap;

use super::model::{
    Autoscale, Cluster, Environment, EnvironmentSpec, Job, JobCluster, Library, Pypi, Task,
};
use crate::spec::databricks::{self, Kind, Machines, Workers};
use crate::spec::{Spec, Stage, Work};

/// Built by the command line, beside the spec.
const WHEELS: &str = "../dist/*.whl";

/// What Spark needs to know on a cluster without workers; the command line warns where it is missing.
const SINGLE_NODE: [(&str, &str); 2] = [
    ("spark.databricks.cluster.profile", "singleNode"),
    ("spark.master", "local[*]"),
];

/// The task of a stage, on its machines.
pub(super) fn of_stage(stage: &Stage, here: &Machines, task: Task) -> Task {
    let machines = own(stage).unwrap_or(here);
    match &machines.kind {
        // A notebook on serverless brings an environment of its own.
        Kind::Serverless(_) if matches!(stage.work, Work::Notebook(_)) => task,
        Kind::Serverless(_) => Task {
            environment_key: Some(key(stage, "project")),
            ..task
        },
        Kind::Cluster(_) => Task {
            job_cluster_key: Some(key(stage, "main")),
            libraries: libraries(machines, stage),
            ..task
        },
    }
}

/// A task of gatewright's own.
pub(super) fn of_gatewright(spec: &Spec, here: &Machines, task: Task) -> Task {
    match &here.kind {
        Kind::Serverless(_) => Task {
            environment_key: Some("gatewright".to_owned()),
            // Serverless would try a task again that has said no.
            disable_auto_optimization: Some(true),
            ..task
        },
        Kind::Cluster(_) => Task {
            job_cluster_key: Some("main".to_owned()),
            libraries: vec![pypi(&gatewright(spec))],
            ..task
        },
    }
}

/// The job with every environment and cluster that its tasks name.
pub(super) fn provided<'s>(
    spec: &Spec,
    here: &Machines,
    stages: impl Iterator<Item = &'s Stage>,
    mut job: Job,
) -> Job {
    for stage in stages {
        let machines = own(stage).unwrap_or(here);
        match &machines.kind {
            Kind::Serverless(version) => {
                let environment = serverless(&key(stage, "project"), version, stage, machines);
                add_environment(&mut job, environment, &stage.work);
            }
            Kind::Cluster(cluster) => add_cluster(&mut job, &key(stage, "main"), cluster),
        }
    }
    let asks = job.tasks.iter().any(|task| task.max_retries == Some(0));
    match &here.kind {
        Kind::Serverless(version) if asks => job.environments.push(Environment {
            environment_key: "gatewright".to_owned(),
            spec: EnvironmentSpec {
                environment_version: version.clone(),
                dependencies: vec![gatewright(spec)],
            },
        }),
        Kind::Cluster(cluster) if asks => add_cluster(&mut job, "main", cluster),
        _ => {}
    }
    job
}

fn own(stage: &Stage) -> Option<&Machines> {
    stage
        .compute
        .as_ref()
        .and_then(|compute| compute.machines())
}

/// What a stage calls its machines: the shared ones, or those it alone has.
fn key(stage: &Stage, shared: &str) -> String {
    match own(stage) {
        Some(_) => format!("for_{}", super::task::key(&stage.name)),
        None => shared.to_owned(),
    }
}

fn gatewright(spec: &Spec) -> String {
    format!("gatewright~={}.0", spec.tool_version)
}

/// A package as the command line takes it for one: where it meets a `*`, or a `.` in a name, it looks
/// for a file. `==1.7.*` and `~=1.7.0` are the same versions but for previews of 1.7.0, and PyPI knows
/// `a.b` as `a-b` too.
fn package(text: &str) -> String {
    let end = text.find(|c| "[=<>~!".contains(c)).unwrap_or(text.len());
    let (name, rest) = text.split_at(end);
    let specifiers = rest.split(',');
    let known = specifiers.map(|one| series(one).unwrap_or_else(|| one.to_owned()));
    format!(
        "{}{}",
        name.replace('.', "-"),
        known.collect::<Vec<_>>().join(",")
    )
}

/// `==1.7.*` as `~=1.7.0`, with the extras before it; `None` for anything else.
fn series(specifier: &str) -> Option<String> {
    let (extras, version) = specifier.strip_suffix(".*")?.split_once("==")?;
    Some(format!("{extras}~={version}.0"))
}

fn serverless(key: &str, version: &str, stage: &Stage, machines: &Machines) -> Environment {
    let wheels = matches!(stage.work, Work::Wheel { .. }).then(|| WHEELS.to_owned());
    Environment {
        environment_key: key.to_owned(),
        spec: EnvironmentSpec {
            environment_version: version.to_owned(),
            dependencies: wheels
                .into_iter()
                .chain(machines.dependencies.iter().map(|text| package(text)))
                .collect(),
        },
    }
}

/// A shared environment is there once, with the wheel if one of its stages needs it.
fn add_environment(job: &mut Job, environment: Environment, work: &Work) {
    if matches!(work, Work::Notebook(_)) {
        return;
    }
    let known = job
        .environments
        .iter_mut()
        .find(|known| known.environment_key == environment.environment_key);
    match known {
        Some(known) if known.spec.dependencies.len() < environment.spec.dependencies.len() => {
            *known = environment;
        }
        Some(_) => {}
        None => job.environments.push(environment),
    }
}

fn add_cluster(job: &mut Job, key: &str, cluster: &databricks::Cluster) {
    if job
        .job_clusters
        .iter()
        .any(|known| known.job_cluster_key == key)
    {
        return;
    }
    let (num_workers, autoscale) = match cluster.workers {
        Workers::Fixed(count) => (Some(count), None),
        Workers::Between { min, max } => {
            let range = Autoscale {
                min_workers: min,
                max_workers: max,
            };
            (None, Some(range))
        }
    };
    let alone = num_workers == Some(0);
    let pairs = |map: &IndexMap<String, String>, of_one: &[(&str, &str)]| {
        let own = map.iter().map(|(name, text)| (name.clone(), text.clone()));
        let of_one = of_one.iter().filter(|_| alone);
        of_one
            .map(|(name, text)| ((*name).to_owned(), (*text).to_owned()))
            .chain(own)
            .collect()
    };
    job.job_clusters.push(JobCluster {
        job_cluster_key: key.to_owned(),
        new_cluster: Cluster {
            spark_version: cluster.spark_version.clone(),
            node_type_id: cluster.node_type_id.clone(),
            data_security_mode: "SINGLE_USER".to_owned(),
            num_workers,
            autoscale,
            policy_id: cluster.policy_id.clone(),
            spark_conf: pairs(&cluster.spark_conf, &SINGLE_NODE),
            custom_tags: pairs(&cluster.custom_tags, &[("ResourceClass", "SingleNode")]),
        },
    });
}

fn libraries(machines: &Machines, stage: &Stage) -> Vec<Library> {
    let wheel = matches!(stage.work, Work::Wheel { .. }).then(|| Library {
        whl: Some(WHEELS.to_owned()),
        pypi: None,
    });
    let packages = machines.dependencies.iter().map(|package| pypi(package));
    wheel.into_iter().chain(packages).collect()
}

fn pypi(package: &str) -> Library {
    Library {
        whl: None,
        pypi: Some(Pypi {
            package: package.to_owned(),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::package;

    #[test]
    fn a_package_is_written_so_that_the_command_line_does_not_take_it_for_a_file() {
        for (written, is) in [
            ("lightgbm", "lightgbm"),
            ("lightgbm==4.*", "lightgbm~=4.0"),
            ("scikit-learn==1.7.*", "scikit-learn~=1.7.0"),
            ("holidays>=0.80,<1", "holidays>=0.80,<1"),
            (
                "mlflow[databricks,genai]==3.*,!=3.5.1",
                "mlflow[databricks,genai]~=3.0,!=3.5.1",
            ),
            ("ruamel.yaml==0.18.6", "ruamel-yaml==0.18.6"),
        ] {
            assert_eq!(package(written), is);
        }
    }
}
