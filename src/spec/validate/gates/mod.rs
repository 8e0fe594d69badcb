//! The gates: every check read, named, and looked at for what it probably does not mean.
//!
//! The one decision here: however a check is written, it becomes one type first; every lint looks
//! at that type and at nothing else.

mod certain;
mod check;
mod gate;
mod import;
mod inverted;
mod line;
mod pairs;
mod place;
mod settings;
mod slices;
mod table;
mod test;

pub(super) use gate::gates;
