//! A check that is written as a mapping.

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Number, Value};

/// A check as a mapping: one line under `check`, or a metric with `slices` or a `test`, or an `import` of another tool's result; or just a level over one line.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("examples" = [{"id": "rmse-budget", "check": "rmse <= 5.0", "level": "warn"}]))]
pub struct Check {
    /// What reports and waivers call it. Default: made from the check's text.
    #[schemars(regex(pattern = "^[A-Za-z0-9][A-Za-z0-9._-]*$"), length(max = 100), extend("default" = null, "examples" = ["rmse-budget"]))]
    pub id: Option<String>,
    /// How much it weighs: a failed `error` blocks, `warn` is told, `info` is only reported, `off` is not evaluated.
    #[schemars(extend("default" = "error", "examples" = ["warn"], "enum" = ["error", "warn", "info", "off"]))]
    pub level: Option<String>,
    /// Whether no waiver may excuse it.
    #[schemars(extend("default" = false, "examples" = [true]))]
    pub critical: Option<bool>,
    /// The check, in one line: `metric comparison threshold`, or one of the forms that begin with `signature`, `dataset`, `scorers`, `coverage`, `age`, `tag` and `param`.
    #[schemars(length(min = 1), extend("default" = null, "examples" = ["rmse <= 5.0", "r2 >= champion - 0.01", "recall[region=*] >= 0.70", "signature compatible champion"]))]
    pub check: Option<String>,
    /// The metric of `slices` or `test`.
    #[schemars(length(min = 1), extend("default" = null, "examples" = ["f1_score"]))]
    pub metric: Option<String>,
    /// Where the metric is read, where the gate's own `from` does not fit: `run` is the source run of the version, `model` the logged model of MLflow 3, which may be narrowed to one data set, and a run can be named.
    #[serde(default)]
    #[schemars(schema_with = "super::super::schema::from", extend("default" = null, "examples" = ["run", {"model": {"dataset": "holdout"}}]))]
    pub from: Option<Value>,
    /// Which of many logged values counts: `latest` is the one at the highest step, `best` the best of all, `last` the one logged last whatever its step, `mean` the mean of all.
    #[schemars(extend("default" = "latest", "examples" = ["best"], "enum" = ["latest", "best", "last", "mean"]))]
    pub step: Option<String>,
    /// The metric on every slice of the data.
    #[schemars(extend("default" = null, "examples" = [{"by": ["region"], "min": 0.70, "max_gap": 0.10, "min_n": 50}]))]
    pub slices: Option<Slices>,
    /// A statistical test against another version.
    #[schemars(extend("default" = null, "examples" = [{"kind": "non-inferiority", "against": "champion", "margin": 0.01, "confidence": 0.95, "min_n": 200}]))]
    pub test: Option<Test>,
    /// Another tool's result.
    #[schemars(extend("default" = null, "examples" = [{"junit": "reports/data-quality.xml"}, {"promptfoo": "reports/promptfoo.json", "pass_rate": ">= 95%"}]))]
    pub import: Option<Import>,
    /// One line whose failure blocks, as without a level. Stands alone.
    #[schemars(length(min = 1), extend("default" = null, "examples" = ["rmse <= 5.0"]))]
    pub error: Option<String>,
    /// One line whose failure is told and does not block. Stands alone.
    #[schemars(length(min = 1), extend("default" = null, "examples" = ["latency_p95_ms <= 120"]))]
    pub warn: Option<String>,
    /// One line that is only reported. Stands alone.
    #[schemars(length(min = 1), extend("default" = null, "examples" = ["mae <= 3"]))]
    pub info: Option<String>,
    /// One line that is not evaluated. Stands alone; write the key in quotes, because some YAML readers take it for a boolean.
    #[schemars(length(min = 1), extend("default" = null, "examples" = ["mape <= 0.2"]))]
    pub off: Option<String>,
}

/// Where a metric is read.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("minProperties" = 1, "maxProperties" = 1, "examples" = [{"model": {"dataset": "holdout"}}]))]
pub struct Place {
    /// The logged model of MLflow 3, which is where a later evaluation lands.
    #[schemars(extend("default" = null, "examples" = [{"dataset": "holdout"}, {}]))]
    pub model: Option<LoggedModel>,
    /// The candidate's value is read from the run with this id; the other side's from its own.
    #[schemars(regex(pattern = "^[A-Za-z0-9][A-Za-z0-9_-]*$"), length(max = 256), extend("default" = null, "examples" = ["0f3a5c7e9b1d4f6081a2c3e4f5061728"]))]
    pub run: Option<String>,
}

