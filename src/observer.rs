//! Who is told what is done while it is done: the ear behind `--verbose`.
//!
//! The one decision here: it hears words that we chose, and never what a library logs. Secrets are
//! named to it before anything is asked with them, and no line leaves with one of them in it.

use std::fmt;
use std::sync::{Arc, Mutex};

/// Anything shorter is no secret, and would be found in every sentence.
pub(crate) const SHORTEST_SECRET: usize = 4;

/// Somebody who may want to know what is done, or nobody. A copy is the same one.
///
/// What it is told is never read again: it can change no decision and no report.
#[derive(Clone, Default)]
pub struct Observer(Option<Arc<Ear>>);

struct Ear {
    hears_details: bool,
    show: Box<dyn Fn(&str) + Send + Sync>,
    /// The longest first, so that none is left over as a part of another.
    secrets: Mutex<Vec<String>>,
}

impl Observer {
    /// Nobody.
    #[must_use]
    pub fn nobody() -> Self {
        Self::default()
    }

    /// Somebody to whom `show` gives one line at a time, from whichever thread; with
    /// `hears_details`, every single question as well.
    #[must_use]
    pub fn new(hears_details: bool, show: impl Fn(&str) + Send + Sync + 'static) -> Self {
        Self(Some(Arc::new(Ear {
            hears_details,
            show: Box::new(show),
            secrets: Mutex::default(),
        })))
    }

    /// Whether somebody wants to know of every single question.
    #[must_use]
    pub fn hears_details(&self) -> bool {
        self.0.as_ref().is_some_and(|ear| ear.hears_details)
    }

    /// Names what is never to be repeated.
    pub fn keep_secret<'s>(&self, secrets: impl IntoIterator<Item = &'s str>) {
        let Some(mut known) = self.0.as_ref().and_then(|ear| ear.secrets.lock().ok()) else {
            return;
        };
        let long = secrets
            .into_iter()
            .filter(|secret| secret.len() >= SHORTEST_SECRET);
        known.extend(long.map(str::to_owned));
        known.sort_by(|one, other| other.len().cmp(&one.len()).then(one.cmp(other)));
        known.dedup();
    }

    /// Says what is done. The words are put together only where somebody hears them.
    pub fn note(&self, words: impl FnOnce() -> String) {
        if let Some(ear) = &self.0 {
            ear.tell("", &words());
        }
    }

    /// Says what is asked for it, to whoever wants to know of every single question.
    pub fn detail(&self, words: impl FnOnce() -> String) {
        if let Some(ear) = self.0.as_ref().filter(|ear| ear.hears_details) {
            ear.tell("  ", &words());
        }
    }
}

impl Ear {
    fn tell(&self, indent: &str, words: &str) {
        // Whoever does not know the secrets any more says nothing.
        let Ok(secrets) = self.secrets.lock() else {
            return;
        };
        let words = secrets.iter().fold(words.to_owned(), |words, secret| {
            words.replace(secret, "[redacted]")
        });
        (self.show)(&format!("{indent}{words}"));
    }
}

impl fmt::Debug for Observer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Observer")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn heard(hears_details: bool, say: impl FnOnce(&Observer)) -> Vec<String> {
        let lines = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&lines);
        let observer = Observer::new(hears_details, move |line| {
            kept.lock().unwrap().push(line.to_owned());
        });
        say(&observer);
        lines.lock().unwrap().clone()
    }

    #[test]
    fn details_are_for_whoever_wants_them() {
        let say = |observer: &Observer| {
            observer.note(|| "a".to_owned());
            observer.detail(|| "b".to_owned());
        };
        assert_eq!(heard(false, say), ["a"]);
        assert_eq!(heard(true, say), ["a", "  b"]);
    }

    #[test]
    fn a_secret_that_holds_another_is_taken_out_whole() {
        let lines = heard(false, |observer| {
            observer.keep_secret(["hush", "x", ""]);
            observer.keep_secret(["hush-hush"]);
            observer.note(|| "x hush-hush hush".to_owned());
        });
        assert_eq!(lines, ["x [redacted] [redacted]"]);
    }
}
