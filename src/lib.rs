//! One spec of how a model is made. The pipelines that make it, generated. A gate that decides
//! whether the result may go live, and a record of why.
//!
//! # The house
//!
//! Data flows one way, on two rivers that meet only in [`commands`]:
//!
//! ```text
//! cli ─▶ commands ─┬▶ spec ─▶ plan ─▶ render ─▶ tree                        text out
//!                  └▶ store ─▶ gather ─▶ evidence ─▶ gate ─▶ decision ─▶ report   judgement out
//!                                                       └─▶ promotion ─▶ registry      change out
//! ```
//!
//! | room | what happens there | touches |
//! |---|---|---|
//! | [`cli`] | words of the command line | nothing |
//! | [`commands`] | one file per command: load, call the pure core, present | the disk |
//! | [`spec`] | `gatewright.yaml` to a [`spec::Spec`] that is known to be right; waivers | nothing |
//! | [`plan`] | the process, provider-neutral, then as typed pipelines | nothing |
//! | [`render`] | typed pipelines to text, and back again to prove it | nothing |
//! | [`tree`] | text to disk: markers, drift, atomic writes | the disk |
//! | [`store`], [`mlflow`] | the reading door to MLflow: SQLite, REST, Databricks, legacy folders | disk, network |
//! | [`artifact`] | files beside MLflow's records: folders, the server's proxy, object stores | disk, network |
//! | [`gather`] | what a gate needs, resolved once and asked for together | through [`store`] |
//! | [`evidence`] | what MLflow recorded, each value with where it was read | nothing |
//! | [`gate`] | the grammar; checks and evidence in, outcomes and a verdict out | nothing |
//! | [`signature`] | what a model takes and gives, and whether another can stand in for it | nothing |
//! | [`table`] | evaluation tables: rows, columns, groups, pairs | nothing |
//! | [`import`] | results of other tools as one summary | nothing |
//! | [`statistics`] | paired and repeated measurements to shown, refuted, undecided | nothing |
//! | [`decision`] | the record that every report is made from, and evidence as a file | nothing |
//! | [`promotion`] | the record of what went live, the chain of records, whether a promotion may be | nothing |
//! | [`registry`] | the writing door to MLflow: aliases and tags, by compare-and-set | disk, network |
//! | [`attestation`] | signed statements about a model's files, and whether they match a decision | nothing |
//! | [`rollout`] | traffic in steps: what comes next, and what has to be remembered for it | nothing |
//! | [`serving`] | the door to serving endpoints: Databricks, or a program of the user's | processes, network |
//! | [`report`] | one file per format | nothing |
//! | [`diagnostic`] | what is wrong with a file, and where | nothing |
//! | [`host`] | the CI system and the git checkout around a command | processes, network |
//! | [`http`] | what every HTTP client has in common: TLS, limits, repetition | network |
//! | [`json`] | JSON in which no key comes twice | nothing |
//! | [`observer`] | who is told what is done, without any secret in it | nothing of its own |
//! | [`console`] | the world of a command: streams, environment, folder, time | nothing of its own |
//! | [`error`], [`exit`] | why there is no answer; the six exit codes | nothing |
//!
//! Time and environment come in as values ([`console::Console`]). A test reads the `use crate::`
//! lines of every file and fails on an arrow that runs back.

pub mod artifact;
pub mod attestation;
pub mod cli;
mod codes;
pub mod commands;
pub mod console;
pub mod decision;
pub mod diagnostic;
pub mod error;
pub mod evidence;
pub mod exit;
pub mod gate;
pub mod gather;
pub mod host;
pub mod http;
pub mod import;
pub mod json;
pub mod mlflow;
pub mod observer;
pub mod plan;
pub mod promotion;
pub mod registry;
pub mod render;
pub mod report;
pub mod rollout;
pub mod serving;
pub mod signature;
pub mod spec;
pub mod statistics;
pub mod store;
pub mod table;
pub mod tree;

use std::ffi::OsString;
use std::io::{self, IsTerminal, Write};

use clap::error::ErrorKind;
use clap::{CommandFactory, Parser};

use crate::cli::{Cli, Color};
use crate::console::{Console, Environment};
use crate::error::Error;
use crate::exit::Exit;
use crate::observer::Observer;

/// Where there is no terminal: wide enough for a table, narrow enough for a log.
const WIDTH_WITHOUT_TERMINAL: usize = 110;

/// The most characters of a line that is said aside: it may quote what strangers wrote.
const LONGEST_LINE: usize = 400;

/// Runs the command line `arguments` (the program's name first) in the world of `console`.
pub fn run(arguments: impl IntoIterator<Item = OsString>, console: &mut Console<'_>) -> Exit {
    let cli = match Cli::try_parse_from(arguments) {
        Ok(cli) => cli,
        Err(error) => return show_usage(&error, console),
    };
    colours(cli.color, console);
    if cli.quiet && cli.verbose > 0 {
        let message = "the argument '--quiet' cannot be used with '--verbose'";
        let error = Cli::command().error(ErrorKind::ArgumentConflict, message);
        return show_usage(&error, console);
    }
    console.quiet = cli.quiet;
    listen(cli.verbose, console);
    match commands::run(cli, console) {
        Ok(exit) => exit,
        Err(error) => {
            let exit = error.exit();
            tell(&error, console);
            exit
        }
    }
}