/// The logged model of MLflow 3.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LoggedModel {
    /// Only values on the data set of this name. Default: the one data set there is; several are ambiguous.
    #[schemars(length(min = 1), extend("default" = null, "examples" = ["holdout"]))]
    pub dataset: Option<String>,
}

/// A metric on every slice of the data: a bound for each slice, or for the gap between them.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("examples" = [{"by": ["region"], "min": 0.70}]))]
pub struct Slices {
    /// The keys that make the slices, or columns of the table.
    #[schemars(required, length(min = 1), extend("examples" = [["region"]]))]
    pub by: Option<Vec<String>>,
    /// What every slice must reach at least.
    #[serde(default)]
    #[schemars(schema_with = "super::super::schema::decimal", extend("default" = null, "examples" = [0.7]))]
    pub min: Option<Value>,
    /// What every slice may be at most.
    #[serde(default)]
    #[schemars(schema_with = "super::super::schema::decimal", extend("default" = null, "examples" = [5]))]
    pub max: Option<Value>,
    /// How far the best and the worst slice may be apart.
    #[serde(default)]
    #[schemars(schema_with = "super::super::schema::decimal", extend("default" = null, "examples" = [0.1]))]
    pub max_gap: Option<Value>,
    /// How many rows a slice needs to be judged.
    #[serde(default)]
    #[schemars(with = "u64", range(min = 1), extend("default" = null, "examples" = [50]))]
    pub min_n: Option<Number>,
    /// What follows for a slice with fewer rows than `min_n`: it makes the check `inconclusive`, or is left out and told (`ignore`), or is judged like the others (`judge`).
    #[schemars(extend("default" = "inconclusive", "examples" = ["ignore"], "enum" = ["inconclusive", "ignore", "judge"]))]
    pub small: Option<String>,
    /// The name of the metric that counts a slice's rows, by the same pattern.
    #[schemars(length(min = 1), extend("default" = "n", "examples" = ["example_count"]))]
    pub count: Option<String>,
    /// The logged table that slices are computed from. Default: they are metrics, by their names.
    #[schemars(extend("default" = null, "examples" = [{"path": "eval_results_table.json", "target": "label", "prediction": "predicted"}]))]
    pub table: Option<Table>,
}

/// A logged table and its columns: `score`, or `target` and `prediction`.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("examples" = [{"path": "eval_results_table.json", "target": "label", "prediction": "predicted"}]))]
pub struct Table {
    /// The table's path among the run's artifacts.
    #[schemars(length(min = 1), extend("default" = "eval_results_table.json", "examples" = ["tables/holdout.json"]))]
    pub path: Option<String>,
    /// The column that pairs the rows of two runs. Default: rows are paired by their order.
    #[schemars(length(min = 1), extend("default" = null, "examples" = ["row_id"]))]
    pub key: Option<String>,
    /// The column with a score for each row; the metric is its mean. Default: `<metric>/score`, as MLflow names it, unless the metric is computed from predictions.
    #[schemars(length(min = 1), extend("default" = null, "examples" = ["correctness/score"]))]
    pub score: Option<String>,
    /// The column with the truth.
    #[schemars(length(min = 1), extend("default" = "target", "examples" = ["label"]))]
    pub target: Option<String>,
    /// The column with the prediction.
    #[schemars(length(min = 1), extend("default" = "prediction", "examples" = ["predicted"]))]
    pub prediction: Option<String>,
    /// The class that counts as positive, for precision, recall and F1. Default: the unweighted mean over classes.
    #[schemars(extend("default" = null, "examples" = ["fraud"]))]
    pub positive: Option<String>,
}

