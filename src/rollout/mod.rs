//! What a rollout is: traffic in steps, and what every step needs before the next one.
//!
//! The one decision here: nothing in this room moves traffic. It is told what was seen and says
//! what to do next; what it has to remember is one value, [`State`], that is written down before
//! anything is done, so that whoever comes after a crash goes on from there.

mod event;
mod evidence;
mod exposition;
#[cfg(test)]
mod laws;
mod look;
mod machine;
mod routes;
mod seen;
mod state;
mod watch;
mod window;
#[cfg(test)]
mod world;

pub use event::{Action, Asked, End, Event, Limits};
pub use evidence::{Measured, evidence, place};
pub use exposition::{Exposition, Unreadable};
pub use machine::Rollout;
pub use routes::Routes;
pub use seen::{Seen, Update};
pub use state::{Because, Cause, Direction, FORMAT, Phase, Side, State};
pub use window::{Measurement, Window};
