//! Commands, run as they are printed, away from whatever is around the demo.

use std::cell::RefCell;
use std::io::{self, Write};
use std::path::PathBuf;
use std::rc::Rc;

use clap::Parser;

use crate::cli::Cli;
use crate::commands;
use crate::console::{Console, Environment};
use crate::error::Error;
use crate::exit::Exit;
use crate::observer::Observer;

/// What commands see of the environment: who the user is. No CI system is told of a demo, and no
/// other store is asked.
const SEEN: [&str; 4] = ["USER", "USERNAME", "LOGNAME", "PATH"];

/// Where commands are run.
pub(super) struct Stage {
    /// The folder.
    pub(super) folder: PathBuf,
}

impl Stage {
    /// Runs a command, and gives all it said, in order, with its exit code.
    ///
    /// # Errors
    /// When the command could not answer, which the demo's never can.
    pub(super) fn run(
        &self,
        words: &[&str],
        console: &Console<'_>,
    ) -> Result<(String, Exit), Error> {
        let internal = |error: &dyn std::fmt::Display| {
            Error::Internal(format!("the demo's own command failed: {error}"))
        };
        let cli = Cli::try_parse_from([&["gatewright"], words].concat())
            .map_err(|error| internal(&error))?;
        let said = Said::default();
        let (mut stdout, mut stderr) = (said.clone(), said.clone());
        let mut inner = Console {
            stdout: &mut stdout,
            stderr: &mut stderr,
            answers: None,
            environment: seen(&console.environment),
            folder: self.folder.clone(),
            program: "gatewright".to_owned(),
            // The story takes as long as it takes: every command has its own moment.
            now: jiff::Timestamp::now(),
            quiet: false,
            // The story says enough.
            aside: console.aside,
            observer: Observer::nobody(),
            stdout_coloured: console.stdout_coloured,
            stderr_coloured: console.stdout_coloured,
            width: console.width.saturating_sub(3),
        };
        let exit = commands::run(cli, &mut inner).map_err(|error| internal(&error))?;
        Ok((said.text(), exit))
    }
}

fn seen(environment: &Environment) -> Environment {
    let seen = SEEN.into_iter();
    seen.filter_map(|name| Some((name.to_owned(), environment.get(name)?.to_owned())))
        .collect()
}

/// What was said on both streams, in order.
#[derive(Clone, Default)]
struct Said(Rc<RefCell<Vec<u8>>>);

impl Said {
    fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.borrow()).into_owned()
    }
}

impl Write for Said {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
