//! `gatewright gate check --all`: every gate of every spec of the repository, in one report.
//!
//! The one decision here: what cannot be judged never disappears. A spec that is invalid, a store
//! that is down and a gate that a spec lacks are answers like any other, and outweigh every pass.

use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::{Question, Surroundings, checkout, decide, exit};
use crate::cli::{GateCheck, Output};
use crate::commands::load::{FILE_NAME, Loaded, load, tell};
use crate::commands::publish;
use crate::commands::specs::find_all;
use crate::console::Console;
use crate::error::Error;
use crate::exit::Exit;
use crate::host;
use crate::report::{All, Answer, Format, Refusal, Style, report_all};

/// How many gates are judged at a time: they mostly wait for servers.
const WORKERS: usize = 8;

/// One gate of one spec, or a spec that did not come to that.
struct Job<'a> {
    loaded: &'a Loaded,
    gate: Option<&'a str>,
}

pub(super) fn run(arguments: &GateCheck, console: &mut Console<'_>) -> Result<Exit, Error> {
    require_many(arguments)?;
    let root = host::repository_root(&console.folder);
    let specs = loaded(&root, console)?;
    let jobs = jobs(&specs, arguments.question.gate.as_deref());
    let checkout = checkout(&root, console);
    let around = Surroundings::of(console, &checkout);
    let question = Question::of(&arguments.question);
    let answers = judge_all(&jobs, question, around);
    if answers.is_empty() {
        let message = "no spec of the repository has a gate";
        return Err(Error::usage(message, "add `gates:` to a spec"));
    }
    let exit = worst(&answers);
    let all = All {
        judged_at: console.now.to_string(),
        exit: exit.code(),
        answers,
    };
    publish_all(&all, arguments.format, &arguments.outputs, console)?;
    Ok(exit)
}

/// Formats that are about one model say nothing about many.
fn require_many(arguments: &GateCheck) -> Result<(), Error> {
    let mut formats = arguments.outputs.iter().map(|output| output.format);
    let single = |format: &Format| {
        matches!(
            format,
            Format::InToto | Format::InTotoPredicate | Format::Subjects
        )
    };
    match Some(arguments.format)
        .filter(single)
        .or(formats.find(single))
    {
        None => Ok(()),
        Some(format) => Err(Error::usage(
            format!(
                "`{}` is about one model, and `--all` about many",
                format.name()
            ),
            "judge that gate alone, or choose another format",
        )),
    }
}

/// Every spec of the repository, read; what is wrong with one is told at once.
fn loaded(root: &Path, console: &mut Console<'_>) -> Result<Vec<Loaded>, Error> {
    let paths = find_all(root).map_err(|error| {
        Error::evidence(
            error.to_string(),
            "check its permissions, or judge specs one by one with `--spec`",
        )
    })?;
    let mut specs = Vec::new();
    for path in paths.specs {
        let shown = path.strip_prefix(&console.folder).unwrap_or(&path);
        let loaded = load(shown, console);
        if loaded.reading.spec.is_none() {
            tell(&loaded.source, &loaded.reading.diagnostics, console)?;
        }
        specs.push(loaded);
    }
    if specs.is_empty() {
        return Err(Error::usage(
            format!("there is no `{FILE_NAME}` in the repository"),
            "`gatewright demo` writes an example",
        ));
    }
    Ok(specs)
}

/// What is to be judged: the gate that was named, or all there are.
fn jobs<'a>(specs: &'a [Loaded], named: Option<&'a str>) -> Vec<Job<'a>> {
    let mut jobs = Vec::new();
    for loaded in specs {
        match (&loaded.reading.spec, named) {
            (None, _) => jobs.push(Job { loaded, gate: None }),
            (Some(_), Some(gate)) => jobs.push(Job {
                loaded,
                gate: Some(gate),
            }),
            (Some(spec), None) => jobs.extend(spec.gates_of_versions().map(|gate| Job {
                loaded,
                gate: Some(&gate.name),
            })),
        }
    }
    jobs
}

/// The answers, in the order of the jobs, whoever is done first.
fn judge_all(jobs: &[Job<'_>], question: Question<'_>, around: Surroundings<'_>) -> Vec<Answer> {
    let next = AtomicUsize::new(0);
    let answers = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..WORKERS.min(jobs.len()) {
            scope.spawn(|| {
                loop {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    let Some(job) = jobs.get(index) else { return };
                    let answer = answer(job, question, around);
                    if let Ok(mut answers) = answers.lock() {
                        answers.push((index, answer));
                    }
                }
            });
        }
    });
    let mut answers = answers.into_inner().unwrap_or_default();
    answers.sort_by_key(|(index, _)| *index);
    answers.into_iter().map(|(_, answer)| answer).collect()
}

fn answer(job: &Job<'_>, question: Question<'_>, around: Surroundings<'_>) -> Answer {
    let Some(spec) = &job.loaded.reading.spec else {
        return Answer {
            spec: job.loaded.source.path.clone(),
            gate: None,
            result: Err(Refusal {
                exit: Exit::Usage.code(),
                message: "the spec is invalid".to_owned(),
                help: "`gatewright validate` says what is wrong with it".to_owned(),
            }),
        };
    };
    let question = Question {
        gate: job.gate,
        ..question
    };
    let conceal = |text: &str| around.environment.conceal(text);
    let refuse = |error: Error| Refusal {
        exit: error.exit().code(),
        message: conceal(&error.to_string()),
        help: conceal(&error.help().unwrap_or_default()),
    };
    Answer {
        spec: spec.path.clone(),
        gate: job.gate.map(str::to_owned),
        result: decide(question, job.loaded, spec, around).map_err(refuse),
    }
}

/// The exit code of the whole: a wrong spec, then missing evidence, then a no, then a hold.
fn worst(answers: &[Answer]) -> Exit {
    let exits: Vec<Exit> = answers.iter().map(exit_of).collect();
    [Exit::Usage, Exit::NoEvidence, Exit::No, Exit::Hold]
        .into_iter()
        .find(|exit| exits.contains(exit))
        .unwrap_or(Exit::Yes)
}

fn exit_of(answer: &Answer) -> Exit {
    match &answer.result {
        Ok(decision) => exit(decision),
        Err(refusal) if refusal.exit == Exit::Usage.code() => Exit::Usage,
        Err(_) => Exit::NoEvidence,
    }
}

fn publish_all(
    all: &All,
    format: Format,
    outputs: &[Output],
    console: &mut Console<'_>,
) -> Result<(), Error> {
    let style = |coloured| Style {
        coloured,
        width: console.width,
    };
    let plain = style(false);
    let write = |format, style| report_all(all, format, style).unwrap_or_default();
    for output in outputs {
        publish::write_file(&console.resolve(&output.path), &write(output.format, plain))?;
    }
    let stdout = write(format, style(console.stdout_coloured));
    let name = all.answers.len().to_string();
    publish::announce(
        (&stdout, format),
        &publish::Announcement {
            summary: &write(Format::Markdown, plain),
            outputs: "",
            github: &write(Format::Github, plain),
            azure: &write(Format::Azure, plain),
            name: &format!("all-{name}"),
        },
        console,
    )
}
