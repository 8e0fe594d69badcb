//! Every text of the spec that reaches a generated file, and what it must not hold.
//!
//! The one decision here: nothing is checked where it is used. This room walks the whole spec
//! before anything is planned, so all problems are found at once and planning cannot fail.

use super::cron;
use super::environment;
use super::error::{PlanError, Problem};
use super::pins::Pins;
use super::refs;
use super::text::{self, Rules};
use super::{bundle, clash, databricks, hook, shell};
use crate::gate::Gate;
use crate::spec::{
    CiSettings, Environment, Install, Machine, Mlflow, Monitor, Patch, PatchChange, PatchSettings,
    PatchStep, Runner, Setting, Spec, Stage,
};

/// Everything that keeps `spec` from becoming pipelines.
pub(super) fn check(spec: &Spec) -> Vec<PlanError> {
    let rules = Rules {
        azure: spec.ci.azure.is_some(),
        variables: variables(spec),
    };
    let mut inspection = Inspection {
        rules,
        errors: Vec::new(),
    };
    inspection.project(spec);
    inspection.python(spec);
    for stage in &spec.stages {
        inspection.stage(stage);
    }
    for environment in &spec.environments {
        inspection.environment(spec, environment);
    }
    for gate in &spec.gates {
        inspection.gate(gate);
    }
    for monitor in &spec.monitors {
        inspection.monitor(monitor);
    }
    inspection.ci(spec);
    let mut errors = inspection.errors;
    errors.extend(refs::check(spec));
    errors.extend(clash::check(spec));
    errors.extend(databricks::check(spec));
    errors.extend(bundle::check(spec));
    errors.extend(hook::check(spec));
    errors
}

/// The variables that a pipeline defines, or takes from a variable group.
fn variables(spec: &Spec) -> Vec<String> {
    let mut names: Vec<String> = shell::VARIABLES
        .iter()
        .map(|name| (*name).to_owned())
        .collect();
    for environment in &spec.environments {
        names.extend(environment.secrets.iter().cloned());
        let mlflow = &environment.mlflow;
        for setting in mlflow.tracking_uri.iter().chain(&mlflow.registry_uri) {
            names.extend(setting.variables().map(str::to_owned));
        }
    }
    names
}

fn labels(runner: &Runner) -> Vec<&String> {
    match runner {
        Runner::Label(label) => vec![label],
        Runner::Labels(labels) => labels.iter().collect(),
        Runner::Group { group, labels } => std::iter::once(group).chain(labels).collect(),
    }
}

struct Inspection {
    rules: Rules,
    errors: Vec<PlanError>,
}

impl Inspection {
    fn report(&mut self, path: &[&str], problem: Option<Problem>) {
        self.errors
            .extend(problem.map(|problem| PlanError::new(path, problem)));
    }

    fn command(&mut self, path: &[&str], text: &str) {
        self.report(path, self.rules.command(text));
    }

    fn line(&mut self, path: &[&str], text: &str) {
        self.report(path, self.rules.line(text));
    }

    fn project(&mut self, spec: &Spec) {
        self.report(&["project"], text::project(&spec.project));
        self.line(&["gatewright"], &spec.tool_version);
        self.line(&["mlflow", "experiment"], &spec.mlflow.experiment);
        self.report(&[], text::path(&spec.path));
        let nothing = spec.stages.is_empty();
        self.report(&["stages"], nothing.then_some(Problem::NoStages));
    }

    fn python(&mut self, spec: &Spec) {
        let python = &spec.python;
        self.line(&["python", "version"], &python.version);
        self.command(&["python", "install"], &python.install);
        for (key, command) in [("lint", &python.lint), ("test", &python.test)] {
            if let Some(command) = command {
                self.command(&["python", key], command);
            }
        }
        self.line(&["python", "test_report"], &python.test_report);
    }

    fn stage(&mut self, stage: &Stage) {
        let name = stage.name.as_str();
        self.report(&["stages", name], text::name(name));
        if let Some(command) = stage.command() {
            self.command(&["stages", name, "run"], command);
        }
        self.variables(&["stages", name, "env"], &stage.env);
    }

    fn environment(&mut self, spec: &Spec, environment: &Environment) {
        let name = environment.name.as_str();
        self.report(&["environments", name], text::name(name));
        self.variables(&["environments", name, "variables"], &environment.variables);
        for (index, secret) in environment.secrets.iter().enumerate() {
            let path = ["environments", name, "secrets", &index.to_string()];
            self.report(&path, text::variable(secret));
        }
        self.stores(&spec.mlflow, environment);
        if let Some(verify) = &environment.verify {
            self.command(&["environments", name, "verify"], verify);
        }
        if environment.deploy.is_some() {
            self.promotion(environment);
            self.reports(spec, environment);
        }
    }

    /// What gates import goes with the model to its promotion.
    fn reports(&mut self, spec: &Spec, environment: &Environment) {
        for gate in environment.gates.iter().filter_map(|name| spec.gate(name)) {
            for path in environment::reports(gate).filter(|path| !path.starts_with('/')) {
                self.report(&["gates", &gate.name, "checks"], text::path(path));
            }
        }
    }

    fn gate(&mut self, gate: &Gate) {
        let name = gate.name.as_str();
        self.report(&["gates", name], text::name(name));
        if let Some(waivers) = &gate.waivers {
            self.report(&["gates", name, "waivers"], text::path(waivers));
        }
    }

    fn monitor(&mut self, monitor: &Monitor) {
        let name = monitor.name.as_str();
        self.report(&["monitors", name], text::name(name));
        let problem = cron::problem(&monitor.schedule).map(Problem::Schedule);
        self.report(&["monitors", name, "schedule"], problem);
    }

