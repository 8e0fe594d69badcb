//! The templates, and the one environment that renders them.
//!
//! The one decision here: a template cannot print what it was not given, nor print anything as
//! something else. Undefined names are errors, lists and maps and `none` do not print, and text
//! reaches the file through a filter of [`super::scalar`]. Delimiters leave `${{ }}` and shell
//! alone, and every template is itself a YAML file. A user's template in the place of a built-in one
//! gets no more: no loader, no functions, no filters but these, and so much fuel.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use minijinja::syntax::SyntaxConfig;
use minijinja::value::{Value, ValueKind};
use minijinja::{Environment, Error, ErrorKind, Output, State, UndefinedBehavior};

use super::scalar::{block, comment, flow, folded, note, scalar};

/// Every template: its name, which is its path below `workflow-templates/`, and its text.
pub(super) const TEMPLATES: [(&str, &str); 21] = [
    (
        "azure/job.yml",
        include_str!("../../workflow-templates/azure/job.yml"),
    ),
    (
        "azure/no-pull-requests.yml",
        include_str!("../../workflow-templates/azure/no-pull-requests.yml"),
    ),
    (
        "azure/no-pushes.yml",
        include_str!("../../workflow-templates/azure/no-pushes.yml"),
    ),
    (
        "azure/parameters.yml",
        include_str!("../../workflow-templates/azure/parameters.yml"),
    ),
    (
        "azure/pipeline.yml",
        include_str!("../../workflow-templates/azure/pipeline.yml"),
    ),
    (
        "azure/pull-requests.yml",
        include_str!("../../workflow-templates/azure/pull-requests.yml"),
    ),
    (
        "azure/pushes.yml",
        include_str!("../../workflow-templates/azure/pushes.yml"),
    ),
    (
        "azure/stage.yml",
        include_str!("../../workflow-templates/azure/stage.yml"),
    ),
    (
        "azure/step.yml",
        include_str!("../../workflow-templates/azure/step.yml"),
    ),
    (
        "azure/variable.yml",
        include_str!("../../workflow-templates/azure/variable.yml"),
    ),
    (
        "databricks/bundle.yml",
        include_str!("../../workflow-templates/databricks/bundle.yml"),
    ),
    (
        "databricks/file.yml",
        include_str!("../../workflow-templates/databricks/file.yml"),
    ),
    (
        "databricks/job.yml",
        include_str!("../../workflow-templates/databricks/job.yml"),
    ),
    (
        "databricks/resources.yml",
        include_str!("../../workflow-templates/databricks/resources.yml"),
    ),
    (
        "databricks/target.yml",
        include_str!("../../workflow-templates/databricks/target.yml"),
    ),
    (
        "databricks/task.yml",
        include_str!("../../workflow-templates/databricks/task.yml"),
    ),
    (
        "github/events.yml",
        include_str!("../../workflow-templates/github/events.yml"),
    ),
    (
        "github/runner-group.yml",
        include_str!("../../workflow-templates/github/runner-group.yml"),
    ),
    (
        "github/runner.yml",
        include_str!("../../workflow-templates/github/runner.yml"),
    ),
    (
        "github/step.yml",
        include_str!("../../workflow-templates/github/step.yml"),
    ),
    (
        "github/workflow.yml",
        include_str!("../../workflow-templates/github/workflow.yml"),
    ),
];

/// The environment with every built-in template, made once.
pub(super) fn environment() -> Result<&'static Environment<'static>, &'static Error> {
    static ENVIRONMENT: OnceLock<Result<Environment<'static>, Error>> = OnceLock::new();
    ENVIRONMENT
        .get_or_init(|| compile(&BTreeMap::new()))
        .as_ref()
}

/// What a user's template may use: some 60 MB of text, or a million steps. The largest file that
/// is generated takes a hundredth of it.
const FUEL: u64 = 1_000_000;

/// The environment with the built-in templates, but those of a user in the place of some.
pub(super) fn overlaid(texts: &BTreeMap<String, String>) -> Result<Environment<'static>, Error> {
    let mut environment = compile(texts)?;
    environment.set_fuel(Some(FUEL));
    environment.set_recursion_limit(50);
    Ok(environment)
}

fn compile(texts: &BTreeMap<String, String>) -> Result<Environment<'static>, Error> {
    let mut environment = Environment::empty();
    environment.set_syntax(
        SyntaxConfig::builder()
            .block_delimiters("<%", "%>")
            .variable_delimiters("<{", "}>")
            .comment_delimiters("<#", "#>")
            .line_statement_prefix("#%")
            .build()?,
    );
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_formatter(print);
    environment.add_test("none", |value: Value| value.is_none());
    environment.add_filter("yaml", |value: Value| text(&value).map(scalar));
    environment.add_filter("count", |value: Value| {
        if value.is_number() {
            return Ok(value.to_string());
        }
        text(&value).map(scalar)
    });
    environment.add_filter("note", |value: Value| text(&value).map(note));
    environment.add_filter("flow", |list: Value| sequence(&list));
    environment.add_filter("block", |value: Value, indent: usize| {
        let indent = columns(indent)?;
        text(&value).map(|text| block(text, indent))
    });
    environment.add_filter("folded", |value: Value, indent: usize| {
        text(&value).map(|text| folded(text, indent))
    });
    environment.add_filter(
        "comment",
        |value: Value, indent: usize, margin: Option<usize>| {
            let (indent, margin) = (columns(indent)?, margin.map(columns).transpose()?);
            text(&value).map(|text| comment(text, indent, margin.unwrap_or(0)))
        },
    );
    environment.add_filter("indent", |value: Value, indent: usize| {
        let indent = columns(indent)?;
        text(&value).map(|text| indented(text, indent))
    });
    for (name, text) in TEMPLATES {
        match texts.get(name) {
            Some(text) => environment.add_template_owned(name, text.clone())?,
            None => environment.add_template(name, text)?,
        }
    }
    Ok(environment)
}

