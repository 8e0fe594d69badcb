//! Serving, as it is written: the endpoint, and how a new version gets its traffic.

use schemars::JsonSchema;
use serde::Deserialize;

/// How the live model answers.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Serving {
    /// An endpoint that answers one request at a time.
    #[schemars(extend("default" = null, "examples" = [{"endpoint": "taxi-fare", "rollout": {"steps": [5, 25, 100], "gate": "canary"}}]))]
    pub online: Option<Online>,
}

/// A serving endpoint: of Databricks Model Serving, or any that a program of yours can turn.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Online {
    /// The endpoint's name.
    #[schemars(required, regex(pattern = "^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$"), extend("examples" = ["taxi-fare"]))]
    pub endpoint: Option<String>,
    /// What turns the traffic: a program and its arguments, run in the spec's folder without a shell. Default: Databricks Model Serving.
    #[schemars(length(min = 1), extend("default" = null, "examples" = [["python3", "traffic.py"]]))]
    pub command: Option<Vec<String>>,
    /// On Databricks: the model that the endpoint serves. Default: the model of the environment.
    #[schemars(length(min = 1), extend("default" = null, "examples" = ["main.ml.taxi_fare"]))]
    pub entity: Option<String>,
    /// On Databricks: the workload size of a new version. Default: that of the version that is served now.
    #[schemars(length(min = 1), extend("default" = null, "examples" = ["Small"]))]
    pub size: Option<String>,
    /// On Databricks: whether a new version may sleep while nobody asks. Default: as the version that is served now.
    #[schemars(extend("default" = null, "examples" = [true]))]
    pub scale_to_zero: Option<bool>,
    /// How a new version gets its traffic.
    #[schemars(extend("default" = {}, "examples" = [{"steps": [5, 25, 100], "bake": "10m", "gate": "canary"}]))]
    pub rollout: Option<Rollout>,
}

/// Traffic in steps, each with a time to bake and a gate on what was measured meanwhile.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Rollout {
    /// The shares of the traffic that the new version gets, in percent, rising to 100.
    #[schemars(length(min = 1), inner(range(min = 1, max = 100)), extend("default" = [5, 25, 100], "examples" = [[5, 25, 100]]))]
    pub steps: Option<Vec<serde_json::Number>>,
    /// How long each step lasts before its gate is asked: seconds, minutes or hours.
    #[schemars(regex(pattern = "^[1-9][0-9]*(s|m|h)$"), extend("default" = "10m", "examples" = ["10m", "1h"]))]
    pub bake: Option<String>,
    /// How often the endpoint and its metrics are looked at.
    #[schemars(regex(pattern = "^[1-9][0-9]*(s|m|h)$"), extend("default" = "30s", "examples" = ["30s"]))]
    pub poll: Option<String>,
    /// The gate that each step must pass, on the metrics of the endpoint. It judges nothing else. Default: none; a step passes when its time is over.
    #[schemars(length(min = 1), extend("default" = null, "examples" = ["canary"]))]
    pub gate: Option<String>,
    /// How many requests the new version must have answered before the gate is asked about a step. With fewer a person decides. Default: one, where the endpoint tells how many there were.
    #[serde(default)]
    #[schemars(with = "u64", range(min = 1), extend("default" = 1, "examples" = [100]))]
    pub min_requests: Option<serde_json::Number>,
    /// What happens when the gate blocks: the traffic goes back at once, or it stays where it is until a person decides.
    #[schemars(extend("default" = "rollback", "examples" = ["rollback"], "enum" = ["rollback", "hold"]))]
    pub on_failure: Option<String>,
}

/// What is served elsewhere in an environment.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ServingHere {
    /// The endpoint's name in this environment. Default: that of `serving.online`.
    #[schemars(regex(pattern = "^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$"), extend("default" = null, "examples" = ["taxi-fare-prod"]))]
    pub endpoint: Option<String>,
}
