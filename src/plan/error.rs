//! What keeps a spec from becoming pipelines.
//!
//! The one decision here: a spec can be valid and still have no correct pipeline on one of the
//! providers. Then nothing is generated, and each problem points at the place in the spec to change.

use std::fmt;

use super::cron::CronProblem;
use super::graph_problem::GraphProblem;
use super::hook_problem::HookProblem;
use super::patch_problem::PatchProblem;
use super::pins::Pinned;
use super::settings_problem::SettingsProblem;

/// A problem, and the place in the spec it comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanError {
    /// JSON pointer into the spec, such as `/stages/train/run`. It may name a key that the spec
    /// leaves to its default; then its nearest ancestor is the place.
    pub pointer: String,
    /// What is wrong.
    pub problem: Problem,
}

impl PlanError {
    /// A problem at the place that these keys lead to.
    pub(super) fn new(path: &[&str], problem: Problem) -> Self {
        let escaped = path
            .iter()
            .map(|key| key.replace('~', "~0").replace('/', "~1"));
        Self {
            pointer: escaped.flat_map(|key| ["/".to_owned(), key]).collect(),
            problem,
        }
    }
}

impl fmt::Display for PlanError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.problem.fmt(formatter)
    }
}

impl std::error::Error for PlanError {}

/// What is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Problem {
    /// A text holds what both providers would expand before anything else sees it.
    Expression,
    /// A command or text holds a macro that Azure would replace.
    AzureMacro {
        /// The macro, such as `$(Build.SourceBranch)`.
        text: String,
    },
    /// A text holds what Databricks would fill in.
    Filled {
        /// How such a reference begins.
        opening: &'static str,
    },
    /// A text of one line holds a line break or another control character.
    ControlCharacter,
    /// A name that cannot be part of an id.
    BadName {
        /// The name.
        name: String,
    },
    /// A path that cannot be written into a shell line.
    BadPath {
        /// The path.
        path: String,
    },
    /// A pattern of paths that not everyone reads alike.
    BadPattern {
        /// The pattern.
        pattern: String,
    },
    /// An environment variable that cannot have this name.
    BadVariable {
        /// The name.
        name: String,
    },
    /// Two environment variables whose names differ in case only.
    SameVariable {
        /// The one.
        first: String,
        /// The other.
        second: String,
    },
    /// Two things that would get the same id.
    SameId {
        /// The one.
        first: String,
        /// The other.
        second: String,
        /// Their id.
        id: String,
    },
    /// A schedule that means nothing, or not the same to both providers.
    Schedule(CronProblem),
    /// A container image that is not named by its digest.
    LooseImage {
        /// The image.
        image: String,
    },
    /// Settings of the CI system that name or ask for what there is not.
    Settings(SettingsProblem),
    /// Jobs that do not fit together.
    Graph(GraphProblem),
    /// There is nothing to run.
    NoStages,
    /// An approval or a verification, and no gate that says which version it is about.
    NoGateBefore {
        /// Which of the two.
        what: &'static str,
    },
    /// The push that deploys an environment cannot be told exactly.
    Push(PushProblem),
    /// A local store that cannot travel to the job after the approval.
    StoreCannotTravel {
        /// The store, as written.
        uri: String,
    },
    /// A patch that cannot be applied.
    Patch(PatchProblem),
    /// A hook that cannot be called where it is asked for.
    Hook(HookProblem),
    /// A pin that is not a commit and a version.
    BadPin {
        /// The pin.
        text: String,
    },
    /// A pin of an action that no workflow uses.
    UnknownAction {
        /// The action.
        name: String,
    },
}

impl Problem {
    /// What to do about it.
    #[must_use]
    pub fn help(&self) -> String {
        let help = match self {
            Self::Expression => {
                "put the value under `variables` or `secrets` of an environment, and use it as \
                 an environment variable: \"$NAME\""
            }
            Self::AzureMacro { text } => return macro_help(text),
            Self::UnknownAction { .. } => return action_help(),
            Self::Patch(problem) => return problem.help(),
            Self::Hook(problem) => problem.help(),
            Self::Filled { .. } => {
                "write the value itself; only the parameters of a stage may refer to others"
            }
            Self::ControlCharacter => "write it on one line, without control characters",
            Self::BadName { .. } => {
                "use lower-case letters, digits, `-` and `_`, a letter first, 40 at most"
            }
            Self::BadPath { .. } => "use letters, digits, space, and `.`, `_`, `-`, `+`, `@`, `/`",
            Self::BadPattern { .. } => {
                "write a path from the repository root without `..`, with `*` for anything but \
                 `/`, and `**` for any folders"
            }
            Self::BadVariable { .. } => {
                "use letters, digits and `_`, and no name that the CI system keeps for itself"
            }
            Self::SameVariable { .. } => "rename one: CI systems do not tell them apart",
            Self::SameId { .. } => "rename one",
            Self::NoStages => "add the command that trains the model under `stages:`",
            Self::NoGateBefore { .. } => {
                "name a gate for the environment under `promotion.gates`, or remove this"
            }
            Self::StoreCannotTravel { .. } => {
                "write a server's URL, or a plain file such as `sqlite:///mlflow.db`"
            }
            Self::BadPin { .. } => {
                "write the 40 hexadecimal digits of the commit, then ` # ` and the version"
            }
            Self::Push(problem) => problem.help(),
            Self::Schedule(problem) => problem.help(),
            Self::Settings(problem) => return problem.help(),
            Self::Graph(_) => "this is a mistake in gatewright; please report it",
            Self::LooseImage { .. } => {
                "write `name@sha256:` and the 64 hexadecimal digits of its digest"
            }
        };
        help.to_owned()
    }
}

