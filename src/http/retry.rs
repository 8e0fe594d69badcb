//! When a question is asked again, and after how long.
//!
//! The one decision here: only what a second attempt may cure is repeated, and the server's own
//! word on how long to wait is kept, unless it asks for more time than there is.

use std::time::Duration;

use reqwest::StatusCode;

/// The first pause; each further one is twice as long.
const FIRST_PAUSE: Duration = Duration::from_millis(250);

/// The longest pause that nobody asked for.
const LONGEST_PAUSE: Duration = Duration::from_secs(8);

/// Whether a status says "not now" rather than "no"
/// (`_TRANSIENT_FAILURE_RESPONSE_CODES` in `mlflow/utils/request_utils.py`).
pub(crate) fn is_transient(status: StatusCode) -> bool {
    matches!(status.as_u16(), 408 | 429 | 500 | 502 | 503 | 504)
}

/// How long to wait after the attempt with this index, counted from 0.
pub(crate) fn pause(attempt: u32, retry_after: Option<Duration>) -> Duration {
    let doubled = FIRST_PAUSE.saturating_mul(2_u32.saturating_pow(attempt));
    retry_after.unwrap_or_else(|| doubled.min(LONGEST_PAUSE))
}

/// Reads `Retry-After` in seconds. The form with a date is rare, and would need a clock that
/// agrees with the server's.
pub(crate) fn retry_after(header: Option<&str>) -> Option<Duration> {
    header?.trim().parse().ok().map(Duration::from_secs)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_and_end_at_eight_seconds() {
        let pauses: Vec<_> = (0..7)
            .map(|attempt| pause(attempt, None).as_millis())
            .collect();
        assert_eq!(pauses, [250, 500, 1000, 2000, 4000, 8000, 8000]);
        assert_eq!(pause(u32::MAX, None), LONGEST_PAUSE);
    }

    #[test]
    fn the_server_says_how_long() {
        assert_eq!(pause(5, retry_after(Some(" 1 "))), Duration::from_secs(1));
        assert_eq!(retry_after(Some("Wed, 21 Oct 2026 07:28:00 GMT")), None);
        assert_eq!(retry_after(Some("-1")), None);
    }
}
