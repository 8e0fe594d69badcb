//! What a promotion takes, beside its gates: how fresh its decision is, and who attests it.

use super::context::Context;
use crate::diagnostic::Code;
use crate::spec::{Attestors, PromotionPolicy, raw};

/// How old a decision may be when nobody says otherwise, in minutes.
const DAY: u32 = 24 * 60;

pub(super) fn policy(context: &mut Context<'_>, raw: &raw::Spec) -> PromotionPolicy {
    const POINTER: &str = "/promotion/max_decision_age";
    let written = raw.promotion.clone().unwrap_or_default();
    let age = written.max_decision_age.as_deref().map(minutes);
    if age == Some(None) && !context.is_misfit(POINTER) {
        context.error(
            Code::InvalidValue,
            POINTER,
            "this is not a time".to_owned(),
            "write minutes, hours or days: `30m`, `24h`, `2d`",
        );
    }
    let require_attestation = written.require_attestation.unwrap_or(false);
    PromotionPolicy {
        max_decision_age_minutes: age.flatten().unwrap_or(DAY),
        attest: written.attest.unwrap_or(false),
        require_attestation,
        attestation: attestors(
            context,
            written.attestation.unwrap_or_default(),
            require_attestation,
        ),
    }
}

fn attestors(context: &mut Context<'_>, raw: raw::Attestation, is_required: bool) -> Attestors {
    let attestors = Attestors {
        key: raw.key,
        repository: raw.repository,
        workflow: raw.workflow,
    };
    if is_required && attestors.key.is_none() && attestors.repository.is_none() {
        context.error(
            Code::MissingKey,
            "/promotion/require_attestation",
            "an attestation is required, and nobody is named whose attestations count".to_owned(),
            "write `attestation: {key: keys/attestation.pem}`, or `attestation: {repository: owner/name}`",
        );
    }
    if attestors.workflow.is_some() && attestors.repository.is_none() {
        context.error(
            Code::MissingKey,
            "/promotion/attestation/workflow",
            "a workflow is named, and not the repository it is in".to_owned(),
            "add `repository: owner/name`",
        );
    }
    attestors
}

/// `30m`, `24h` or `2d` in minutes.
fn minutes(text: &str) -> Option<u32> {
    let number = text.trim_end_matches(['m', 'h', 'd']);
    let unit = match text.strip_prefix(number)? {
        "m" => 1,
        "h" => 60,
        "d" => DAY,
        _ => return None,
    };
    number.parse::<u32>().ok()?.checked_mul(unit)
}

#[cfg(test)]
mod tests {
    use super::minutes;

    #[test]
    fn a_time_has_a_number_and_one_unit() {
        assert_eq!(minutes("30m"), Some(30));
        assert_eq!(minutes("24h"), Some(24 * 60));
        assert_eq!(minutes("2d"), Some(2 * 24 * 60));
        for wrong in ["", "m", "30", "30s", "1hm", "99999999999d", "4294967295d"] {
            assert_eq!(minutes(wrong), None, "{wrong}");
        }
    }
}
