//! Metrics as an endpoint tells them: the text format of Prometheus, and of `OpenMetrics` as far
//! as the two agree.
//!
//! The one decision here: a line that cannot be read spoils the whole text. Half of the numbers
//! would be a judgement on the wrong ones.

use std::collections::BTreeMap;
use std::fmt;

/// A text of metrics, read.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Exposition {
    /// Every sample, in the order of the text.
    pub samples: Vec<Sample>,
    /// What each family is: `gauge`, `counter`, `histogram`.
    pub kinds: BTreeMap<String, String>,
}

/// One number.
#[derive(Debug, Clone, PartialEq)]
pub struct Sample {
    /// The name of the metric, with `_bucket`, `_sum` or `_count` for the parts of a histogram.
    pub name: String,
    /// What it is about.
    pub labels: BTreeMap<String, String>,
    /// The number.
    pub value: f64,
    /// When it was true, in milliseconds since the Unix epoch, where the text says so.
    pub at_ms: Option<i64>,
}

/// A line that is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreadable {
    /// Its number, counted from 1.
    pub line: usize,
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {} of the metrics cannot be read", self.line)
    }
}

impl Exposition {
    /// Reads a text of metrics.
    ///
    /// # Errors
    /// [`Unreadable`] for the first line that is neither a sample nor a comment.
    pub fn read(text: &str) -> Result<Self, Unreadable> {
        let mut read = Self::default();
        for (index, line) in text.lines().enumerate() {
            let line = line.trim();
            if let Some(comment) = line.strip_prefix('#') {
                read.kind(comment);
            } else if !line.is_empty() {
                let sample = sample(line).ok_or(Unreadable { line: index + 1 })?;
                read.samples.push(sample);
            }
        }
        Ok(read)
    }

    /// `# TYPE request_count_total gauge`
    fn kind(&mut self, comment: &str) {
        let mut words = comment.split_whitespace();
        if let (Some("TYPE"), Some(name), Some(kind)) = (words.next(), words.next(), words.next()) {
            self.kinds.insert(name.to_owned(), kind.to_owned());
        }
    }

    /// Whether a metric is said to count up for ever.
    #[must_use]
    pub fn counts_up(&self, name: &str) -> bool {
        // `OpenMetrics` names the family without `_total`.
        let family = name.strip_suffix("_total").unwrap_or(name);
        let kind = self.kinds.get(name).or_else(|| self.kinds.get(family));
        kind.is_some_and(|kind| kind == "counter")
    }
}

/// `name{label="value"} 12.5 1788718020000`
fn sample(line: &str) -> Option<Sample> {
    let end = line.find(|c: char| c == '{' || c.is_whitespace())?;
    let (name, rest) = line.split_at(end);
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == ':';
    if name.is_empty() || !name.chars().all(is_name) {
        return None;
    }
    let (labels, rest) = match rest.strip_prefix('{') {
        Some(rest) => labels(rest)?,
        None => (BTreeMap::new(), rest),
    };
    // An example of what was counted may follow.
    let mut words = rest.split('#').next()?.split_whitespace();
    let value = number(words.next()?)?;
    let at_ms = match words.next() {
        Some(word) => Some(moment(word)?),
        None => None,
    };
    let sample = Sample {
        name: name.to_owned(),
        labels,
        value,
        at_ms,
    };
    words.next().is_none().then_some(sample)
}

fn labels(mut rest: &str) -> Option<(BTreeMap<String, String>, &str)> {
    let mut labels = BTreeMap::new();
    loop {
        rest = rest.trim_start_matches([',', ' ']);
        if let Some(rest) = rest.strip_prefix('}') {
            return Some((labels, rest));
        }
        let (name, after) = rest.split_once('=')?;
        let (value, after) = quoted(after.trim_start().strip_prefix('"')?)?;
        labels.insert(name.trim().to_owned(), value);
        rest = after;
    }
}

/// The text up to the closing quote, and what follows.
fn quoted(text: &str) -> Option<(String, &str)> {
    let mut value = String::new();
    let mut letters = text.char_indices();
    while let Some((at, letter)) = letters.next() {
        match letter {
            '"' => return Some((value, text.get(at + 1..)?)),
            '\\' => match letters.next()?.1 {
                'n' => value.push('\n'),
                other => value.push(other),
            },
            other => value.push(other),
        }
    }
    None
}

fn number(word: &str) -> Option<f64> {
    match word {
        "+Inf" | "Inf" => Some(f64::INFINITY),
        "-Inf" => Some(f64::NEG_INFINITY),
        other => other.parse().ok(),
    }
}

/// Prometheus counts milliseconds, `OpenMetrics` seconds; no endpoint is from before 1973.
fn moment(word: &str) -> Option<i64> {
    const SECONDS_END: f64 = 1e11;
    let number: f64 = word
        .parse()
        .ok()
        .filter(|number: &f64| number.is_finite())?;
    let milliseconds = if number.abs() < SECONDS_END {
        number * 1000.0
    } else {
        number
    };
    #[expect(
        clippy::cast_possible_truncation,
        reason = "a cast of a double saturates"
    )]
    let milliseconds = milliseconds.round() as i64;
    Some(milliseconds)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sample_is_a_name_labels_a_number_and_perhaps_a_moment() {
        let text = "# HELP request_count_total Requests\n# TYPE request_count_total gauge\n\
            request_count_total{endpoint=\"fare\",model=\"a \\\"b\\\", c}\"} 12 1788718020000\n\
            up 1\nlatency_bucket{le=\"+Inf\"} +Inf 1788718020.5 # {trace=\"x\"} 0.3\n";
        let read = Exposition::read(text).unwrap();
        let [requests, up, latency] = read.samples.as_slice() else {
            panic!("{read:?}");
        };
        assert_eq!(requests.labels["model"], "a \"b\", c}");
        assert_eq!(
            (requests.value, requests.at_ms),
            (12.0, Some(1_788_718_020_000))
        );
        assert_eq!((up.value, up.at_ms), (1.0, None));
        assert_eq!(
            (latency.value, latency.at_ms),
            (f64::INFINITY, Some(1_788_718_020_500))
        );
        assert!(!read.counts_up("request_count_total"));
    }

    #[test]
    fn a_line_that_is_no_sample_spoils_the_text() {
        for line in [
            "<html>",
            "a{b=\"c} 1",
            "a{b} 1",
            "a",
            "a x",
            "a 1 2 3",
            "{} 1",
            "a 1 x",
        ] {
            let text = format!("up 1\n{line}\n");
            assert_eq!(
                Exposition::read(&text),
                Err(Unreadable { line: 2 }),
                "{line}"
            );
        }
    }

    #[test]
    fn a_counter_is_known_by_either_of_its_names() {
        let kind = |line: &str| Exposition::read(line).unwrap().counts_up("a_total");
        assert!(kind("# TYPE a_total counter"));
        assert!(kind("# TYPE a counter"));
        assert!(!kind("# TYPE a_total gauge"));
        assert!(!kind(""));
    }
}
