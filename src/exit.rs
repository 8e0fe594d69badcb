//! How the process ends: the six exit codes, a stable interface that pipelines branch on.
//!
//! The one decision here: "no" and "could not look" are different answers, and only a complete
//! judgement is a yes.

/// The answer of a command, as a process exit code.
///
/// The numbers are part of the public interface and never change their meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Exit {
    /// `0`: yes. The spec is valid, the files are current, the gate passed.
    Yes = 0,
    /// `1`: no. The gate blocked, files drifted.
    No = 1,
    /// `2`: the question was wrong: usage error, or an invalid spec.
    Usage = 2,
    /// `3`: the evidence could not be had: network, credentials, a damaged or unknown store.
    NoEvidence = 3,
    /// `4`: hold. The evidence is inconclusive and a person decides.
    Hold = 4,
    /// `5`: conflict. Something moved between the judgement and the act.
    Conflict = 5,
}

impl Exit {
    /// The number handed to the operating system.
    #[must_use]
    pub fn code(self) -> u8 {
        self as u8
    }
}

impl From<Exit> for std::process::ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}
