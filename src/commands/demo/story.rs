//! The story, step by step.

use std::path::{Path, PathBuf};

use super::project;
use super::stage::Stage;
use crate::cli::Demo;
use crate::commands::generate::write_pipelines;
use crate::commands::load::{FILE_NAME, load};
use crate::console::Console;
use crate::error::Error;
use crate::exit::Exit;

pub(in crate::commands) fn run(arguments: &Demo, console: &mut Console<'_>) -> Result<Exit, Error> {
    let folder = console.resolve(&arguments.folder);
    project::make(&folder, &arguments.folder)?;
    let story = Story {
        stage: Stage { folder },
        shown: arguments.folder.clone(),
    };
    story.tell(console)
}

/// A step: what happened, and the command that answers it, with the exit code it has to have.
struct Step {
    title: &'static str,
    words: &'static [&'static str],
    exit: Exit,
}

const STEPS: [Step; 5] = [
    Step {
        title: "Version 1 is live. Version 2: somebody left a debug setting in, and trained on 400 trips",
        words: &["promote", "--candidate", "2"],
        exit: Exit::No,
    },
    Step {
        title: "Version 3: more trips, more trees",
        words: &["promote", "--reason", "more trips, more trees"],
        exit: Exit::Yes,
    },
    Step {
        title: "Drivers complain: back to what was live before",
        words: &["rollback", "--reason", "airport fares are off"],
        exit: Exit::Yes,
    },
    Step {
        title: "Who did what, when, and why",
        words: &["history"],
        exit: Exit::Yes,
    },
    Step {
        title: "Every entry carries the digest of the one before: nobody rewrites it unseen",
        words: &["history", "--verify"],
        exit: Exit::Yes,
    },
];

struct Story {
    stage: Stage,
    shown: PathBuf,
}

impl Story {
    fn tell(&self, console: &mut Console<'_>) -> Result<Exit, Error> {
        console.say(format!("A taxi-fare model, in {}/\n", self.shown.display()))?;
        console.say("1. One spec says how the model is made, and what it must show\n")?;
        console.say(indent(project::gates()))?;
        console.say("2. The pipelines follow from it\n")?;
        let folder = &self.stage.folder;
        let spec = load(&folder.join(FILE_NAME), console).reading.spec;
        let spec = spec.ok_or_else(|| wrong("spec"))?;
        for (path, lines) in write_pipelines(folder, &spec)? {
            console.say(format!("   {path:<44}{lines:>4} lines"))?;
        }
        console.say("")?;
        for (number, step) in (3..).zip(&STEPS) {
            console.say(format!("{number}. {}\n", step.title))?;
            self.act(step, console)?;
        }
        next(&self.shown, console)?;
        Ok(Exit::Yes)
    }

    fn act(&self, step: &Step, console: &mut Console<'_>) -> Result<(), Error> {
        let (said, exit) = self.stage.run(step.words, console)?;
        console.say(format!("   $ gatewright {}\n", as_typed(step.words)))?;
        console.say(indent(&said))?;
        if exit != Exit::Yes {
            console.say(format!("   exit code {}\n", exit.code()))?;
        }
        // What is shown is there to read while the next command runs.
        console.stdout.flush()?;
        if exit == step.exit {
            Ok(())
        } else {
            Err(wrong("story"))
        }
    }
}

fn wrong(what: &str) -> Error {
    Error::Internal(format!("the demo's own {what} is not what it must be"))
}

/// Words as a shell takes them.
fn as_typed(words: &[&str]) -> String {
    let words = words.iter().map(|word| {
        if word.contains(' ') {
            format!("\"{word}\"")
        } else {
            (*word).to_owned()
        }
    });
    words.collect::<Vec<_>>().join(" ")
}

fn next(shown: &Path, console: &mut Console<'_>) -> Result<(), Error> {
    let program = console.program_from(shown);
    console.say("Try next:\n")?;
    console.say(format!("   cd {}", shown.display()))?;
    let store = match console.environment.get("MLFLOW_TRACKING_URI") {
        Some(_) => " --tracking-uri sqlite:///mlflow.db",
        None => "",
    };
    for (command, why) in [
        (
            format!("gate check --candidate 4{store}"),
            "its evaluation went NaN",
        ),
        (
            format!("history --version 3{store}"),
            "where a version comes from",
        ),
        (
            "validate".to_owned(),
            "after you changed a line of gatewright.yaml",
        ),
        (
            "generate --check".to_owned(),
            "are the pipelines what the spec says?",
        ),
    ] {
        console.say(format!("   {program} {command:<24}  # {why}"))?;
    }
    Ok(())
}

fn indent(text: &str) -> String {
    let lines = text.trim_end().lines();
    let indented: Vec<_> = lines
        .map(|line| {
            if line.is_empty() {
                String::new()
            } else {
                format!("   {line}")
            }
        })
        .collect();
    indented.join("\n") + "\n"
}
