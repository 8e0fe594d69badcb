//! `gatewright validate`: every problem of every spec, in the format asked for.

use super::hooks;
use super::load::{Loaded, find, load, tell};
use crate::cli::{DiagnosticFormat, Validate};
use crate::console::Console;
use crate::diagnostic::{Code, Diagnostic, Severity, has_errors, nearest};
use crate::error::Error;
use crate::exit::Exit;
use crate::plan::{self, Process};
use crate::render;
use crate::report::diagnostics::{github, json, sarif};

pub(super) fn run(arguments: &Validate, console: &mut Console<'_>) -> Result<Exit, Error> {
    let specs = match arguments.specs.as_slice() {
        [] => vec![find(None, console)?],
        named => named.to_vec(),
    };
    let mut all = Vec::new();
    for path in &specs {
        let loaded = load(path, console);
        let (diagnostics, _) = planned(&loaded);
        all.push((loaded.source, diagnostics));
    }
    match arguments.format {
        DiagnosticFormat::Text => text(&all, console)?,
        DiagnosticFormat::Json => console.stdout.write_all(json(&all).as_bytes())?,
        DiagnosticFormat::Github => console.stdout.write_all(github(&all).as_bytes())?,
        DiagnosticFormat::Sarif => console.stdout.write_all(sarif(&all).as_bytes())?,
    }
    let failed = all.iter().any(|(_, diagnostics)| has_errors(diagnostics));
    Ok(if failed { Exit::Usage } else { Exit::Yes })
}

/// What reading the spec found and what laying out its pipelines finds; and the pipelines, where
/// there can be any.
pub(super) fn planned(loaded: &Loaded) -> (Vec<Diagnostic>, Option<Process>) {
    let mut diagnostics = loaded.reading.diagnostics.clone();
    let problems = match loaded.reading.spec.as_ref().map(plan::process) {
        Some(Ok(process)) => {
            diagnostics.extend(detached(loaded, &process));
            diagnostics.extend(hooks::absent(loaded, &process));
            return (diagnostics, Some(process));
        }
        Some(Err(problems)) => problems,
        None => Vec::new(),
    };
    diagnostics.extend(problems.iter().map(|problem| {
        let code = match problem.problem {
            plan::Problem::Expression | plan::Problem::AzureMacro { .. } => Code::UnsafeExpansion,
            plan::Problem::Schedule(_) => Code::InvalidSchedule,
            _ => Code::InvalidPlan,
        };
        let span = loaded.reading.span(&problem.pointer);
        Diagnostic::error(code, span, problem.to_string()).help(problem.problem.help())
    }));
    (diagnostics, None)
}

/// Every detached file that would not be generated anyway.
fn detached(loaded: &Loaded, process: &Process) -> Vec<Diagnostic> {
    let spec = loaded.reading.spec.as_ref();
    let detached = spec.map(|spec| spec.ci.detach.as_slice());
    let known = render::paths(process);
    let unknown = |(index, path): (usize, &String)| {
        if known.contains(path) {
            return None;
        }
        let span = loaded.reading.span(&format!("/ci/detach/{index}"));
        let message = format!("no file `{path}` is generated from this spec");
        let help = match nearest(path, known.iter().map(String::as_str)) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("generated files are {}", known.join(", ")),
        };
        Some(Diagnostic::error(Code::UnknownReference, span, message).help(help))
    };
    let detached = detached.unwrap_or_default().iter().enumerate();
    detached.filter_map(unknown).collect()
}

fn text(
    all: &[(crate::diagnostic::Source, Vec<Diagnostic>)],
    console: &mut Console<'_>,
) -> Result<(), Error> {
    let count = |severity: Severity| {
        all.iter()
            .flat_map(|(_, found)| found)
            .filter(|one| one.severity == severity)
            .count()
    };
    let (errors, warnings) = (count(Severity::Error), count(Severity::Warning));
    for (source, diagnostics) in all {
        tell(source, diagnostics, console)?;
    }
    let specs = plural(all.len(), "spec");
    let summary = match (errors, warnings) {
        (0, 0) => format!("{specs} valid"),
        (0, warnings) => format!("{specs} valid, {}", plural(warnings, "warning")),
        (errors, 0) => format!("{} in {specs}", plural(errors, "error")),
        (errors, warnings) => {
            format!(
                "{} and {} in {specs}",
                plural(errors, "error"),
                plural(warnings, "warning")
            )
        }
    };
    if errors + warnings > 0 || !console.quiet {
        console.tell(summary)?;
    }
    Ok(())
}

fn plural(count: usize, noun: &str) -> String {
    if count == 1 {
        format!("1 {noun}")
    } else {
        format!("{count} {noun}s")
    }
}
