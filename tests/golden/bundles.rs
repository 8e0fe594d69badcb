//! What every generated bundle keeps to: each reference in it leads somewhere, no target of
//! production is shared or forgotten, and nothing promotes what no gate has passed.

use std::collections::{BTreeMap, BTreeSet};

use gatewright::diagnostic::Source;
use gatewright::plan;
use gatewright::render::{self, RenderedFile};
use gatewright::spec::{self, Spec};
use serde_yaml::Value;

/// The specs of the golden trees that are on Databricks.
pub(crate) fn specs() -> Vec<(&'static str, Spec)> {
    let texts = [
        ("stacks", include_str!("databricks-stacks/gatewright.yaml")),
        (
            "serverless",
            include_str!("databricks-serverless/gatewright.yaml"),
        ),
        (
            "wheel",
            include_str!("databricks-wheel/models/churn/gatewright.yaml"),
        ),
        (
            "serving",
            include_str!("databricks-serving/gatewright.yaml"),
        ),
        ("every key", include_str!("../spec/ok/databricks.yaml")),
    ];
    texts
        .map(|(name, text)| (name, read(text)))
        .into_iter()
        .collect()
}

pub(crate) fn read(text: &str) -> Spec {
    let source = Source {
        path: "gatewright.yaml".to_owned(),
        text: text.to_owned(),
    };
    let reading = spec::read(&source, env!("CARGO_PKG_VERSION"));
    reading
        .spec
        .unwrap_or_else(|| panic!("{:?}", reading.diagnostics))
}

/// Whether a file is a bundle's configuration, and not the program that a task runs.
pub(crate) fn is_yaml(file: &RenderedFile) -> bool {
    ["databricks/bundle", "databricks/file"].contains(&file.template.as_str())
}

/// The documents of a bundle by path, without `serving/`.
fn documents(spec: &Spec) -> BTreeMap<String, Value> {
    let files = render::files(
        &plan::process(spec).unwrap(),
        &BTreeMap::new(),
        &render::Templates::default(),
    )
    .unwrap();
    let yaml = files
        .into_iter()
        .filter(|file| is_yaml(file) && !file.path.starts_with("serving/"));
    yaml.map(|file| (file.path, serde_yaml::from_str(&file.body).unwrap()))
        .collect()
}

/// `serving/databricks.yml`, the second phase.
fn serving(spec: &Spec) -> Option<Value> {
    let files = render::files(
        &plan::process(spec).unwrap(),
        &BTreeMap::new(),
        &render::Templates::default(),
    )
    .unwrap();
    let file = files
        .into_iter()
        .find(|file| file.path == "serving/databricks.yml")?;
    Some(serde_yaml::from_str(&file.body).unwrap())
}

/// Merges as the command line does: mappings by key, these lists by the key of their items.
fn merge(into: &mut Value, from: &Value) {
    match (into, from) {
        (Value::Mapping(into), Value::Mapping(from)) => {
            for (key, value) in from {
                match into.get_mut(key) {
                    Some(known) => merge(known, value),
                    None => drop(into.insert(key.clone(), value.clone())),
                }
            }
        }
        (Value::Sequence(into), Value::Sequence(from)) => {
            for item in from {
                let key = ["task_key", "job_cluster_key", "name"]
                    .into_iter()
                    .find(|key| item.get(key).is_some());
                let same =
                    |known: &&mut Value| key.is_some_and(|key| known.get(key) == item.get(key));
                match into.iter_mut().find(same) {
                    Some(known) => merge(known, item),
                    None => into.push(item.clone()),
                }
            }
        }
        (into, from) => *into = from.clone(),
    }
}

/// The resources of a target as they are deployed.
fn resources(documents: &BTreeMap<String, Value>, target: &str) -> Value {
    let mut all = Value::Mapping(serde_yaml::Mapping::new());
    for document in documents.values() {
        merge(&mut all, &document["resources"]);
    }
    for document in documents.values() {
        let own = &document["targets"][target]["resources"];
        if !own.is_null() {
            merge(&mut all, own);
        }
    }
    all
}

fn keys(value: &Value) -> BTreeSet<String> {
    let keys = value.as_mapping().into_iter().flatten();
    keys.map(|(key, _)| key.as_str().unwrap().to_owned())
        .collect()
}

