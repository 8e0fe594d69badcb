//! The bundle of a project: its files, its variables, its targets.

use super::model::{
    Artifact, Bundle, Identity, Mode, Pause, Permission, Presets, ResourceFile, RunAs, Target,
    Variable, Workspace,
};
use super::{job, retraining, serving, store};
use crate::plan::{Comment, Mapping};
use crate::spec::databricks::{self, Principal};
use crate::spec::{Environment, Spec, Work};

/// The first command line that these files and the steps around them were held against.
const CLI: &str = ">= 1.10.0";

/// The engine that deploys exactly what was planned; the other one refuses `deploy --plan`.
const ENGINE: &str = "direct";

/// The target of a pull request.
pub(in crate::plan) const PULL_REQUEST: &str = "pr";

/// Everything that is written for Databricks. Paths are relative to the spec's folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bundles {
    /// `databricks.yml`.
    pub main: Bundle,
    /// The files of `resources/`, by path.
    pub resources: Vec<(String, ResourceFile)>,
    /// `serving/databricks.yml`: what can exist only once a model is live.
    pub serving: Option<Bundle>,
    /// Whether a task runs gatewright.
    pub runs_gatewright: bool,
}

/// A place that the bundle is deployed to, and what it is there.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place<'s> {
    /// The target's name.
    pub(super) target: &'s str,
    /// The environment that it is, or is a copy of.
    pub(super) environment: &'s Environment,
    /// The environment's workspace.
    pub(super) workspace: &'s databricks::Workspace,
}

/// The bundle of a project; `None` where no environment is on Databricks.
#[must_use]
pub fn bundles(spec: &Spec) -> Option<Bundles> {
    let places = places(spec);
    if places.is_empty() {
        return None;
    }
    let mut resources = vec![job::training(spec, &places)];
    let own = spec.stages.iter().filter(|stage| stage.schedule.is_some());
    resources.extend(own.map(|stage| job::of_stage(spec, stage, &places)));
    let monitors = spec.quality_monitors.iter();
    resources.extend(monitors.filter_map(|monitor| retraining::job(spec, monitor, &places)));
    resources.push(store::model(spec, &places));
    let gated = |place: &Place<'_>| !place.environment.gates.is_empty();
    let retrains = spec
        .quality_monitors
        .iter()
        .any(|one| one.retrain.is_some());
    Some(Bundles {
        main: main(spec, &places),
        resources,
        serving: serving::bundle(spec, &places),
        runs_gatewright: retrains || places.iter().any(gated),
    })
}

/// Every environment on Databricks, and a copy of the first one for pull requests.
fn places(spec: &Spec) -> Vec<Place<'_>> {
    let mut places = Vec::new();
    for environment in &spec.environments {
        if let Some(workspace) = &environment.databricks {
            places.push(Place {
                target: &environment.name,
                environment,
                workspace,
            });
        }
    }
    let copy = places.first().map(|first: &Place<'_>| Place {
        target: PULL_REQUEST,
        ..*first
    });
    places.extend(copy);
    places
}

const WHY: &str = "What this project has on Databricks: the jobs that make the model and judge it, \
    the model itself, and its experiment. `databricks bundle validate --strict -t dev` checks it, \
    `databricks bundle plan -t dev` shows what a deployment would change.";

