//! Evidence: what a check may look at, and where each piece of it was read.
//!
//! The one decision here: everything a judgement rests on is one value, [`Evidence`], that can be
//! written to a file and read back. What is judged is exactly what was recorded.

mod bundle;
mod ledger;
mod logged_model;
mod metric;
mod model_files;
mod reference;
mod row;
mod run;
mod subject;
mod value;
mod version;
mod wanted;

pub use bundle::{Evidence, Referent};
pub use ledger::{ENTRY_TAG, Entry, HEAD_TAG, Ledger, ROLLOUT_TAG};
pub use logged_model::{LoggedModel, ModelMetric};
pub use metric::{Dataset, DatasetInput, Metric, Metrics};
pub use model_files::{
    DEEPEST_MODEL_FILE, MOST_MODEL_FILES, ModelFile, ModelFiles, UnclearFiles, is_digest,
    require_clear,
};
pub use reference::Reference;
pub use row::{Answer, Assessment, Assessments};
pub use run::{Run, RunStatus};
pub use subject::{File, Subject};
pub use value::{Finite, Reading};
pub use version::{COPIED_TAG, ModelVersion};
pub use wanted::{Found, Wanted};
