//! The picture in the crate's documentation, held against the code: every `use crate::` line is an
//! arrow, and every arrow has to be allowed.
#![expect(
    clippy::unwrap_used,
    clippy::string_slice,
    reason = "a test stops where it stumbles"
)]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Which rooms each room may know. What is not named here is not allowed.
const ARROWS: &[(&str, &[&str])] = &[
    ("exit", &[]),
    ("observer", &[]),
    ("console", &["observer"]),
    ("codes", &[]),
    ("diagnostic", &["codes"]),
    ("evidence", &[]),
    ("statistics", &[]),
    ("spec", &["evidence", "gate", "diagnostic"]),
    (
        "gate",
        &[
            "evidence",
            "diagnostic",
            "statistics",
            "signature",
            "table",
            "import",
        ],
    ),
    ("plan", &["spec", "gate", "diagnostic"]),
    ("render", &["plan", "diagnostic"]),
    ("tree", &["render"]),
    ("http", &[]),
    ("mlflow", &["evidence", "http", "observer"]),
    ("store", &["evidence", "mlflow", "observer"]),
    ("gather", &["evidence", "gate", "promotion", "store"]),
    ("artifact", &["evidence", "mlflow", "http", "observer"]),
    ("attestation", &["decision", "evidence", "json"]),
    ("json", &[]),
    ("signature", &["json"]),
    ("table", &["diagnostic", "json"]),
    ("import", &["json"]),
    ("decision", &["evidence", "gate"]),
    (
        "promotion",
        &[
            "attestation",
            "codes",
            "evidence",
            "decision",
            "gate",
            "spec",
        ],
    ),
    (
        "registry",
        &["evidence", "mlflow", "observer", "promotion", "store"],
    ),
    ("rollout", &["evidence", "gate", "spec"]),
    ("serving", &["mlflow", "observer", "rollout", "spec"]),
    (
        "report",
        &[
            "attestation",
            "decision",
            "diagnostic",
            "evidence",
            "gate",
            "promotion",
            "rollout",
        ],
    ),
    ("host", &["console", "http"]),
    ("error", &["exit", "gather", "registry", "store", "tree"]),
    ("cli", &["report"]),
    (
        "commands",
        &[
            "artifact",
            "attestation",
            "cli",
            "console",
            "decision",
            "diagnostic",
            "error",
            "evidence",
            "exit",
            "gate",
            "gather",
            "host",
            "observer",
            "plan",
            "promotion",
            "registry",
            "render",
            "report",
            "rollout",
            "serving",
            "spec",
            "store",
            "tree",
        ],
    ),
    (
        "lib",
        &[
            "cli", "commands", "console", "error", "exit", "observer", "report",
        ],
    ),
    ("main", &[]),
];

/// Rooms without disk, clock, network or environment.
const PURE: &[&str] = &[
    "spec",
    "plan",
    "render",
    "evidence",
    "gate",
    "statistics",
    "decision",
    "promotion",
    "attestation",
    "rollout",
    "report",
    "diagnostic",
    "json",
    "observer",
    "signature",
    "table",
    "import",
];
const IMPURE: &[&str] = &[
    "std::fs",
    "std::net",
    "std::process",
    "std::env",
    "std::time",
    "std::thread",
    "std::io",
    "reqwest",
    "rusqlite",
    "tokio",
    "tempfile",
];

fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// The room a file belongs to: the first component of its path under `src`.
fn room(source: &Path, root: &Path) -> String {
    let inside = source.strip_prefix(root).unwrap();
    let first = inside
        .components()
        .next()
        .unwrap()
        .as_os_str()
        .to_str()
        .unwrap();
    first.trim_end_matches(".rs").to_owned()
}

/// The code of a file without its tests, which may look wherever they like.
fn code(source: &Path) -> String {
    let text = std::fs::read_to_string(source).unwrap();
    text.split("#[cfg(test)]").next().unwrap().to_owned()
}

/// `crate::room` wherever it stands, in `use` lines with and without braces and in paths.
fn arrows(code: &str) -> Vec<String> {
    let mut rooms = Vec::new();
    for (at, _) in code.match_indices("crate::") {
        let line_start = code[..at].rfind('\n').map_or(0, |newline| newline + 1);
        if code[line_start..at].trim_start().starts_with("//") {
            continue;
        }
        let rest = &code[at + "crate::".len()..];
        let names: Vec<&str> = match rest.strip_prefix('{') {
            Some(list) => list.split('}').next().unwrap().split(',').collect(),
            None => vec![rest],
        };
        rooms.extend(names.into_iter().map(|name| {
            name.trim()
                .chars()
                .take_while(|c| c.is_alphanumeric() || *c == '_')
                .collect::<String>()
        }));
    }
    rooms
}

#[test]
fn no_arrow_between_rooms_runs_back() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let allowed: BTreeMap<_, _> = ARROWS.iter().copied().collect();
    let mut wrong = Vec::new();
    let mut seen = 0;
    for source in sources(&root) {
        let from = room(&source, &root);
        let Some(known) = allowed.get(from.as_str()) else {
            panic!(
                "{} is in a room that ARROWS does not name",
                source.display()
            );
        };
        for to in arrows(&code(&source)) {
            seen += 1;
            if to != from && !to.is_empty() && !known.contains(&to.as_str()) {
                wrong.push(format!(
                    "{from} -> {to} in {}",
                    source.strip_prefix(&root).unwrap().display()
                ));
            }
        }
    }
    assert!(
        seen > 100,
        "only {seen} arrows were seen: the test looks in the wrong place"
    );
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn pure_rooms_touch_neither_disk_nor_clock_nor_network() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut wrong = Vec::new();
    for source in sources(&root) {
        if !PURE.contains(&room(&source, &root).as_str()) {
            continue;
        }
        let code = code(&source);
        for name in IMPURE {
            if code
                .lines()
                .any(|line| !line.trim_start().starts_with("//") && line.contains(name))
            {
                wrong.push(format!(
                    "{name} in {}",
                    source.strip_prefix(&root).unwrap().display()
                ));
            }
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn every_room_says_what_it_is_for() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    for source in sources(&root) {
        let text = std::fs::read_to_string(&source).unwrap();
        assert!(
            text.starts_with("//! "),
            "{} has no module documentation",
            source.display()
        );
    }
}
