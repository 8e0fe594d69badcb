//! A gate and its settings.

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Number, Value};

/// A named list of checks that a candidate must pass.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("examples" = [{"checks": ["rmse <= 5.0"]}]))]
pub struct Gate {
    /// Which version is judged, where the command line names none. It is looked up once, then fixed. Default: the model's candidate alias.
    #[schemars(extend("default" = {}, "examples" = [{"alias": "challenger"}, {"newest": {"tag": {"stage": "candidate"}}}]))]
    pub candidate: Option<Candidate>,
    /// What the candidate is compared with. Default: the live model.
    #[schemars(extend("default" = {}, "examples" = [{"alias": "champion", "if_absent": "absolute-only"}]))]
    pub baseline: Option<Baseline>,
    /// When a comparison with another version is one. Default: what is known to differ is refused, what is unknown is noted.
    #[schemars(extend("default" = {}, "examples" = [{"dataset": "same", "scorers": "same"}]))]
    pub comparability: Option<Comparability>,
    /// Where metrics are read, for checks that say nothing else: `run` is the source run of the version, `model` the logged model of MLflow 3, which may be narrowed to one data set, and a run can be named.
    #[serde(default)]
    #[schemars(schema_with = "super::super::schema::from", extend("default" = "run", "examples" = ["run", {"model": {"dataset": "holdout"}}, {"run": "0f3a5c7e9b1d4f6081a2c3e4f5061728"}]))]
    pub from: Option<Value>,
    /// How slices are spelt in the names of metrics.
    #[schemars(extend("default" = {}, "examples" = [{"pattern": "{metric}/{key}:{value}"}]))]
    pub slices: Option<SliceNames>,
    /// The scales of judges that answer with numbers, by judge. With one, the mean over a judge's answers becomes an interval where it failed on rows.
    #[serde(default)]
    #[schemars(extend("default" = {}, "examples" = [{"correctness": {"worst": 1, "best": 5}}]))]
    pub scales: IndexMap<String, Scale>,
    /// What an inconclusive check does, such as a percentage of a champion's 0: `hold` leaves it to a person (exit code 4), `fail` blocks, `pass` ignores it.
    #[schemars(extend("default" = "hold", "examples" = ["hold"], "enum" = ["hold", "fail", "pass"]))]
    pub on_inconclusive: Option<String>,
    /// The file of waivers, relative to the spec. A waived check is told as waived, never as passed.
    #[schemars(length(min = 1), extend("default" = null, "examples" = ["waivers.yaml"]))]
    pub waivers: Option<String>,
    /// The checks. Most are one line: `metric comparison threshold`, where the threshold is a number or a reference such as `champion`, plus or minus a margin.
    #[schemars(required, length(min = 1), schema_with = "super::super::schema::checks", extend("examples" = [["rmse <= 5.0", "r2 >= champion - 0.01", {"warn": "latency_p95_ms <= 120"}]]))]
    pub checks: Option<Vec<Value>>,
}

/// Which version is judged: one of these.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("examples" = [{"alias": "challenger"}]))]
pub struct Candidate {
    /// The version with this alias.
    #[schemars(regex(pattern = "^[A-Za-z0-9_-]+$"), length(max = 255), extend("default" = "challenger", "examples" = ["challenger"]))]
    pub alias: Option<String>,
    /// The version with this number.
    #[serde(default)]
    #[schemars(with = "u64", range(min = 1), extend("default" = null, "examples" = [7]))]
    pub version: Option<Number>,
    /// A run, by its id, that need not be registered as a version.
    #[schemars(regex(pattern = "^[A-Za-z0-9][A-Za-z0-9_-]*$"), length(max = 256), extend("default" = null, "examples" = ["0f3a5c7e9b1d4f6081a2c3e4f5061728"]))]
    pub run: Option<String>,
    /// The version with the highest number among those with a tag.
    #[schemars(extend("default" = null, "examples" = [{"tag": {"stage": "candidate"}}]))]
    pub newest: Option<Newest>,
}

/// The version with the highest number among those with a tag.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("examples" = [{"tag": {"stage": "candidate"}}]))]
pub struct Newest {
    /// The tag's name and its value.
    #[schemars(required, extend("minProperties" = 1, "maxProperties" = 1, "examples" = [{"stage": "candidate"}]))]
    pub tag: Option<IndexMap<String, String>>,
}

/// What the candidate is compared with.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Baseline {
    /// The alias of the version compared with. Default: the model's live alias.
    #[schemars(regex(pattern = "^[A-Za-z0-9_-]+$"), extend("default" = "champion", "examples" = ["champion"]))]
    pub alias: Option<String>,
    /// What relative checks give while nothing has the alias: `absolute-only` skips them, `fail` fails them, `pass` passes them.
    #[schemars(extend("default" = "absolute-only", "examples" = ["fail"], "enum" = ["absolute-only", "fail", "pass"]))]
    pub if_absent: Option<String>,
}

/// When two values of a metric may be compared: `same` takes only what is known to be the same, `not-different` refuses what is known to differ and notes what is unknown, `any` compares whatever there is.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Comparability {
    /// How the data sets behind the two values must stand to each other.
    #[schemars(extend("default" = "not-different", "examples" = ["same"], "enum" = ["same", "not-different", "any"]))]
    pub dataset: Option<String>,
    /// How the judges behind the two values must stand to each other.
    #[schemars(extend("default" = "not-different", "examples" = ["same"], "enum" = ["same", "not-different", "any"]))]
    pub scorers: Option<String>,
}

/// How slices are spelt in the names of metrics.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SliceNames {
    /// The name of a slice's metric: `{metric}` first, then `{key}` and `{value}`. With several keys the part from the end of `{metric}` on is repeated.
    #[schemars(extend("default" = "{metric}/{key}:{value}", "examples" = ["{metric}_{key}_{value}"]))]
    pub pattern: Option<String>,
}

/// The range of a judge's numbers.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("examples" = [{"worst": 1, "best": 5}]))]
pub struct Scale {
    /// What the worst row gets.
    #[schemars(required, schema_with = "super::super::schema::decimal", extend("examples" = [1]))]
    pub worst: Option<Value>,
    /// What the best row gets. It may be the smaller number.
    #[schemars(required, schema_with = "super::super::schema::decimal", extend("examples" = [5]))]
    pub best: Option<Value>,
}
