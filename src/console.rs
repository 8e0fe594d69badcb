//! What a command sees of the world it runs in: two streams, the environment, the folder, the time.
//!
//! The one decision here: everything that differs from run to run comes in through this value, so
//! that a test can hold a whole command still. stdout is data, stderr is talk.

use std::collections::BTreeMap;
use std::io::{self, BufRead, Read as _, Write};
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use crate::observer::Observer;

/// More than this, in bytes, is no answer that a person types.
const LONGEST_ANSWER: u64 = 1024;

/// Environment variables, as a value.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Environment(BTreeMap<String, String>);

impl Environment {
    /// The variable's value; `None` when it is unset or empty, which programs treat alike, or when
    /// it is `$(NAME)`: what Azure Pipelines hands on for a variable that nobody defined.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0
            .get(name)
            .map(String::as_str)
            .filter(|value| !value.is_empty() && *value != format!("$({name})"))
    }

    /// Whether the variable is set to something else than nothing, `0` or `false`.
    #[must_use]
    pub fn is_on(&self, name: &str) -> bool {
        self.get(name)
            .is_some_and(|value| value != "0" && !value.eq_ignore_ascii_case("false"))
    }

    /// A text without the values of variables whose names say that they are secret: tokens,
    /// passwords, keys. Short values are left alone; they are in every other word.
    #[must_use]
    pub fn conceal(&self, text: &str) -> String {
        const SHORTEST: usize = 8;
        let variables = self.0.iter();
        let mut secrets: Vec<&str> = variables
            .filter(|(name, value)| is_secret(name) && value.len() >= SHORTEST)
            .map(|(_, value)| value.as_str())
            .collect();
        secrets.sort_by_key(|secret| std::cmp::Reverse(secret.len()));
        secrets.iter().fold(text.to_owned(), |text, secret| {
            text.replace(secret, "[redacted]")
        })
    }

    /// A look-up in the form that pure rooms take.
    pub fn lookup(&self) -> impl Fn(&str) -> Option<String> {
        |name| self.get(name).map(str::to_owned)
    }
}

/// Whether a variable's name says that its value is secret.
fn is_secret(name: &str) -> bool {
    const WORDS: [&str; 8] = [
        "TOKEN",
        "SECRET",
        "PASSWORD",
        "PASSWD",
        "PASSPHRASE",
        "CREDENTIAL",
        "CREDENTIALS",
        "KEY",
    ];
    let name = name.to_ascii_uppercase();
    let mut words = name.split(|c: char| !c.is_ascii_alphanumeric());
    words.any(|word| WORDS.iter().any(|secret| word.ends_with(secret)))
}

impl FromIterator<(String, String)> for Environment {
    fn from_iter<I: IntoIterator<Item = (String, String)>>(variables: I) -> Self {
        Self(variables.into_iter().collect())
    }
}

/// The world as one command sees it.
pub struct Console<'a> {
    /// Data: what another program may read.
    pub stdout: &'a mut dyn Write,
    /// Talk: what a person reads.
    pub stderr: &'a mut dyn Write,
    /// Who answers questions; `None` where nobody reads them.
    pub answers: Option<&'a mut dyn BufRead>,
    /// The environment variables.
    pub environment: Environment,
    /// The current folder.
    pub folder: PathBuf,
    /// How the program was called: the first word of the command line.
    pub program: String,
    /// When the command started.
    pub now: Timestamp,
    /// Writes a line of talk whole, from whichever thread: for what is said while work is done.
    pub aside: fn(&str),
    /// Who is told what is done; with `--verbose`, whoever reads what is written aside.
    pub observer: Observer,
    /// Whether to say only what matters.
    pub quiet: bool,
    /// Whether data may be coloured.
    pub stdout_coloured: bool,
    /// Whether talk may be coloured.
    pub stderr_coloured: bool,
    /// How wide the terminal is, in columns; a fixed width where there is none.
    pub width: usize,
}

impl Console<'_> {
    /// Writes data and a line end.
    ///
    /// # Errors
    /// What the stream reports; a closed pipe is for the caller of `run` to forgive.
    pub fn say(&mut self, text: impl AsRef<str>) -> io::Result<()> {
        writeln!(self.stdout, "{}", text.as_ref())
    }

    /// Writes talk and a line end.
    ///
    /// # Errors
    /// What the stream reports.
    pub fn tell(&mut self, text: impl AsRef<str>) -> io::Result<()> {
        writeln!(self.stderr, "{}", text.as_ref())
    }

    /// Whether somebody is there to be asked: at a terminal, and no CI system.
    #[must_use]
    pub fn can_ask(&self) -> bool {
        let is_ci = ["CI", "GITHUB_ACTIONS", "TF_BUILD"]
            .iter()
            .any(|name| self.environment.is_on(name));
        self.answers.is_some() && !is_ci && !self.quiet
    }

    /// Asks a question that is answered with yes or no. Only `y` and `yes` are a yes: another word,
    /// an empty line and the end of input are a no.
    ///
    /// # Errors
    /// What the streams report.
    pub fn ask(&mut self, question: &str) -> io::Result<bool> {
        let Some(answers) = self.answers.as_mut() else {
            return Ok(false);
        };
        write!(self.stderr, "{question} [y/N] ")?;
        self.stderr.flush()?;
        let mut line = Vec::new();
        answers.take(LONGEST_ANSWER).read_until(b'\n', &mut line)?;
        let answer = String::from_utf8_lossy(&line).trim().to_ascii_lowercase();
        Ok(matches!(answer.as_str(), "y" | "yes"))
    }

    /// How to call the program again from a folder below the current one.
    #[must_use]
    pub fn program_from(&self, folder: &Path) -> String {
        let program = Path::new(&self.program);
        let is_plain_name = program.components().count() == 1;
        let program = program.strip_prefix(".").unwrap_or(program);
        if is_plain_name || program.is_absolute() {
            return self.program.clone();
        }
        let from: PathBuf = if folder.is_absolute() {
            self.folder.clone()
        } else {
            folder.components().map(|_| "..").collect()
        };
        from.join(program).display().to_string()
    }

    /// A path as the user meant it: relative to the current folder.
    #[must_use]
    pub fn resolve(&self, path: &Path) -> PathBuf {
        self.folder.join(path)
    }
}
