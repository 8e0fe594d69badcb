//! One write, until it is known whether it was carried out.
//!
//! The one decision here: a write whose answer was lost is not repeated before it was looked whether
//! it is there. What is repeated sets the same value again, under the same lease.

use std::time::{Duration, Instant};

use super::registry::RestRegistry;
use crate::mlflow::Order;
use crate::registry::RegistryError;
use crate::store::rest::Unheard;

/// How often a write is given that nobody answered.
const MOST_ATTEMPTS: u32 = 3;

/// Something to be written.
pub(super) struct Wish<'a> {
    /// How it is written: one after the other, and the last one counts.
    pub(super) orders: Vec<Order>,
    /// Whether it is there.
    pub(super) is_there: &'a dyn Fn() -> Result<bool, RegistryError>,
    /// Whether it may be written once more.
    pub(super) may_repeat: &'a dyn Fn() -> Result<bool, RegistryError>,
}

impl RestRegistry {
    /// Writes, and makes sure of it where the answer does not.
    ///
    /// # Errors
    /// The reason when it is not there, or nobody can say whether it is.
    pub(super) fn write(&self, wish: &Wish<'_>) -> Result<(), RegistryError> {
        let mut attempt = 0;
        let mut may_arrive = false;
        loop {
            attempt += 1;
            let begun = Instant::now();
            let sent = wish
                .orders
                .iter()
                .try_for_each(|order| self.server.order(order));
            self.slowest.set(self.slowest.get().max(begun.elapsed()));
            let (error, refused) = match sent {
                Ok(()) => return Ok(()),
                Err(Unheard::Refused(error)) => (error, true),
                Err(Unheard::Unclear(error)) => (error, false),
            };
            // That a later one is refused says nothing about one that nobody answered.
            may_arrive |= !refused;
            // Whoever cannot read it back does not know more than that it was not answered.
            if (wish.is_there)().unwrap_or(false) {
                return Ok(());
            }
            let again = !refused && attempt < MOST_ATTEMPTS && (wish.may_repeat)().unwrap_or(false);
            if !again {
                self.unclear.set(self.unclear.get() || may_arrive);
                return Err(error.into());
            }
            pause(self.settings.settle);
        }
    }
}

/// Waits.
#[expect(
    clippy::disallowed_methods,
    reason = "the lease is a matter of waiting, and every wait of it has an end"
)]
pub(super) fn pause(time: Duration) {
    std::thread::sleep(time);
}
