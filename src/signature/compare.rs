//! Two signatures side by side.
//!
//! The one decision here: every difference is named, not only the first; whoever reads them wants to
//! know what to change.

use std::collections::BTreeMap;
use std::fmt;

use super::fit;
use super::schema::{Column, Param, Schema, Signature, Tensor};

/// What "compatible" means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// The same signature: names, types, order, defaults.
    Exact,
    /// Callers of the champion can use the candidate: it accepts all that the champion accepts, and
    /// gives at least what the champion gives, of the same types.
    Backward,
    /// Callers of the candidate can use the champion, as after a rollback.
    Forward,
}

/// Where a difference is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// In what callers send.
    Input,
    /// In what callers get.
    Output,
    /// In what callers may set.
    Param,
}

/// One difference that breaks compatibility.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// Where it is.
    pub part: Part,
    /// The name of the column, tensor or parameter; its place, counted from 0, where it has none;
    /// `None` where it is about all of them.
    pub name: Option<String>,
    /// The champion's side in words; `None` where it has nothing there.
    pub champion: Option<String>,
    /// The candidate's side in words; `None` where it has nothing there.
    pub candidate: Option<String>,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let part = match self.part {
            Part::Input => "input",
            Part::Output => "output",
            Part::Param => "parameter",
        };
        match &self.name {
            Some(name) => write!(f, "{part} `{name}`: ")?,
            None => write!(f, "{part}s: ")?,
        }
        let side = |side: &Option<String>| side.clone().unwrap_or_else(|| "nothing".to_owned());
        let (champion, candidate) = (side(&self.champion), side(&self.candidate));
        write!(f, "champion has {champion}, candidate has {candidate}")
    }
}

/// What a comparison of two models comes to, either of which may have no signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Compatibility {
    /// Nothing breaks.
    Compatible,
    /// These things break; never empty.
    Incompatible(Vec<Difference>),
    /// Nobody knows: a model was logged without a signature.
    Unknown {
        /// Whether the champion has a signature.
        champion: bool,
        /// Whether the candidate has a signature.
        candidate: bool,
    },
}

/// Compares two models, either of which may have no signature.
#[must_use]
pub fn judge(
    champion: Option<&Signature>,
    candidate: Option<&Signature>,
    mode: Mode,
) -> Compatibility {
    let (Some(known), Some(new)) = (champion, candidate) else {
        return Compatibility::Unknown {
            champion: champion.is_some(),
            candidate: candidate.is_some(),
        };
    };
    let differences = compare(known, new, mode);
    if differences.is_empty() {
        return Compatibility::Compatible;
    }
    Compatibility::Incompatible(differences)
}

/// Everything that keeps `candidate` from being compatible with `champion`; empty when it is.
#[must_use]
pub fn compare(champion: &Signature, candidate: &Signature, mode: Mode) -> Vec<Difference> {
    match mode {
        Mode::Exact => exact(champion, candidate),
        Mode::Backward => replaces(champion, candidate),
        Mode::Forward => replaces(candidate, champion)
            .into_iter()
            .map(turned)
            .collect(),
    }
}

/// What was found with the sides changed.
fn turned(found: Difference) -> Difference {
    Difference {
        champion: found.candidate,
        candidate: found.champion,
        ..found
    }
}

/// What breaks for callers of `old` when they get `new`.
fn replaces(old: &Signature, new: &Signature) -> Vec<Difference> {
    let mut found = Vec::new();
    // A model without inputs in its signature accepts whatever comes.
    if let Some(new) = &new.inputs {
        match &old.inputs {
            None => found.push(whole(
                Part::Input,
                Some("no schema: anything"),
                Some(&describe(new)),
            )),
            Some(old) => found.extend(accepted(old, new)),
        }
    }
    if let Some(old) = &old.outputs {
        match &new.outputs {
            None => found.push(whole(Part::Output, Some(&describe(old)), Some("no schema"))),
            Some(new) => found.extend(kept(old, new)),
        }
    }
    let new_params = by_name(&new.params);
    for old in &old.params {
        // MLflow ignores a parameter that it does not know, with a warning that callers never see.
        match new_params.get(old.name.as_str()).copied() {
            Some(new) if fit::param_accepts(new, old) => {}
            new => found.push(about_param(Some(old), new)),
        }
    }
    found
}

/// Inputs of `old` that `new` does not accept, and what it wants besides.
fn accepted(old: &Schema, new: &Schema) -> Vec<Difference> {
    match (old, new) {
        (Schema::Columns(old), Schema::Columns(new)) => {
            let fits = |new: &Column, old: Option<&Column>| match old {
                None => !new.required,
                Some(old) => (old.required || !new.required) && fit::accepts(&new.kind, &old.kind),
            };
            matched(Part::Input, old, new, fits)
        }
        (Schema::Tensors(old), Schema::Tensors(new)) => {
            let fits = |new: &Tensor, old: Option<&Tensor>| {
                old.is_some_and(|old| fit::tensor_accepts(new, old))
            };
            matched(Part::Input, old, new, fits)
        }
        _ => vec![whole(
            Part::Input,
            Some(&describe(old)),
            Some(&describe(new)),
        )],
    }
}

