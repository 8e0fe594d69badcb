//! What a hook is told: the plan of the place where it is called, as JSON.
//!
//! The one decision here: it is known when the pipeline is generated. Nothing of an event is in it,
//! nothing secret, and nothing that a person typed, so it can be printed and logged anywhere.

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

/// Where the schema is published.
pub const SCHEMA_ID: &str =
    "https://raw.githubusercontent.com/gatewright/gatewright/main/schemas/hook.v1.schema.json";

/// The committed schema, byte for byte.
pub const SCHEMA_TEXT: &str = include_str!("../../schemas/hook.v1.schema.json");

/// What a hook of the generated pipelines is told, as the input or parameter `plan`.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct HookPlan {
    /// The version of this document: 1. Keys may be added to it; none changes its meaning.
    pub version: u32,
    /// The project.
    pub project: String,
    /// The spec, from the repository root.
    pub spec: String,
    /// The pipeline: `ci`, `deliver`, `rollback` or `monitor`.
    pub pipeline: String,
    /// The id of the job that the hook is called in, or beside.
    pub job: String,
    /// The id of the step that the hook is called beside; absent for a hook beside a job.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub step: Option<String>,
    /// The stage, where the hook is asked for by its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stage: Option<String>,
    /// The environment of the spec that the job is for; absent in `ci`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub environment: Option<String>,
    /// `before` or `after`.
    pub when: String,
}

impl HookPlan {
    /// As text on one line, with a space after every `,` and `:`, so that files can fold it.
    #[must_use]
    pub fn text(&self) -> String {
        let text = |text: &String| Some(Value::from(text.as_str()));
        let fields = [
            ("version", Some(Value::from(self.version))),
            ("project", text(&self.project)),
            ("spec", text(&self.spec)),
            ("pipeline", text(&self.pipeline)),
            ("job", text(&self.job)),
            ("step", self.step.as_ref().and_then(text)),
            ("stage", self.stage.as_ref().and_then(text)),
            ("environment", self.environment.as_ref().and_then(text)),
            ("when", text(&self.when)),
        ];
        let known = |(key, value): (&str, Option<Value>)| Some(format!("\"{key}\": {}", value?));
        let fields: Vec<_> = fields.into_iter().filter_map(known).collect();
        format!("{{{}}}", fields.join(", "))
    }
}

/// Generates the schema afresh from the type.
#[must_use]
pub fn generate_schema() -> String {
    let mut schema = schemars::schema_for!(HookPlan);
    schema.insert("$id".to_owned(), SCHEMA_ID.into());
    let text = serde_json::to_string_pretty(&schema).unwrap_or_default();
    format!("{text}\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_fits_on_a_line_and_is_what_the_schema_says() {
        let plan = HookPlan {
            version: 1,
            project: "churn".to_owned(),
            spec: "models/chürn/gatewright.yaml".to_owned(),
            pipeline: "deliver".to_owned(),
            job: "prod".to_owned(),
            step: Some("stage-train".to_owned()),
            stage: Some("train".to_owned()),
            environment: None,
            when: "before".to_owned(),
        };
        insta::assert_snapshot!(plan.text(), @r#"{"version": 1, "project": "churn", "spec": "models/chürn/gatewright.yaml", "pipeline": "deliver", "job": "prod", "step": "stage-train", "stage": "train", "when": "before"}"#);
        let schema = serde_json::from_str(SCHEMA_TEXT).unwrap();
        let document = serde_json::from_str(&plan.text()).unwrap();
        assert!(jsonschema::is_valid(&schema, &document));
    }
}