fn list(value: &Value) -> &[Value] {
    value.as_sequence().map_or(&[], Vec::as_slice)
}

fn named(items: &[Value], key: &str) -> BTreeSet<String> {
    items
        .iter()
        .map(|item| item[key].as_str().unwrap().to_owned())
        .collect()
}

fn targets(documents: &BTreeMap<String, Value>) -> BTreeSet<String> {
    keys(&documents["databricks.yml"]["targets"])
}

#[test]
fn every_task_depends_on_tasks_and_runs_on_machines_that_are_there() {
    let mut looked_at = 0;
    for (name, spec) in specs() {
        let documents = documents(&spec);
        for target in targets(&documents) {
            for (job, value) in resources(&documents, &target)["jobs"].as_mapping().unwrap() {
                let place = format!("{name}/{target}/{job:?}");
                let tasks = list(&value["tasks"]);
                let known = named(tasks, "task_key");
                assert_eq!(known.len(), tasks.len(), "{place}: a key stands twice");
                let environments = named(list(&value["environments"]), "environment_key");
                let clusters = named(list(&value["job_clusters"]), "job_cluster_key");
                let mut used = BTreeSet::new();
                for task in tasks {
                    looked_at += 1;
                    for before in named(list(&task["depends_on"]), "task_key") {
                        assert!(known.contains(&before), "{place}: {before}");
                    }
                    for (key, there) in [
                        ("environment_key", &environments),
                        ("job_cluster_key", &clusters),
                    ] {
                        if let Some(wanted) = task[key].as_str() {
                            assert!(there.contains(wanted), "{place}: {wanted}");
                            used.insert(wanted.to_owned());
                        }
                    }
                    assert!(
                        task["environment_key"].is_null() || task["job_cluster_key"].is_null(),
                        "{place}"
                    );
                }
                let provided: BTreeSet<_> = environments.union(&clusters).cloned().collect();
                assert_eq!(used, provided, "{place}: machines that nobody uses");
            }
        }
    }
    assert!(looked_at > 60, "only {looked_at} tasks were looked at");
}

/// Every scalar that is text, anywhere.
fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::String(text) => vec![text.clone()],
        Value::Sequence(items) => items.iter().flat_map(texts).collect(),
        Value::Mapping(map) => map.values().flat_map(texts).collect(),
        _ => Vec::new(),
    }
}

#[test]
fn every_reference_leads_to_a_variable_or_a_resource() {
    for (name, spec) in specs() {
        let documents = documents(&spec);
        let variables = &documents["databricks.yml"]["variables"];
        for target in targets(&documents) {
            let resources = resources(&documents, &target);
            let own = &documents["databricks.yml"]["targets"][target.as_str()];
            let all = [texts(&resources), texts(own)].concat();
            for reference in all.iter().flat_map(|text| text.split("${").skip(1)) {
                let reference = reference.split('}').next().unwrap();
                let parts: Vec<_> = reference.split('.').collect();
                let known = match parts.as_slice() {
                    ["var", variable] => {
                        let value = &variables[*variable];
                        !value.is_null()
                            && (!value["default"].is_null()
                                || !own["variables"][*variable].is_null())
                    }
                    ["resources", kind, key, "id" | "name"] => !resources[*kind][*key].is_null(),
                    ["bundle" | "workspace", ..] => true,
                    _ => false,
                };
                assert!(known, "{name}/{target}: {reference}");
            }
        }
    }
}

#[test]
fn every_value_of_a_task_comes_from_a_task_before_it_and_every_parameter_is_one() {
    for (name, spec) in specs() {
        let documents = documents(&spec);
        for target in targets(&documents) {
            for job in resources(&documents, &target)["jobs"]
                .as_mapping()
                .unwrap()
                .values()
            {
                let parameters = named(list(&job["parameters"]), "name");
                let tasks = named(list(&job["tasks"]), "task_key");
                for text in list(&job["tasks"]).iter().flat_map(texts) {
                    for reference in text.split("{{").skip(1) {
                        let reference = reference.split("}}").next().unwrap().trim();
                        let known =
                            if let Some(parameter) = reference.strip_prefix("job.parameters.") {
                                parameters.contains(parameter)
                            } else if let Some(rest) = reference.strip_prefix("tasks.") {
                                tasks.contains(rest.split('.').next().unwrap())
                            } else {
                                reference.starts_with("job.") || reference.starts_with("task.")
                            };
                        assert!(known, "{name}/{target}: {reference}");
                    }
                }
            }
        }
    }
}

