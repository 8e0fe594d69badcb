//! Wilcoxon's signed ranks on paired rows, where they have something to say.
//!
//! The one decision here: ranks look at where the middle of the differences lies, and a middle that
//! is one and the same value says nothing about the mean. Of rows that are right or wrong most
//! differ by 0, and a model that loses one row in ten has the same middle as one that loses none.

use super::method::failed;
use crate::gate::finding::Opinion;
use crate::gate::reason::Reason;
use crate::statistics::{Claim, Conclusion, Finding, Pairs, signed_rank};

/// What the signed ranks find. Undecided where more than half of the pairs are equal, and where
/// nothing but an interval of a single point shows the claim, though the differences vary.
pub(super) fn ranked(pairs: &Pairs, claim: &Claim) -> Result<Finding, Box<Opinion>> {
    let differences = pairs.differences();
    let equal = differences.iter().filter(|each| **each == 0.0).count();
    let n = differences.len();
    if equal > n / 2 {
        return undecided(&format!(
            "{equal} of {n} pairs are equal, and ranks say nothing where most pairs are equal"
        ));
    }
    let finding = signed_rank(pairs, claim).map_err(|error| failed(&error))?;
    let (low, high) = (finding.interval.low, finding.interval.high);
    let varies = differences.iter().any(|each| each.total_cmp(&low).is_ne());
    if finding.conclusion == Conclusion::Shown && varies && low >= high {
        return undecided("the differences vary, and so many are tied that ranks see one value");
    }
    Ok(finding)
}

fn undecided<T>(why: &str) -> Result<T, Box<Opinion>> {
    let message = format!("{why}: use `method: bootstrap`, or `mcnemar` for rows right or wrong");
    Err(Box::new(Opinion::new(Reason::Undecided, message)))
}
