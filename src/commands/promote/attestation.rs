//! Whether the decision is attested.

use crate::cli::Promote;
use crate::promotion::Attestation;
use crate::spec::Spec;

/// Looks for the attestation, where one is asked for.
pub(super) fn attestation(arguments: &Promote, spec: &Spec) -> Attestation {
    let asked = arguments.require_attestation
        || arguments.attestation.is_some()
        || spec.promotion.require_attestation;
    if !asked {
        return Attestation::NotAsked;
    }
    Attestation::Missing {
        why: "this gatewright cannot verify attestations yet".to_owned(),
    }
}
