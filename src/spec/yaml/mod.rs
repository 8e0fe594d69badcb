//! YAML text to a tree that knows where everything stands.
//!
//! The one decision here: the spec is read by a loader of our own on an event parser. Neither
//! `serde_yaml` nor its fork gives byte spans, errors for duplicate keys in untyped maps, or limits
//! against nesting and alias bombs; they stay in use where a typed file is read back.
//!
//! What is accepted is a subset: one document, string keys, no tags, no merge keys. Plain scalars
//! follow the YAML 1.2 core schema, and those that YAML 1.1 readers see differently are reported.

mod load;
mod node;
mod scalar;

pub use load::load;
pub use node::{Content, Entry, Node, Place};
