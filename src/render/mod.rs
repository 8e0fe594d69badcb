//! From typed workflows and pipelines to text, and back to prove it.
//!
//! The one decision here: templates print, types prove. A template sees typed values only and puts
//! each through a filter; what comes out is parsed back into the same types and must be equal,
//! before anyone else gets to see it.

mod bundle;
mod error;
mod file;
mod print;
mod scalar;
mod template;
mod templates;
mod verify;

pub use bundle::{BUNDLE_PATTERNS, beside, may_be_of_bundle};
pub use error::{RenderError, TemplateFault};
pub use file::{FOLDERS, PinsOnDisk, RenderedFile, files, paths};
pub use print::{azure_pipeline, bundle, github_workflow, resource_file};
pub use scalar::{block, comment, folded, scalar};
pub use templates::{Templates, built_in};
