//! The time of a rollout: it only goes forward, whatever is done to the machine's clock.

use std::time::{Duration, Instant};

use jiff::Timestamp;

/// A clock that was set once.
pub(super) struct Clock {
    set_ms: i64,
    since: Instant,
}

impl Clock {
    /// A clock that shows this moment now.
    pub(super) fn set(now: Timestamp) -> Self {
        Self {
            set_ms: now.as_millisecond(),
            since: Instant::now(),
        }
    }

    /// Milliseconds since the Unix epoch.
    pub(super) fn now_ms(&self) -> i64 {
        let passed = i64::try_from(self.since.elapsed().as_millis()).unwrap_or(i64::MAX);
        self.set_ms.saturating_add(passed)
    }

    /// The moment, for a record.
    pub(super) fn now(&self) -> Timestamp {
        Timestamp::from_millisecond(self.now_ms()).unwrap_or(Timestamp::MAX)
    }
}

/// Waits: a rollout is mostly that.
#[expect(
    clippy::disallowed_methods,
    reason = "each wait is the time between two looks, and the state machine bounds their number"
)]
pub(super) fn wait(milliseconds: i64) {
    std::thread::sleep(Duration::from_millis(milliseconds.try_into().unwrap_or(0)));
}
