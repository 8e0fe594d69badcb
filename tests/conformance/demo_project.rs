//! The project that `demo` writes really trains, and its gate judges what it trained.

use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

use crate::tools::{python, succeed};

fn gatewright(words: &[&str], folder: &Path) -> (Option<i32>, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_gatewright"))
        .args(words)
        .current_dir(folder)
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .output()
        .unwrap();
    let text = [output.stdout, output.stderr].concat();
    (output.status.code(), String::from_utf8(text).unwrap())
}

#[test]
fn the_demos_project_trains_and_is_judged() {
    let Some(python) = python() else { return };
    let folder = TempDir::new().unwrap();
    assert_eq!(gatewright(&["demo", "."], folder.path()).0, Some(0));
    // Its own store: as on a machine that never saw the demo's.
    std::fs::remove_file(folder.path().join("mlflow.db")).unwrap();
    let run = |arguments: &[&str]| {
        let mut command = Command::new(&python);
        command
            .args(arguments)
            .current_dir(folder.path())
            .env("PYTHONPATH", "src")
            .env("TAXI_TRIPS", "2000")
            .env("TAXI_TREES", "60")
            .env_remove("MLFLOW_TRACKING_URI");
        succeed(&mut command)
    };
    run(&["-m", "pytest", "--quiet", "--junitxml=test-results.xml"]);
    run(&["-m", "taxi_fare.train"]);
    let (code, told) = gatewright(&["gate", "check"], folder.path());
    assert_eq!(
        code,
        Some(1),
        "before the evaluation there are no metrics: {told}"
    );
    assert!(told.contains("no metric `rmse`"), "{told}");
    run(&["-m", "taxi_fare.evaluate"]);
    let (code, told) = gatewright(&["gate", "check"], folder.path());
    assert_eq!(code, Some(0), "{told}");
    assert!(told.contains("nothing live yet"), "{told}");
}