/// Runs the command line of this process on its own streams, environment and folder.
#[must_use]
pub fn run_on_this_machine() -> Exit {
    let (stdout, stderr) = (io::stdout(), io::stderr());
    let width = terminal_width(stdout.is_terminal() || stderr.is_terminal());
    let (on_terminal, talk_on_terminal) = (stdout.is_terminal(), stderr.is_terminal());
    let mut stdin = io::stdin().lock();
    let is_answered = talk_on_terminal && stdin.is_terminal();
    let mut out = io::BufWriter::new(Forgiving(stdout.lock()));
    // Not locked: what is said aside comes from other threads, too.
    let mut err = Forgiving(stderr);
    let mut console = Console {
        environment: std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
            .collect::<Environment>(),
        folder: std::env::current_dir().unwrap_or_default(),
        program: std::env::args()
            .next()
            .unwrap_or_else(|| "gatewright".to_owned()),
        now: jiff::Timestamp::now(),
        stdout: &mut out,
        stderr: &mut err,
        answers: is_answered.then_some(&mut stdin as &mut dyn io::BufRead),
        aside,
        observer: Observer::nobody(),
        quiet: false,
        stdout_coloured: on_terminal,
        stderr_coloured: talk_on_terminal,
        width,
    };
    let exit = run(std::env::args_os(), &mut console);
    match out.flush() {
        Ok(()) => exit,
        Err(_) => exit.max(Exit::Usage),
    }
}

/// Writes a line of talk in one go, so that lines of two threads do not mix.
fn aside(line: &str) {
    // There is nobody left to tell when this fails.
    let _ = Forgiving(io::stderr()).write_all(format!("{line}\n").as_bytes());
}

/// Has what is done said aside, as far as that is wanted.
fn listen(verbose: u8, console: &mut Console<'_>) {
    if verbose == 0 {
        return;
    }
    let (environment, aside) = (console.environment.clone(), console.aside);
    console.observer = Observer::new(verbose > 1, move |line| {
        // Before anything is cut off: half a secret is recognised by nobody.
        let line = environment.conceal(line);
        let mut short: String = line.chars().take(LONGEST_LINE).collect();
        if short.len() < line.len() {
            short.push('…');
        }
        aside(&report::disarmed(&report::printable(&short)));
    });
}

/// A stream whose reader may leave: whoever closed the pipe has read enough, and the answer of the
/// command is still its exit code.
struct Forgiving<W>(W);

impl<W: Write> Write for Forgiving<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self.0.write(bytes) {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(bytes.len()),
            result => result,
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self.0.flush() {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
            result => result,
        }
    }
}

fn terminal_width(is_terminal: bool) -> usize {
    let size = if is_terminal {
        terminal_size::terminal_size()
    } else {
        None
    };
    size.map_or(WIDTH_WITHOUT_TERMINAL, |(width, _)| {
        usize::from(width.0).clamp(60, 160)
    })
}

/// `--color` first, then `NO_COLOR` (<https://no-color.org>), then whether it is a terminal.
fn colours(wanted: Color, console: &mut Console<'_>) {
    let forced = match wanted {
        Color::Always => Some(true),
        Color::Never => Some(false),
        Color::Auto if console.environment.get("NO_COLOR").is_some() => Some(false),
        Color::Auto if console.environment.is_on("CLICOLOR_FORCE") => Some(true),
        Color::Auto => None,
    };
    if let Some(forced) = forced {
        console.stdout_coloured = forced;
        console.stderr_coloured = forced;
    }
}

/// Help and version go to stdout and are a yes; a usage error goes to stderr and is not.
fn show_usage(error: &clap::Error, console: &mut Console<'_>) -> Exit {
    let rendered = error.render();
    let (stream, coloured, exit): (&mut dyn Write, bool, Exit) = if error.use_stderr() {
        (&mut *console.stderr, console.stderr_coloured, Exit::Usage)
    } else {
        (&mut *console.stdout, console.stdout_coloured, Exit::Yes)
    };
    let text = if coloured {
        rendered.ansi().to_string()
    } else {
        rendered.to_string()
    };
    // There is nobody left to tell when this fails.
    let _ = stream.write_all(report::disarmed(&text).as_bytes());
    exit
}

fn tell(error: &Error, console: &mut Console<'_>) {
    if matches!(error, Error::Reported(_)) {
        return;
    }
    let (open, close) = if console.stderr_coloured {
        ("\u{1b}[1;31m", "\u{1b}[0m")
    } else {
        ("", "")
    };
    let shown = |text: &str| report::printable(&console.environment.conceal(text));
    let mut text = format!("{open}error{close}: {}", shown(&error.to_string()));
    if let Some(help) = error.help() {
        text = format!("{text}\n  help: {}", shown(&help));
    }
    let _ = console.tell(report::disarmed(&text));
}
