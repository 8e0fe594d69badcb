//! Waivers: a person answers for a check that does not hold, for a while.
//!
//! The one decision here: a waiver ends, and soon. One without an end, or with one far away, would
//! be a change of the gate that nobody reviewed as one.

use bigdecimal::BigDecimal;
use jiff::civil::Date;
use jiff::tz::TimeZone;

const DAY_MS: i64 = 86_400_000;

/// One entry of `waivers.yaml`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiver {
    /// The gate it is for; `None` for every gate that has the check.
    pub gate: Option<String>,
    /// The id of the check it excuses.
    pub check: String,
    /// The first version it is for.
    pub from_version: u64,
    /// The last version it is for; `None` for no end.
    pub to_version: Option<u64>,
    /// The day it ends, `YYYY-MM-DD`, which still counts, in UTC.
    pub expires: String,
    /// The end of that day, in milliseconds since the Unix epoch.
    pub expires_ms: i64,
    /// Why.
    pub reason: String,
    /// Who answers for it.
    pub approver: String,
    /// The floor: what the candidate's value must still reach, in the check's own direction.
    pub cap: Option<BigDecimal>,
}

impl Waiver {
    /// How many days ahead of a judgement a waiver may end at most.
    pub const MOST_DAYS: i64 = 90;

    /// Whether it is for this check of this gate.
    #[must_use]
    pub fn is_for(&self, gate: &str, check: &str) -> bool {
        self.check == check && self.gate.as_deref().is_none_or(|only| only == gate)
    }

    /// Whether it is for this version.
    #[must_use]
    pub fn covers(&self, version: u64) -> bool {
        version >= self.from_version && self.to_version.is_none_or(|last| version <= last)
    }

    /// Whether its last day is over.
    #[must_use]
    pub fn has_expired(&self, at_ms: i64) -> bool {
        at_ms >= self.expires_ms
    }

    /// Whether it ends further ahead than any may. The day of the judgement itself is not counted.
    #[must_use]
    pub fn is_too_long(&self, at_ms: i64) -> bool {
        self.expires_ms.saturating_sub(at_ms) > (Self::MOST_DAYS + 1) * DAY_MS
    }
}

/// The end of a day `YYYY-MM-DD` in UTC, in milliseconds since the Unix epoch.
#[must_use]
pub fn end_of_day_ms(day: &str) -> Option<i64> {
    let written = day.len() == 10 && day.chars().all(|c| c.is_ascii_digit() || c == '-');
    let date: Date = day.parse().ok().filter(|_| written)?;
    let next = date.tomorrow().ok()?.to_zoned(TimeZone::UTC).ok()?;
    Some(next.timestamp().as_millisecond())
}

/// The versions a waiver is for: `7`, `<=9`, `7..9`, both ends included.
#[must_use]
pub fn versions(text: &str) -> Option<(u64, u64)> {
    let number = |text: &str| {
        let digits = !text.is_empty() && text.chars().all(|c| c.is_ascii_digit());
        text.parse::<u64>()
            .ok()
            .filter(|number| digits && *number > 0)
    };
    let text = text.trim();
    let (first, last) = if let Some(last) = text.strip_prefix("<=") {
        (1, number(last.trim())?)
    } else if let Some((first, last)) = text.split_once("..") {
        (number(first.trim())?, number(last.trim())?)
    } else {
        (number(text)?, number(text)?)
    };
    (first <= last).then_some((first, last))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_ends_at_the_next_midnight_in_utc() {
        assert_eq!(end_of_day_ms("1970-01-01"), Some(DAY_MS));
        assert_eq!(end_of_day_ms("2026-12-01"), Some(1_796_169_600_000));
        for wrong in [
            "2026-13-01",
            "2026-02-30",
            "01.12.2026",
            "2026-1-1",
            "",
            "2026-12-01T00",
        ] {
            assert_eq!(end_of_day_ms(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn versions_are_one_or_up_to_one_or_from_one_to_another() {
        for (text, expected) in [
            ("7", Some((7, 7))),
            ("<=9", Some((1, 9))),
            ("<= 9", Some((1, 9))),
            ("7..9", Some((7, 9))),
            ("9..7", None),
            ("0", None),
            (">=7", None),
            ("7..", None),
            ("*", None),
            ("+7", None),
            ("", None),
        ] {
            assert_eq!(versions(text), expected, "{text}");
        }
    }
}
