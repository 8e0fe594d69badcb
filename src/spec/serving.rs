//! The serving endpoint of a valid spec.
//!
//! The one decision here: steps are whole percents that rise to 100, and nothing else can be built.

/// A serving endpoint, and how a new version gets its traffic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Online {
    /// Its name, where an environment names no other.
    pub endpoint: String,
    /// What turns its traffic.
    pub driver: Driver,
    /// How traffic moves.
    pub rollout: Rollout,
}

/// What turns the traffic of an endpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Driver {
    /// Databricks Model Serving.
    Databricks {
        /// The registered model that the endpoint serves; `None` for that of the environment.
        entity: Option<String>,
        /// The workload size of a new version; `None` for that of the version before it.
        size: Option<String>,
        /// Whether a new version may scale to zero; `None` for as the version before it.
        scale_to_zero: Option<bool>,
    },
    /// A program of the user's and its arguments: at least one word.
    Command(Vec<String>),
}

/// How traffic moves to a new version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rollout {
    /// The shares of the new version.
    pub steps: Steps,
    /// How long each step lasts before its gate is asked, in milliseconds.
    pub bake_ms: i64,
    /// How often the endpoint is looked at, in milliseconds.
    pub poll_ms: i64,
    /// The gate that each step must pass.
    pub gate: Option<String>,
    /// How many requests it takes to judge a step; `None` for one, where their number is known.
    pub min_requests: Option<u64>,
    /// What happens when it blocks.
    pub on_failure: OnFailure,
}

/// What happens when the gate of a step blocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnFailure {
    /// The traffic goes back at once.
    Rollback,
    /// The traffic stays until a person decides.
    Hold,
}

/// Shares of traffic in percent: at least one, rising, the last one 100.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Steps(Vec<u8>);

impl Steps {
    /// `None` unless every share is at least 1, each is larger than the one before it, and the last
    /// one is 100.
    #[must_use]
    pub fn new(shares: Vec<u8>) -> Option<Self> {
        let rises = shares.is_sorted_by(|one, next| one < next);
        let is_whole = shares.last() == Some(&100) && shares.first() != Some(&0);
        (rises && is_whole).then_some(Self(shares))
    }

    /// The shares in percent, in order.
    #[must_use]
    pub fn shares(&self) -> &[u8] {
        &self.0
    }

    /// The share at a step, counted from 0; 100 beyond the last.
    #[must_use]
    pub fn share(&self, step: usize) -> u8 {
        self.0.get(step).copied().unwrap_or(100)
    }
}

impl Default for Steps {
    fn default() -> Self {
        Self(vec![5, 25, 100])
    }
}

#[cfg(test)]
mod tests {
    use super::Steps;

    #[test]
    fn steps_rise_to_the_whole_traffic_or_are_none() {
        assert!(Steps::new(vec![100]).is_some());
        assert!(Steps::new(vec![1, 99, 100]).is_some());
        for wrong in [
            &[][..],
            &[0, 100],
            &[50],
            &[5, 5, 100],
            &[25, 5, 100],
            &[5, 100, 101],
        ] {
            assert!(Steps::new(wrong.to_vec()).is_none(), "{wrong:?}");
        }
    }
}
