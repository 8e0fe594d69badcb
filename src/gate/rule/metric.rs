//! A metric held against a number, or against another version.

use bigdecimal::BigDecimal;

use crate::evidence::Reference;

/// `metric slice? comparator threshold`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MetricRule {
    /// The metric's name, exactly as MLflow has it.
    pub metric: String,
    /// The slices it is asked for; empty for the whole.
    pub slice: Vec<SliceKey>,
    /// How the candidate's value must stand to the threshold.
    pub comparator: Comparator,
    /// What it is held against.
    pub threshold: Threshold,
    /// Where it is read, where the gate's own choice does not fit.
    pub from: Option<ReadFrom>,
    /// Which of many logged values counts.
    pub step: Step,
}

impl MetricRule {
    /// A rule about the latest value of a whole metric.
    #[must_use]
    pub fn new(metric: &str, comparator: Comparator, threshold: Threshold) -> Self {
        Self {
            metric: metric.to_owned(),
            slice: Vec::new(),
            comparator,
            threshold,
            from: None,
            step: Step::Latest,
        }
    }
}

/// One key of a slice: `region=eu`, `region=*`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SliceKey {
    /// The key.
    pub key: String,
    /// Its value; `None` for every value there is (`*`).
    pub value: Option<String>,
}

/// Where a metric is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReadFrom {
    /// The source run of the version; absent there but on the logged model, it is taken from
    /// there, and said.
    Run,
    /// The logged model of MLflow 3, optionally only values on one data set (by name).
    Model {
        /// The data set's name.
        dataset: Option<String>,
    },
    /// A run that is named. The candidate's and the champion's own are read where the other side
    /// is not this run: only the candidate's value comes from it.
    NamedRun(String),
}

/// Which of many logged values of a metric counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Step {
    /// The one at the highest step, then with the latest timestamp.
    #[default]
    Latest,
    /// The best of all, by the metric's direction.
    Best,
    /// The one logged last, whatever its step.
    Last,
    /// The mean of all.
    Mean,
}

/// A comparison. Equality at the boundary satisfies `<=`, `>=` and `==`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparator {
    /// `<`
    Less,
    /// `<=`
    AtMost,
    /// `>`
    Greater,
    /// `>=`
    AtLeast,
    /// `==`
    Equal,
    /// `!=`
    NotEqual,
}

impl Comparator {
    /// Whether `ordering`, of the candidate to the threshold, satisfies it.
    #[must_use]
    pub fn holds(self, ordering: std::cmp::Ordering) -> bool {
        match self {
            Self::Less => ordering.is_lt(),
            Self::AtMost => ordering.is_le(),
            Self::Greater => ordering.is_gt(),
            Self::AtLeast => ordering.is_ge(),
            Self::Equal => ordering.is_eq(),
            Self::NotEqual => ordering.is_ne(),
        }
    }

    /// As it is written.
    #[must_use]
    pub fn symbol(self) -> &'static str {
        match self {
            Self::Less => "<",
            Self::AtMost => "<=",
            Self::Greater => ">",
            Self::AtLeast => ">=",
            Self::Equal => "==",
            Self::NotEqual => "!=",
        }
    }
}

/// What a metric is held against.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Threshold {
    /// A number.
    Absolute(BigDecimal),
    /// The value of the same metric of another version, moved by a margin.
    Relative {
        /// Whose value.
        reference: Reference,
        /// How far from it.
        margin: Option<Margin>,
    },
}

/// How far from the other value. The sign says which way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Margin {
    /// In the metric's own unit: `- 0.01`.
    Absolute(BigDecimal),
    /// In percent of the other value's absolute value: `+ 2%`.
    Percent(BigDecimal),
    /// In percentage points, hundredths of the metric's unit: `- 1pp`.
    PercentagePoints(BigDecimal),
}
