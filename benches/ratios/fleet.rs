//! Five hundred models in one `gate check --all`, against a script that asks `MlflowClient` about
//! each in turn.

use std::path::Path;
use std::process::Command;

const MODELS: usize = 500;
/// The peer takes long.
const ROUNDS: usize = 3;

pub(crate) fn measure(repository: &Path, tools: &Path, folder: &Path) {
    let python = tools.join("mlflow/bin/python");
    let store = folder.join("bench.db");
    if !store.exists() || !python.exists() {
        println!("gate check --all: the peer is missing: run tests/tools/provision");
        return;
    }
    let registered = Command::new(&python)
        .arg(repository.join("benches/make_fleet.py"))
        .arg(&store)
        .args(["--models", &MODELS.to_string()])
        .status();
    assert!(registered.unwrap().success());
    let fleet = folder.join("fleet");
    for number in 0..MODELS {
        let project = fleet.join(format!("bench-{number}"));
        std::fs::create_dir_all(&project).unwrap();
        let spec = format!(
            "version: 1\nproject: bench-{number}\nmlflow: {{tracking_uri: \"sqlite:///../../bench.db\"}}\ngates:\n  promote:\n    checks: [r2 >= champion - 0.01, rmse <= 5.0]\n"
        );
        std::fs::write(project.join("gatewright.yaml"), spec).unwrap();
    }
    // A repository of its own, so that its root is found here.
    std::fs::create_dir_all(fleet.join(".git")).unwrap();
    let mut peer = Command::new(&python);
    peer.arg(repository.join("benches/gate_fleet_with_mlflow_client.py"))
        .arg(&store)
        .arg(MODELS.to_string());
    super::compare_times(
        ROUNDS,
        &format!("gate check --all, {MODELS} models, against MlflowClient"),
        &mut super::gatewright(&["gate", "check", "--all"], &fleet),
        &mut peer,
    );
}
