//! A real MLflow server that asks who is there.

use std::path::Path;
use std::process::Command;

use gatewright::evidence::Wanted;
use gatewright::store::{Selector, Store, StoreError, open};
use tempfile::TempDir;

use crate::tools::{Server, python, succeed};

const CONFIG: &str = "[mlflow]
default_permission = NO_PERMISSIONS
database_uri = sqlite:///users.db
admin_username = ada
admin_password = correct-horse-battery
authorization_function = mlflow.server.auth:authenticate_request_basic_auth
";

/// A model of the administrator's, and somebody who may not see it.
const WRITE: &str = r#"
import sys, mlflow
from mlflow import MlflowClient
from mlflow.server import get_app_client

client = MlflowClient(sys.argv[1])
get_app_client("basic-auth", tracking_uri=sys.argv[1]).create_user("bob", "bobs-own-password")
run = client.create_run("0")
client.log_metric(run.info.run_id, "f1", 0.5)
client.create_registered_model("m")
client.create_model_version("m", "s3://bucket/model", run.info.run_id)
client.set_registered_model_alias("m", "champion", "1")
print(run.info.run_id)
"#;

#[test]
fn a_server_that_asks_for_a_password_gets_it() {
    let folder = TempDir::new().unwrap();
    if !has_basic_auth() {
        return;
    }
    let config = folder.path().join("basic_auth.ini");
    std::fs::write(&config, CONFIG).unwrap();
    let config = config.display().to_string();
    let variables = [
        ("MLFLOW_AUTH_CONFIG_PATH", config.as_str()),
        ("MLFLOW_FLASK_SERVER_SECRET_KEY", "of-a-test"),
    ];
    let arguments = ["--app-name", "basic-auth"];
    let Some(server) = Server::start_with(folder.path(), "server.db", &arguments, &variables)
    else {
        return;
    };
    let mut command = Command::new(python().unwrap());
    command
        .args(["-c", WRITE, &server.url])
        .env("MLFLOW_TRACKING_USERNAME", "ada")
        .env("MLFLOW_TRACKING_PASSWORD", "correct-horse-battery")
        .current_dir(folder.path());
    let output = String::from_utf8(succeed(&mut command).stdout).unwrap();
    let run = output.trim().lines().last().unwrap().to_owned();

    let whole = read(&server.url, Some(("ada", "correct-horse-battery")), &run);
    assert_eq!(whole, Ok("version 1, f1 0.5".to_owned()));
    for (who, status) in [
        (None, 401),
        (Some(("ada", "wrong-password-here")), 401),
        (Some(("bob", "bobs-own-password")), 403),
    ] {
        match read(&server.url, who, &run) {
            Err(StoreError::Unauthorized { status: found, .. }) => assert_eq!(found, status),
            other => panic!("{who:?}: {other:?}"),
        }
    }
}

fn has_basic_auth() -> bool {
    let Some(python) = python() else { return false };
    let mut command = Command::new(python);
    command.args(["-c", "import flask_wtf"]);
    if command.output().unwrap().status.success() {
        return true;
    }
    let message = "SKIPPED: Flask-WTF is missing; run tests/tools/provision";
    assert!(std::env::var_os("CI").is_none(), "{message}");
    let _ = std::io::Write::write_fmt(&mut std::io::stderr(), format_args!("{message}\n"));
    false
}

fn read(url: &str, who: Option<(&str, &str)>, run: &str) -> Result<String, StoreError> {
    let store: Box<dyn Store> = open(url, Path::new("."), &|name| match (name, who) {
        ("MLFLOW_TRACKING_USERNAME", Some((user, _))) => Some(user.to_owned()),
        ("MLFLOW_TRACKING_PASSWORD", Some((_, password))) => Some(password.to_owned()),
        _ => None,
    })?;
    let champion = Selector::Alias("champion".to_owned());
    let version = store.versions("m", &[champion])?.remove(0).unwrap();
    let wanted = Wanted {
        runs: [run.to_owned()].into(),
        ..Wanted::default()
    };
    let metrics = &store.read(&wanted)?.runs[run].metrics;
    let (number, f1) = (version.number, metrics["f1"].reading);
    Ok(format!("version {number}, f1 {f1}"))
}
