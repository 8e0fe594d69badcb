//! Rules as text: the canonical form, which is what reports show.
//!
//! The one decision here: a one-line rule is printed as the line that [`super::grammar::parse`]
//! reads back to the same rule. What only a map can say is printed as a line for people.

mod id;
mod line;
mod map;

pub use id::id_of;