/// The tasks that must have succeeded before one, near and far.
fn before(tasks: &[Value], key: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut waiting = vec![key.to_owned()];
    while let Some(next) = waiting.pop() {
        let task = tasks.iter().find(|task| task["task_key"] == *next).unwrap();
        for needed in named(list(&task["depends_on"]), "task_key") {
            if found.insert(needed.clone()) {
                waiting.push(needed);
            }
        }
    }
    found
}

#[test]
fn nothing_is_promoted_before_every_stage_and_every_gate_of_its_environment() {
    for (name, spec) in specs() {
        let documents = documents(&spec);
        for target in targets(&documents) {
            let place = format!("{name}/{target}");
            let own = &documents["databricks.yml"]["targets"][target.as_str()];
            let environment = own["variables"]["environment"].as_str().unwrap();
            let environment = spec.environment(environment).unwrap();
            let resources = resources(&documents, &target);
            let tasks = list(&resources["jobs"]["training"]["tasks"]);
            let keys = named(tasks, "task_key");
            let is_served = spec.online.is_some() && environment.deploy.is_some();
            if environment.approval.is_some() || is_served {
                assert!(
                    !keys.contains("promotion"),
                    "{place}: a person approves there, or traffic follows"
                );
                continue;
            }
            let mut others = keys.clone();
            assert!(others.remove("promotion"), "{place}");
            assert_eq!(before(tasks, "promotion"), others, "{place}");
            for gate in &environment.gates {
                assert!(keys.contains(&format!("gate_{gate}")), "{place}: {gate}");
            }
            for task in tasks.iter().filter(|task| task["max_retries"] == 0) {
                assert!(
                    task["run_if"].is_null(),
                    "{place}: it would run after a refusal"
                );
            }
        }
    }
}

#[test]
fn production_is_one_deployment_of_a_service_principal_that_keeps_its_data() {
    let mut found = 0;
    for (name, spec) in specs() {
        let documents = documents(&spec);
        for target in targets(&documents) {
            let own = &documents["databricks.yml"]["targets"][target.as_str()];
            let resources = resources(&documents, &target);
            let kept = ["experiments", "registered_models"].map(|kind| {
                let mut all = resources[kind].as_mapping().unwrap().values();
                all.all(|one| one["lifecycle"]["prevent_destroy"] == true)
            });
            let production = own["mode"] == "production";
            assert_eq!(kept, [production; 2], "{name}/{target}");
            if production {
                found += 1;
                assert!(
                    own["run_as"]["service_principal_name"].is_string(),
                    "{name}/{target}"
                );
                let root = own["workspace"]["root_path"].as_str().unwrap();
                assert!(
                    root.starts_with("/Workspace/Users/"),
                    "{name}/{target}: {root}"
                );
            }
        }
    }
    assert!(found >= 5);
}

#[test]
fn a_pull_request_gets_names_a_state_and_a_model_of_its_own_and_keeps_nothing() {
    for (name, spec) in specs() {
        let documents = documents(&spec);
        let own = &documents["databricks.yml"]["targets"]["pr"];
        for (at, text) in [
            ("prefix", &own["presets"]["name_prefix"]),
            ("state", &own["workspace"]["root_path"]),
        ] {
            let text = text.as_str().unwrap();
            assert!(text.contains("${var.pull_request}"), "{name}: {at}");
        }
        assert_eq!(own["presets"]["trigger_pause_status"], "PAUSED", "{name}");
        assert!(own["run_as"].is_null() && own["mode"].is_null(), "{name}");
        let asks = list(&resources(&documents, "pr")["jobs"]["training"]["tasks"])
            .iter()
            .flat_map(texts)
            .filter(|text| text.starts_with("--model=${"))
            .collect::<BTreeSet<_>>();
        assert_eq!(
            asks.into_iter().collect::<Vec<_>>(),
            ["--model=${resources.registered_models.model.id}"]
        );
    }
}

