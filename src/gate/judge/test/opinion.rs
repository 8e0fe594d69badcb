//! From the evidence to what a test has to say.

use super::comparable::comparable;
use super::conclusion::conclude;
use super::method::ask;
use crate::gate::finding::Opinion;
use crate::gate::judge::case::Case;
use crate::gate::judge::look::broken;
use crate::gate::judge::samples::measured;
use crate::gate::reason::Reason;
use crate::gate::rule::TestRule;

pub(in crate::gate::judge) fn judge(case: &Case<'_>, rule: &TestRule) -> Opinion {
    opinion(case, rule).unwrap_or_else(|opinion| *opinion)
}

fn opinion(case: &Case<'_>, rule: &TestRule) -> Result<Opinion, Box<Opinion>> {
    let ours = case.candidate(None);
    if let Some(how) = ours.subject.run.as_ref().and_then(|run| broken(run.status)) {
        return no(Reason::RunNotFinished, format!("the candidate's run {how}"));
    }
    let others = case.others(&rule.against, None)?;
    let [theirs] = others.as_slice() else {
        let message = format!("{} is not one version to be tested against", rule.against);
        return no(Reason::EvidenceUnreadable, message);
    };
    let notes = comparable(case, &ours, theirs, rule)?;
    let measured = measured(&ours, theirs, rule)?;
    let least = usize::try_from(rule.min_n).unwrap_or(usize::MAX);
    let n = measured.len();
    let result = if n < least {
        no(
            Reason::TooFew,
            format!("there are {n} measurements, fewer than {least}"),
        )
    } else {
        ask(rule, &measured).map(|finding| conclude(rule, &finding, theirs))
    };
    let mut opinion = result.unwrap_or_else(|opinion| *opinion);
    opinion.notes.splice(0..0, notes);
    opinion.derivation.insert(
        0,
        format!("{n} measurements of {} on each side", rule.metric),
    );
    Ok(opinion)
}

/// The whole opinion, as the error that ends a test.
pub(super) fn no<T>(reason: Reason, message: impl Into<String>) -> Result<T, Box<Opinion>> {
    Err(Box::new(Opinion::new(reason, message)))
}
