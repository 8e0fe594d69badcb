//! What keeps a hook from being called where it is asked for.

use std::fmt;

use super::error::shown;

/// What is wrong with a hook.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum HookProblem {
    /// Its path names another repository.
    Elsewhere {
        /// The path.
        path: String,
    },
    /// A secret, for a pipeline that runs what anyone proposes.
    SecretsOfProposal {
        /// The pipeline.
        pipeline: &'static str,
    },
    /// A step of a job that signs in for a change that anyone may propose.
    SignsIn {
        /// The job.
        job: String,
    },
    /// A stage that is no step where it runs.
    OnDatabricks {
        /// The stage.
        stage: String,
        /// The environment; `None` where no pipeline runs it.
        environment: Option<String>,
    },
    /// A step that comes before the files of the repository, or a job that has none.
    NoRepository {
        /// The job.
        job: String,
    },
    /// A step of a job that holds the credentials that move the live alias.
    MovesAlias {
        /// The job.
        job: String,
    },
    /// A job that waits for nobody and that nobody waits for.
    Last {
        /// The job.
        job: String,
    },
}

impl HookProblem {
    pub(super) fn help(&self) -> &'static str {
        match self {
            Self::Elsewhere { .. } => {
                "a hook is a file of this repository, without `@` in its path"
            }
            Self::SecretsOfProposal { .. } => {
                "remove `secrets`, or call the hook in `deliver` alone: `pipeline: deliver`"
            }
            Self::OnDatabricks { .. } => {
                "name the pipeline that runs it here, such as `pipeline: ci`, or a job and one of \
                 its steps, such as `step: train-on-databricks`"
            }
            Self::NoRepository { .. } => "call it after `check-out-the-repository`",
            Self::MovesAlias { .. } | Self::SignsIn { .. } => {
                "call it beside the job: leave out `step`"
            }
            Self::Last { .. } => "name one of the jobs before it",
        }
    }
}

impl fmt::Display for HookProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Elsewhere { path } => {
                write!(f, "`{}` may lie in another repository", shown(path))
            }
            Self::SecretsOfProposal { pipeline } => write!(
                f,
                "`{pipeline}` runs proposed changes, and the hook would get secrets there"
            ),
            Self::SignsIn { job } => write!(
                f,
                "`{}` signs in for whoever reviews a change, and runs nothing that the change brings",
                shown(job)
            ),
            Self::OnDatabricks { stage, environment } => match environment {
                Some(name) => write!(
                    f,
                    "the stage `{stage}` runs on Databricks in `{name}`, and is no step there"
                ),
                None => write!(f, "the stage `{stage}` is no step of these pipelines"),
            },
            Self::NoRepository { job } => write!(
                f,
                "the hook is a file of the repository, which `{}` does not have at that point",
                shown(job)
            ),
            Self::MovesAlias { job } => write!(
                f,
                "`{}` may move the live alias, and runs nothing of the project's own",
                shown(job)
            ),
            Self::Last { job } => write!(
                f,
                "`{}` runs whatever became of the others, and takes no hooks",
                shown(job)
            ),
        }
    }
}
