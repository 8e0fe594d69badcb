//! Evidence and checks in, judgement out. Every row of the semantics table is in this folder.

mod case;
mod metric;
mod verdict;

pub use verdict::judge;
