//! A cron line in the dialect of Quartz, which is the one that Databricks takes.
//!
//! The one decision here: a line that Quartz would refuse is refused before anything is generated,
//! because no tool on the way to the workspace looks at it. The rules are those of
//! <https://www.quartz-scheduler.org/documentation/quartz-2.3.0/tutorials/crontrigger.html>.

use std::fmt;

/// A line that Quartz takes: six or seven fields, one of the two days `?`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quartz(String);

/// Why a line is not one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BadQuartz {
    /// It has another number of fields.
    Fields(usize),
    /// Both days are told, or neither is.
    Days,
    /// A field holds what it cannot.
    Field {
        /// Which one, in words.
        name: &'static str,
        /// What it holds.
        text: String,
    },
}

struct Field {
    name: &'static str,
    min: u32,
    max: u32,
    names: &'static [&'static str],
}

const MONTHS: [&str; 12] = [
    "JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC",
];
const DAYS: [&str; 7] = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

const DAY_OF_MONTH: &str = "day of the month";
const DAY_OF_WEEK: &str = "day of the week";

const FIELDS: [Field; 7] = [
    field("second", 0, 59, &[]),
    field("minute", 0, 59, &[]),
    field("hour", 0, 23, &[]),
    field(DAY_OF_MONTH, 1, 31, &[]),
    field("month", 1, 12, &MONTHS),
    field(DAY_OF_WEEK, 1, 7, &DAYS),
    field("year", 1970, 2099, &[]),
];

const fn field(name: &'static str, min: u32, max: u32, names: &'static [&'static str]) -> Field {
    Field {
        name,
        min,
        max,
        names,
    }
}

impl Quartz {
    /// Reads a line.
    ///
    /// # Errors
    /// [`BadQuartz`], with the first field that Quartz would not take.
    pub fn parse(line: &str) -> Result<Self, BadQuartz> {
        let words: Vec<_> = line.split_whitespace().collect();
        if !(6..=7).contains(&words.len()) {
            return Err(BadQuartz::Fields(words.len()));
        }
        let mut questions = 0;
        for (field, word) in FIELDS.iter().zip(&words) {
            if *word == "?" && matches!(field.name, DAY_OF_MONTH | DAY_OF_WEEK) {
                questions += 1;
            } else if !field.takes(word) {
                return Err(BadQuartz::Field {
                    name: field.name,
                    text: (*word).to_owned(),
                });
            }
        }
        if questions == 1 {
            Ok(Self(words.join(" ")))
        } else {
            Err(BadQuartz::Days)
        }
    }

    /// The line, its fields one space apart.
    #[must_use]
    pub fn line(&self) -> &str {
        &self.0
    }
}

impl Field {
    fn takes(&self, word: &str) -> bool {
        word.split(',').all(|part| self.takes_part(part))
    }

    /// `*`, `5`, `5-7`, any of them with `/2`; and the special letters of the two days.
    fn takes_part(&self, part: &str) -> bool {
        if let Some((start, step)) = part.split_once('/') {
            let wide = start == "*" || self.is_range(start) || self.value(start).is_some();
            return wide && number(step).is_some_and(|step| (1..=self.max).contains(&step));
        }
        part == "*" || self.is_range(part) || self.value(part).is_some() || self.is_special(part)
    }

    fn is_range(&self, text: &str) -> bool {
        text.split_once('-').is_some_and(|(from, to)| {
            let known = self.value(from).zip(self.value(to));
            // Days of the week and hours may go round, years may not.
            known.is_some_and(|(from, to)| from <= to || self.max < 100)
        })
    }

    fn is_special(&self, part: &str) -> bool {
        match self.name {
            DAY_OF_MONTH => {
                let before_last = |rest: &str| number(rest).is_some_and(|days| days <= 30);
                matches!(part, "L" | "LW")
                    || part.strip_prefix("L-").is_some_and(before_last)
                    || part
                        .strip_suffix('W')
                        .is_some_and(|day| self.value(day).is_some())
            }
            DAY_OF_WEEK => {
                let of_month = |(day, week): (&str, &str)| {
                    self.value(day).is_some() && number(week).is_some_and(|n| (1..=5).contains(&n))
                };
                part == "L"
                    || part
                        .strip_suffix('L')
                        .is_some_and(|day| self.value(day).is_some())
                    || part.split_once('#').is_some_and(of_month)
            }
            _ => false,
        }
    }

    fn value(&self, text: &str) -> Option<u32> {
        let named = self
            .names
            .iter()
            .position(|name| name.eq_ignore_ascii_case(text));
        let value = match named {
            Some(index) => u32::try_from(index).ok()? + self.min,
            None => number(text)?,
        };
        (self.min..=self.max).contains(&value).then_some(value)
    }
}

fn number(text: &str) -> Option<u32> {
    let digits = !text.is_empty() && text.chars().all(|c| c.is_ascii_digit());
    digits.then(|| text.parse().ok()).flatten()
}

impl fmt::Display for BadQuartz {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Fields(count) => write!(f, "a Quartz cron line has 6 or 7 fields, not {count}"),
            Self::Days => f.write_str(
                "one of day of the month and day of the week has to be `?`, and only one",
            ),
            Self::Field { name, text } => {
                write!(f, "`{}` is no {name}", text.escape_debug())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_that_quartz_documents_are_taken() {
        for line in [
            "0 0 9 * * ?",
            "0 0 12 ? * WED",
            "0 15 10 ? * MON-FRI",
            "0 0/5 14,18 * * ?",
            "0 15 10 L * ?",
            "0 15 10 L-2 * ?",
            "0 15 10 LW * ?",
            "0 15 10 15W * ?",
            "0 15 10 ? * 6L 2026-2030",
            "0 15 10 ? * 6#3",
            "0 0 22-4 ? * FRI-MON",
            "0 0 0 1 JAN,JUL ?",
            "0 */10 * ? * *",
        ] {
            assert!(Quartz::parse(line).is_ok(), "{line}");
        }
        assert_eq!(
            Quartz::parse(" 0  0 9 * * ? ").unwrap().line(),
            "0 0 9 * * ?"
        );
    }

    #[test]
    fn lines_of_another_cron_are_refused_by_what_is_wrong() {
        let refused = |line: &str| Quartz::parse(line).unwrap_err().to_string();
        assert_eq!(
            refused("0 9 * * *"),
            "a Quartz cron line has 6 or 7 fields, not 5"
        );
        assert_eq!(
            refused("0 0 9 * * *"),
            "one of day of the month and day of the week has to be `?`, and only one"
        );
        assert_eq!(refused("0 0 9 ? * ?"), refused("0 0 9 * * MON"));
        assert_eq!(refused("0 60 9 * * ?"), "`60` is no minute");
        assert_eq!(refused("? 0 9 * * ?"), "`?` is no second");
        assert_eq!(refused("0 0 24 * * ?"), "`24` is no hour");
        assert_eq!(refused("0 0 9 ? * 0"), "`0` is no day of the week");
        assert_eq!(refused("0 0 9 ? * 6#6"), "`6#6` is no day of the week");
        assert_eq!(refused("0 0 9 * FOO ?"), "`FOO` is no month");
        assert_eq!(refused("0 0 9 * * ? 1969"), "`1969` is no year");
        assert_eq!(refused("0 0/0 9 * * ?"), "`0/0` is no minute");
        assert_eq!(
            refused("@daily"),
            "a Quartz cron line has 6 or 7 fields, not 1"
        );
    }
}