fn macro_help(text: &str) -> String {
    let command = text.replacen("$(", "$( ", 1);
    format!(
        "Azure would put a value in its place before the shell sees it; use an environment \
         variable, or write `{command}` for a command"
    )
}

fn action_help() -> String {
    let names: Vec<_> = Pinned::ALL.iter().map(|action| action.name()).collect();
    format!("generated workflows use {}", names.join(", "))
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Expression => f.write_str("the CI system would expand `${{` in it"),
            Self::AzureMacro { text } => write!(f, "Azure would replace `{}` in it", shown(text)),
            Self::Filled { opening } => {
                write!(f, "Databricks would fill in `{opening}` in it")
            }
            Self::ControlCharacter => f.write_str("it holds a line break or control character"),
            Self::BadName { name } => write!(f, "`{}` cannot be part of an id", shown(name)),
            Self::BadPattern { pattern } => {
                write!(f, "`{}` is no pattern of paths", shown(pattern))
            }
            Self::BadPath { path } => {
                write!(
                    f,
                    "the path `{}` cannot be part of a shell line",
                    shown(path)
                )
            }
            Self::BadVariable { name } => write!(f, "`{}` is no variable name", shown(name)),
            Self::SameVariable { first, second } => {
                write!(
                    f,
                    "the variables `{first}` and `{second}` differ in case only"
                )
            }
            Self::SameId { first, second, id } => {
                write!(f, "{first} and {second} would both get the id `{id}`")
            }
            Self::NoStages => f.write_str("there is no stage to run"),
            Self::NoGateBefore { what } => {
                write!(f, "`{what}` is asked for, and there is no gate before it")
            }
            Self::StoreCannotTravel { uri } => {
                write!(
                    f,
                    "the store `{}` cannot be handed to the promotion",
                    shown(uri)
                )
            }
            Self::BadPin { text } => write!(f, "`{}` is not a pin", shown(text)),
            Self::UnknownAction { name } => {
                write!(f, "no workflow uses the action `{}`", shown(name))
            }
            Self::Push(problem) => problem.fmt(f),
            Self::Schedule(problem) => problem.fmt(f),
            Self::Patch(problem) => problem.fmt(f),
            Self::Hook(problem) => problem.fmt(f),
            Self::Settings(problem) => problem.fmt(f),
            Self::Graph(problem) => problem.fmt(f),
            Self::LooseImage { image } => {
                write!(f, "the image `{}` is not named by its digest", shown(image))
            }
        }
    }
}

/// What is wrong with the push that deploys an environment.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum PushProblem {
    /// A branch that cannot be compared with exactly.
    Branch {
        /// The branch.
        branch: String,
    },
    /// A tag pattern that cannot be compared with exactly.
    Tag {
        /// The pattern.
        pattern: String,
    },
    /// A tag pattern that Azure has no condition for.
    AzureTag {
        /// The pattern.
        pattern: String,
    },
    /// A tag pattern that only works while it is the only one.
    SecondTag {
        /// The pattern.
        pattern: String,
    },
    /// One push would deploy two environments, in no order.
    Overlap {
        /// The other pattern or branch.
        other: String,
        /// The environment it deploys.
        environment: String,
    },
}

impl PushProblem {
    fn help(&self) -> &'static str {
        match self {
            Self::Branch { .. } => {
                "name one branch, with letters, digits, and `.`, `_`, `-`, `/`, `#`, `@`"
            }
            Self::Tag { .. } => {
                "write a tag such as `stable`, or a pattern with its `*` last, such as `v*`"
            }
            Self::AzureTag { .. } => "put the `*` last, such as `v*`, or remove `ci.azure`",
            Self::SecondTag { .. } => "put the `*` last, such as `v*`",
            Self::Overlap { .. } => {
                "make the two equal, to deploy one after the other, or keep them apart"
            }
        }
    }
}

impl fmt::Display for PushProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Branch { branch: text } | Self::Tag { pattern: text } => {
                write!(f, "`{}` cannot be compared with exactly", shown(text))
            }
            Self::AzureTag { pattern } => {
                write!(
                    f,
                    "Azure has no condition for the tag pattern `{}`",
                    shown(pattern)
                )
            }
            Self::SecondTag { pattern } => {
                write!(
                    f,
                    "`{}` cannot be told from other environments' tags",
                    shown(pattern)
                )
            }
            Self::Overlap { other, environment } => {
                let other = shown(other);
                write!(
                    f,
                    "the same push can deploy `{environment}`, by `{other}`, in no order"
                )
            }
        }
    }
}

/// Text from a spec on one line, whatever it holds.
pub(super) fn shown(text: &str) -> String {
    text.escape_debug().to_string()
}
