//! Rules that only a map can say, as a line for people.

use std::fmt;

use bigdecimal::{BigDecimal, Zero};

use super::line::plain;
use crate::gate::decimal::show;
use crate::gate::grammar::{inner_name, name, value};
use crate::gate::rule::{
    Expectation, ImportFormat, ImportRule, Samples, SlicesRule, TestKind, TestMethod, TestRule,
};

/// `recall by region: at least 0.70, gap at most 0.10`.
impl fmt::Display for SlicesRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let keys: Vec<_> = self.by.iter().map(|key| inner_name(key)).collect();
        write!(f, "{} by {}: ", name(&self.metric), keys.join(" and "))?;
        let bounds = [
            ("at least", &self.min),
            ("at most", &self.max),
            ("gap at most", &self.max_gap),
        ];
        let bounds: Vec<_> = bounds
            .into_iter()
            .filter_map(|(words, bound)| Some(format!("{words} {}", plain(bound.as_ref()?))))
            .collect();
        f.write_str(&bounds.join(", "))?;
        let from = self.from.as_ref().map(|from| format!(" ({from})"));
        f.write_str(&from.unwrap_or_default())
    }
}

/// `f1_score non-inferior to champion by 0.01 (bootstrap, 95%)`.
impl fmt::Display for TestRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let percent = show(&(&self.confidence * BigDecimal::from(100)));
        write!(
            f,
            "{} {} {}{} ({}{}, {percent}%)",
            name(&self.metric),
            self.kind,
            self.against,
            if self.margin.is_zero() {
                String::new()
            } else {
                format!(" by {}", plain(&self.margin))
            },
            self.method,
            match self.samples {
                Samples::Rows(_) => "",
                Samples::Judge => " of a judge's answers",
                Samples::Runs { .. } => " of child runs",
                Samples::History => " of logged values",
            }
        )
    }
}

/// In words: `non-inferior to`.
impl fmt::Display for TestKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Superiority => "superior to",
            Self::NonInferiority => "non-inferior to",
            Self::Equivalence => "equivalent to",
        })
    }
}

/// As it is written.
impl fmt::Display for TestMethod {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Bootstrap => "bootstrap",
            Self::T => "t",
            Self::Wilcoxon => "wilcoxon",
            Self::McNemar => "mcnemar",
        })
    }
}

/// `import junit gx.xml`, `import promptfoo out.json: pass rate >= 95%`.
impl fmt::Display for ImportRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "import {} {}", self.format, value(&self.path))?;
        match &self.expectation {
            Expectation::AllPass => Ok(()),
            Expectation::PassRate {
                comparator,
                percent,
            } => write!(f, ": pass rate {} {}%", comparator.symbol(), plain(percent)),
            Expectation::Value {
                pointer,
                comparator,
                value: expected,
            } => write!(
                f,
                ": {} {} {}",
                value(pointer),
                comparator.symbol(),
                value(expected)
            ),
        }
    }
}

/// As it is written.
impl fmt::Display for ImportFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Junit => "junit",
            Self::Sarif => "sarif",
            Self::Json => "json",
            Self::Promptfoo => "promptfoo",
            Self::Evidently => "evidently",
        })
    }
}
