//! The tools that `tests/tools/provision` installs, and what is done where they are missing.

use std::io::Write;
use std::net::TcpListener;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

/// The repository.
pub(crate) fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A tool by its path below the tools folder; `None`, with a word about it, where it is missing.
pub(crate) fn tool(path: &str) -> Option<PathBuf> {
    let folder = std::env::var_os("GATEWRIGHT_TOOLS")
        .map_or_else(|| repository().join("target/tools"), PathBuf::from);
    let tool = folder.join(path);
    if tool.exists() {
        return Some(tool);
    }
    let message = format!("SKIPPED: {path} is missing; run tests/tools/provision");
    assert!(std::env::var_os("CI").is_none(), "{message}");
    // Past the test harness, which would keep it to itself.
    let _ = writeln!(std::io::stderr(), "{message}");
    None
}

/// The Python that has MLflow.
pub(crate) fn python() -> Option<PathBuf> {
    tool("mlflow/bin/python")
}

/// Runs a command to its end, and shows what it said when it fails.
pub(crate) fn succeed(command: &mut Command) -> Output {
    let output = command.stdin(Stdio::null()).output().unwrap();
    assert!(
        output.status.success(),
        "{command:?}: {}\n{}{}",
        output.status,
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    output
}

/// A port for a program that has to be told one, and takes it only when it is up.
///
/// It is below those that the system hands out by itself: a server of another test, which takes any,
/// never gets it meanwhile. It is nobody else's in this process, and another one begins elsewhere.
pub(crate) fn free_port() -> u16 {
    const FIRST: u32 = 20_000;
    const COUNT: u32 = 10_000;
    static ASKED: AtomicU32 = AtomicU32::new(0);
    let begin = std::process::id() % COUNT * 37;
    let mut ports = (0..COUNT).map(|_| {
        let number = begin + ASKED.fetch_add(1, Ordering::Relaxed);
        u16::try_from(FIRST + number % COUNT).unwrap()
    });
    ports
        .find(|port| TcpListener::bind(("127.0.0.1", *port)).is_ok())
        .expect("a port is free")
}

/// A real MLflow server on loopback, with a SQLite store in a folder; gone when dropped.
pub(crate) struct Server {
    process: Child,
    pub(crate) url: String,
}

impl Server {
    pub(crate) fn start(folder: &Path) -> Option<Self> {
        Self::start_with(folder, "server.db", &[], &[])
    }

    /// The same in front of a store of this name that is there already.
    pub(crate) fn over(folder: &Path, database: &str) -> Option<Self> {
        Self::start_with(folder, database, &[], &[])
    }

    /// With further arguments and variables.
    pub(crate) fn start_with(
        folder: &Path,
        database: &str,
        arguments: &[&str],
        variables: &[(&str, &str)],
    ) -> Option<Self> {
        let mlflow = tool("mlflow/bin/mlflow")?;
        let port = free_port();
        let log = std::fs::File::create(folder.join("server.log")).unwrap();
        let process = Command::new(mlflow)
            .args(["server", "--host", "127.0.0.1", "--workers", "1", "--port", &port.to_string()])
            .arg("--backend-store-uri")
            .arg(format!("sqlite:///{}", folder.join(database).display()))
            .arg("--default-artifact-root")
            .arg(folder.join("artifacts"))
            .args(arguments)
            // Half a dozen processes for each server that wait for jobs which nobody gives.
            .env("MLFLOW_SERVER_ENABLE_JOB_EXECUTION", "false")
            .envs(variables.iter().copied())
            .current_dir(folder)
            .stdin(Stdio::null())
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            // A group of its own, so that its workers end with it.
            .process_group(0)
            .spawn()
            .unwrap();
        let mut server = Self {
            process,
            url: format!("http://127.0.0.1:{port}"),
        };
        wait(&mut server.process, port, folder);
        Some(server)
    }
}

/// Until the server answers; starting takes it some ten seconds, and longer on a busy machine.
fn wait(process: &mut Child, port: u16, folder: &Path) {
    let deadline = Instant::now() + Duration::from_mins(3);
    while Instant::now() < deadline && matches!(process.try_wait(), Ok(None)) {
        if is_healthy(port) {
            return;
        }
        std::thread::sleep(Duration::from_millis(200));
    }
    let log = std::fs::read_to_string(folder.join("server.log")).unwrap_or_default();
    panic!("the MLflow server did not answer:\n{log}");
}

impl Drop for Server {
    fn drop(&mut self) {
        let group = format!("-{}", self.process.id());
        let _ = Command::new("kill").args(["-TERM", "--", &group]).status();
        let deadline = Instant::now() + Duration::from_secs(5);
        while Instant::now() < deadline && matches!(self.process.try_wait(), Ok(None)) {
            std::thread::sleep(Duration::from_millis(50));
        }
        let _ = Command::new("kill")
            .args(["-KILL", "--", &group])
            .stderr(Stdio::null())
            .status();
        let _ = self.process.wait();
    }
}

fn is_healthy(port: u16) -> bool {
    use std::io::Read;
    let Ok(mut stream) = std::net::TcpStream::connect(("127.0.0.1", port)) else {
        return false;
    };
    let _ = stream.set_read_timeout(Some(Duration::from_secs(2)));
    let request =
        format!("GET /health HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n");
    let mut answer = String::new();
    stream.write_all(request.as_bytes()).is_ok()
        && stream.read_to_string(&mut answer).is_ok()
        && answer.starts_with("HTTP/1.1 200")
}
