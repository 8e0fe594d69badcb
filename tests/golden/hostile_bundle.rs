//! Bundles full of text that has broken generators before, and specs with it in every place.

use gatewright::plan::databricks::model::{
    Artifact, Autoscale, Bundle, Cluster, Condition, Dependency, Emails, Endpoint, EndpointConfig,
    Environment, EnvironmentSpec, Experiment, Grant, Identity, InferenceLog, Job, JobCluster,
    Library, Lifecycle, MlProblem, Mode, Monitor, MonitorSchedule, Notebook, Overrides, Parameter,
    Pause, Permission, Presets, Pypi, PythonFile, PythonWheel, Queue, RegisteredModel,
    ResourceFile, Resources, RunAs, RunJob, Schedule, ServedEntity, Target, Task, Variable,
    Workspace,
};
use gatewright::plan::{Comment, Mapping};
use gatewright::spec::databricks::{Kind, Principal};
use gatewright::spec::{Spec, Work};
use proptest::collection::vec;
use proptest::option::of;
use proptest::prelude::*;

use crate::hostile::hostile;

fn note() -> impl Strategy<Value = Comment> {
    hostile().prop_map(Comment::from)
}

fn texts() -> impl Strategy<Value = Vec<String>> {
    vec(hostile(), 1..3)
}

fn keyed<V: Clone + std::fmt::Debug>(
    value: impl Strategy<Value = V>,
) -> impl Strategy<Value = Mapping<V>> {
    vec((hostile(), value), 0..3).prop_map(|pairs| pairs.into_iter().collect())
}

prop_compose! {
    fn cluster()(
        texts in vec(hostile(), 3), num_workers in any::<Option<u32>>(), range in any::<Option<(u32, u32)>>(),
        policy_id in of(hostile()), spark_conf in keyed(hostile()), custom_tags in keyed(hostile()),
    ) -> Cluster {
        let autoscale = range.map(|(min_workers, max_workers)| Autoscale { min_workers, max_workers });
        Cluster {
            spark_version: texts[0].clone(), node_type_id: texts[1].clone(), data_security_mode: texts[2].clone(),
            num_workers, autoscale, policy_id, spark_conf, custom_tags,
        }
    }
}

fn library() -> impl Strategy<Value = Library> {
    (hostile(), any::<bool>()).prop_map(|(text, wheel)| Library {
        whl: wheel.then(|| text.clone()),
        pypi: (!wheel).then_some(Pypi { package: text }),
    })
}

prop_compose! {
    fn task()(
        comment in note(), task_key in hostile(), before in vec((hostile(), of(hostile())), 0..2), keys in vec(of(hostile()), 2),
        numbers in any::<(Option<u32>, Option<bool>, Option<u32>)>(), text in hostile(), kind in 0..6,
        named in keyed(hostile()), parameters in vec(hostile(), 0..3), libraries in vec(library(), 0..2),
    ) -> Task {
        let only = |wanted: i32| (kind == wanted).then(|| text.clone());
        Task {
            comment, task_key,
            depends_on: before.into_iter().map(|(task_key, outcome)| Dependency { task_key, outcome }).collect(),
            environment_key: keys[0].clone(), job_cluster_key: keys[1].clone(),
            max_retries: numbers.0, disable_auto_optimization: numbers.1, timeout_seconds: numbers.2,
            notebook_task: only(0).map(|notebook_path| Notebook { notebook_path, base_parameters: named.clone() }),
            spark_python_task: only(1).map(|python_file| PythonFile { python_file, parameters }),
            python_wheel_task: only(2).map(|text| PythonWheel {
                package_name: text.clone(), entry_point: text, named_parameters: named,
            }),
            condition_task: only(3).map(|text| Condition { op: text.clone(), left: text.clone(), right: text }),
            run_job_task: only(4).map(|job_id| RunJob { job_id }),
            libraries,
        }
    }
}

