//! A signature, as MLflow means it (`mlflow/types/schema.py`).

use serde_json::Value;

/// What a model takes and gives. A part that is `None` was not declared.
#[derive(Debug, Clone, PartialEq)]
pub struct Signature {
    /// What callers send.
    pub inputs: Option<Schema>,
    /// What callers get.
    pub outputs: Option<Schema>,
    /// What callers may set besides; each has a default.
    pub params: Vec<Param>,
}

/// Columns or tensors, never both; all of them have names, or none has.
#[derive(Debug, Clone, PartialEq)]
pub enum Schema {
    /// A table.
    Columns(Vec<Column>),
    /// Arrays of numbers with a shape.
    Tensors(Vec<Tensor>),
}

/// A column of a table.
#[derive(Debug, Clone, PartialEq)]
pub struct Column {
    /// Its name; `None` where columns are told apart by their place.
    pub name: Option<String>,
    /// The type of its values.
    pub kind: Type,
    /// Whether it has to be there.
    pub required: bool,
}

/// An array with a type and a shape.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tensor {
    /// Its name; `None` for a single one.
    pub name: Option<String>,
    /// The name of a numpy type, such as `float32`.
    pub dtype: String,
    /// The length of each dimension; -1 for any.
    pub shape: Vec<i64>,
}

/// The type of a value.
#[derive(Debug, Clone, PartialEq)]
pub enum Type {
    /// One value.
    Scalar(Scalar),
    /// A list of values of one type.
    Array(Box<Type>),
    /// A mapping with these keys and no others.
    Object(Vec<Property>),
    /// A mapping from any text to values of one type.
    Map(Box<Type>),
    /// Anything; MLflow checks nothing.
    Any,
    /// A vector of Spark ML.
    SparkVector,
}

/// A key of an object.
#[derive(Debug, Clone, PartialEq)]
pub struct Property {
    /// Its name.
    pub name: String,
    /// The type of its value.
    pub kind: Type,
    /// Whether it has to be there.
    pub required: bool,
}

/// MLflow's `DataType`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scalar {
    /// True or false.
    Boolean,
    /// A signed integer of 32 bits.
    Integer,
    /// A signed integer of 64 bits.
    Long,
    /// A floating-point number of 32 bits.
    Float,
    /// A floating-point number of 64 bits.
    Double,
    /// Text.
    String,
    /// Bytes.
    Binary,
    /// A point in time.
    Datetime,
}

/// Something callers may set.
#[derive(Debug, Clone, PartialEq)]
pub struct Param {
    /// Its name.
    pub name: String,
    /// A scalar or an object.
    pub kind: Type,
    /// What it is when nobody sets it.
    pub default: Value,
    /// `None` for one value, `[-1]` for a list.
    pub shape: Option<Vec<i64>>,
}
