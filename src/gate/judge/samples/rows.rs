//! The rows of a logged table, paired by a key or by their order.

use super::value::{Answered, no};
use super::{Both, Measured};
use crate::gate::judge::case::Side;
use crate::gate::judge::logged_table::{read, unusable};
use crate::gate::judge::score::Score;
use crate::gate::reason::Reason;
use crate::gate::rule::{Columns, TableColumns, TestRule};
use crate::table::{PairBy, Table, TableError, pair};

pub(super) fn of_tables(
    ours: &Side<'_>,
    theirs: &Side<'_>,
    rule: &TestRule,
    columns: &TableColumns,
) -> Answered<Measured> {
    let path = &columns.path;
    let (mine, other) = (read(ours, path)?, read(theirs, path)?);
    let by = columns.key.as_deref().map_or(PairBy::Order, PairBy::Key);
    let pairs = pair(&mine, &other, by)
        .map_err(|error| unusable("the candidate and the other side", path, &error))?;
    let tables = Tables {
        sides: [(ours, &mine), (theirs, &other)],
        path,
        pairs,
    };
    match &columns.columns {
        Columns::Score(column) => tables
            .both(|table| table.numbers(column))
            .map(Measured::Paired),
        Columns::Predictions {
            target,
            prediction,
            positive,
        } => match Score::of(&rule.metric) {
            Err(message) => no(Reason::EvidenceUnreadable, message),
            Ok(Score::Label(_)) => Ok(Measured::Labels {
                truth: tables.truth(|table| table.labels(target))?,
                both: tables.both(|table| table.labels(prediction))?,
                positive: positive.clone(),
            }),
            Ok(Score::Number(_)) => Ok(Measured::Numbers {
                truth: tables.truth(|table| table.numbers(target))?,
                both: tables.both(|table| table.numbers(prediction))?,
            }),
        },
    }
}

/// Two tables whose rows belong together.
struct Tables<'a> {
    sides: [(&'a Side<'a>, &'a Table); 2],
    path: &'a str,
    pairs: Vec<(usize, usize)>,
}

impl Tables<'_> {
    /// A column of both, in the order of the pairs.
    fn both<T: Clone>(
        &self,
        column: impl Fn(&Table) -> Result<Vec<T>, TableError>,
    ) -> Answered<Both<T>> {
        let [mine, other] = self.sides.map(|(side, table)| {
            column(table).map_err(|error| unusable(&side.whose, self.path, &error))
        });
        let (mine, other) = (mine?, other?);
        let rows = self.pairs.iter();
        let rows =
            rows.filter_map(|(one, two)| Some((mine.get(*one)?.clone(), other.get(*two)?.clone())));
        let (candidate, baseline) = rows.unzip();
        Ok(Both {
            candidate,
            baseline,
        })
    }

    /// What was true, which both have to agree on.
    fn truth<T: Clone + PartialEq>(
        &self,
        column: impl Fn(&Table) -> Result<Vec<T>, TableError>,
    ) -> Answered<Vec<T>> {
        let both = self.both(column)?;
        let rows = both.candidate.iter().zip(&both.baseline);
        let differing = rows.filter(|(one, other)| one != other).count();
        if differing > 0 {
            let message = format!("the truth in {} differs in {differing} rows", self.path);
            return no(Reason::NotComparable, message);
        }
        Ok(both.candidate)
    }
}