#[test]
fn the_second_phase_is_of_production_and_asks_for_nothing_but_the_live_version() {
    let mut asks = BTreeMap::new();
    for (name, spec) in specs() {
        let Some(bundle) = serving(&spec) else {
            continue;
        };
        for (target, own) in bundle["targets"].as_mapping().unwrap() {
            let place = format!("{name}/{target:?}");
            assert_eq!(own["mode"], "production", "{place}");
            assert!(own["run_as"].is_null(), "{place}: it would be refused");
            let root = own["workspace"]["root_path"].as_str().unwrap();
            assert!(root.starts_with("/Workspace/Users/"), "{place}: {root}");
            let given = keys(&own["variables"]);
            let known = keys(&bundle["variables"]);
            assert!(given.is_subset(&known), "{place}: {given:?}");
            let used: BTreeSet<_> = texts(&bundle["resources"])
                .iter()
                .flat_map(|text| text.split("${var.").skip(1))
                .map(|rest| rest.split('}').next().unwrap().to_owned())
                .collect();
            assert_eq!(used, known, "{place}");
            asks.insert(name, known.difference(&given).cloned().collect::<Vec<_>>());
        }
    }
    let nothing = Vec::new();
    let expected = [
        ("every key", nothing.clone()),
        ("serving", vec!["live_version".to_owned()]),
        ("stacks", nothing),
    ];
    assert_eq!(asks, expected.into_iter().collect());
}

#[test]
fn an_endpoint_is_of_its_environment_and_no_deployment_divides_its_traffic() {
    let (_, spec) = specs().into_iter().find(|it| it.0 == "serving").unwrap();
    let bundle = serving(&spec).unwrap();
    let endpoint = &bundle["resources"]["model_serving_endpoints"]["online"];
    assert_eq!(keys(endpoint), set(["name", "config", "lifecycle"]));
    assert_eq!(endpoint["name"], "${var.endpoint}");
    assert_eq!(endpoint["lifecycle"]["prevent_destroy"], true);
    assert_eq!(keys(&endpoint["config"]), set(["served_entities"]));
    let [entity] = list(&endpoint["config"]["served_entities"]) else {
        panic!("one version");
    };
    let served = ["entity_name", "entity_version"].map(|key| entity[key].as_str().unwrap());
    assert_eq!(served, ["${var.model}", "${var.live_version}"]);
    let names = ["staging", "prod"].map(|target| {
        let own = &bundle["targets"][target]["variables"];
        (
            own["endpoint"].as_str().unwrap(),
            own["model"].as_str().unwrap(),
        )
    });
    assert_eq!(
        names,
        [
            ("fraud-staging", "staging.fraud.fraud_score"),
            ("fraud", "prod.fraud.fraud_score")
        ]
    );
    for (environment, (_, model)) in ["staging", "prod"].into_iter().zip(names) {
        assert_eq!(
            spec.model_of(Some(environment)).name,
            model,
            "what is promoted"
        );
    }
}

fn set<const N: usize>(names: [&str; N]) -> BTreeSet<String> {
    names.into_iter().map(str::to_owned).collect()
}

#[test]
fn a_program_that_turns_the_traffic_leaves_the_bundle_without_an_endpoint() {
    let text = include_str!("databricks-serving/gatewright.yaml");
    let spec = read(&text.replace(
        "    size: Medium\n    scale_to_zero: false\n",
        "    command: [python3, traffic.py]\n",
    ));
    assert_eq!(serving(&spec), None);
}

#[test]
fn two_environments_of_a_workspace_do_not_share_an_endpoint() {
    let text = include_str!("databricks-serving/gatewright.yaml");
    let spec = read(&text.replace("    serving: {endpoint: fraud-staging}\n", ""));
    let errors = plan::process(&spec).map(|_| ()).unwrap_err();
    let lines: Vec<_> = errors
        .iter()
        .map(|error| format!("{}: {error}", error.pointer))
        .collect();
    insta::assert_snapshot!(lines.join("\n"), @"/environments/prod/serving/endpoint: the endpoint of `staging` and that of `prod`, in the same workspace, would both get the id `fraud`");
}
