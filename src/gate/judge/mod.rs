//! Evidence and checks in, judgement out. Every row of the semantics table is in this folder.

mod age;
mod aggregate;
mod answers;
mod case;
mod comparable;
mod coverage;
mod dataset;
mod import;
mod logged_table;
mod look;
mod lost;
mod metric;
mod place;
mod range;
mod record;
mod relative;
mod samples;
mod score;
mod scorers;
mod series;
mod signature;
mod slice;
mod slice_name;
mod slice_size;
mod slice_table;
mod slices;
mod test;
mod unseen;
mod verdict;
mod waive;
mod worst;

pub(super) use aggregate::is_aggregate;
pub(crate) use score::is_computed;
pub(super) use slice_name::prefix as slice_prefix;
pub use verdict::{judge, judge_with};
