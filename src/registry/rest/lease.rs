//! The lease: a tag of the registered model that says who is changing it.
//!
//! The one decision here: clocks of two machines are never compared. A holder is given up when the
//! very same lease was seen unchanged for its whole time by the clock of whoever waits; every
//! attempt writes another token, so a lease that is unchanged is one that nobody works under. A
//! holder stops writing after four fifths of that time by its own clock.

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher as _, Hasher as _};
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use super::registry::RestRegistry;
use super::write::{Wish, pause};
use crate::registry::compare;
use crate::registry::{Change, RegistryError};
use crate::store::rest::Registered;

/// The tag of the registered model that holds the lease.
pub const LEASE_TAG: &str = "gatewright.lease";

/// How many times its timeout is waited for a lease, whoever holds it.
const MOST_TIMEOUTS: u32 = 6;

/// The longest pause between two looks at somebody else's lease.
const LONGEST_PAUSE: Duration = Duration::from_secs(2);

/// The longest time that another's lease can ask for.
const LONGEST_TIMEOUT: Duration = Duration::from_mins(10);

/// How many characters of somebody else's words are repeated.
const LONGEST_HOLDER: usize = 120;

/// Who is in the way where no lease tells.
pub(super) const SEVERAL: &str = "several at once, who keep taking the lease from each other";

/// What the tag says.
#[derive(Serialize, Deserialize)]
struct Written {
    /// Different for every attempt of every process.
    token: String,
    /// Who it is, for people.
    holder: String,
    /// The alias that is moved.
    alias: String,
    /// The version that it is moved to.
    version: u64,
    /// After how many seconds without a change the holder may be given up.
    seconds: u64,
}

/// A lease that is ours.
pub(super) struct Lease {
    /// The tag's text.
    text: String,
    /// When nothing more may be written under it.
    pub(super) end: Instant,
}

impl Lease {
    /// Whether the model's lease is this one.
    pub(super) fn is_in(&self, model: &Registered) -> bool {
        model.tags.get(LEASE_TAG) == Some(&self.text)
    }

    /// Whether it may still be written under the lease.
    pub(super) fn is_fresh(&self) -> bool {
        Instant::now() < self.end
    }
}

/// A lease of somebody else, as it was first seen.
struct Seen {
    text: String,
    since: Instant,
}

/// Waiting for the lease.
pub(super) struct Queue {
    since: Instant,
    seen: Option<Seen>,
    pause: Duration,
}

impl Queue {
    /// Begins to wait.
    pub(super) fn begin(pause: Duration) -> Self {
        Self {
            since: Instant::now(),
            seen: None,
            pause,
        }
    }

    fn wait(&mut self) {
        pause(self.pause);
        self.pause = (self.pause.saturating_mul(3) / 2).min(LONGEST_PAUSE);
    }
}

impl RestRegistry {
    /// Gets the lease, or finds before that there is nothing to get it for.
    ///
    /// # Errors
    /// [`RegistryError::Conflict`] as soon as the alias is where it was not expected,
    /// [`RegistryError::Busy`] when nobody gives way, and whatever keeps the server from answering.
    pub(super) fn lease(&self, change: &Change, queue: &mut Queue) -> Result<Lease, RegistryError> {
        loop {
            self.server.finish_by(None);
            let model = self.model(&change.model)?;
            self.give_up_early(change, &model)?;
            let standing = model.tags.get(LEASE_TAG);
            self.require_time(standing, queue)?;
            if let Some(text) = standing
                && !self.is_given_up(text, queue)
            {
                queue.wait();
                continue;
            }
            if let Some(lease) = self.try_for_it(change, standing)? {
                return Ok(lease);
            }
        }
    }

    /// Whoever finds the alias elsewhere need not wait for the lease.
    fn give_up_early(&self, change: &Change, model: &Registered) -> Result<(), RegistryError> {
        let alias = self.alias_in(model, &change.alias);
        if alias == Some(change.version) {
            return Ok(());
        }
        compare::require_alias(change, alias)
    }

    fn is_given_up(&self, text: &str, queue: &mut Queue) -> bool {
        let timeout = self.timeout_of(text);
        match &queue.seen {
            Some(seen) if seen.text == text => seen.since.elapsed() >= timeout,
            _ => {
                queue.seen = Some(Seen {
                    text: text.to_owned(),
                    since: Instant::now(),
                });
                queue.pause = self.settings.settle;
                false
            }
        }
    }

