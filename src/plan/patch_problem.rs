//! What keeps a patch from being applied.

use std::fmt;

use super::error::shown;
use crate::diagnostic::nearest;

/// What is wrong with a patch.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum PatchProblem {
    /// It names a pipeline, a job or a step that is not there.
    Unknown {
        /// `pipeline`, `job` or `step`.
        what: &'static str,
        /// The name.
        name: String,
        /// The names that are there.
        known: Vec<String>,
    },
    /// Jobs of several pipelines have this id.
    Several {
        /// The job.
        job: String,
    },
    /// It sets something that the job or step does not have.
    NotThere {
        /// What is patched, such as "the step" and its id.
        what: String,
        /// The key.
        key: &'static str,
    },
    /// It changes or removes what makes the pipeline safe.
    Essential {
        /// What is patched.
        what: String,
    },
    /// It changes what is inside a hook.
    Hook {
        /// The job that is the hook.
        job: String,
    },
    /// It removes a job that another one needs.
    Needed {
        /// The job.
        job: String,
        /// The other one.
        by: String,
    },
}

impl PatchProblem {
    /// What to do about it.
    pub(super) fn help(&self) -> String {
        match self {
            Self::Unknown { what, name, known } => {
                match nearest(name, known.iter().map(String::as_str)) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => format!("{what}s here are {}", known.join(", ")),
                }
            }
            Self::Several { .. } => "name the pipeline with `pipeline:`".to_owned(),
            Self::NotThere { .. } => {
                "`run`, `env` and `timeout` are of steps that run a command of yours; a job has \
                 `env` and `timeout`"
                    .to_owned()
            }
            Self::Essential { .. } => {
                "insert steps beside it, change the spec, or detach the file".to_owned()
            }
            Self::Hook { .. } => {
                "change the file that the hook calls; a patch may set its name or remove it"
                    .to_owned()
            }
            Self::Needed { by, .. } => format!("remove `{by}` as well, or neither"),
        }
    }
}

impl fmt::Display for PatchProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown { what, name, .. } => write!(f, "there is no {what} `{}`", shown(name)),
            Self::Several { job } => write!(f, "several pipelines have a job `{}`", shown(job)),
            Self::NotThere { what, key } => write!(f, "{what} has no `{key}` to set"),
            Self::Essential { what } => {
                write!(
                    f,
                    "{what} is what the pipeline is for, and cannot be patched away"
                )
            }
            Self::Hook { job } => {
                write!(f, "the job `{}` is a hook, with no steps here", shown(job))
            }
            Self::Needed { job, by } => write!(f, "the job `{by}` needs `{job}`"),
        }
    }
}
