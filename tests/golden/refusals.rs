//! Valid specs that have no correct pipeline, and what is said about them.

use gatewright::plan;
use gatewright::spec::{Approval, Deploy, Install, Setting, Spec, Work};

use crate::specs;

fn refused(change: impl FnOnce(&mut Spec)) -> String {
    let mut spec = specs::full();
    change(&mut spec);
    let errors = plan::process(&spec).map(|_| ()).unwrap_err();
    let lines = errors
        .iter()
        .map(|error| format!("{}: {error}\n  {}", error.pointer, error.problem.help()));
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn everything_is_reported_at_once() {
    let report = refused(|spec| {
        spec.stages[1].work = Work::Command("echo ${{ github.head_ref }}".to_owned());
        spec.python.install = "pip install $(Build.Repository.Name)".to_owned();
        spec.stages[1].env[0] = "$(System.AccessToken)".to_owned();
        spec.environments[2].deploy = Some(Deploy::Tag("v*.*.*".to_owned()));
    });
    insta::assert_snapshot!(report, @r#"
    /python/install: Azure would replace `$(Build.Repository.Name)` in it
      Azure would put a value in its place before the shell sees it; use an environment variable, or write `$( Build.Repository.Name)` for a command
    /stages/train/run: the CI system would expand `${{` in it
      put the value under `variables` or `secrets` of an environment, and use it as an environment variable: "$NAME"
    /stages/train/env/TAXI_MAX_ITER: Azure would replace `$(System.AccessToken)` in it
      Azure would put a value in its place before the shell sees it; use an environment variable, or write `$( System.AccessToken)` for a command
    /environments/prod/deploy/tag: Azure has no condition for the tag pattern `v*.*.*`
      put the `*` last, such as `v*`, or remove `ci.azure`
    "#);
}

#[test]
fn ids_that_become_equal_are_refused() {
    let report = refused(|spec| {
        let mut copy = spec.environments[2].clone();
        copy.name = "prod_promotion".to_owned();
        copy.deploy = Some(Deploy::Branch("live".to_owned()));
        copy.approval = None;
        spec.environments.push(copy);
    });
    insta::assert_snapshot!(report, @r"
    /environments/prod_promotion: the promotion of `prod` and the environment `prod_promotion` would both get the id `prod_promotion`
      rename one
    ");
}

#[test]
fn deployments_in_no_order_are_refused() {
    let report = refused(|spec| {
        spec.environments[1].deploy = Some(Deploy::Tag("v1*".to_owned()));
    });
    insta::assert_snapshot!(report, @r"
    /environments/prod/deploy/tag: the same push can deploy `staging`, by `v1*`, in no order
      make the two equal, to deploy one after the other, or keep them apart
    ");
}

#[test]
fn an_approval_needs_a_gate_and_a_store_that_can_be_reached() {
    let report = refused(|spec| {
        let prod = &mut spec.environments[2];
        prod.gates.clear();
        prod.verify = Some("true".to_owned());
        let staging = &mut spec.environments[1];
        staging.mlflow.tracking_uri = Setting::parse("sqlite:///${FOLDER}/mlflow.db").ok();
    });
    insta::assert_snapshot!(report, @r"
    /environments/staging/mlflow/tracking_uri: the store `sqlite:///${FOLDER}/mlflow.db` cannot be handed to the promotion
      write a server's URL, or a plain file such as `sqlite:///mlflow.db`
    /environments/prod/approval: `approval` is asked for, and there is no gate before it
      name a gate for the environment under `promotion.gates`, or remove this
    /environments/prod/verify: `verify` is asked for, and there is no gate before it
      name a gate for the environment under `promotion.gates`, or remove this
    ");
}

#[test]
fn a_spec_without_stages_or_with_names_that_break_out_is_refused() {
    let report = refused(|spec| {
        spec.stages.clear();
        spec.path = "a'; rm -rf $HOME/gatewright.yaml".to_owned();
        spec.project = "../x".to_owned();
        spec.environments[2].secrets.push("GITHUB_TOKEN".to_owned());
        spec.ci.install = Install::Path("/opt/${{ x }}".to_owned());
    });
    insta::assert_snapshot!(report, @r#"
    /project: `../x` cannot be part of an id
      use lower-case letters, digits, `-` and `_`, a letter first, 40 at most
    : the path `a\'; rm -rf $HOME/gatewright.yaml` cannot be part of a shell line
      use letters, digits, space, and `.`, `_`, `-`, `+`, `@`, `/`
    /stages: there is no stage to run
      add the command that trains the model under `stages:`
    /environments/prod/secrets/1: `GITHUB_TOKEN` is no variable name
      use letters, digits and `_`, and no name that the CI system keeps for itself
    /ci/install/path: the CI system would expand `${{` in it
      put the value under `variables` or `secrets` of an environment, and use it as an environment variable: "$NAME"
    "#);
}

#[test]
fn variables_that_differ_in_case_only_are_refused() {
    let report = refused(|spec| {
        spec.stages[1]
            .env
            .insert("region".to_owned(), "x".to_owned());
    });
    insta::assert_snapshot!(report, @r"
    /stages/train/env: the variables `region` and `REGION` differ in case only
      rename one: CI systems do not tell them apart
    ");
}

#[test]
fn what_only_azure_cannot_say_is_allowed_without_azure() {
    let mut spec = specs::full();
    spec.ci.azure = None;
    spec.python.install = "pip install $(Build.Repository.Name)".to_owned();
    spec.environments[2].deploy = Some(Deploy::Tag("v*.*.*".to_owned()));
    assert!(plan::process(&spec).is_ok());
}

#[test]
fn a_project_that_deploys_nothing_has_no_delivery() {
    let mut spec = specs::minimal();
    for environment in &mut spec.environments {
        environment.deploy = None;
        environment.approval = Some(Approval {
            reviewers: Vec::new(),
            self_review: true,
            tag: None,
        });
    }
    let process = plan::process(&spec).unwrap();
    assert_eq!(process.pipelines.len(), 1);
}

#[test]
fn a_copy_of_nothing_is_refused() {
    let report = refused(|spec| spec.ci.databricks.preview = true);
    insta::assert_snapshot!(report, @r"
    /ci/databricks/preview: there is no environment on Databricks to copy for a pull request
      give an environment `databricks`, or remove this
    ");
}

#[test]
fn a_session_of_azure_needs_a_service_connection_and_a_connection_a_session() {
    let missing = refused(|spec| {
        spec.ci.azure.as_mut().unwrap().service_connection = None;
    });
    insta::assert_snapshot!(missing, @"
    /ci/azure/service_connection: no service connection signs in to Azure for `staging`
      name it under `ci.azure.service_connection`; its kind is workload identity federation
    ");
    let unknown = refused(|spec| {
        let azure = spec.ci.azure.as_mut().unwrap();
        let own = ("prod-promotoin".to_owned(), "x".to_owned());
        azure.service_connections = [own].into_iter().collect();
        azure.service_connection = Some("$(Secret)".to_owned());
    });
    insta::assert_snapshot!(unknown, @"
    /ci/azure/service_connection: Azure would replace `$(Secret)` in it
      Azure would put a value in its place before the shell sees it; use an environment variable, or write `$( Secret)` for a command
    /ci/azure/service_connections/prod-promotoin: nothing in the environment `prod-promotoin` signs in to Azure
      did you mean `prod`?
    ");
    let idle = refused(|spec| {
        for environment in &mut spec.environments {
            environment.azure = false;
        }
        spec.ci.azure.as_mut().unwrap().service_connections.clear();
    });
    insta::assert_snapshot!(idle, @"
    /ci/azure/service_connection: no pipeline signs in to Azure
      write `auth: azure` in an environment that is deployed, or remove this
    ");
}

#[test]
fn patterns_that_readers_read_differently_or_that_lead_outside_are_refused() {
    let report = refused(|spec| {
        spec.ci.paths = ["../libs/**", "libs/a?", "$(ls)", "x'; ls", "libs/**.py"]
            .map(str::to_owned)
            .to_vec();
    });
    insta::assert_snapshot!(report, @r"
    /ci/paths/0: `../libs/**` is no pattern of paths
      write a path from the repository root without `..`, with `*` for anything but `/`, and `**` for any folders
    /ci/paths/1: `libs/a?` is no pattern of paths
      write a path from the repository root without `..`, with `*` for anything but `/`, and `**` for any folders
    /ci/paths/2: `$(ls)` is no pattern of paths
      write a path from the repository root without `..`, with `*` for anything but `/`, and `**` for any folders
    /ci/paths/3: `x\'; ls` is no pattern of paths
      write a path from the repository root without `..`, with `*` for anything but `/`, and `**` for any folders
    /ci/paths/4: `libs/**.py` is no pattern of paths
      write a path from the repository root without `..`, with `*` for anything but `/`, and `**` for any folders
    ");
}