/// Outputs of `old` that `new` does not give.
fn kept(old: &Schema, new: &Schema) -> Vec<Difference> {
    let found = match (old, new) {
        (Schema::Columns(old), Schema::Columns(new)) => {
            let fits = |old: &Column, new: Option<&Column>| {
                new.is_some_and(|new| (new.required || !old.required) && new.kind == old.kind)
            };
            matched(Part::Output, new, old, fits)
        }
        (Schema::Tensors(old), Schema::Tensors(new)) => {
            let fits = |old: &Tensor, new: Option<&Tensor>| {
                new.is_some_and(|new| fit::tensor_accepts(old, new))
            };
            matched(Part::Output, new, old, fits)
        }
        _ => {
            return vec![whole(
                Part::Output,
                Some(&describe(old)),
                Some(&describe(new)),
            )];
        }
    };
    found.into_iter().map(turned).collect()
}

/// A column or a tensor.
trait Slot: fmt::Display {
    fn name(&self) -> Option<&str>;
}

impl Slot for Column {
    fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }
}

impl Slot for Tensor {
    fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }
}

impl fmt::Display for Column {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mark = if self.required { "" } else { " (optional)" };
        write!(f, "{}{mark}", self.kind)
    }
}

/// Every slot of `wanted` that does not fit what is offered under its name, or at its place where
/// there are no names. Offers come as the champion's side.
fn matched<S: Slot>(
    part: Part,
    offered: &[S],
    wanted: &[S],
    fits: impl Fn(&S, Option<&S>) -> bool,
) -> Vec<Difference> {
    let has_names = |slots: &[S]| slots.iter().any(|slot| slot.name().is_some());
    if has_names(offered) != has_names(wanted) {
        return vec![whole(part, Some(&names(offered)), Some(&names(wanted)))];
    }
    let named = offered
        .iter()
        .filter_map(|offer| Some((offer.name()?, offer)));
    let by_name: BTreeMap<&str, &S> = named.collect();
    let mut found = Vec::new();
    for (index, wanted) in wanted.iter().enumerate() {
        let offer = match wanted.name() {
            Some(name) => by_name.get(name).copied(),
            None => offered.get(index),
        };
        if !fits(wanted, offer) {
            found.push(Difference {
                part,
                name: Some(
                    wanted
                        .name()
                        .map_or_else(|| index.to_string(), str::to_owned),
                ),
                champion: offer.map(ToString::to_string),
                candidate: Some(wanted.to_string()),
            });
        }
    }
    found
}

fn exact(champion: &Signature, candidate: &Signature) -> Vec<Difference> {
    let mut found = Vec::new();
    let parts = [
        (Part::Input, &champion.inputs, &candidate.inputs),
        (Part::Output, &champion.outputs, &candidate.outputs),
    ];
    for (part, champion, candidate) in parts {
        match (champion, candidate) {
            (champion, candidate) if champion == candidate => {}
            (Some(Schema::Columns(old)), Some(Schema::Columns(new))) => {
                found.extend(unequal(part, old, new));
            }
            (Some(Schema::Tensors(old)), Some(Schema::Tensors(new))) => {
                found.extend(unequal(part, old, new));
            }
            (old, new) => {
                let (old, new) = (old.as_ref().map(describe), new.as_ref().map(describe));
                found.push(whole(part, old.as_deref(), new.as_deref()));
            }
        }
    }
    let (old_params, new_params) = (by_name(&champion.params), by_name(&candidate.params));
    for old in &champion.params {
        let new = new_params.get(old.name.as_str()).copied();
        if new != Some(old) {
            found.push(about_param(Some(old), new));
        }
    }
    let is_known = |new: &&Param| old_params.contains_key(new.name.as_str());
    let added = candidate.params.iter().filter(|new| !is_known(new));
    found.extend(added.map(|new| about_param(None, Some(new))));
    found
}

/// What differs between two lists that are not equal; where every slot is, the order is.
fn unequal<S: Slot + PartialEq>(part: Part, old: &[S], new: &[S]) -> Vec<Difference> {
    let mut found = matched(part, old, new, |new, old| old == Some(new));
    let lost = matched(part, new, old, |_, new| new.is_some());
    found.extend(lost.into_iter().filter(|it| it.name.is_some()).map(turned));
    if found.is_empty() {
        found.push(whole(part, Some(&names(old)), Some(&names(new))));
    }
    found
}

fn by_name(params: &[Param]) -> BTreeMap<&str, &Param> {
    params.iter().map(|it| (it.name.as_str(), it)).collect()
}

fn about_param(champion: Option<&Param>, candidate: Option<&Param>) -> Difference {
    let shown = |param: &Param| format!("{param} = {}", param.default);
    Difference {
        part: Part::Param,
        name: champion.or(candidate).map(|param| param.name.clone()),
        champion: champion.map(shown),
        candidate: candidate.map(shown),
    }
}

fn whole(part: Part, champion: Option<&str>, candidate: Option<&str>) -> Difference {
    Difference {
        part,
        name: None,
        champion: champion.map(str::to_owned),
        candidate: candidate.map(str::to_owned),
    }
}

fn describe(schema: &Schema) -> String {
    match schema {
        Schema::Columns(columns) => names(columns),
        Schema::Tensors(tensors) => format!("tensors: {}", names(tensors)),
    }
}

/// The names in their order, or how many there are without one.
fn names<S: Slot>(slots: &[S]) -> String {
    let names: Vec<_> = slots.iter().filter_map(Slot::name).collect();
    if names.is_empty() {
        return format!("{} without names", slots.len());
    }
    format!("`{}`", names.join("`, `"))
}
