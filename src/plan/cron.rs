//! Cron lines of five fields, as GitHub and Azure both read them.
//!
//! The one decision here: what only one of the two takes is refused, and so is what never comes.
//! GitHub: <https://docs.github.com/actions/reference/events-that-trigger-workflows#schedule>;
//! Azure: <https://learn.microsoft.com/azure/devops/pipelines/process/scheduled-triggers>.

use std::collections::BTreeSet;
use std::fmt;

/// GitHub runs nothing more often than every so many minutes.
const SHORTEST: u32 = 5;

/// What is wrong with a cron line.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum CronProblem {
    /// It does not have five fields.
    Fields {
        /// How many it has.
        count: usize,
    },
    /// A word such as `@daily`.
    Nickname,
    /// A field that cannot be read, or is out of its range.
    Field {
        /// Which.
        name: &'static str,
        /// As it is written.
        text: String,
        /// The least it may be.
        least: u32,
        /// The most it may be.
        most: u32,
    },
    /// A day that no month has.
    Never,
    /// Two times that are closer together than GitHub runs anything.
    TooOften {
        /// How many minutes lie between them.
        minutes: u32,
    },
}

impl CronProblem {
    /// What to do about it.
    pub(super) fn help(&self) -> &'static str {
        match self {
            Self::Fields { .. } | Self::Nickname => {
                "write minute, hour, day of the month, month and day of the week, such as \
                 `0 6 * * *` for every day at six, UTC"
            }
            Self::Field { .. } => {
                "a field is `*`, a number, a range such as `1-5`, a list such as `1,3`, or steps \
                 such as `*/2`; months and days of the week may be named, such as `MON`"
            }
            Self::Never => "choose a day that the month has",
            Self::TooOften { .. } => "GitHub starts nothing more often than every 5 minutes",
        }
    }
}

impl fmt::Display for CronProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Fields { count } => write!(f, "a schedule has five fields, this has {count}"),
            Self::Nickname => f.write_str("a schedule has five fields and no nickname"),
            Self::Field {
                name,
                text,
                least,
                most,
            } => {
                let text = text.escape_debug();
                write!(f, "`{text}` is no {name}: it goes from {least} to {most}")
            }
            Self::Never => f.write_str("no month has that day"),
            Self::TooOften { minutes: 1 } => f.write_str("two of its times are a minute apart"),
            Self::TooOften { minutes } => {
                write!(f, "two of its times are only {minutes} minutes apart")
            }
        }
    }
}

/// A field: what it is called, its range, and its names.
struct Field {
    name: &'static str,
    least: u32,
    most: u32,
    words: &'static [&'static str],
}

const MONTHS: [&str; 12] = [
    "JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC",
];

const DAYS: [&str; 7] = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