fn main(spec: &Spec, places: &[Place<'_>]) -> Bundle {
    let wheels = spec
        .stages
        .iter()
        .any(|stage| matches!(stage.work, Work::Wheel { .. }));
    let variable = |(name, about, default): (&str, &str, Option<&str>)| {
        let description = about.to_owned();
        let default = default.map(str::to_owned);
        (
            name.to_owned(),
            Variable {
                description,
                default,
            },
        )
    };
    Bundle {
        comment: WHY.into(),
        bundle: identity(spec.project.clone()),
        include: vec!["resources/*.yml".to_owned()],
        artifacts: wheels.then(wheel).into_iter().collect(),
        variables: [
            (
                "environment",
                "The environment in gatewright.yaml that this target is",
                None,
            ),
            ("catalog", "The catalog of the model and its tables", None),
            ("schema", "The schema in the catalog", None),
            ("experiment", "The experiment that runs belong to", None),
            (
                "pull_request",
                "The number of the pull request; only for the target pr",
                Some("0"),
            ),
        ]
        .map(variable)
        .into_iter()
        .collect(),
        targets: places.iter().map(|place| target(spec, place)).collect(),
        resources: None,
    }
}

/// What both bundles ask of the command line.
pub(super) fn identity(name: String) -> Identity {
    Identity {
        name,
        databricks_cli_version: CLI.to_owned(),
        engine: ENGINE.to_owned(),
    }
}

fn wheel() -> (String, Artifact) {
    let artifact = Artifact {
        kind: "whl".to_owned(),
        build: "uv build --wheel".to_owned(),
        path: ".".to_owned(),
    };
    ("project".to_owned(), artifact)
}

fn target(spec: &Spec, place: &Place<'_>) -> (String, Target) {
    let made = if place.target == PULL_REQUEST {
        pull_request(place)
    } else {
        environment(place)
    };
    let first = spec
        .environments
        .iter()
        .find(|one| one.databricks.is_some());
    let is_default = place.workspace.mode == databricks::Mode::Development
        && first.is_some_and(|first| first.name == place.target);
    let target = Target {
        default: is_default.then_some(true),
        ..made
    };
    (place.target.to_owned(), target)
}

/// What targets of both bundles have in common.
pub(super) fn environment(place: &Place<'_>) -> Target {
    let workspace = place.workspace;
    let production = workspace.mode == databricks::Mode::Production;
    let why = if production {
        "There once, for all. Its schedules run, and what holds data is kept."
    } else {
        "A copy for each person: names begin with `[dev <person>]`, and schedules wait."
    };
    Target {
        comment: why.into(),
        mode: Some(if production {
            Mode::Production
        } else {
            Mode::Development
        }),
        default: None,
        presets: None,
        workspace: Workspace {
            host: workspace.host.clone(),
            root_path: root_path(workspace),
        },
        run_as: workspace.service_principal.clone().map(run_as),
        permissions: permissions(workspace),
        variables: variables(place),
    }
}

/// A copy for one pull request, in the workspace and as the environment it is a copy of.
fn pull_request(place: &Place<'_>) -> Target {
    let of = &place.environment.name;
    let why = format!(
        "A copy of `{of}` for one pull request, with names, a model and a state of its own: \
         `databricks bundle deploy -t pr --var pull_request=12`. Its schedules wait. Whoever \
         deploys it removes it, with `databricks bundle destroy -t pr --var pull_request=12 \
         --auto-approve`."
    );
    Target {
        comment: Comment::from(why),
        mode: None,
        presets: Some(Presets {
            name_prefix: "[pr ${var.pull_request}] ".to_owned(),
            trigger_pause_status: Pause::Paused,
        }),
        workspace: Workspace {
            host: place.workspace.host.clone(),
            root_path: Some("~/.bundle/${bundle.name}/pr-${var.pull_request}".to_owned()),
        },
        run_as: None,
        ..environment(place)
    }
}

/// Production needs a folder that is the same whoever deploys.
fn root_path(workspace: &databricks::Workspace) -> Option<String> {
    let home = |principal: &String| {
        format!("/Workspace/Users/{principal}/.bundle/${{bundle.name}}/${{bundle.target}}")
    };
    let own = workspace.path.clone();
    own.or_else(|| match workspace.mode {
        databricks::Mode::Production => workspace.service_principal.as_ref().map(home),
        databricks::Mode::Development => None,
    })
}

fn run_as(service_principal_name: String) -> RunAs {
    RunAs {
        service_principal_name,
    }
}

/// Who may do what. Where anything is said, the principal of production is named too: it manages its
/// own folder anyway, and `validate --strict` fails where a folder has permissions that the bundle
/// does not say.
fn permissions(workspace: &databricks::Workspace) -> Vec<Permission> {
    let manager = workspace.service_principal.as_ref().filter(|_| {
        workspace.mode == databricks::Mode::Production && !workspace.permissions.is_empty()
    });
    let manager = manager.map(|id| databricks::Permission {
        principal: Principal::ServicePrincipal(id.clone()),
        level: "CAN_MANAGE".to_owned(),
    });
    let is_other = |one: &&databricks::Permission| {
        let known = manager.as_ref().map(|manager| &manager.principal);
        known != Some(&one.principal)
    };
    let others = workspace.permissions.iter().filter(is_other);
    manager.iter().chain(others).map(permission).collect()
}

fn permission(permission: &databricks::Permission) -> Permission {
    let level = permission.level.clone();
    let (mut group_name, mut user_name, mut service_principal_name) = (None, None, None);
    match permission.principal.clone() {
        Principal::Group(name) => group_name = Some(name),
        Principal::User(name) => user_name = Some(name),
        Principal::ServicePrincipal(id) => service_principal_name = Some(id),
    }
    Permission {
        group_name,
        user_name,
        service_principal_name,
        level,
    }
}

fn variables(place: &Place<'_>) -> Mapping<String> {
    let name = [("environment", place.environment.name.clone())];
    let experiment = [("experiment", experiment(place.environment))];
    name.into_iter()
        .chain(place_in_catalog(place))
        .chain(experiment)
        .collect()
}

/// An experiment is a path in the workspace; one that is only named is made one.
fn experiment(environment: &Environment) -> String {
    let name = &environment.mlflow.experiment;
    if name.starts_with('/') {
        name.clone()
    } else {
        format!("/Shared/{name}-{}", environment.name)
    }
}

/// Where in Unity Catalog a place has what it makes.
pub(super) fn place_in_catalog(
    place: &Place<'_>,
) -> impl Iterator<Item = (&'static str, String)> + use<> {
    [
        ("catalog", place.workspace.catalog.clone()),
        ("schema", place.workspace.schema.clone()),
    ]
    .into_iter()
}
