//! What a gate says of all its checks.

use std::collections::BTreeMap;

use crate::diagnostic::Code;
use crate::gate::check::{
    Baseline, Candidate, Comparability, IfAbsent, OnInconclusive, Sameness, Scale, SlicePattern,
};
use crate::spec::validate::context::{Context, join};
use crate::spec::validate::project::alias_is_free;
use crate::spec::{Model, raw};

pub(super) fn candidate(
    context: &mut Context<'_>,
    pointer: &str,
    raw: &raw::Gate,
    model: &Model,
) -> Candidate {
    let pointer = join(pointer, "candidate");
    let raw = raw.candidate.clone().unwrap_or_default();
    let given = [
        raw.alias.is_some(),
        raw.version.is_some(),
        raw.run.is_some(),
        raw.newest.is_some(),
    ];
    if given.into_iter().filter(|given| *given).count() > 1 {
        let message = "a gate judges one candidate, and here are several".to_owned();
        let help = "keep one of `alias`, `version`, `run` and `newest`";
        context.error(Code::InvalidValue, &pointer, message, help);
    }
    let version = context.whole(&join(&pointer, "version"), raw.version.as_ref());
    let tag = raw.newest.and_then(|newest| newest.tag?.into_iter().next());
    if let Some(number) = version {
        Candidate::Version(number)
    } else if let Some(run) = raw.run {
        Candidate::Run(run)
    } else if let Some((tag, value)) = tag {
        Candidate::Newest { tag, value }
    } else {
        // The model's own alias is looked at there.
        if let Some(alias) = &raw.alias {
            alias_is_free(context, &join(&pointer, "alias"), alias);
        }
        Candidate::Alias(raw.alias.unwrap_or_else(|| model.candidate_alias.clone()))
    }
}

pub(super) fn baseline(
    context: &mut Context<'_>,
    pointer: &str,
    raw: &raw::Gate,
    model: &Model,
) -> Baseline {
    let written = raw.baseline.clone().unwrap_or_default();
    if let Some(alias) = &written.alias {
        alias_is_free(context, &join(&join(pointer, "baseline"), "alias"), alias);
    }
    let alias = written.alias.unwrap_or_else(|| model.live_alias.clone());
    let written_candidate = raw.candidate.clone().unwrap_or_default();
    let by_alias = written_candidate.version.is_none()
        && written_candidate.run.is_none()
        && written_candidate.newest.is_none();
    let judged = written_candidate
        .alias
        .unwrap_or_else(|| model.candidate_alias.clone());
    // The model's own two aliases are looked at there.
    let own = model.candidate_alias == model.live_alias;
    if by_alias && judged == alias && !own {
        let message = format!("the candidate would be compared with itself: both are `{alias}`");
        let help = "give `candidate` or `baseline` another alias";
        context.error(Code::NameClash, &join(pointer, "candidate"), message, help);
    }
    Baseline {
        alias,
        if_absent: match written.if_absent.as_deref() {
            Some("fail") => IfAbsent::Fail,
            Some("pass") => IfAbsent::Pass,
            _ => IfAbsent::AbsoluteOnly,
        },
    }
}

pub(super) fn comparability(raw: &raw::Gate) -> Comparability {
    let sameness = |word: Option<&str>| match word {
        Some("same") => Sameness::Same,
        Some("any") => Sameness::Any,
        _ => Sameness::NotKnownToDiffer,
    };
    let raw = raw.comparability.clone().unwrap_or_default();
    Comparability {
        dataset: sameness(raw.dataset.as_deref()),
        scorers: sameness(raw.scorers.as_deref()),
    }
}

pub(super) fn on_inconclusive(raw: &raw::Gate) -> OnInconclusive {
    match raw.on_inconclusive.as_deref() {
        Some("fail") => OnInconclusive::Fail,
        Some("pass") => OnInconclusive::Pass,
        _ => OnInconclusive::Hold,
    }
}

pub(super) fn slice_pattern(
    context: &mut Context<'_>,
    pointer: &str,
    raw: &raw::Gate,
) -> SlicePattern {
    let Some(text) = raw
        .slices
        .as_ref()
        .and_then(|slices| slices.pattern.clone())
    else {
        return SlicePattern::default();
    };
    if !tells_apart(&text) {
        let message = format!(
            "`{}` does not say how slices are spelt",
            text.escape_debug()
        );
        let help = "write `{metric}` first, then `{key}` and `{value}`, each once, with a sign between them: `{metric}/{key}:{value}`";
        let place = join(&join(pointer, "slices"), "pattern");
        context.error(Code::InvalidValue, &place, message, help);
    }
    SlicePattern { text }
}

/// `{metric}`, `{key}` and `{value}`, once each and in this order, with something between them.
fn tells_apart(text: &str) -> bool {
    let parts = || {
        let rest = text.strip_prefix("{metric}")?;
        let (before, rest) = rest.split_once("{key}")?;
        let (between, after) = rest.split_once("{value}")?;
        Some((before, between, after))
    };
    parts().is_some_and(|(before, between, after)| {
        let plain = |part: &str| !part.contains(['{', '}']);
        !before.is_empty() && !between.is_empty() && plain(before) && plain(between) && plain(after)
    })
}

pub(super) fn scales(
    context: &mut Context<'_>,
    pointer: &str,
    raw: &raw::Gate,
) -> BTreeMap<String, Scale> {
    let mut scales = BTreeMap::new();
    for judge in raw.scales.keys() {
        let place = join(&join(pointer, "scales"), judge);
        let worst = context.decimal(&join(&place, "worst"));
        let best = context.decimal(&join(&place, "best"));
        let (Some(worst), Some(best)) = (worst, best) else {
            continue;
        };
        if worst == best {
            let message = format!("the scale of `{}` has no length", judge.escape_debug());
            let help = "give the numbers of the worst and of the best answer";
            context.error(Code::InvalidValue, &place, message, help);
        }
        scales.insert(judge.clone(), Scale { worst, best });
    }
    scales
}

pub(super) fn waivers(context: &mut Context<'_>, pointer: &str, raw: &raw::Gate) -> Option<String> {
    let path = raw.waivers.clone()?;
    let pointer = join(pointer, "waivers");
    if !context.is_misfit(&pointer) {
        context.path(&pointer, &path, "the project", "the spec");
    }
    Some(path)
}
