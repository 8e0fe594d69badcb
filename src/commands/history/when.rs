//! Times as people write them.
//!
//! The one decision here: a time of day needs a zone. A record that machines in several zones wrote
//! has no local time.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use crate::error::Error;

/// The moment that a word of the command line names: `2026-11-01T12:00Z`, `2026-11-01` (its first
/// moment, in UTC), or `7d`, `12h`, `30m` before `now`.
///
/// # Errors
/// A usage error for anything else, and for a time that has not come yet.
pub(super) fn moment(option: &str, text: &str, now: Timestamp) -> Result<Timestamp, Error> {
    let found = ago(text, now)
        .or_else(|| day(text))
        .or_else(|| text.parse().ok());
    let found = found.ok_or_else(|| {
        Error::usage(
            format!("`{option} {text}` is no time"),
            "write it as 2026-11-01T12:00Z (with a zone), as 2026-11-01 (its first moment in UTC), or as 7d, 12h or 30m for so long ago",
        )
    })?;
    if found > now {
        return Err(Error::usage(
            format!("`{option} {text}` has not come yet"),
            "name a time that has passed",
        ));
    }
    Ok(found)
}

fn ago(text: &str, now: Timestamp) -> Option<Timestamp> {
    let unit = text.chars().last()?;
    let seconds = match unit {
        'm' => 60,
        'h' => 3_600,
        'd' => 86_400,
        'w' => 604_800,
        _ => return None,
    };
    let count = text.strip_suffix(unit)?;
    if !count.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let seconds = count.parse::<i64>().ok()?.checked_mul(seconds)?;
    now.checked_sub(SignedDuration::from_secs(seconds)).ok()
}

fn day(text: &str) -> Option<Timestamp> {
    let is_day = text.len() == "2026-11-01".len();
    let date: Date = text.parse().ok().filter(|_| is_day)?;
    Some(date.to_zoned(TimeZone::UTC).ok()?.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_an_instant_a_day_or_so_long_ago() {
        let now: Timestamp = "2026-11-08T12:00:00Z".parse().unwrap();
        let read = |text| moment("--at", text, now).map(|time| time.to_string());
        for (text, expected) in [
            ("2026-11-01T12:00Z", "2026-11-01T12:00:00Z"),
            ("2026-11-01T12:00:05.5+02:00", "2026-11-01T10:00:05.5Z"),
            ("2026-11-01", "2026-11-01T00:00:00Z"),
            ("7d", "2026-11-01T12:00:00Z"),
            ("90m", "2026-11-08T10:30:00Z"),
            ("1w", "2026-11-01T12:00:00Z"),
        ] {
            assert_eq!(read(text).unwrap(), expected, "{text}");
        }
        for text in [
            "",
            "d",
            "-7d",
            "7",
            "7y",
            "+7d",
            "2026-11-01T12:00",
            "2026-13-01",
            "yesterday",
            "2026-11-09",
            "99999999999999999999d",
            "9223372036854775807w",
            "7é",
            "20261101",
        ] {
            assert!(read(text).is_err(), "{text}");
        }
    }
}