prop_compose! {
    fn job()(
        comment in note(), name in of(hostile()), numbers in any::<(Option<u32>, Option<bool>)>(),
        schedule in of((hostile(), hostile(), any::<Option<bool>>())), told in of(texts()),
        parameters in vec((hostile(), hostile()), 0..2), environments in vec((hostile(), hostile(), vec(hostile(), 0..2)), 0..2),
        clusters in vec((hostile(), cluster()), 0..2), tasks in vec(task(), 0..3),
    ) -> Job {
        let pause = |paused: bool| if paused { Pause::Paused } else { Pause::Unpaused };
        Job {
            comment, name, max_concurrent_runs: numbers.0, queue: numbers.1.map(|enabled| Queue { enabled }),
            schedule: schedule.map(|(quartz_cron_expression, timezone_id, paused)| Schedule {
                quartz_cron_expression, timezone_id, pause_status: paused.map(pause),
            }),
            email_notifications: told.map(|on_failure| Emails { on_failure }),
            parameters: parameters.into_iter().map(|(name, default)| Parameter { name, default }).collect(),
            environments: environments.into_iter().map(|(environment_key, environment_version, dependencies)| Environment {
                environment_key, spec: EnvironmentSpec { environment_version, dependencies },
            }).collect(),
            job_clusters: clusters.into_iter().map(|(job_cluster_key, new_cluster)| JobCluster { job_cluster_key, new_cluster }).collect(),
            tasks,
        }
    }
}

prop_compose! {
    fn model()(
        texts in vec(of(hostile()), 4), grants in vec((hostile(), texts()), 0..2), kept in any::<Option<bool>>(),
    ) -> RegisteredModel {
        RegisteredModel {
            why: Comment::default(), name: texts[0].clone(), catalog_name: texts[1].clone(),
            schema_name: texts[2].clone(), description: texts[3].clone(),
            grants: grants.into_iter().map(|(principal, privileges)| Grant { principal, privileges }).collect(),
            lifecycle: kept.map(|prevent_destroy| Lifecycle { prevent_destroy }),
        }
    }
}

prop_compose! {
    fn monitor()(texts in vec(hostile(), 8), label_col in of(hostile()), granularities in texts(), class in any::<bool>()) -> Monitor {
        let text = |index: usize| texts[index].clone();
        Monitor {
            table_name: text(0), output_schema_name: text(1), assets_dir: text(2),
            inference_log: InferenceLog {
                problem_type: if class { MlProblem::Classification } else { MlProblem::Regression },
                prediction_col: text(3), timestamp_col: text(4), model_id_col: text(5), label_col, granularities,
            },
            schedule: MonitorSchedule { quartz_cron_expression: text(6), timezone_id: text(7) },
        }
    }
}

prop_compose! {
    fn endpoint()(comment in note(), texts in vec(hostile(), 4), kept in any::<Option<bool>>(), sleeps in any::<bool>()) -> Endpoint {
        let text = |index: usize| texts[index].clone();
        Endpoint {
            comment, name: text(0),
            config: EndpointConfig {
                served_entities: vec![ServedEntity {
                    entity_name: text(1), entity_version: text(2), workload_size: text(3), scale_to_zero_enabled: sleeps,
                }],
            },
            lifecycle: kept.map(|prevent_destroy| Lifecycle { prevent_destroy }),
        }
    }
}

prop_compose! {
    fn resources()(
        one in (hostile(), job()), jobs in keyed(job()), experiments in keyed((of(hostile()), any::<Option<bool>>())),
        registered_models in keyed(model()), quality_monitors in keyed(monitor()), model_serving_endpoints in keyed(endpoint()),
    ) -> Resources {
        let experiment = |(key, (name, kept)): (&str, &(Option<String>, Option<bool>))| {
            let lifecycle = kept.map(|prevent_destroy| Lifecycle { prevent_destroy });
            (key.to_owned(), Experiment { comment: Comment::default(), name: name.clone(), lifecycle })
        };
        let known = jobs.iter().map(|(key, job)| (key.to_owned(), job.clone()));
        Resources {
            jobs: known.chain([one]).collect(), experiments: experiments.iter().map(experiment).collect(),
            registered_models, quality_monitors, model_serving_endpoints,
        }
    }
}

