//! A metric, its slices, a comparison and a threshold.

use std::collections::BTreeSet;

use super::comparison::comparator;
use super::cursor::Cursor;
use super::error::{SHAPE, SyntaxError};
use super::reference;
use super::word::{Word, is_of_a_symbol};
use crate::gate::decimal;
use crate::gate::rule::{Comparator, MetricRule, Rule, SliceKey};

const SLICE_SHAPE: &str = "slices read `recall[region=eu]`, or `recall[region=*]` for each of them";

impl Cursor<'_> {
    /// A metric whose name is read, up to the end of the threshold.
    pub(super) fn metric(&mut self, name: &str) -> Result<Rule, SyntaxError> {
        let slice = if self.accept('[') {
            self.slice()?
        } else {
            Vec::new()
        };
        let comparator = self.comparator()?;
        let threshold = self.threshold()?;
        Ok(Rule::Metric(MetricRule {
            slice,
            ..MetricRule::new(name, comparator, threshold)
        }))
    }

    pub(super) fn bare_metric(&mut self, word: Word<'_>) -> Result<Rule, SyntaxError> {
        if word.text.is_empty() {
            return Err(self.error("a metric's name is missing here", SHAPE));
        }
        if let Some(error) = word.as_level() {
            return Err(error);
        }
        if word.text.starts_with('\'') {
            let message = format!("`{}` is not a name", word.shown());
            return Err(word.error(message, "names are quoted with `\"`"));
        }
        if decimal::parse(word.text).is_some() {
            return Err(self.turned_around(word));
        }
        if matches!(word.text, "champion" | "previous") || self.rest().starts_with('(') {
            return Err(not_on_the_left(word));
        }
        self.metric(word.text)
    }

    /// `0.8 <= recall`: shows the same check the right way round.
    fn turned_around(&mut self, number: Word<'_>) -> SyntaxError {
        let message = format!("`{}` stands where the metric belongs", number.shown());
        let Some(symbol) = comparator(self.symbol().text) else {
            return number.error(message, SHAPE);
        };
        let right = self.chunk_to_end();
        let turned = mirrored(symbol).symbol();
        let metric = right.text.split(is_of_a_symbol).next().unwrap_or_default();
        let help = match metric.trim() {
            "" => SHAPE.to_owned(),
            metric if metric.len() == right.text.len() => {
                format!("turn it around: `{metric} {turned} {}`", number.text)
            }
            metric => format!(
                "write two checks: `{metric} {turned} {}` and `{}`",
                number.text, right.text
            ),
        };
        number.error(message, help)
    }

    /// The keys of a slice, after the opening bracket.
    fn slice(&mut self) -> Result<Vec<SliceKey>, SyntaxError> {
        let mut keys = Vec::new();
        let mut seen = BTreeSet::new();
        loop {
            let before = self.ahead();
            let key = self.inner_name("the slice's key")?;
            if !self.accept('=') {
                let message = "expected `=` after the slice's key";
                return Err(self.error(message, SLICE_SHAPE));
            }
            let value = self.slice_value()?;
            if !seen.insert(key.clone()) {
                let message = "the slice has this key twice";
                return Err(before.error(message, "a row has one value for each key"));
            }
            keys.push(SliceKey { key, value });
            if self.accept(']') {
                return Ok(keys);
            }
            if !self.accept(',') {
                let message = "the bracket of the slice is not closed";
                return Err(self.error(message, "write `]` after the last value, or `,` and another key; quote a value with spaces or signs"));
            }
        }
    }

    fn slice_value(&mut self) -> Result<Option<String>, SyntaxError> {
        if let Some((_, value)) = self.quoted()? {
            return Ok(Some(value));
        }
        let word = self.bare();
        match word.text {
            "" => Err(self.error("the slice's value is missing here", SLICE_SHAPE)),
            "*" => Ok(None),
            text if text.starts_with('\'') => Err(word.error(
                format!("`{}` is not a value", word.shown()),
                "values are quoted with `\"`",
            )),
            text => Ok(Some(text.to_owned())),
        }
    }
}

/// The comparison that holds when the two sides change places.
fn mirrored(comparator: Comparator) -> Comparator {
    match comparator {
        Comparator::Less => Comparator::Greater,
        Comparator::AtMost => Comparator::AtLeast,
        Comparator::Greater => Comparator::Less,
        Comparator::AtLeast => Comparator::AtMost,
        same => same,
    }
}

fn not_on_the_left(word: Word<'_>) -> SyntaxError {
    if matches!(word.text, "champion" | "previous") || reference::FUNCTIONS.contains(&word.text) {
        let message = format!("`{}` stands where the metric belongs", word.text);
        let help = "the metric stands on the left: `r2 >= champion - 0.01`; quote the name if it is a metric's";
        return word.error(message, help);
    }
    let message = format!("unknown function `{}`", word.shown());
    let help = word.nearest(&["coverage"]).map_or_else(
        || {
            "the one function on the left is `coverage(JUDGE)`; quote a name with brackets"
                .to_owned()
        },
        |near| format!("did you mean `{near}`?"),
    );
    word.error(message, help)
}
