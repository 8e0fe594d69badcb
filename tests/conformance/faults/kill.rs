//! A gate that is killed while it writes.

use std::process::{Command, Stdio};
use std::time::Duration;

use tempfile::TempDir;

use super::draw::{Draw, runs};
use super::rest::SPEC;
use crate::story::Story;

#[test]
fn a_gate_that_is_killed_leaves_whole_files_or_none() {
    let Some(story) = Story::current() else {
        return;
    };
    let folder = TempDir::new().unwrap();
    std::fs::write(folder.path().join("gatewright.yaml"), SPEC).unwrap();
    let mut draw = Draw::seeded();
    let mut killed = 0;
    for round in 0..runs(100) {
        let out = folder.path().join(round.to_string());
        let mut process = Command::new(env!("CARGO_BIN_EXE_gatewright"))
            .args(["gate", "check", "passes", "--tracking-uri", &story.uri()])
            .args([
                "-o",
                &format!("json={}", out.join("decision.json").display()),
            ])
            .args(["-o", &format!("junit={}", out.join("gate.xml").display())])
            .args(["--record", &out.join("evidence.json").display().to_string()])
            .env_clear()
            .current_dir(folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(Duration::from_micros(
            u64::try_from(draw.below(120_000)).unwrap(),
        ));
        let _ = process.kill();
        // A killed process has no exit code, and so is no yes.
        killed += usize::from(process.wait().unwrap().code().is_none());
        for name in ["decision.json", "evidence.json"] {
            if let Ok(text) = std::fs::read(out.join(name)) {
                let whole: Result<serde_json::Value, _> = serde_json::from_slice(&text);
                assert!(whole.is_ok(), "round {round}: {name} is cut");
            }
        }
        if let Ok(text) = std::fs::read_to_string(out.join("gate.xml")) {
            assert!(
                text.ends_with("</testsuites>\n"),
                "round {round}: the report is cut"
            );
        }
    }
    assert!(killed > 0, "nothing was killed in time");
}
