//! The command itself: read, compare, then write or report.

use super::project::{nothing, read, wanted};
use super::report::{Report, Summary};
use super::{ask, dependabot};
use crate::cli::Generate;
use crate::console::Console;
use crate::error::Error;
use crate::exit::Exit;
use crate::tree::{self, Scope};

pub(in crate::commands) fn run(
    arguments: &Generate,
    console: &mut Console<'_>,
) -> Result<Exit, Error> {
    let projects = read(arguments, console)?;
    let (wanted, snapshot) = wanted(&projects, arguments.update_pins)?;
    let scope = if arguments.all {
        Scope::Repository
    } else {
        Scope::TheseSpecs
    };
    let drifts = tree::drift(&projects.root, &wanted, scope, &snapshot)?;
    if projects.all.is_empty() && drifts.is_empty() {
        return Err(nothing());
    }
    let is_check = arguments.check || arguments.diff;
    if !is_check {
        dependabot::check(&projects.root, arguments)?;
        let gives_up = arguments.force || ask::gives_up(&drifts, arguments.format, console)?;
        tree::write(&projects.root, &drifts, gives_up)?;
    }
    let mut specs = wanted.iter().map(|one| one.spec_path.as_str());
    let report = Report {
        drifts: &drifts,
        files: wanted.iter().map(|one| one.files.len()).sum(),
        spec: specs.next().filter(|_| wanted.len() == 1),
        with_diff: arguments.diff,
        summary: if is_check {
            Summary::Compared
        } else {
            Summary::Written
        },
    };
    report.tell(arguments.format, console)?;
    if !is_check {
        dependabot::offer(&projects, &drifts, arguments, console)?;
    }
    Ok(report.exit())
}
