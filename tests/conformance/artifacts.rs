//! Artifacts as the real services give them: MLflow's own server, and moto as S3.

use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use gatewright::artifact::{Access, ArtifactError, Location, read, write};
use gatewright::signature::ModelFile;
use gatewright::table::Table;
use tempfile::TempDir;

use crate::tools::{Server, free_port, python, succeed, tool};

const LOG: &str = "
import sys, mlflow, pandas as pd
from mlflow.models import ModelSignature
from mlflow.types.schema import ColSpec, Schema
mlflow.set_tracking_uri(sys.argv[1])
experiment = mlflow.create_experiment('proxied', artifact_location='mlflow-artifacts:/proxied')
with mlflow.start_run(experiment_id=experiment) as run:
    mlflow.log_table(pd.DataFrame({'id': [1, 2], 'p': [0.5, None]}), 'a dir/\u{e4}.json')
    model = mlflow.models.Model(signature=ModelSignature(Schema([ColSpec('double', 'x')])))
    model.add_flavor('python_function', loader_module='x')
    mlflow.log_text(model.to_yaml(), 'model/MLmodel')
    print(run.info.artifact_uri)
";

#[test]
fn a_server_gives_what_mlflow_logged_through_it() {
    let folder = TempDir::new().unwrap();
    let Some(server) = Server::start(folder.path()) else {
        return;
    };
    let mut command = Command::new(python().unwrap());
    command
        .args(["-c", LOG, &server.url])
        .current_dir(folder.path());
    let printed = String::from_utf8(succeed(&mut command).stdout).unwrap();
    let uri = printed
        .lines()
        .find(|line| line.starts_with("mlflow-artifacts:"))
        .unwrap();
    let location = Location::parse(uri).unwrap();
    let access = Access::new(folder.path(), &server.url, &|_| None);
    let get = |path: &str| read(&location, path, 1 << 20, &access);
    let table = Table::from_json(&get("a dir/ä.json").unwrap().unwrap()).unwrap();
    assert_eq!(
        (table.numbers("id").unwrap(), table.coverage("p").unwrap()),
        (vec![1.0, 2.0], (1, 2))
    );
    let model = ModelFile::parse(&get("model/MLmodel").unwrap().unwrap()).unwrap();
    assert!(model.signature.is_some());
    for absent in ["none", "model/none", "none/MLmodel", "model/MLmodel/x"] {
        assert_eq!(get(absent).unwrap(), None, "{absent}");
    }
    let decision = "gatewright/decisions/0a ä.json";
    write(&location, decision, b"{}", &access).unwrap();
    write(&location, decision, b"{\"a\": 1}", &access).unwrap();
    assert_eq!(get(decision).unwrap().unwrap(), b"{\"a\": 1}");
    let script = "import sys, mlflow; print(mlflow.artifacts.load_dict(sys.argv[1])['a'])";
    let place = format!("{uri}/gatewright/decisions/0a ä.json");
    let mut command = Command::new(python().unwrap());
    command
        .args(["-c", script, &place])
        .env("MLFLOW_TRACKING_URI", &server.url)
        .current_dir(folder.path());
    let printed = String::from_utf8(succeed(&mut command).stdout).unwrap();
    assert!(printed.ends_with("1\n"), "{printed}");
    let folder = get("model").unwrap_err();
    assert!(
        matches!(folder, ArtifactError::Refused { .. }),
        "{folder:?}"
    );
}

/// A server of moto; gone when dropped.
pub(crate) struct Moto(Child);

impl Drop for Moto {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

pub(crate) fn start_moto() -> Option<(Moto, String)> {
    let program = tool("moto/bin/moto_server")?;
    let port = free_port();
    let mut command = Command::new(program);
    command.args(["-H", "127.0.0.1", "-p", &port.to_string()]);
    let nothing = Stdio::null;
    let moto = Moto(
        command
            .stdin(nothing())
            .stdout(nothing())
            .stderr(nothing())
            .spawn()
            .unwrap(),
    );
    let end = Instant::now() + Duration::from_mins(1);
    while TcpStream::connect(("127.0.0.1", port)).is_err() {
        assert!(Instant::now() < end, "moto did not answer");
        std::thread::sleep(Duration::from_millis(100));
    }
    Some((moto, format!("http://127.0.0.1:{port}")))
}

const PUT: &str = "
import sys, boto3
s3 = boto3.client('s3', endpoint_url=sys.argv[1], aws_access_key_id='k', aws_secret_access_key='s', region_name='us-east-1')
s3.create_bucket(Bucket='artifacts')
for name in ['MLmodel', 'a b/\u{e4}+%20~*.json', 'empty']:
    s3.put_object(Bucket='artifacts', Key='1/run/' + name, Body=b'' if name == 'empty' else name.encode())
s3.put_object(Bucket='artifacts', Key='1/run/large', Body=b'x' * 3_000_000)
";

#[test]
fn a_bucket_gives_what_boto3_put_there() {
    let Some((_moto, url)) = start_moto() else {
        return;
    };
    succeed(Command::new(tool("moto/bin/python").unwrap()).args(["-c", PUT, &url]));
    let environment = |name: &str| match name {
        "MLFLOW_S3_ENDPOINT_URL" => Some(url.clone()),
        "AWS_ACCESS_KEY_ID" | "AWS_SECRET_ACCESS_KEY" => Some("key".to_owned()),
        _ => None,
    };
    let access = Access::new(Path::new("."), "sqlite:///mlflow.db", &environment);
    let get = |location: &str, path: &str| {
        read(
            &Location::parse(location).unwrap(),
            path,
            3_000_000,
            &access,
        )
    };
    for name in ["MLmodel", "a b/ä+%20~*.json"] {
        assert_eq!(
            get("s3://artifacts/1/run", name).unwrap().unwrap(),
            name.as_bytes()
        );
    }
    assert_eq!(get("s3://artifacts/1/run", "empty").unwrap().unwrap(), b"");
    assert_eq!(
        get("s3://artifacts/1/run", "large").unwrap().unwrap().len(),
        3_000_000
    );
    assert_eq!(get("s3://artifacts/1", "run/none").unwrap(), None);
    let run = Location::parse("s3://artifacts/1/run").unwrap();
    write(&run, "gatewright/a ä+%20.json", b"{}", &access).unwrap();
    let written = get("s3://artifacts/1/run/gatewright", "a ä+%20.json");
    assert_eq!(written.unwrap().unwrap(), b"{}");
    let nowhere = Location::parse("s3://no-such-bucket/1").unwrap();
    let refused = write(&nowhere, "x.json", b"{}", &access).unwrap_err();
    assert!(refused.to_string().starts_with("cannot write"), "{refused}");
    let elsewhere = get("s3://no-such-bucket/1", "MLmodel").unwrap_err();
    assert!(
        elsewhere.to_string().ends_with("HTTP 404 NoSuchBucket"),
        "{elsewhere}"
    );
}
