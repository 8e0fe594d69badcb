//! Whether what is sent for one type is accepted for another: the lattice of MLflow's types.
//!
//! The one decision here: a type accepts another when MLflow accepts *every* value of it.
//!
//! ```text
//! integer ─▶ long          float ─▶ double          anything ─▶ any
//!    └─────────────────────────────────▲
//! ```
//!
//! `long` is no `double`: MLflow refuses 64-bit integers for a double, but for zeros and ones.
//! `string` is neither `boolean`, `binary` nor `datetime`, though MLflow lets pandas' `object`
//! columns pass for the former two unseen, and for the latter where every value can be parsed.

use std::collections::BTreeMap;

use super::schema::{Param, Property, Scalar, Tensor, Type};

/// Whether `wanted` accepts every value of `sent`
/// (`_enforce_mlflow_datatype`, `_enforce_type` in `mlflow/models/utils.py`).
pub(super) fn accepts(wanted: &Type, sent: &Type) -> bool {
    match (wanted, sent) {
        (Type::Any, _) | (Type::SparkVector, Type::SparkVector) => true,
        (Type::Scalar(wanted), Type::Scalar(sent)) => widens(*sent, *wanted),
        (Type::Array(wanted), Type::Array(sent)) | (Type::Map(wanted), Type::Map(sent)) => {
            accepts(wanted, sent)
        }
        (Type::Object(wanted), Type::Object(sent)) => object_accepts(wanted, sent),
        // The keys of an object are text. One that may be left out may be sent as null as well.
        (Type::Map(wanted), Type::Object(sent)) => {
            let passes = |it: &Property| it.required && accepts(wanted, &it.kind);
            sent.iter().all(|it| **wanted == Type::Any || passes(it))
        }
        _ => false,
    }
}

/// A key that the object does not name is refused, unlike a column.
fn object_accepts(wanted: &[Property], sent: &[Property]) -> bool {
    let (names_wanted, names_sent) = (by_name(wanted), by_name(sent));
    let known = sent.iter().all(|sent| {
        let wanted = names_wanted.get(sent.name.as_str());
        wanted.is_some_and(|wanted| {
            (sent.required || !wanted.required) && accepts(&wanted.kind, &sent.kind)
        })
    });
    let mut required = wanted.iter().filter(|wanted| wanted.required);
    let sent_is_whole = required.all(|wanted| {
        let sent = names_sent.get(wanted.name.as_str());
        sent.is_some_and(|sent| sent.required)
    });
    known && sent_is_whole
}

fn by_name(properties: &[Property]) -> BTreeMap<&str, &Property> {
    properties.iter().map(|it| (it.name.as_str(), it)).collect()
}

/// Whether every value of one scalar can be read as another without loss.
fn widens(from: Scalar, to: Scalar) -> bool {
    from == to
        || matches!(
            (from, to),
            (Scalar::Integer, Scalar::Long | Scalar::Double) | (Scalar::Float, Scalar::Double)
        )
}

/// Whether a tensor accepts every tensor of another kind (`_enforce_tensor_spec`). Types are never
/// converted; a dimension of -1 accepts any length.
pub(super) fn tensor_accepts(wanted: &Tensor, sent: &Tensor) -> bool {
    if wanted.dtype == "object" && wanted.shape == [-1] {
        return true;
    }
    wanted.dtype == sent.dtype
        && wanted.shape.len() == sent.shape.len()
        && wanted
            .shape
            .iter()
            .zip(&sent.shape)
            .all(|(wanted, sent)| *wanted == -1 || wanted == sent)
}

/// Whether a parameter accepts every value of another (`_ALLOWED_CONVERSIONS_FOR_PARAMS`): here
/// integers of any size become floating-point numbers.
pub(super) fn param_accepts(wanted: &Param, sent: &Param) -> bool {
    let converts = match (&wanted.kind, &sent.kind) {
        (Type::Scalar(wanted), Type::Scalar(sent)) => {
            use Scalar::{Double, Float, Integer, Long};
            wanted == sent
                || matches!(
                    (sent, wanted),
                    (Integer, Long | Float | Double) | (Long, Float | Double) | (Float, Double)
                )
        }
        (wanted, sent) => accepts(wanted, sent),
    };
    wanted.shape == sent.shape && converts
}