const fn field(name: &'static str, least: u32, most: u32, words: &'static [&'static str]) -> Field {
    Field {
        name,
        least,
        most,
        words,
    }
}

const MINUTE: Field = field("minute", 0, 59, &[]);
const HOUR: Field = field("hour", 0, 23, &[]);
const DAY: Field = field("day of the month", 1, 31, &[]);
const MONTH: Field = field("month", 1, 12, &MONTHS);
const WEEKDAY: Field = field("day of the week", 0, 6, &DAYS);

/// What is wrong with `line`, if anything.
pub(super) fn problem(line: &str) -> Option<CronProblem> {
    if line.starts_with('@') {
        return Some(CronProblem::Nickname);
    }
    let fields: Vec<_> = line.split(' ').filter(|text| !text.is_empty()).collect();
    let [minute, hour, day, month, weekday] = fields.as_slice() else {
        let count = fields.len();
        return Some(CronProblem::Fields { count });
    };
    match times(minute, hour, day, month, weekday) {
        Ok(problem) => problem,
        Err(problem) => Some(problem),
    }
}

fn times(
    minute: &str,
    hour: &str,
    day: &str,
    month: &str,
    weekday: &str,
) -> Result<Option<CronProblem>, CronProblem> {
    let (minutes, hours) = (MINUTE.values(minute)?, HOUR.values(hour)?);
    let (days, months) = (DAY.values(day)?, MONTH.values(month)?);
    WEEKDAY.values(weekday)?;
    // With both, a day of the week counts as well as one of the month.
    let some_day = |month: &u32| days.iter().any(|day| *day <= longest(*month));
    if weekday == "*" && !months.iter().any(some_day) {
        return Ok(Some(CronProblem::Never));
    }
    let gap = gap(&minutes, &hours).filter(|minutes| *minutes < SHORTEST);
    Ok(gap.map(|minutes| CronProblem::TooOften { minutes }))
}

/// The days of a month in its longest year.
fn longest(month: u32) -> u32 {
    match month {
        2 => 29,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// The least number of minutes between two times, as far as they are less than an hour apart.
fn gap(minutes: &BTreeSet<u32>, hours: &BTreeSet<u32>) -> Option<u32> {
    let within = minutes
        .iter()
        .zip(minutes.iter().skip(1))
        .map(|(one, next)| next - one);
    let next_hour = hours.iter().any(|hour| hours.contains(&((hour + 1) % 24)));
    let across = minutes.first().zip(minutes.last()).filter(|_| next_hour);
    within
        .chain(across.map(|(first, last)| first + 60 - last))
        .min()
}

impl Field {
    fn values(&self, text: &str) -> Result<BTreeSet<u32>, CronProblem> {
        let wrong = || CronProblem::Field {
            name: self.name,
            text: text.to_owned(),
            least: self.least,
            most: self.most,
        };
        let mut values = BTreeSet::new();
        for part in text.split(',') {
            values.extend(self.part(part).ok_or_else(wrong)?);
        }
        Ok(values)
    }

    /// `*`, `5`, `1-5`, `*/2` or `1-9/2`.
    fn part(&self, text: &str) -> Option<Vec<u32>> {
        let (range, step) = match text.split_once('/') {
            Some((range, step)) => (range, Some(number(step)?)),
            None => (text, None),
        };
        let (first, last) = match range.split_once('-') {
            _ if range == "*" => (self.least, self.most),
            Some((first, last)) => (self.value(first)?, self.value(last)?),
            // A step from a number on means one thing to GitHub and nothing to Azure.
            None if step.is_some() => return None,
            None => (self.value(range)?, self.value(range)?),
        };
        let step = step.unwrap_or(1);
        (first <= last && (1..=self.most).contains(&step))
            .then(|| (first..=last).step_by(step as usize).collect())
    }

    fn value(&self, text: &str) -> Option<u32> {
        let named = self
            .words
            .iter()
            .position(|word| word.eq_ignore_ascii_case(text));
        let value = match named {
            Some(index) => u32::try_from(index).ok()? + self.least,
            None => number(text)?,
        };
        (self.least..=self.most).contains(&value).then_some(value)
    }
}

/// Digits only: `parse` would take a sign as well.
fn number(text: &str) -> Option<u32> {
    let digits = text.len() <= 2 && text.chars().all(|c| c.is_ascii_digit());
    digits.then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_that_both_providers_read_are_taken() {
        for line in [
            "0 6 * * *",
            "*/5 * * * *",
            "15,45 8-18/2 * * MON-FRI",
            "0 0 29 2 *",
            "0 0 1 JAN,jul *",
            "59 23 31 12 6",
            "0 0 31 2 SUN",
            "58 1,3 * * *",
            "2,58 1,3,5 * * 0",
        ] {
            assert_eq!(problem(line), None, "{line}");
        }
    }

    #[test]
    fn what_is_out_of_range_or_unreadable_is_named() {
        for (line, said) in [
            ("@daily", "a schedule has five fields and no nickname"),
            ("0 6 * *", "a schedule has five fields, this has 4"),
            ("0 6 * * * *", "a schedule has five fields, this has 6"),
            ("", "a schedule has five fields, this has 0"),
            ("60 * * * *", "`60` is no minute: it goes from 0 to 59"),
            ("0 24 * * *", "`24` is no hour: it goes from 0 to 23"),
            (
                "0 0 0 * *",
                "`0` is no day of the month: it goes from 1 to 31",
            ),
            ("0 0 * 13 *", "`13` is no month: it goes from 1 to 12"),
            (
                "0 0 * * 7",
                "`7` is no day of the week: it goes from 0 to 6",
            ),
            (
                "0 0 * * MONDAY",
                "`MONDAY` is no day of the week: it goes from 0 to 6",
            ),
            ("5/15 * * * *", "`5/15` is no minute: it goes from 0 to 59"),
            ("*/0 * * * *", "`*/0` is no minute: it goes from 0 to 59"),
            ("9-1 * * * *", "`9-1` is no minute: it goes from 0 to 59"),
            ("+5 * * * *", "`+5` is no minute: it goes from 0 to 59"),
            (
                "0 0 L * *",
                "`L` is no day of the month: it goes from 1 to 31",
            ),
            (
                "0 0 ? * *",
                "`?` is no day of the month: it goes from 1 to 31",
            ),
            ("0\t6 * * *", "a schedule has five fields, this has 4"),
            ("0 0 31 2,4,6 *", "no month has that day"),
            ("*/4 * * * *", "two of its times are only 4 minutes apart"),
            ("* * * * *", "two of its times are a minute apart"),
            ("2,58 * * * *", "two of its times are only 4 minutes apart"),
            (
                "1,58 0,23 * * *",
                "two of its times are only 3 minutes apart",
            ),
        ] {
            let found = problem(line).map(|problem| problem.to_string());
            assert_eq!(found.as_deref(), Some(said), "{line:?}");
        }
    }
}
