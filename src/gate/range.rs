//! What values a metric can have, for metrics whose name says so.

use bigdecimal::BigDecimal;

use super::known_metric::known_metric;

/// The values a metric can have, both ends included.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Range {
    /// The smallest value, if there is one.
    pub least: Option<BigDecimal>,
    /// The largest value, if there is one.
    pub most: Option<BigDecimal>,
}

impl Range {
    /// The range between two whole numbers.
    #[must_use]
    pub fn new(least: Option<i32>, most: Option<i32>) -> Self {
        Self {
            least: least.map(BigDecimal::from),
            most: most.map(BigDecimal::from),
        }
    }

    /// The range in words: `at least 0 and at most 1`.
    #[must_use]
    pub fn words(&self, unit: &str) -> String {
        let least = self
            .least
            .as_ref()
            .map(|least| format!("at least {least}{unit}"));
        let most = self
            .most
            .as_ref()
            .map(|most| format!("at most {most}{unit}"));
        let words: Vec<_> = least.into_iter().chain(most).collect();
        words.join(" and ")
    }
}

/// What the name says, where it says anything; the data set and averaging around it do not matter.
#[must_use]
pub fn range(metric: &str) -> Option<Range> {
    let known = known_metric(metric)?;
    let is_bounded = known.least.is_some() || known.most.is_some();
    is_bounded.then(|| Range::new(known.least, known.most))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_a_metric_says_what_it_can_be() {
        assert_eq!(
            range("val/accuracy").unwrap().words(""),
            "at least 0 and at most 1"
        );
        assert_eq!(range("test_r2_score").unwrap().words(""), "at most 1");
        assert_eq!(range("latency_p95_ms").unwrap().words(""), "at least 0");
        assert_eq!(range("profit"), None);
        assert_eq!(range("loss"), None);
    }
}
