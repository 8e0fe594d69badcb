//! Why a line cannot be read.

/// Why a line cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SyntaxError {
    /// The first byte of the offending word.
    pub offset: usize,
    /// Its length in bytes.
    pub length: usize,
    /// What is wrong, as a lowercase fragment.
    pub message: String,
    /// What to write instead.
    pub help: String,
}

impl SyntaxError {
    pub(super) fn new(
        offset: usize,
        length: usize,
        message: impl Into<String>,
        help: impl Into<String>,
    ) -> Self {
        Self {
            offset,
            length,
            message: message.into(),
            help: help.into(),
        }
    }
}

/// What a check looks like, for whoever wrote something else.
pub(super) const SHAPE: &str =
    "a check reads `metric comparison threshold`, like `rmse <= 5.0` or `r2 >= champion - 0.01`";
