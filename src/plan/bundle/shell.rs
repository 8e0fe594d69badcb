//! The shell lines about a bundle.
//!
//! The one decision here: a plan is a file, and what people read is made from that very file. It is
//! not printed as it is: a log may be read for commands.

use super::call::{BundleCall, BundleDeed, SecondPhase};
use crate::plan::command::word;
use crate::plan::shell::{BUNDLE_PLAN, CANDIDATE, lines};

/// The variable with the number of the pull request.
pub(in crate::plan) const PULL_REQUEST: &str = "PULL_REQUEST";

/// What people read about a plan, beside it.
const SUMMARY: &str = ".databricks/bundle-plan.md";

/// What a plan changes, as a Markdown block. `skip` is what stays as it is.
const CHANGES: &str = r#"[.plan // {} | to_entries[] | select(.value.action != "skip")]
    | if length == 0 then "    nothing"
      else .[] | "    \(.value.action) \(.key)" end"#;

/// The line of bash with which a provider shows a Markdown file to people.
type Show = fn(&str) -> String;

/// What a call does, with the provider's way to show a file.
pub(in crate::plan) fn script(call: &BundleCall, show: Show) -> String {
    let target = word(&call.target);
    let bundle = |rest: &str| format!("databricks bundle {rest} --target {target}");
    let copy = format!("--var \"pull_request=${{{PULL_REQUEST}:?}}\"");
    match &call.deed {
        BundleDeed::OnlyThese(files) => only(files),
        BundleDeed::Validate => lines(&[bundle("validate --strict")]),
        BundleDeed::Read => lines(&[bundle("summary")]),
        BundleDeed::Plan => plan(&call.target, &bundle("plan"), show),
        BundleDeed::Deploy => lines(&[format!("{} --plan {BUNDLE_PLAN}", bundle("deploy"))]),
        BundleDeed::Train => lines(&[bundle("run training")]),
        BundleDeed::DeployCopy => lines(&[format!("{} {copy}", bundle("deploy"))]),
        BundleDeed::TrainCopy => lines(&[format!("{} {copy}", bundle("run training"))]),
        BundleDeed::DestroyCopy => lines(&[format!("{} {copy} --auto-approve", bundle("destroy"))]),
        BundleDeed::Serve(phase) => serve(phase, bundle),
    }
}

/// `include` of the bundle takes whatever is in the folder, and a bundle can name commands.
fn only(files: &[String]) -> String {
    let known: Vec<_> = files.iter().map(|file| word(file)).collect();
    lines(&[
        "for file in resources/*.yml; do".to_owned(),
        "  case \"$file\" in".to_owned(),
        format!("    {}) ;;", known.join(" | \\\n      ")),
        "    *)".to_owned(),
        "      echo \"a file in resources/ is not generated: its commands would run here\""
            .to_owned(),
        "      exit 1".to_owned(),
        "      ;;".to_owned(),
        "  esac".to_owned(),
        "done".to_owned(),
    ])
}

fn plan(target: &str, plan: &str, show: Show) -> String {
    let title = word(&format!("### What a deployment to {target} changes"));
    lines(&[
        "mkdir -p .databricks".to_owned(),
        format!("{plan} --output json \\"),
        format!("  > {BUNDLE_PLAN}"),
        "{".to_owned(),
        format!("  printf '%s\\n\\n' {title}"),
        format!("  jq --raw-output '{CHANGES}' \\"),
        format!("    {BUNDLE_PLAN}"),
        format!("}} > {SUMMARY}"),
        format!("cat {SUMMARY}"),
        show(SUMMARY),
    ])
}

/// Deploys from the folder of the second bundle. An endpoint that is there keeps the version that it
/// serves: only a rollout turns its traffic. A new one begins with the version that was promoted.
fn serve(phase: &SecondPhase, bundle: impl Fn(&str) -> String) -> String {
    let mut all = vec!["cd serving".to_owned()];
    for table in &phase.tables {
        all.extend(wait_for(table));
    }
    let mut with = String::new();
    if let Some(endpoint) = &phase.endpoint {
        all.extend(live(endpoint));
        " --var \"live_version=$live\"".clone_into(&mut with);
    }
    all.push(format!("{}{with}", bundle("validate --strict")));
    all.push(format!("{}{with}", bundle("deploy")));
    lines(&all)
}

fn wait_for(table: &str) -> Vec<String> {
    let why = format!("there is no table {table} yet: the first batch makes it");
    vec![
        format!(
            "exists=$(databricks tables exists {} --output json |",
            word(table)
        ),
        "  jq .table_exists)".to_owned(),
        "if [[ \"$exists\" != true ]]; then".to_owned(),
        format!("  echo {}", word(&why)),
        "  exit 0".to_owned(),
        "fi".to_owned(),
    ]
}

fn live(endpoint: &str) -> Vec<String> {
    let name = word(endpoint);
    let text = |line: &str| line.to_owned();
    vec![
        text("known=$(databricks serving-endpoints list --output json |"),
        format!("  jq --arg name {name} '. // [] | any(.name == $name)')"),
        format!("live=\"${{{CANDIDATE}:?}}\""),
        text("if [[ \"$known\" == true ]]; then"),
        format!("  live=$(databricks serving-endpoints get {name} --output json |"),
        text("    jq --raw-output '[.config.served_entities[].entity_version] | join(\" \")')"),
        text("fi"),
        text("if [[ ! \"$live\" =~ ^[0-9]+$ ]]; then"),
        text(
            "  echo \"several versions are served: their rollout goes on, the next delivery deploys\"",
        ),
        text("  exit 0"),
        text("fi"),
    ]
}
