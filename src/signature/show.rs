//! Types in words: `long`, `array<string>`, `tensor float32 (-1, 28)`.

use std::fmt;

use super::schema::{Param, Property, Scalar, Tensor, Type};

impl Scalar {
    /// Every type, with the name MLflow gives it.
    pub(super) const NAMES: [(&'static str, Self); 8] = [
        ("boolean", Self::Boolean),
        ("integer", Self::Integer),
        ("long", Self::Long),
        ("float", Self::Float),
        ("double", Self::Double),
        ("string", Self::String),
        ("binary", Self::Binary),
        ("datetime", Self::Datetime),
    ];

    /// The type with this name.
    pub(super) fn named(name: &str) -> Option<Self> {
        let found = Self::NAMES.into_iter().find(|(known, _)| *known == name);
        found.map(|(_, scalar)| scalar)
    }
}

impl fmt::Display for Scalar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let found = Self::NAMES.into_iter().find(|(_, scalar)| scalar == self);
        f.write_str(found.map_or("", |(name, _)| name))
    }
}

impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Scalar(scalar) => scalar.fmt(f),
            Self::Array(items) => write!(f, "array<{items}>"),
            Self::Map(values) => write!(f, "map<{values}>"),
            Self::Any => f.write_str("any"),
            Self::SparkVector => f.write_str("sparkml_vector"),
            Self::Object(properties) => {
                f.write_str("object{")?;
                for (index, property) in properties.iter().enumerate() {
                    let comma = if index == 0 { "" } else { ", " };
                    write!(f, "{comma}{property}")?;
                }
                f.write_str("}")
            }
        }
    }
}

impl fmt::Display for Property {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mark = if self.required { "" } else { "?" };
        write!(f, "{}{mark}: {}", self.name, self.kind)
    }
}

impl fmt::Display for Tensor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "tensor {} {}", self.dtype, shape(&self.shape))
    }
}

impl fmt::Display for Param {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.shape {
            None => write!(f, "{}", self.kind),
            Some(lengths) => write!(f, "{} {}", self.kind, shape(lengths)),
        }
    }
}

fn shape(lengths: &[i64]) -> String {
    let lengths: Vec<_> = lengths.iter().map(ToString::to_string).collect();
    format!("({})", lengths.join(", "))
}
