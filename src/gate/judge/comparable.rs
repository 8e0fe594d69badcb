//! Whether two values may be compared: measured on the same data, by the same judges.
//!
//! The one decision here: what is known to differ is refused, what is not known is said. A gate
//! can ask for more (`same`: both have to be known) or for less (`any`).

use super::aggregate;
use super::case::Case;
use super::look::Seen;
use super::place::describe;
use crate::gate::check::Sameness;
use crate::gate::finding::Opinion;
use crate::gate::reason::Reason;

/// What a reader should know about the comparison, or why it is none.
pub(super) fn check(
    case: &Case<'_>,
    name: &str,
    candidate: &Seen,
    other: &Seen,
) -> Result<Vec<String>, Box<Opinion>> {
    let data = compare(
        case.gate.comparability.dataset,
        "data set",
        name,
        (candidate.dataset(), other.dataset()),
        |dataset| describe(Some(dataset)),
        other,
    )?;
    let asked = case.gate.comparability.scorers == Sameness::Same;
    let known = candidate.scorers.is_some() || other.scorers.is_some();
    let judge = aggregate::split(name).is_some() && (asked || known);
    let scorers = if judge {
        compare(
            case.gate.comparability.scorers,
            "judge",
            name,
            (candidate.scorers.as_ref(), other.scorers.as_ref()),
            |scorers| scorers.iter().cloned().collect::<Vec<_>>().join(", "),
            other,
        )?
    } else {
        None
    };
    Ok(data.into_iter().chain(scorers).collect())
}

fn compare<T: PartialEq>(
    asked: Sameness,
    what: &str,
    name: &str,
    (ours, theirs): (Option<&T>, Option<&T>),
    show: impl Fn(&T) -> String,
    other: &Seen,
) -> Result<Option<String>, Box<Opinion>> {
    let whose = &other.whose;
    let refused = |message| Err(Box::new(Opinion::new(Reason::NotComparable, message)));
    let (Some(ours), Some(theirs)) = (ours, theirs) else {
        let unknown = match (ours, theirs) {
            (None, None) => format!("the {what} behind {name} is not known"),
            (None, _) => format!("the {what} behind the candidate's {name} is not known"),
            _ => format!("the {what} behind {whose}'s {name} is not known"),
        };
        return match asked {
            Sameness::Any => Ok(None),
            Sameness::NotKnownToDiffer => Ok(Some(unknown)),
            Sameness::Same => refused(unknown),
        };
    };
    if ours == theirs {
        return Ok(None);
    }
    let message = format!(
        "the {what} behind {name} differs: {} for the candidate, {} for {whose}",
        show(ours),
        show(theirs)
    );
    if asked == Sameness::Any {
        Ok(Some(message))
    } else {
        refused(message)
    }
}