prop_compose! {
    pub(crate) fn resource_file()(comment in note(), resources in resources(), targets in keyed(resources())) -> ResourceFile {
        let overrides = targets.iter().map(|(name, resources)| (name.to_owned(), Overrides { resources: resources.clone() }));
        ResourceFile { comment, resources, targets: overrides.collect() }
    }
}

prop_compose! {
    fn target()(
        comment in note(), mode in any::<Option<bool>>(), default in any::<Option<bool>>(), prefix in of(hostile()),
        host in hostile(), root_path in of(hostile()), principal in of(hostile()),
        permissions in vec((vec(of(hostile()), 3), hostile()), 0..2), variables in keyed(hostile()),
    ) -> Target {
        let permission = |(who, level): (Vec<Option<String>>, String)| Permission {
            group_name: who[0].clone(), user_name: who[1].clone(), service_principal_name: who[2].clone(), level,
        };
        Target {
            comment, mode: mode.map(|live| if live { Mode::Production } else { Mode::Development }), default,
            presets: prefix.map(|name_prefix| Presets { name_prefix, trigger_pause_status: Pause::Paused }),
            workspace: Workspace { host, root_path },
            run_as: principal.map(|service_principal_name| RunAs { service_principal_name }),
            permissions: permissions.into_iter().map(permission).collect(), variables,
        }
    }
}

prop_compose! {
    pub(crate) fn bundle()(
        comment in note(), texts in (hostile(), hostile(), hostile()), include in vec(hostile(), 0..2), artifact in of(vec(hostile(), 4)),
        variable in (hostile(), hostile(), of(hostile())), first in (hostile(), target()), targets in keyed(target()),
        resources in of(resources()),
    ) -> Bundle {
        let (name, description, default) = variable;
        let known = targets.iter().map(|(key, target)| (key.to_owned(), target.clone()));
        Bundle {
            comment, bundle: Identity { name: texts.0, databricks_cli_version: texts.1, engine: texts.2 }, include,
            artifacts: artifact.into_iter().map(|text| {
                (text[0].clone(), Artifact { kind: text[1].clone(), build: text[2].clone(), path: text[3].clone() })
            }).collect(),
            variables: [(name, Variable { description, default })].into_iter().collect(),
            targets: known.chain([first]).collect(),
            resources,
        }
    }
}

/// How many places [`put`] knows.
pub(crate) const PLACES: usize = 14;

/// Puts `text` in one of the places of a spec on Databricks that hold free text.
pub(crate) fn put(spec: &mut Spec, place: usize, text: &str) {
    let text = text.to_owned();
    let here = spec.environments.last_mut().unwrap();
    let workspace = here.databricks.as_mut().unwrap();
    match place {
        0 => spec.model.name = text,
        1 => spec.stages[0].work = Work::Notebook(text),
        2 => spec.stages[0].parameters[0] = text,
        3 => workspace.permissions[0].principal = Principal::Group(text),
        4 => workspace.grants[0].principal = text,
        5 => workspace.on_failure[0] = text,
        6 => here.mlflow.experiment = text,
        7 => here.variables[0] = text,
        8..=11 => {
            let gatewright::spec::databricks::Compute::Databricks(machines) = &mut here.compute
            else {
                unreachable!("the stages of this spec run on Databricks")
            };
            let Kind::Cluster(cluster) = &mut machines.kind else {
                unreachable!("on a cluster")
            };
            match place {
                8 => cluster.spark_version = text,
                9 => cluster.node_type_id = text,
                10 => cluster.policy_id = Some(text),
                _ => cluster.custom_tags[0] = text,
            }
        }
        12 => spec.path = text,
        _ => spec.project = text,
    }
}
