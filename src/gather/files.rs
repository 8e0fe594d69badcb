//! Where files are read that evidence needs.

use super::GatherError;
use crate::evidence::File;

/// A file as it was found, or that it is certainly not there.
type Answer = Result<File, GatherError>;

/// How files are read: from where MLflow keeps artifacts, and from the spec's folder.
#[derive(Clone, Copy)]
pub struct Files<'a> {
    /// A text below an artifact location as MLflow spells it, by its path.
    pub artifact: &'a dyn Fn(&str, &str) -> Answer,
    /// A text by its path from the spec's folder.
    pub beside_spec: &'a dyn Fn(&str) -> Answer,
}