    fn variables(&mut self, path: &[&str], variables: &indexmap::IndexMap<String, String>) {
        for (name, value) in variables {
            let at = [path, &[name.as_str()]].concat();
            let problem = text::variable(name).or_else(|| self.rules.value(value));
            self.report(&at, problem);
        }
    }

    fn stores(&mut self, shared: &Mlflow, environment: &Environment) {
        let own = &environment.mlflow;
        for (key, setting, inherited) in [
            (
                "tracking_uri",
                &own.tracking_uri,
                own.tracking_uri == shared.tracking_uri,
            ),
            (
                "registry_uri",
                &own.registry_uri,
                own.registry_uri == shared.registry_uri,
            ),
        ] {
            let problem = setting.as_ref().and_then(|setting| self.setting(setting));
            let path = ["environments", environment.name.as_str(), "mlflow", key];
            self.report(
                path.get(if inherited { 2.. } else { 0.. }).unwrap_or(&path),
                problem,
            );
        }
        if own.experiment != shared.experiment {
            let path = [
                "environments",
                environment.name.as_str(),
                "mlflow",
                "experiment",
            ];
            self.line(&path, &own.experiment);
        }
    }

    fn setting(&self, setting: &Setting) -> Option<Problem> {
        let name = setting.variables().find_map(text::variable);
        name.or_else(|| {
            // References are checked by name; what is left of them is no text of the spec.
            let literal = |name: &str| (!name.is_empty()).then(|| "_".to_owned());
            self.rules
                .line(&setting.resolve(&literal).unwrap_or_default())
        })
    }

    fn promotion(&mut self, environment: &Environment) {
        let name = environment.name.as_str();
        for (key, is_wanted) in [
            ("approval", environment.approval.is_some()),
            ("verify", environment.verify.is_some()),
        ] {
            if is_wanted && environment.gates.is_empty() {
                let path = ["environments", name, key];
                self.report(&path, Some(Problem::NoGateBefore { what: key }));
            }
        }
        if environment.gates.is_empty() {
            return;
        }
        if let Err(uri) = environment::files(environment) {
            let path = ["environments", name, "mlflow", "tracking_uri"];
            self.report(&path, Some(Problem::StoreCannotTravel { uri }));
        }
    }

    /// What a patch brings along is text of the spec like any other.
    fn patches(&mut self, patches: &[Patch]) {
        for (index, patch) in patches.iter().enumerate() {
            let index = index.to_string();
            let path = |key| ["ci", "patches", index.as_str(), key];
            match &patch.change {
                PatchChange::Remove => {}
                PatchChange::Set(settings) => self.patched(&path("set"), settings),
                PatchChange::InsertBefore(step) => self.inserted(&path("insert_before"), step),
                PatchChange::InsertAfter(step) => self.inserted(&path("insert_after"), step),
            }
        }
    }

    fn patched(&mut self, path: &[&str], settings: &PatchSettings) {
        if let Some(name) = &settings.name {
            self.line(&[path, &["name"]].concat(), name);
        }
        if let Some(run) = &settings.run {
            self.command(&[path, &["run"]].concat(), run);
        }
        self.variables(&[path, &["env"]].concat(), &settings.env);
    }

    fn inserted(&mut self, path: &[&str], step: &PatchStep) {
        self.line(&[path, &["name"]].concat(), &step.name);
        self.command(&[path, &["run"]].concat(), &step.run);
        self.variables(&[path, &["env"]].concat(), &step.env);
    }

    fn settings(&mut self, provider: &str, settings: &CiSettings) {
        self.variables(&["ci", provider, "env"], &settings.env);
        if let Some(image) = &settings.container {
            self.report(&["ci", provider, "container"], text::image(image));
        }
        for (pipeline, crons) in &settings.schedules {
            for (index, cron) in crons.iter().enumerate() {
                let at = ["ci", provider, "schedules", pipeline, &index.to_string()];
                self.report(&at, cron::problem(cron).map(Problem::Schedule));
            }
        }
    }

    fn ci(&mut self, spec: &Spec) {
        self.patches(&spec.ci.patches);
        if let Some(folder) = &spec.ci.templates {
            self.report(&["ci", "templates"], text::path(folder));
        }
        for (index, pattern) in spec.ci.paths.iter().enumerate() {
            let index = index.to_string();
            self.report(&["ci", "paths", &index], text::pattern(pattern));
        }
        if let Some(github) = &spec.ci.github {
            for label in labels(&github.runner) {
                self.line(&["ci", "github", "runner"], label);
            }
            self.settings("github", &github.settings);
            self.errors
                .extend(Pins::new(&github.pins).err().unwrap_or_default());
        }
        if let Some(azure) = &spec.ci.azure {
            match &azure.machine {
                Machine::Hosted(image) => self.line(&["ci", "azure", "vm_image"], image),
                Machine::Pool { name, demands } => {
                    self.line(&["ci", "azure", "pool", "name"], name);
                    for (index, demand) in demands.iter().enumerate() {
                        let at = ["ci", "azure", "pool", "demands", &index.to_string()];
                        self.line(&at, demand);
                    }
                }
            }
            self.settings("azure", &azure.settings);
            if let Some(name) = &azure.service_connection {
                self.line(&["ci", "azure", "service_connection"], name);
            }
            for (environment, name) in &azure.service_connections {
                self.line(&["ci", "azure", "service_connections", environment], name);
            }
        }
        if let Install::Path(folder) = &spec.ci.install {
            self.line(&["ci", "install", "path"], folder);
        }
    }
}