fn text(value: &Value) -> Result<&str, Error> {
    let problem = || format!("expected text, got {}", value.kind());
    value
        .as_str()
        .ok_or_else(|| Error::new(ErrorKind::InvalidOperation, problem()))
}

/// No line of a readable file begins further in.
fn columns(indent: usize) -> Result<usize, Error> {
    if indent <= 80 {
        return Ok(indent);
    }
    let problem = format!("{indent} columns are too many");
    Err(Error::new(ErrorKind::InvalidOperation, problem))
}

fn sequence(list: &Value) -> Result<String, Error> {
    let mut items = Vec::new();
    for item in list.try_iter()? {
        items.push(flow(text(&item)?));
    }
    Ok(format!("[{}]", items.join(", ")))
}

/// All lines but the first `indent` columns further in, without the last line end.
fn indented(text: &str, indent: usize) -> String {
    let margin = " ".repeat(indent);
    let lines = text
        .strip_suffix('\n')
        .unwrap_or(text)
        .split('\n')
        .enumerate();
    let line = |(index, line): (usize, &str)| match (index, line) {
        (0, _) | (_, "") => line.to_owned(),
        _ => format!("{margin}{line}"),
    };
    lines.map(line).collect::<Vec<_>>().join("\n")
}

fn print(output: &mut Output<'_>, _: &mut State<'_, '_>, value: &Value) -> Result<(), Error> {
    let printed = match value.kind() {
        ValueKind::String => text(value)?.to_owned(),
        ValueKind::Bool => value.is_true().to_string(),
        ValueKind::Number => value.to_string(),
        kind => {
            let problem = format!("{kind} cannot be printed");
            return Err(Error::new(ErrorKind::InvalidOperation, problem));
        }
    };
    output.write_str(&printed).map_err(Error::from)
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use minijinja::context;

    use super::*;

    #[test]
    fn the_table_holds_every_file_of_the_folder() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("workflow-templates");
        let mut found = Vec::new();
        for provider in fs::read_dir(&root)
            .unwrap()
            .map(|entry| entry.unwrap().path())
        {
            for file in fs::read_dir(provider)
                .unwrap()
                .map(|entry| entry.unwrap().path())
            {
                // The launcher is no template: it is written as it stands.
                if file.extension().is_some_and(|extension| extension == "py") {
                    continue;
                }
                let name = file
                    .strip_prefix(&root)
                    .unwrap()
                    .to_str()
                    .unwrap()
                    .replace('\\', "/");
                found.push((name, fs::read_to_string(&file).unwrap()));
            }
        }
        found.sort();
        let table = TEMPLATES.map(|(name, text)| (name.to_owned(), text.to_owned()));
        assert_eq!(found, table);
    }

    #[test]
    fn every_template_is_a_yaml_file() {
        for (name, text) in TEMPLATES {
            let read = serde_yaml::from_str::<serde_yaml::Value>(text);
            assert!(read.is_ok(), "{name}: {read:?}");
        }
    }

    #[test]
    fn every_text_in_a_template_goes_through_a_filter_or_is_no_text() {
        let bare = [
            "cancel_in_progress",
            "timeout_minutes",
            "continue_on_error",
            "credentials",
            "enable_cache",
            "include_hidden_files",
            "fail_task_on_missing_results_file",
            "keep_az_session_active",
            "fetch_depth",
            "input.required",
            "target.default",
            "prevent_destroy",
            "queue.enabled",
            "max_concurrent_runs",
            "num_workers",
            "min_workers",
            "max_workers",
            "max_retries",
            "disable_auto_optimization",
            "timeout_seconds",
            "scale_to_zero_enabled",
            "traffic_percentage",
        ];
        for (name, text) in TEMPLATES {
            for printed in text
                .split("<{")
                .skip(1)
                .filter_map(|rest| rest.split("}>").next())
            {
                let filtered = printed.contains('|');
                let known = bare.iter().any(|field| printed.trim().ends_with(field));
                assert!(filtered || known, "{name}: {printed}");
            }
        }
    }

    #[test]
    fn what_is_undefined_none_or_a_list_does_not_print() {
        let environment = environment().unwrap();
        for template in [
            "<{ missing }>",
            "<{ none }>",
            "<{ list }>",
            "<{ list|yaml }>",
            "<{ 1|yaml }>",
        ] {
            let printed = environment.render_str(template, context! { list => vec![1] });
            assert!(printed.is_err(), "{template}: {printed:?}");
        }
    }
}
