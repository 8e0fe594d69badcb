//! From the bytes of `gatewright.yaml` to a [`Spec`] that is known to be right.
//!
//! The one decision here: every problem is reported, not the first. Text becomes a tree that knows
//! where everything stands ([`yaml`]), the tree is held against the JSON Schema, what fits becomes
//! the [`raw`] mirror, and every rule of [`validate`] looks at all of it.

pub mod databricks;
pub mod model;
pub mod quartz;
pub mod raw;
pub mod schema;
pub mod serving;
pub mod setting;
pub mod validate;
pub mod yaml;

mod ci;
mod hook;
mod patch;
mod prune;
mod read;
mod structure;
mod waivers;
mod wording;

pub use ci::{Azure, Ci, CiDatabricks, CiSettings, Github, Install, Machine, Runner};
pub use hook::{Hook, HookPlace, Side};
pub use model::{
    Approval, Attestors, Auth, Deploy, Environment, Mlflow, Model, Monitor, PromotionPolicy,
    Python, Spec, Stage, Work,
};
pub use patch::{Patch, PatchChange, PatchSettings, PatchStep};
pub use read::{Reading, read};
pub use serving::{Driver, OnFailure, Online, Rollout, Steps};
pub use setting::{Piece, Setting};
pub use waivers::waivers;
