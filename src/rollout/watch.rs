//! The times of a rollout that nobody has to remember.
//!
//! The one decision here: whoever comes after a crash begins each of them afresh, so that no time
//! is up because nobody was there.

use super::event::Limits;

/// Since when what lasts.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Watch {
    /// When the phase began.
    pub(super) phase_ms: i64,
    /// When the endpoint was last seen.
    pub(super) seen_ms: i64,
    /// When its metrics were last read.
    pub(super) measured_ms: i64,
    /// Whether the endpoint was asked for what the phase wants.
    pub(super) asked: bool,
}

impl Watch {
    /// A watch that begins now.
    pub(super) fn new(now_ms: i64) -> Self {
        Self {
            phase_ms: now_ms,
            seen_ms: now_ms,
            measured_ms: now_ms,
            asked: false,
        }
    }

    /// The watch of the next phase: when the endpoint was last seen stays true.
    pub(super) fn next(&self, now_ms: i64) -> Self {
        Self {
            seen_ms: self.seen_ms,
            ..Self::new(now_ms)
        }
    }

    /// What is left of the step, in milliseconds.
    pub(super) fn left_ms(&self, limits: &Limits, now_ms: i64) -> i64 {
        let baked = now_ms.saturating_sub(self.phase_ms);
        limits.bake_ms.saturating_sub(baked).max(0)
    }

    /// Whether the endpoint took longer for a change than it may.
    pub(super) fn is_late(&self, limits: &Limits, now_ms: i64) -> bool {
        now_ms.saturating_sub(self.phase_ms) > limits.update_ms
    }

    /// Whether the metrics of the phase were out of reach for longer than they may.
    pub(super) fn is_blind(&self, limits: &Limits, now_ms: i64) -> bool {
        let since_ms = self.phase_ms.max(self.measured_ms);
        now_ms.saturating_sub(since_ms) > limits.contact_ms
    }
}
