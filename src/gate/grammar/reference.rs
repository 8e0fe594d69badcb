//! The other side of a comparison: `champion`, `version(3)`, `median(5)`.

use super::cursor::Cursor;
use super::error::SyntaxError;
use super::word::Word;
use crate::evidence::Reference;

/// References that take an argument.
pub(super) const FUNCTIONS: [&str; 5] = ["alias", "version", "run", "median", "best"];

const KNOWN: [&str; 7] = [
    "champion", "previous", "alias", "version", "run", "median", "best",
];

const HELP: &str = "references are `champion`, `previous`, `alias(NAME)`, `version(N)`, `run(ID)`, `median(N)` and `best(N)`";

/// More promotions than any record is asked for.
const COUNT_LIMIT: u32 = 1000;

/// Reads a reference to one version or run that stands alone, as the value of a key does.
///
/// # Errors
/// [`SyntaxError`] with the place of what does not fit.
pub fn whom(text: &str) -> Result<Reference, SyntaxError> {
    let mut cursor = Cursor::new(text);
    let reference = cursor.one_version("a test's metric")?;
    let rest = cursor.chunk_to_end();
    if rest.text.is_empty() {
        return Ok(reference);
    }
    let message = format!("`{}` after the reference", rest.shown());
    Err(rest.error(message, HELP))
}

impl<'a> Cursor<'a> {
    pub(super) fn reference(&mut self) -> Result<Reference, SyntaxError> {
        let word = self.take(|c| c.is_alphanumeric() || c == '_');
        match word.text {
            "champion" => Ok(Reference::Champion),
            "previous" => Ok(Reference::Previous),
            "alias" => self.argument(word, "alias(shadow)", alias),
            "version" => self.argument(word, "version(3)", version),
            "run" => self.argument(word, "run(0f3a...)", run),
            "median" => Ok(Reference::Median(self.argument(
                word,
                "median(5)",
                count,
            )?)),
            "best" => Ok(Reference::Best(self.argument(word, "best(5)", count)?)),
            "" => Err(self.error("a reference is missing here", HELP)),
            _ => Err(unknown(word)),
        }
    }

    /// A reference to one version, for what has no median.
    pub(super) fn one_version(&mut self, what: &str) -> Result<Reference, SyntaxError> {
        let word = self.ahead();
        match self.reference()? {
            Reference::Median(_) | Reference::Best(_) => {
                let message = format!("`{}` is not one version", word.shown());
                Err(word.error(message, format!("{what} is compared with that of one version: `champion`, `previous`, `alias(NAME)`, `version(N)` or `run(ID)`")))
            }
            reference => Ok(reference),
        }
    }

    fn argument<T>(
        &mut self,
        word: Word<'a>,
        example: &str,
        read: impl Fn(&str) -> Result<T, String>,
    ) -> Result<T, SyntaxError> {
        if !self.accept('(') {
            let message = format!("`{}` takes an argument in brackets", word.text);
            return Err(word.error(message, format!("for example `{example}`")));
        }
        let inside = self.take(|c| c != ')' && c != '(');
        if !self.accept(')') {
            let message = "the bracket is not closed";
            return Err(inside.error(message, format!("for example `{example}`")));
        }
        let argument = inside.text.trim();
        read(argument).map_err(|help| {
            let message = if argument.is_empty() {
                format!("`{}` takes an argument", word.text)
            } else {
                format!(
                    "`{}({})` names nothing",
                    word.text,
                    Word {
                        text: argument,
                        ..inside
                    }
                    .shown()
                )
            };
            let place = if argument.is_empty() { word } else { inside };
            place.error(message, help)
        })
    }
}

/// MLflow's rule for aliases: letters, digits, `_`, `-`; `latest` and `v<number>` are its own
/// (`mlflow/utils/validation.py`).
fn alias(name: &str) -> Result<Reference, String> {
    let fits = !name.is_empty()
        && name.len() <= 255
        && name
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'));
    if !fits {
        return Err("an alias is made of letters, digits, `_` and `-`: `alias(shadow)`".to_owned());
    }
    let number = name
        .strip_prefix(['v', 'V'])
        .and_then(|digits| digits.parse::<u64>().ok());
    match number {
        Some(number) => Err(format!(
            "write `version({number})`: MLflow keeps `v<number>` for itself"
        )),
        None if name.eq_ignore_ascii_case("latest") => {
            Err("MLflow keeps `latest` for itself; name a version, or `champion`".to_owned())
        }
        None => Ok(Reference::Alias(name.to_owned())),
    }
}

fn version(digits: &str) -> Result<Reference, String> {
    let number = plain_digits(digits).and_then(|digits| digits.parse().ok());
    number
        .filter(|number| *number > 0)
        .map(Reference::Version)
        .ok_or_else(|| "versions are counted 1, 2, 3: `version(3)`".to_owned())
}

/// MLflow's rule for run ids (`mlflow/utils/validation.py`).
fn run(id: &str) -> Result<Reference, String> {
    let fits = id.starts_with(|c: char| c.is_ascii_alphanumeric())
        && id.len() <= 256
        && id
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'));
    if fits {
        Ok(Reference::Run(id.to_owned()))
    } else {
        Err("a run's id is made of letters and digits, 32 of them mostly".to_owned())
    }
}

fn count(digits: &str) -> Result<u32, String> {
    let number = plain_digits(digits).and_then(|digits| digits.parse().ok());
    number
        .filter(|number| (1..=COUNT_LIMIT).contains(number))
        .ok_or_else(|| {
            format!("say how many of the last promoted versions, 1 to {COUNT_LIMIT}: `median(5)`")
        })
}

/// Only digits: a number's own reader takes a `+` as well.
fn plain_digits(text: &str) -> Option<&str> {
    text.chars().all(|c| c.is_ascii_digit()).then_some(text)
}

fn unknown(word: Word<'_>) -> SyntaxError {
    let help = match word.text.to_ascii_lowercase().as_str() {
        "baseline" | "live" | "prod" | "production" | "current" | "incumbent" | "main" => {
            "did you mean `champion`, the version that is live?".to_owned()
        }
        "last" | "prior" | "before" => "did you mean `previous`?".to_owned(),
        "mean" | "average" | "avg" => {
            "did you mean `median(N)`, over the last N promoted versions?".to_owned()
        }
        "max" | "min" => "did you mean `best(N)`, of the last N promoted versions?".to_owned(),
        "candidate" => {
            "the candidate is what is judged; compare it with another version".to_owned()
        }
        text => match (
            text.strip_prefix('v').and_then(|n| n.parse::<u64>().ok()),
            word.nearest(&KNOWN),
        ) {
            (Some(number), _) => format!("did you mean `version({number})`?"),
            (_, Some(near)) => format!("did you mean `{near}`?"),
            _ => format!("{HELP}; an alias of yours is `alias({})`", word.shown()),
        },
    };
    word.error(format!("unknown reference `{}`", word.shown()), help)
}
