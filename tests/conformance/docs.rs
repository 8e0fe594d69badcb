//! Every example in `docs/`: the spec on the page, judged on the story that real MLflow wrote,
//! prints what the page says.
//!
//! A page holds `yaml` blocks (a spec), blocks with `file=PATH` (other files beside the spec), and
//! `console` blocks: a line `$ gatewright ...` and what it prints. `UPDATE_DOCS=1` writes the output
//! into the pages. Ids that MLflow makes are shown as `...`, the age of the story is `2s`, and a page's
//! dates of expiry are taken as a month from today.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use jiff::{Timestamp, ToSpan};
use regex::{Captures, Regex};
use tempfile::TempDir;

use crate::story::Story;
use crate::tools::repository;

fn pages(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(pages(&path));
        } else if path.extension().is_some_and(|extension| extension == "md") {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// A page with the output of its commands as it is today, and how many commands it has.
fn replay(page: &str, story: &Story) -> (String, usize) {
    let folder = TempDir::new().unwrap();
    let mut replayed = String::new();
    let mut commands = 0;
    let mut lines = page.lines();
    while let Some(line) = lines.next() {
        let _ = writeln!(replayed, "{line}");
        let Some(info) = line.strip_prefix("```").filter(|info| !info.is_empty()) else {
            continue;
        };
        let block: Vec<_> = lines.by_ref().take_while(|line| *line != "```").collect();
        if info == "console" {
            for command in block.iter().filter_map(|line| line.strip_prefix("$ ")) {
                commands += 1;
                let _ = writeln!(
                    replayed,
                    "$ {command}\n{}",
                    run(command, folder.path(), story)
                );
            }
        } else {
            let text = block.join("\n") + "\n";
            replayed.push_str(&text);
            write(info, &text, folder.path());
        }
        replayed.push_str("```\n");
    }
    (replayed, commands)
}

/// The file that a block stands for.
fn write(info: &str, text: &str, folder: &Path) {
    let name = match info.split_once(" file=") {
        Some((_, name)) => name,
        None if info == "yaml" && text.starts_with("version: 1") => "gatewright.yaml",
        None => return,
    };
    let path = folder.join(name);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    let soon = (Timestamp::now() + (30 * 24).hours()).to_string();
    let text = Regex::new(r"expires: \d{4}-\d{2}-\d{2}")
        .unwrap()
        .replace_all(text, format!("expires: {}", &soon[..10]))
        .into_owned();
    std::fs::write(path, text).unwrap();
}

fn run(command: &str, folder: &Path, story: &Story) -> String {
    let words = command
        .strip_prefix("gatewright ")
        .expect("only our command is run");
    let output = Command::new(env!("CARGO_BIN_EXE_gatewright"))
        .args(words.split_whitespace())
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap())
        .env("MLFLOW_TRACKING_URI", story.uri())
        .current_dir(folder)
        .output()
        .unwrap();
    let text = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
    let text = text.replace(story.folder().to_str().unwrap(), "STORE");
    let text = Regex::new(r"(m-)?[0-9a-f]{32,64}")
        .unwrap()
        .replace_all(&text, "...")
        .into_owned();
    let text = Regex::new(r"(run|and) [0-9a-f]{12}\b")
        .unwrap()
        .replace_all(&text, "$1 ...")
        .into_owned();
    let text = Regex::new(r"recorded at \S+")
        .unwrap()
        .replace_all(&text, "recorded at ...")
        .into_owned();
    let text = Regex::new(r"until \d{4}-\d{2}-\d{2}")
        .unwrap()
        .replace_all(&text, "until 2026-12-31")
        .into_owned();
    let text: Vec<_> = text.lines().map(str::trim_end).collect();
    // How old the story is depends on when it was told; its column keeps its width.
    let text = Regex::new(r"(?m) +(\d+[hm] )?\d+[hms]$")
        .unwrap()
        .replace_all(&text.join("\n"), |found: &Captures<'_>| {
            let width = found[0].len();
            format!("{:>width$}", "2s")
        })
        .into_owned();
    let text = Regex::new(r"\b\d+s\b")
        .unwrap()
        .replace_all(&text, "2s")
        .into_owned();
    format!(
        "{}\nexit code {}",
        text.trim_end(),
        output.status.code().unwrap()
    )
}

#[test]
fn every_example_prints_what_its_page_says() {
    let Some(story) = Story::current() else {
        return;
    };
    let mut stale = Vec::new();
    let mut commands = 0;
    for path in pages(&repository().join("docs")) {
        let page = std::fs::read_to_string(&path).unwrap();
        let (replayed, count) = replay(&page, story);
        commands += count;
        if std::env::var_os("UPDATE_DOCS").is_some() {
            std::fs::write(&path, &replayed).unwrap();
        } else if replayed != page {
            stale.push((path, replayed));
        }
    }
    assert!(commands > 0, "docs/ has no example");
    assert!(
        stale.is_empty(),
        "run `UPDATE_DOCS=1 cargo test --test conformance docs` and look at the difference: {stale:#?}"
    );
}
