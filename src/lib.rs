//! One spec of how a model is made. The pipelines that make it, generated. A gate that decides
//! whether the result may go live, and a record of why.

pub mod console;
pub mod decision;
pub mod diagnostic;
pub mod evidence;
pub mod exit;
pub mod gate;
pub mod http;
pub mod mlflow;
pub mod plan;
pub mod render;
pub mod report;
pub mod spec;
pub mod store;
pub mod tree;