/// A statistical test: margin and confidence interval decide.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("examples" = [{"kind": "non-inferiority", "margin": 0.01}]))]
pub struct Test {
    /// What is to be shown: `superiority` (better by more than the margin), `non-inferiority` (not worse by the margin), `equivalence` (neither better nor worse by the margin).
    #[schemars(required, extend("examples" = ["non-inferiority"], "enum" = ["superiority", "non-inferiority", "equivalence"]))]
    pub kind: Option<String>,
    /// Whom the candidate is compared with: one version or run.
    #[schemars(length(min = 1), extend("default" = "champion", "examples" = ["champion", "version(3)"]))]
    pub against: Option<String>,
    /// The margin, in the metric's own unit. Needed but for superiority, where it is 0 unless it is said.
    #[serde(default)]
    #[schemars(schema_with = "super::super::schema::decimal", extend("default" = null, "examples" = [0.01]))]
    pub margin: Option<Value>,
    /// The confidence of the interval: between 0.5 and 1.
    #[serde(default)]
    #[schemars(schema_with = "super::super::schema::decimal", extend("default" = 0.95, "examples" = [0.95]))]
    pub confidence: Option<Value>,
    /// How many measurements it takes at least; fewer are inconclusive. Default: 30 rows or answers, 5 runs or logged values.
    #[serde(default)]
    #[schemars(with = "u64", range(min = 1), extend("default" = null, "examples" = [200]))]
    pub min_n: Option<Number>,
    /// How the interval is computed: by resampling (`bootstrap`), Student's `t`, Wilcoxon's signed ranks (`wilcoxon`), or `McNemar`'s test on right and wrong answers (`mcnemar`). Default: `bootstrap`; `t` for `samples: runs`.
    #[schemars(extend("default" = null, "examples" = ["bootstrap"], "enum" = ["bootstrap", "t", "wilcoxon", "mcnemar"]))]
    pub method: Option<String>,
    /// How many resamples a bootstrap takes.
    #[serde(default)]
    #[schemars(with = "u64", range(min = 100, max = 1_000_000), extend("default" = 10000, "examples" = [10000]))]
    pub resamples: Option<Number>,
    /// The seed of a bootstrap: the same seed gives the same digits, always.
    #[serde(default)]
    #[schemars(with = "u64", range(min = 0, max = 9_007_199_254_740_991_u64), extend("default" = 0, "examples" = [7]))]
    pub seed: Option<Number>,
    /// Where the measurements are: `rows` of a logged table, a `judge`'s answers, child `runs` (seeds or folds), or the `history` of the metric's logged values.
    #[schemars(extend("default" = "rows", "examples" = ["rows"], "enum" = ["rows", "judge", "runs", "history"]))]
    pub samples: Option<String>,
    /// The logged table, with `samples: rows`.
    #[schemars(extend("default" = {}, "examples" = [{"path": "eval_results_table.json", "key": "row_id"}]))]
    pub table: Option<Table>,
    /// With `samples: runs`: the parameter or tag that tells which seed or fold a child run is. Default: the runs are not paired.
    #[schemars(length(min = 1), extend("default" = null, "examples" = ["fold"]))]
    pub pair_by: Option<String>,
    /// Whether a larger value is better. Default: by the metric's name, where it is a known one.
    #[schemars(extend("default" = null, "examples" = [true]))]
    pub larger_is_better: Option<bool>,
}

/// Another tool's result: one of the formats, and what it must say. Nothing may have failed, and something must have been tested, unless `is` or `pass_rate` says otherwise.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("examples" = [{"junit": "reports/data-quality.xml"}]))]
pub struct Import {
    /// A JUnit XML report, relative to the spec.
    #[schemars(length(min = 1), extend("default" = null, "examples" = ["reports/data-quality.xml"]))]
    pub junit: Option<String>,
    /// A SARIF report, relative to the spec.
    #[schemars(length(min = 1), extend("default" = null, "examples" = ["reports/scan.sarif"]))]
    pub sarif: Option<String>,
    /// Any JSON document, relative to the spec; `pointer` and `is` say what it must hold.
    #[schemars(length(min = 1), extend("default" = null, "examples" = ["reports/fairness.json"]))]
    pub json: Option<String>,
    /// The results of promptfoo (JSON), relative to the spec.
    #[schemars(length(min = 1), extend("default" = null, "examples" = ["reports/promptfoo.json"]))]
    pub promptfoo: Option<String>,
    /// The results of Evidently (JSON), relative to the spec.
    #[schemars(length(min = 1), extend("default" = null, "examples" = ["reports/evidently.json"]))]
    pub evidently: Option<String>,
    /// With `json`: where the value is, as a JSON pointer (RFC 6901).
    #[schemars(extend("default" = null, "examples" = ["/summary/failed"]))]
    pub pointer: Option<String>,
    /// With `json`: what the value must be: a comparison such as `<= 5`, or the value itself.
    #[serde(default)]
    #[schemars(schema_with = "super::super::schema::expected", extend("default" = null, "examples" = ["<= 5", true]))]
    pub is: Option<Value>,
    /// With `junit`, `promptfoo` or `evidently`: the share that must have passed. What errored has not passed.
    #[schemars(length(min = 1), extend("default" = null, "examples" = [">= 95%"]))]
    pub pass_rate: Option<String>,
}
