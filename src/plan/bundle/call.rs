//! One call of the command line of Databricks.
//!
//! The one decision here: a call says what is meant and how it signs in, and has no other secret.

use crate::plan::job::Env;

/// One call about a bundle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BundleCall {
    /// What is done.
    pub deed: BundleDeed,
    /// The target: the name of the environment, or the one of pull requests.
    pub target: String,
    /// Its variables: how it signs in, and the number of the pull request where there is one.
    pub env: Env,
}

/// What is done with a bundle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BundleDeed {
    /// Fail where the bundle reads any other file than these of `resources/`.
    OnlyThese(Vec<String>),
    /// Look at what is written.
    Validate,
    /// Read what is written, and what is deployed.
    Read,
    /// Say what a deployment would change, and keep that.
    Plan,
    /// Deploy what was planned.
    Deploy,
    /// Run the job of the stages, the gates and the promotion, to its end.
    Train,
    /// Deploy the copy of a pull request.
    DeployCopy,
    /// Run the job of that copy.
    TrainCopy,
    /// Remove that copy, and whatever it made.
    DestroyCopy,
    /// Deploy what needs a live model.
    Serve(SecondPhase),
}

/// What has to be known before the second phase is deployed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecondPhase {
    /// The endpoint's name, where there is one.
    pub endpoint: Option<String>,
    /// The tables that are profiled, by their full names.
    pub tables: Vec<String>,
}
