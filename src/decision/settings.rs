//! The settings of a gate that shape its verdict.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::gate::{Gate, IfAbsent, OnInconclusive, Sameness};

/// The settings of a gate that shape its verdict, defaults spelled out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SettingsRecord {
    /// What an inconclusive check at level `error` does: `hold`, `fail` or `pass`.
    #[schemars(extend("enum" = ["hold", "fail", "pass"]))]
    pub on_inconclusive: String,
    /// What follows while there is nothing to compare with: `absolute-only`, `fail` or `pass`.
    #[schemars(extend("enum" = ["absolute-only", "fail", "pass"]))]
    pub if_absent: String,
    /// How the data sets behind two values must stand to each other: `any`, `not-different`
    /// or `same`.
    #[schemars(extend("enum" = ["any", "not-different", "same"]))]
    pub comparable_datasets: String,
    /// The same for the judges behind two values.
    #[schemars(extend("enum" = ["any", "not-different", "same"]))]
    pub comparable_scorers: String,
}

impl SettingsRecord {
    /// Records the settings.
    #[must_use]
    pub fn of(gate: &Gate) -> Self {
        let on_inconclusive = match gate.on_inconclusive {
            OnInconclusive::Hold => "hold",
            OnInconclusive::Fail => "fail",
            OnInconclusive::Pass => "pass",
        };
        let if_absent = match gate.baseline.if_absent {
            IfAbsent::AbsoluteOnly => "absolute-only",
            IfAbsent::Fail => "fail",
            IfAbsent::Pass => "pass",
        };
        Self {
            on_inconclusive: on_inconclusive.to_owned(),
            if_absent: if_absent.to_owned(),
            comparable_datasets: sameness(gate.comparability.dataset),
            comparable_scorers: sameness(gate.comparability.scorers),
        }
    }
}

fn sameness(sameness: Sameness) -> String {
    let word = match sameness {
        Sameness::Any => "any",
        Sameness::NotKnownToDiffer => "not-different",
        Sameness::Same => "same",
    };
    word.to_owned()
}
