//! What a stage does, and when it does it by itself.

use crate::diagnostic::{Code, Diagnostic};
use crate::spec::databricks::Schedule;
use crate::spec::quartz::Quartz;
use crate::spec::validate::context::{Context, join};
use crate::spec::{Work, raw};

/// The one thing that a stage does.
pub(in crate::spec::validate) fn work(
    context: &mut Context<'_>,
    pointer: &str,
    name: &str,
    raw: &raw::Stage,
) -> Work {
    for (key, path) in [
        ("notebook", &raw.notebook),
        ("python_file", &raw.python_file),
    ] {
        if let Some(path) = path {
            context.path(&join(pointer, key), path, "the project", "the spec");
        }
    }
    let keys = ["run", "notebook", "python_file", "wheel"];
    let all = [
        raw.run.clone().map(Work::Command),
        raw.notebook.clone().map(Work::Notebook),
        raw.python_file.clone().map(Work::PythonFile),
        raw.wheel.as_ref().map(wheel),
    ];
    let is_misfit = context.is_misfit(pointer);
    let mut said = all.into_iter().flatten();
    let first = said.next();
    if first.is_none() && !is_misfit {
        let span = context.key_span(pointer);
        let message = format!("nothing says what `{name}` does");
        let help =
            "add `run:` with a command; on Databricks `notebook:`, `python_file:` or `wheel:`";
        context.report(Diagnostic::error(Code::MissingKey, span, message).help(help));
    }
    if said.next().is_some() {
        let message = format!(
            "`{name}` does one thing: a stage has one of {}",
            keys.join(", ")
        );
        let help = "make two stages of it, or remove all but one";
        context.error(Code::InvalidValue, pointer, message, help);
    }
    first.unwrap_or_else(|| Work::Command(String::new()))
}

fn wheel(raw: &raw::Wheel) -> Work {
    Work::Wheel {
        package: raw.package.clone().unwrap_or_default(),
        entry_point: raw.entry_point.clone().unwrap_or_default(),
    }
}

/// The schedule at a pointer; `None` where its line is none.
pub(in crate::spec::validate) fn schedule(
    context: &mut Context<'_>,
    pointer: &str,
    raw: &raw::QuartzSchedule,
) -> Option<Schedule> {
    let line = raw.cron.as_deref()?;
    match Quartz::parse(line) {
        Ok(cron) => Some(Schedule {
            cron,
            timezone: raw.timezone.clone().unwrap_or_else(|| "UTC".to_owned()),
        }),
        Err(bad) => {
            let help = "second, minute, hour, day of the month, month, day of the week: `0 0 9 * * ?` is every day at nine";
            context.error(
                Code::InvalidValue,
                &join(pointer, "cron"),
                bad.to_string(),
                help,
            );
            None
        }
    }
}
