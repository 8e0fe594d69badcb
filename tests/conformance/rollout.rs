//! The example of a rollout without Databricks, as its README tells it: three versions that real
//! MLflow registered and that real `mlflow models serve` serves, behind the example's own proxy.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::tools::{free_port, python, repository, succeed, tool};

/// A process with everything it starts; gone when dropped.
struct Group(Child);

impl Group {
    fn start(command: &mut Command) -> Self {
        let quiet = command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        Self(quiet.process_group(0).spawn().unwrap())
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        let group = format!("-{}", self.0.id());
        let _ = Command::new("kill")
            .args(["-KILL", "--", &group])
            .stderr(Stdio::null())
            .status();
        let _ = self.0.wait();
    }
}

/// The status of an answer, or nothing where there is none.
fn ask(port: u16, request: &str) -> Option<u16> {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).ok()?;
    stream
        .set_read_timeout(Some(Duration::from_secs(20)))
        .ok()?;
    stream.write_all(request.as_bytes()).ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    answer.split(' ').nth(1)?.parse().ok()
}

fn get(port: u16, path: &str) -> Option<u16> {
    ask(
        port,
        &format!("GET {path} HTTP/1.0\r\nHost: 127.0.0.1:{port}\r\n\r\n"),
    )
}

fn predict(port: u16) -> Option<u16> {
    let body = r#"{"dataframe_records": [{"distance": 2}]}"#;
    ask(
        port,
        &format!(
            "POST /invocations HTTP/1.0\r\nHost: 127.0.0.1:{port}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        ),
    )
}

fn wait_for(port: u16, path: &str) {
    let deadline = Instant::now() + Duration::from_mins(4);
    while get(port, path) != Some(200) {
        assert!(Instant::now() < deadline, "nothing answers at port {port}");
        thread::sleep(Duration::from_millis(200));
    }
}

/// Rolls out a version while people ask.
fn roll_out(folder: &Path, proxy: u16, version: &str) -> (Output, u32) {
    let is_over = AtomicBool::new(false);
    thread::scope(|scope| {
        let people = scope.spawn(|| {
            let mut answered = 0;
            while !is_over.load(Ordering::Relaxed) {
                answered += u32::from(predict(proxy) == Some(200));
            }
            answered
        });
        let output = Command::new(env!("CARGO_BIN_EXE_gatewright"))
            .args(["rollout", "--version", version])
            .current_dir(folder)
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("PROXY", format!("http://127.0.0.1:{proxy}"))
            .output()
            .unwrap();
        is_over.store(true, Ordering::Relaxed);
        (output, people.join().unwrap())
    })
}

#[test]
fn the_example_rolls_out_a_good_version_and_takes_a_broken_one_back() {
    let (Some(python), Some(mlflow)) = (python(), tool("mlflow/bin/mlflow")) else {
        return;
    };
    let folder = TempDir::new().unwrap();
    for file in ["train.py", "proxy.py", "traffic.py", "gatewright.yaml"] {
        let from = repository().join("examples/rollout").join(file);
        std::fs::copy(from, folder.path().join(file)).unwrap();
    }
    succeed(
        Command::new(&python)
            .arg("train.py")
            .current_dir(folder.path()),
    );
    let uri = "sqlite:///mlflow.db";
    let tools = mlflow.parent().unwrap().to_owned();
    let others = std::env::var_os("PATH").unwrap_or_default();
    let path = std::env::join_paths(std::iter::once(tools).chain(std::env::split_paths(&others)));
    let path = path.unwrap();
    let servers: Vec<(u16, Group)> = (1..=3)
        .map(|version| {
            let port = free_port();
            let model = format!("models:/fare/{version}");
            let mut server = Command::new(&mlflow);
            server
                .args(["models", "serve", "-m", &model, "--env-manager", "local"])
                .args(["-p", &port.to_string()])
                .env("MLFLOW_TRACKING_URI", uri)
                .env("PATH", &path)
                .current_dir(folder.path());
            (port, Group::start(&mut server))
        })
        .collect();
    for (port, _) in &servers {
        wait_for(*port, "/ping");
    }
    let proxy = |versions: [usize; 2]| {
        let port = free_port();
        let mut command = Command::new(&python);
        command
            .arg("proxy.py")
            .arg(port.to_string())
            .current_dir(folder.path());
        for version in versions {
            command.arg(format!(
                "{version}=http://127.0.0.1:{}",
                servers[version - 1].0
            ));
        }
        let process = Group::start(&mut command);
        wait_for(port, "/-/status");
        (port, process)
    };

    let (port, first) = proxy([1, 2]);
    let (output, answered) = roll_out(folder.path(), port, "2");
    let told = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    assert!(
        told.starts_with("FINISHED: version 2 gets all of the traffic"),
        "{told}"
    );
    assert!(answered > 20, "only {answered} requests were answered");
    drop(first);

    let (port, _second) = proxy([2, 3]);
    let (output, _) = roll_out(folder.path(), port, "3");
    let told = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    assert!(
        told.contains("fail: error_rate <= 0.01: error_rate is 1"),
        "{told}"
    );
    assert!(told.ends_with("traffic now: 2 100 %\n"), "{told}");
    assert_eq!(predict(port), Some(200), "the old version answers again");

    // MLflow's own client sees what is remembered.
    let look = "import mlflow\nclient = mlflow.MlflowClient('sqlite:///mlflow.db')\n\
        for v in '23': print(client.get_model_version('fare', v).tags['gatewright.rollout.fare'])";
    let seen = succeed(
        Command::new(&python)
            .args(["-c", look])
            .current_dir(folder.path()),
    );
    let seen = String::from_utf8(seen.stdout).unwrap();
    let phases: Vec<_> = seen
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap()["phase"].clone())
        .collect();
    assert_eq!(phases, ["finished", "returned"]);
}
