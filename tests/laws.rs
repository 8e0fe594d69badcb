//! What holds for any input: text survives YAML, what is rendered is what was planned, nothing in
//! a spec changes the shape of a file, and generating twice changes nothing.

#![expect(
    clippy::assigning_clones,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that finds something else than it expects fails"
)]

#[path = "golden/bundles.rs"]
mod bundles;
#[path = "golden/hostile.rs"]
mod hostile;
#[path = "golden/hostile_bundle.rs"]
mod hostile_bundle;
#[path = "golden/lines.rs"]
mod lines;
#[path = "golden/refusals.rs"]
mod refusals;
#[path = "golden/repository.rs"]
mod repository;
#[path = "golden/safety.rs"]
mod safety;
#[path = "golden/specs.rs"]
mod specs;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::OnceLock;

use gatewright::diagnostic::Source;
use gatewright::gate::grammar;
use gatewright::plan::{self, azure, github};
use gatewright::render::{self, RenderedFile, Templates, block, comment, folded, scalar};
use gatewright::spec::{self, Deploy, Machine, PatchChange, Runner, Setting, Spec, Work};
use gatewright::tree;
use hostile::{hostile, pipeline, workflow};
use proptest::prelude::*;
use serde_yaml::Value;

fn read(yaml: &str) -> BTreeMap<String, String> {
    serde_yaml::from_str(yaml).unwrap_or_else(|error| panic!("{error} in {yaml:?}"))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_survives_as_a_scalar(text in hostile()) {
        let printed = scalar(&text);
        prop_assert!(!printed.contains('\n'));
        prop_assert_eq!(&read(&format!("key: {printed}\nnext: x\n"))["key"], &text);
        let as_key = read(&format!("{printed}: value\n"));
        prop_assert!(as_key.contains_key(&text));
    }

    #[test]
    fn any_text_survives_as_a_block(text in hostile(), more in hostile(), indent in 1_usize..12) {
        let text = format!("{text}\n{more}");
        let printed = block(&text, indent);
        prop_assert_eq!(&read(&format!("key: {printed}\nnext: x\n"))["key"], &text);
    }

    #[test]
    fn any_text_survives_being_folded(text in hostile(), words in "[!-~ ]{60,300}", indent in 1_usize..12) {
        for text in [text.clone(), words.clone(), format!("{words} {text}")] {
            let printed = folded(&text, indent);
            prop_assert_eq!(&read(&format!("key: {printed}\nnext: x\n"))["key"], &text);
        }
    }

    #[test]
    fn no_comment_is_anything_but_a_comment(text in hostile(), indent in 0_usize..12) {
        let margin = " ".repeat(indent);
        let file = format!("{margin}# {}\nkey: value\n", comment(&text, indent, 0));
        prop_assert_eq!(read(&file).len(), 1);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_one_line_rule_is_printed_on_one_line_and_read_back(rule in lines::rule()) {
        let printed = rule.to_string();
        prop_assert!(!printed.contains(char::is_control), "{printed:?}");
        let read = grammar::parse(&printed);
        prop_assert!(read.as_ref().is_ok_and(|line| line.level.is_none() && line.rule == rule), "{printed}\n{rule:?}\n{read:?}");
        let again = read.unwrap().rule.to_string();
        prop_assert_eq!(again, printed);
    }

    #[test]
    fn no_check_is_lost_without_a_word(checks in prop::collection::vec(lines::item(), 1..3)) {
        let spec = serde_json::json!({"version": 1, "project": "x", "gates": {"promote": {"checks": checks}}});
        let source = Source { path: "gatewright.yaml".to_owned(), text: spec.to_string() };
        let reading = spec::read(&source, "0.1.0");
        let errors = gatewright::diagnostic::has_errors(&reading.diagnostics);
        prop_assert_eq!(reading.spec.is_none(), errors, "{} {:?}", source.text, reading.diagnostics);
        if let Some(spec) = reading.spec {
            let off = checks.iter().filter(|check| lines::is_off(check)).count();
            prop_assert_eq!(spec.gates[0].checks.len() + off, checks.len(), "{}", source.text);
        }
    }

    #[test]
    fn no_line_makes_the_grammar_stumble_or_point_outside(line in lines::noise()) {
        if let Err(error) = grammar::parse(&line) {
            prop_assert!(line.get(error.offset..error.offset + error.length).is_some(), "{line:?} {error:?}");
            prop_assert!(!error.help.is_empty());
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 120, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_workflow_is_printed_as_it_was_planned(workflow in workflow()) {
        let body = render::github_workflow("w.yml", &workflow, &Templates::default()).map_err(|error| TestCaseError::fail(error.to_string()))?;
        let parsed: github::Workflow = serde_yaml::from_str(&body).unwrap();
        prop_assert_eq!(parsed, workflow);
    }

    #[test]
    fn any_bundle_is_printed_as_it_was_planned(bundle in hostile_bundle::bundle()) {
        let body = render::bundle("databricks.yml", &bundle, &Templates::default()).map_err(|error| TestCaseError::fail(error.to_string()))?;
        let parsed: plan::databricks::Bundle = serde_yaml::from_str(&body).unwrap();
        prop_assert_eq!(parsed, bundle);
    }

    #[test]
    fn any_resources_are_printed_as_they_were_planned(file in hostile_bundle::resource_file()) {
        let body = render::resource_file("r.yml", &file, &Templates::default()).map_err(|error| TestCaseError::fail(error.to_string()))?;
        let parsed: plan::databricks::ResourceFile = serde_yaml::from_str(&body).unwrap();
        prop_assert_eq!(parsed, file);
    }

    #[test]
    fn any_pipeline_is_printed_as_it_was_planned(pipeline in pipeline()) {
        let body = render::azure_pipeline("p.yml", &pipeline, &Templates::default()).map_err(|error| TestCaseError::fail(error.to_string()))?;
        let parsed: azure::Pipeline = serde_yaml::from_str(&body).unwrap();
        prop_assert_eq!(parsed, pipeline);
    }
}

/// Puts `text` in one of the places of a spec that hold free text.
fn put(spec: &mut Spec, place: usize, text: &str) {
    let text = text.to_owned();
    let github = spec.ci.github.as_mut().unwrap();
    let azure = spec.ci.azure.as_mut().unwrap();
    match place {
        0 => spec.project = text,
        1 => spec.stages[1].name = text,
        2 => spec.stages[1].work = Work::Command(text),
        3 => spec.stages[1].env[0] = text,
        4 => spec.environments[2].name = text,
        5 => spec.environments[2].secrets[0] = text,
        6 => spec.environments[2].variables[0] = text,
        7 => spec.environments[2].approval.as_mut().unwrap().reviewers = vec![text],
        8 => spec.environments[1].deploy = Some(Deploy::Branch(text)),
        9 => spec.environments[2].deploy = Some(Deploy::Tag(text)),
        10 => spec.mlflow.experiment = text,
        11 => spec.environments[2].mlflow.experiment = text,
        12 => spec.python.install = text,
        13 => spec.python.test_report = text,
        14 => spec.path = text,
        15 => github.runner = Runner::Label(text),
        16 => azure.machine = Machine::Hosted(text),
        17 => spec.tool_version = text,
        18 => {
            for gate in spec
                .environments
                .iter_mut()
                .flat_map(|environment| &mut environment.gates)
            {
                if gate == "promote" {
                    gate.clone_from(&text);
                }
            }
            spec.gates[0].name = text;
        }
        19 => spec.environments[2].mlflow.tracking_uri = Setting::parse(&text).ok(),
        20 => spec.environments[2].verify = Some(text),
        21 => spec.monitors[0].schedule = text,
        22 => spec.monitors[0].name = text,
        23 => github.settings.env[0] = text,
        24 => github.settings.container = Some(text),
        25 => github.settings.schedules[0] = vec![text],
        26 => github.settings.schedules = [(text, vec!["0 3 * * 1".to_owned()])].into(),
        27 => github.permissions[0].2 = text,
        28 => github.permissions[0].3 = text,
        29 => github.runner = Runner::Labels(vec!["self-hosted".to_owned(), text]),
        30 => github.settings.timeouts[0].1 = text,
        31 => azure.settings.env[0] = text,
        32 => azure.settings.container = Some(text),
        33 => azure.settings.schedules[0] = vec![text],
        34 => spec.gates[0].waivers = Some(text),
        35 => {
            let env = &mut github.settings.env;
            env.clear();
            env.insert(text, "x".to_owned());
        }
        36..=38 => put_in_patch(spec, place, text),
        39..=41 => put_elsewhere(spec, place, text),
        _ => spec.python.lint = Some(text),
    }
}

/// The same in what the spec names outside of itself.
fn put_elsewhere(spec: &mut Spec, place: usize, text: String) {
    let azure = spec.ci.azure.as_mut().unwrap();
    match place {
        // A star would change how many patterns GitHub needs.
        39 => spec.ci.paths[1] = text.replace('*', ""),
        40 => azure.service_connection = Some(text),
        _ => azure.service_connections[0] = text,
    }
}

/// The same in the step that the patch of the spec brings along.
fn put_in_patch(spec: &mut Spec, place: usize, text: String) {
    let patch = spec.ci.patches.first_mut();
    let Some(PatchChange::InsertAfter(step)) = patch.map(|patch| &mut patch.change) else {
        panic!("the patch is gone");
    };
    match place {
        36 => step.name = text,
        37 => step.run = text,
        _ => step.env[0] = text,
    }
}

/// How many places [`put`] knows.
const PLACES: usize = 43;

fn files(spec: &Spec) -> Option<Vec<RenderedFile>> {
    let process = plan::process(spec).ok()?;
    Some(
        render::files(&process, &render::PinsOnDisk::new(), &Templates::default())
            .unwrap_or_else(|error| panic!("{error}")),
    )
}

/// The bare structure: how many things are in what, with a mark where GitHub evaluates something.
fn shape(file: &RenderedFile) -> String {
    outline(&serde_yaml::from_str(&file.body).unwrap())
}

/// The shapes of the files of the spec before anyone tampers with it.
fn shapes() -> &'static [String] {
    static SHAPES: OnceLock<Vec<String>> = OnceLock::new();
    SHAPES.get_or_init(|| files(&specs::full()).unwrap().iter().map(shape).collect())
}

fn outline(value: &Value) -> String {
    match value {
        Value::Mapping(map) => {
            format!(
                "{{{}}}",
                map.values().map(outline).collect::<Vec<_>>().join(",")
            )
        }
        Value::Sequence(items) => format!(
            "[{}]",
            items.iter().map(outline).collect::<Vec<_>>().join(",")
        ),
        Value::String(text) => format!("x{}", "!".repeat(text.matches("${{").count())),
        _ => "x".to_owned(),
    }
}

/// A spec on Databricks with something in every place that holds free text.
const HOSTED: &str = r#"
version: 1
project: hosted
compute:
  cluster: {spark_version: a, node_type_id: b, num_workers: 1, policy_id: c, custom_tags: {team: ml}}
stages:
  train: {notebook: train.py, parameters: {rows: "1"}}
environments:
  prod:
    variables: {REGION: eu}
    mlflow: {experiment: /Shared/hosted}
    databricks:
      host: https://adb-1.1.azuredatabricks.net
      catalog: prod
      mode: production
      service_principal: 0f3a5c7e-9b1d-4f60-81a2-c3e4f5061728
      permissions: [{group: a, level: CAN_VIEW}]
      grants: [{principal: b, privileges: [EXECUTE]}]
      notifications: {on_failure: [c@example.com]}
gates:
  promote: {checks: [rmse <= 5.0]}
"#;

/// The bare structure, with a mark for everything that Databricks would fill in.
fn bundle_outline(value: &Value) -> String {
    let marks = |text: &str| text.matches("${").count() + text.matches("{{").count();
    match value {
        Value::Mapping(map) => {
            format!(
                "{{{}}}",
                map.values()
                    .map(bundle_outline)
                    .collect::<Vec<_>>()
                    .join(",")
            )
        }
        Value::Sequence(items) => {
            format!(
                "[{}]",
                items
                    .iter()
                    .map(bundle_outline)
                    .collect::<Vec<_>>()
                    .join(",")
            )
        }
        Value::String(text) => format!("x{}", "!".repeat(marks(text))),
        _ => "x".to_owned(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 250, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_in_a_spec_changes_the_shape_of_a_file(place in 0..PLACES, text in hostile()) {
        let mut spec = specs::full();
        put(&mut spec, place, &text);
        // The store's address decides which variables there are; a folder, where shell lines run.
        // So does a hidden file: what publishes it has to be told to look at such.
        let is_hidden = place == 13 && text.split('/').any(|part| part.starts_with('.'));
        let same_shape = ![14, 19, 29].contains(&place) && !is_hidden;
        let Some(made) = files(&spec) else { return Ok(()) };
        prop_assert_eq!(made.len(), shapes().len());
        for (made, expected) in made.iter().zip(shapes()) {
            if same_shape {
                prop_assert_eq!(&shape(made), expected, "{}", made.body);
            }
            let file = tree::stamp(&spec.path, &made.template, &made.body);
            prop_assert_eq!(tree::read(&file).unwrap().1, &made.body);
        }
    }

    #[test]
    fn nothing_in_a_spec_changes_the_shape_of_a_bundle(place in 0..hostile_bundle::PLACES, text in hostile()) {
        let mut spec = bundles::read(HOSTED);
        let shape = |spec: &Spec| files(spec).map(|files| {
            let yaml = files.into_iter().filter(bundles::is_yaml);
            yaml.map(|file| bundle_outline(&serde_yaml::from_str(&file.body).unwrap())).collect::<Vec<_>>()
        });
        let before = shape(&spec).unwrap();
        hostile_bundle::put(&mut spec, place, &text);
        // What a stage's parameters refer to has been looked at by then: they are the spec's own.
        let own = place == 2 && ["${", "{{"].iter().any(|opening| text.contains(opening));
        let Some(after) = shape(&spec).filter(|_| !own) else { return Ok(()) };
        prop_assert_eq!(after, before);
    }

    #[test]
    fn a_command_reaches_the_shell_as_it_was_written(text in hostile()) {
        let mut spec = specs::full();
        spec.stages[1].work = Work::Command(text.clone());
        let Ok(process) = plan::process(&spec) else { return Ok(()) };
        let target = process.github.as_ref().unwrap();
        let workflow = github::workflow(&process, target, &process.pipelines[1]);
        let body = render::github_workflow("w", &workflow, &Templates::default()).unwrap();
        let workflow: github::Workflow = serde_yaml::from_str(&body).unwrap();
        let step = workflow.jobs.get("prod").unwrap().steps.iter().find(|step| step.name == "Stage train").unwrap();
        prop_assert_eq!(step.run.as_ref().unwrap().trim_end(), text.trim_end());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_but_what_was_generated_is_ever_touched_and_settling_settles(case in repository::case()) {
        case.hold();
    }
}

fn drifts(root: &Path, spec: &Spec, files: &[RenderedFile]) -> Vec<tree::Drift> {
    let wanted = tree::Wanted {
        spec_path: spec.path.clone(),
        files: files.to_vec(),
        detached: Vec::new(),
    };
    let paths: Vec<_> = files.iter().map(|file| file.path.clone()).collect();
    let snapshot = tree::Snapshot::take(root, &paths).unwrap();
    tree::drift(root, &[wanted], tree::Scope::Repository, &snapshot).unwrap()
}

#[test]
fn generating_twice_changes_nothing() {
    for (name, spec) in specs::all() {
        let files = files(&spec).unwrap();
        let root = tempfile::tempdir().unwrap();
        let written = drifts(root.path(), &spec, &files);
        tree::write(root.path(), &written, false).unwrap();
        assert_eq!(written.len(), files.len(), "{name}");
        let time = |file: &RenderedFile| {
            fs::metadata(root.path().join(&file.path))
                .unwrap()
                .modified()
                .unwrap()
        };
        let before: Vec<_> = files.iter().map(time).collect();
        let again = drifts(root.path(), &spec, &files);
        assert_eq!(again, [], "{name}");
        tree::write(root.path(), &again, false).unwrap();
        assert_eq!(files.iter().map(time).collect::<Vec<_>>(), before, "{name}");
    }
}

#[test]
fn planning_and_rendering_are_deterministic() {
    for (name, spec) in specs::all() {
        assert_eq!(files(&spec), files(&spec), "{name}");
    }
}