    /// The longer one of our time and the one that the lease asks for.
    fn timeout_of(&self, text: &str) -> Duration {
        let asked = serde_json::from_str(text).map_or(Duration::ZERO, |written: Written| {
            Duration::from_secs(written.seconds).min(LONGEST_TIMEOUT)
        });
        asked.max(self.settings.timeout)
    }

    /// That it was not waited for long enough.
    fn require_time(&self, standing: Option<&String>, queue: &Queue) -> Result<(), RegistryError> {
        let timeout = standing.map_or(self.settings.timeout, |text| self.timeout_of(text));
        if queue.since.elapsed() < timeout.saturating_mul(MOST_TIMEOUTS) {
            return Ok(());
        }
        let holder = standing.map_or_else(|| SEVERAL.to_owned(), |text| holder_of(text));
        Err(RegistryError::Busy { holder })
    }

    /// Writes the lease, waits, and looks whose it is.
    fn try_for_it(
        &self,
        change: &Change,
        standing: Option<&String>,
    ) -> Result<Option<Lease>, RegistryError> {
        let begun = Instant::now();
        let lease = Lease {
            text: self.lease_text(change),
            end: begun + self.settings.timeout * 4 / 5,
        };
        let written = self.write(&Wish {
            orders: self.model_tag(&change.model, LEASE_TAG, &lease.text),
            is_there: &|| Ok(lease.is_in(&self.model(&change.model)?)),
            may_repeat: &|| Ok(false),
        });
        if let Err(error) = written {
            // Of two that make the tag at once MLflow's database refuses one. A write that nobody
            // answered is no such refusal: it may still arrive.
            let is_late = !self.unclear.get() && self.is_another_there(change, standing);
            return if is_late { Ok(None) } else { Err(error) };
        }
        pause(self.settle_time());
        let model = self.model(&change.model)?;
        match (lease.is_in(&model), lease.is_fresh()) {
            (true, true) => return Ok(Some(lease)),
            (true, false) => self.release(change, &lease),
            (false, _) => {}
        }
        Ok(None)
    }

    /// Whether there is a lease now that was not there before. Whoever cannot see one has none.
    fn is_another_there(&self, change: &Change, before: Option<&String>) -> bool {
        self.model(&change.model).is_ok_and(|model| {
            let found = model.tags.get(LEASE_TAG);
            found.is_some() && found != before
        })
    }

    /// Longer than a write takes, and short enough to leave time for what the lease is for.
    fn settle_time(&self) -> Duration {
        let measured = self.slowest.get().saturating_mul(2);
        self.settings
            .settle
            .max(measured.min(self.settings.timeout / 4))
    }

    fn lease_text(&self, change: &Change) -> String {
        let written = Written {
            token: token(),
            holder: self.settings.holder.clone(),
            alias: change.alias.clone(),
            version: change.version,
            seconds: self.settings.timeout.as_secs(),
        };
        // Keys are text and numbers are whole: this cannot fail.
        serde_json::to_string(&written).unwrap_or_default()
    }

    /// Gives the lease back, if it is still ours. Whoever cannot leaves it to be given up.
    pub(super) fn release(&self, change: &Change, lease: &Lease) {
        self.server.finish_by(None);
        let is_ours = self
            .model(&change.model)
            .is_ok_and(|model| lease.is_in(&model));
        if is_ours {
            let orders = self.no_model_tag(&change.model, LEASE_TAG, &lease.text);
            drop(orders.iter().try_for_each(|order| self.server.order(order)));
        }
    }
}

/// A text that no other attempt has. The keys of the standard library's maps come from the
/// operating system's source of randomness.
fn token() -> String {
    let random = || RandomState::new().build_hasher().finish();
    format!("{:016x}{:016x}", random(), random())
}

/// Who holds a lease, as far as it tells.
fn holder_of(text: &str) -> String {
    let said = serde_json::from_str(text).map_or_else(
        |_| "somebody who does not say who it is".to_owned(),
        |written: Written| format!("{}, for the alias `{}`", written.holder, written.alias),
    );
    let plain = said.chars().filter(|letter| !letter.is_control());
    plain.take(LONGEST_HOLDER).collect()
}
