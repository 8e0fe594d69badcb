//! Every file of a model by digest, against who else reads them: MLflow's server and its artifact
//! folder, moto as S3, Python's `hashlib`.

use std::path::Path;
use std::process::Command;

use gatewright::artifact::{Access, LARGEST_MODEL, Location, model_files};
use tempfile::TempDir;

use crate::artifacts::start_moto;
use crate::tools::{Server, python, succeed, tool};

/// Logs a model through the server, and prints where it is and the digests of its files there.
const LOG: &str = "
import hashlib, os, pathlib, sys, mlflow
mlflow.set_tracking_uri(sys.argv[1])
experiment = mlflow.create_experiment('proxied', artifact_location='mlflow-artifacts:/proxied')
class Identity(mlflow.pyfunc.PythonModel):
    def predict(self, context, model_input):
        return model_input
pathlib.Path('weights \u{e4}+100%.bin').write_bytes(os.urandom(5_000_000))
pathlib.Path('empty').write_bytes(b'')
with mlflow.start_run(experiment_id=experiment):
    model = mlflow.pyfunc.log_model(name='model', python_model=Identity(), pip_requirements=['mlflow'],
        artifacts={'w': 'weights \u{e4}+100%.bin', 'e': 'empty'})
uri = mlflow.get_logged_model(model.model_id).artifact_location
folder = pathlib.Path('mlartifacts') / uri.removeprefix('mlflow-artifacts:/')
files = sorted((p.relative_to(folder).as_posix().encode(), p) for p in folder.rglob('*') if p.is_file())
print('LOCATION', uri)
for name, path in files:
    print(hashlib.sha256(path.read_bytes()).hexdigest(), '', name.decode())
";

#[test]
fn a_server_has_the_files_that_mlflow_logged_through_it() {
    let folder = TempDir::new().unwrap();
    let Some(server) = Server::start(folder.path()) else {
        return;
    };
    let mut command = Command::new(python().unwrap());
    command
        .args(["-c", LOG, &server.url])
        .env("PYTHONIOENCODING", "utf-8")
        .current_dir(folder.path());
    let printed = String::from_utf8(succeed(&mut command).stdout).unwrap();
    let (_, rest) = printed.split_once("LOCATION ").unwrap();
    let (uri, manifest) = rest.split_once('\n').unwrap();
    let access = Access::new(folder.path(), &server.url, &|_| None);
    let read = |uri: &str| model_files(&Location::parse(uri).unwrap(), LARGEST_MODEL, &access);
    let files = read(uri).unwrap();
    assert_eq!(files.manifest(), manifest);
    assert!(files.files().len() >= 7, "{manifest}");
    assert!(
        manifest.contains("artifacts/weights ä+100%.bin\n"),
        "{manifest}"
    );
    let none = read(&format!("{uri}/none")).unwrap_err().to_string();
    assert!(none.contains("there are no files"), "{none}");
}

const PUT: &str = "
import boto3, hashlib, os, sys
s3 = boto3.client('s3', endpoint_url=sys.argv[1], aws_access_key_id='k', aws_secret_access_key='s', region_name='us-east-1')
s3.create_bucket(Bucket='models')
put = lambda key, body: s3.put_object(Bucket='models', Key='1/model/' + key, Body=body)
# What consoles put where a folder was made.
put('', b''), put('data/', b'')
files = {'MLmodel': b'flavors: {}', 'a b/\u{e4}+~*.json': b'{}', 'empty': b'', 'data/w': os.urandom(3_000_000)}
files.update((f'many/{n}', str(n).encode()) for n in range(1100))
for name, body in files.items():
    put(name, body)
s3.put_object(Bucket='models', Key='1/model2/other', Body=b'')
for name in sorted(files, key=str.encode):
    print(hashlib.sha256(files[name]).hexdigest(), '', name)
";

#[test]
fn a_bucket_has_the_files_that_boto3_put_there() {
    let Some((_moto, url)) = start_moto() else {
        return;
    };
    let mut command = Command::new(tool("moto/bin/python").unwrap());
    command
        .args(["-c", PUT, &url])
        .env("PYTHONIOENCODING", "utf-8");
    let manifest = String::from_utf8(succeed(&mut command).stdout).unwrap();
    let environment = |name: &str| match name {
        "MLFLOW_S3_ENDPOINT_URL" => Some(url.clone()),
        "AWS_ACCESS_KEY_ID" | "AWS_SECRET_ACCESS_KEY" => Some("key".to_owned()),
        _ => None,
    };
    let access = Access::new(Path::new("."), "sqlite:///mlflow.db", &environment);
    let read = |uri: &str| model_files(&Location::parse(uri).unwrap(), LARGEST_MODEL, &access);
    // More keys than one page of a listing holds.
    assert_eq!(read("s3://models/1/model").unwrap().manifest(), manifest);
    let error = read("s3://models/1/none").unwrap_err().to_string();
    assert!(error.contains("there are no files"), "{error}");
    assert!(read("s3://none/1/model").is_err());
}
