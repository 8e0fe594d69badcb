//! What the model takes and gives, against another version's.
//!
//! The one decision here: a model without a signature is not compatible with anything, and a file
//! of another model is no evidence about this one.

use super::case::{Case, Side};
use crate::evidence::File;
use crate::gate::finding::Opinion;
use crate::gate::need::MODEL_FILE;
use crate::gate::reason::Reason;
use crate::gate::rule::{SignatureMode, SignatureRule};
use crate::signature::{Compatibility, Difference, Mode, ModelFile, judge as compare};

/// How many differences a message names; the derivation has all.
const NAMED: usize = 3;

pub(super) fn judge(case: &Case<'_>, rule: &SignatureRule) -> Opinion {
    let ours = match model_file(&case.candidate(None)) {
        Ok(file) => file,
        Err(opinion) => return *opinion,
    };
    let others = match case.others(&rule.against, None) {
        Ok(others) => others,
        Err(opinion) => return *opinion,
    };
    let mut opinion = Opinion::new(Reason::Holds, "holds");
    for other in &others {
        opinion = match model_file(other) {
            Ok(theirs) => against(rule.mode, &ours, &theirs, other),
            Err(opinion) => *opinion,
        };
        if opinion.reason != Reason::Holds {
            break;
        }
    }
    opinion
}

fn model_file(side: &Side<'_>) -> Result<ModelFile, Box<Opinion>> {
    let whose = &side.whose;
    let error = |reason, message| Err(Box::new(Opinion::new(reason, message)));
    let Some(File::Text(text)) = side.subject.files.get(MODEL_FILE) else {
        let message = format!("{whose} has no {MODEL_FILE} file, so its signature is not known");
        return error(Reason::EvidenceMissing, message);
    };
    let file = match ModelFile::parse(text.as_bytes()) {
        Ok(file) => file,
        Err(unreadable) => {
            let message = format!("of {whose}: {unreadable}");
            return error(Reason::EvidenceUnreadable, message);
        }
    };
    let known = side.subject.logged_model.as_ref().map(|model| &model.id);
    match (&file.model_id, known) {
        (Some(said), Some(known)) if said != known => error(
            Reason::EvidenceUnreadable,
            format!("{whose}'s {MODEL_FILE} file is that of {said}, and not of {known}"),
        ),
        _ => Ok(file),
    }
}

fn against(mode: SignatureMode, ours: &ModelFile, theirs: &ModelFile, other: &Side<'_>) -> Opinion {
    let mode = match mode {
        SignatureMode::Backward => Mode::Backward,
        SignatureMode::Forward => Mode::Forward,
        SignatureMode::Exact => Mode::Exact,
    };
    let whose = &other.whose;
    match compare(theirs.signature.as_ref(), ours.signature.as_ref(), mode) {
        Compatibility::Compatible => Opinion {
            derivation: vec![format!("nothing differs from {whose} that matters here")],
            ..Opinion::new(Reason::Holds, "holds")
        },
        Compatibility::Incompatible(differences) => Opinion {
            derivation: differences.iter().map(Difference::to_string).collect(),
            ..Opinion::new(Reason::Violated, named(&differences))
        },
        Compatibility::Unknown { candidate, .. } => {
            let who = if candidate { whose } else { "the candidate" };
            let message = format!("{who} was logged without a signature");
            Opinion::new(Reason::EvidenceMissing, message)
        }
    }
}

fn named(differences: &[Difference]) -> String {
    let shown = differences.iter().take(NAMED).map(Difference::to_string);
    let shown = shown.collect::<Vec<_>>().join("; ");
    match differences.len().saturating_sub(NAMED) {
        0 => shown,
        more => format!("{shown}; and {more} more"),
    }
}
