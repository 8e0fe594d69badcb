//! What every report comes to.

/// The most names of failing tests that are kept.
pub const NAMED: usize = 10;

/// The longest name that is kept, in characters.
const LONGEST_NAME: usize = 200;

/// The counts of a report. `passed`, `warned`, `failed`, `errored` and `skipped` add up to `total`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Imported {
    /// How many tests or findings the report holds.
    pub total: u64,
    /// Those that passed; findings never do.
    pub passed: u64,
    /// Those that did not pass and that the tool itself does not count as failures: a test of
    /// Evidently that is not critical, a SARIF result below `error`.
    pub warned: u64,
    /// Those that failed.
    pub failed: u64,
    /// Those that could not be judged.
    pub errored: u64,
    /// Those that were left out on purpose: skipped tests, suppressed findings.
    pub skipped: u64,
    /// The first names of what failed or could not be judged, in the order of the report.
    pub failing: Vec<String>,
}

/// How one test ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    Passed,
    Warned,
    Failed,
    Errored,
    Skipped,
}

impl Imported {
    /// Whether nothing failed and nothing stayed open, and something was tested. A warning is no
    /// failure. For SARIF, where an empty list is good news, see [`Imported::is_clean`].
    #[must_use]
    pub fn is_pass(&self) -> bool {
        self.is_clean() && self.passed > 0
    }

    /// Whether nothing failed and nothing stayed open; also of a report that found nothing.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        self.failed == 0 && self.errored == 0
    }

    /// The share of all tests, skipped ones left out, that passed; `None` when there are none.
    /// Errors count as not passed.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "no report has 2^53 tests")]
    pub fn pass_rate(&self) -> Option<f64> {
        let judged = self.total - self.skipped.min(self.total);
        (judged > 0).then(|| self.passed as f64 / judged as f64)
    }

    /// Counts one test.
    pub(super) fn add(&mut self, outcome: Outcome, name: &str) {
        self.total += 1;
        match outcome {
            Outcome::Passed => self.passed += 1,
            Outcome::Warned => self.warned += 1,
            Outcome::Failed => self.failed += 1,
            Outcome::Errored => self.errored += 1,
            Outcome::Skipped => self.skipped += 1,
        }
        let is_bad = matches!(outcome, Outcome::Failed | Outcome::Errored);
        if is_bad && self.failing.len() < NAMED {
            let plain = name
                .chars()
                .map(|it| if it.is_control() { ' ' } else { it });
            self.failing.push(plain.take(LONGEST_NAME).collect());
        }
    }
}
