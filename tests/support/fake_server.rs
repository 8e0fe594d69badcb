//! A scripted HTTP/1.1 server on the loopback interface.
//!
//! It answers from a table and from nothing else: a request that no route matches gets HTTP 599,
//! is remembered, and fails the test when the server is dropped.

use std::fmt::Write as _;
use std::io::Write;
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::sync::{Arc, Condvar, Mutex};
use std::thread::{self, JoinHandle};
use std::time::Duration;

pub(crate) use super::received::Received;

/// What happens when a route is asked for.
#[derive(Debug, Clone)]
pub(crate) enum Behaviour {
    /// A recorded answer of a real server, by its name below `recorded/`.
    Recorded(&'static str),
    /// A status and a body, as `application/json`.
    Answer(u16, String),
    /// A status, header lines without their line ends, and a body of bytes.
    Whole(u16, Vec<&'static str>, Vec<u8>),
    /// The second behaviour after a wait.
    Delay(Duration, Box<Behaviour>),
    /// The second behaviour once so many requests wait for it; none where they do not come together.
    Together(usize, Box<Behaviour>),
    /// No answer, and the connection stays open.
    Hang,
    /// Announces more bytes than it sends, then closes.
    Half(String),
    /// Announces fewer bytes than it sends.
    TooShort(String),
    /// Closes without an answer.
    Reset,
    /// HTTP 302 to this address.
    Redirect(String),
    /// Bytes without an end.
    Endless,
    /// One behaviour per request; the last one for all further requests.
    Each(Vec<Behaviour>),
}

struct Route {
    method: &'static str,
    path: String,
    parameters: Vec<(String, String)>,
    behaviour: Behaviour,
    calls: usize,
}

#[derive(Default)]
struct State {
    routes: Vec<Route>,
    received: Vec<Received>,
    unknown: Vec<String>,
    waiting: usize,
    stopped: bool,
}

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    stop: Condvar,
}

impl Shared {
    /// Waits, but not beyond the end of the test; `true` when the test is over.
    fn wait(&self, time: Duration) -> bool {
        let state = self.state.lock().unwrap();
        let running = |state: &mut State| !state.stopped;
        self.stop
            .wait_timeout_while(state, time, running)
            .unwrap()
            .0
            .stopped
    }

    /// Waits until so many requests are here at a time; `false` when they do not come.
    fn gather(&self, count: usize) -> bool {
        let mut state = self.state.lock().unwrap();
        state.waiting += 1;
        self.stop.notify_all();
        let too_few = |state: &mut State| state.waiting < count && !state.stopped;
        let longest = Duration::from_secs(30);
        let (state, _) = self
            .stop
            .wait_timeout_while(state, longest, too_few)
            .unwrap();
        state.waiting >= count
    }
}

/// The server. Dropping it stops it.
pub(crate) struct FakeServer {
    address: SocketAddr,
    shared: Arc<Shared>,
    acceptor: Option<JoinHandle<()>>,
}

impl FakeServer {
    /// Starts a server without routes.
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let shared = Arc::new(Shared::default());
        let acceptor = Some(thread::spawn({
            let shared = Arc::clone(&shared);
            move || accept(&listener, &shared)
        }));
        Self {
            address,
            shared,
            acceptor,
        }
    }

    /// The base URL, without a slash at its end.
    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Host and port.
    pub(crate) fn authority(&self) -> String {
        self.address.to_string()
    }

    /// Adds a route: a request matches when method, path and all parameters are equal. An empty
    /// list of parameters matches any. The first route that matches answers.
    pub(crate) fn on(
        &self,
        method: &'static str,
        path: &str,
        parameters: &[(&str, &str)],
        behaviour: Behaviour,
    ) {
        let parameters = parameters
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        let path = path.to_owned();
        let route = Route {
            method,
            path,
            parameters,
            behaviour,
            calls: 0,
        };
        self.shared.state.lock().unwrap().routes.push(route);
    }

    /// Every request so far, in the order of arrival.
    pub(crate) fn received(&self) -> Vec<Received> {
        self.shared.state.lock().unwrap().received.clone()
    }
}

impl Drop for FakeServer {
    fn drop(&mut self) {
        self.shared.state.lock().unwrap().stopped = true;
        self.shared.stop.notify_all();
        // Wakes the acceptor, which looks at `stopped` next.
        drop(TcpStream::connect(self.address));
        if let Some(acceptor) = self.acceptor.take() {
            drop(acceptor.join());
        }
        let unknown = self.shared.state.lock().unwrap().unknown.clone();
        assert!(
            unknown.is_empty() || thread::panicking(),
            "requests that no route matches: {unknown:#?}"
        );
    }
}

fn accept(listener: &TcpListener, shared: &Arc<Shared>) {
    let mut connections = Vec::new();
    for stream in listener.incoming() {
        if shared.state.lock().unwrap().stopped {
            break;
        }
        let Ok(stream) = stream else { continue };
        let shared = Arc::clone(shared);
        connections.push(thread::spawn(move || serve(stream, &shared)));
    }
    for connection in connections {
        drop(connection.join());
    }
}

/// Serves one connection until either side ends it.
fn serve(mut stream: TcpStream, shared: &Shared) {
    stream
        .set_read_timeout(Some(Duration::from_millis(20)))
        .unwrap();
    stream
        .set_write_timeout(Some(Duration::from_secs(5)))
        .unwrap();
    let is_over = || shared.state.lock().unwrap().stopped;
    while let Some(request) = Received::next(&mut stream, &is_over) {
        let behaviour = find(shared, request);
        if !act(&mut stream, shared, behaviour) {
            break;
        }
    }
    drop(stream.shutdown(Shutdown::Both));
}

fn find(shared: &Shared, request: Received) -> Behaviour {
    let mut state = shared.state.lock().unwrap();
    let matches = |route: &&mut Route| {
        route.method == request.method
            && route.path == request.path
            && (route.parameters.is_empty() || route.parameters == request.parameters)
    };
    let behaviour = state.routes.iter_mut().find(matches).map(|route| {
        route.calls += 1;
        match &route.behaviour {
            Behaviour::Each(each) => each[(route.calls - 1).min(each.len() - 1)].clone(),
            other => other.clone(),
        }
    });
    let line = format!("{} {}?{}", request.method, request.path, request.query);
    state.received.push(request);
    behaviour.unwrap_or_else(|| {
        state.unknown.push(line);
        Behaviour::Answer(599, "no such route".to_owned())
    })
}

/// Does what the route says; `false` when the connection is over.
fn act(stream: &mut TcpStream, shared: &Shared, behaviour: Behaviour) -> bool {
    let json = vec!["Content-Type: application/json"];
    match behaviour {
        Behaviour::Recorded(name) => {
            let (status, body) = recorded(name);
            send(stream, status, &json, &body, body.len())
        }
        Behaviour::Answer(status, body) => send(stream, status, &json, body.as_bytes(), body.len()),
        Behaviour::Whole(status, headers, body) => {
            send(stream, status, &headers, &body, body.len())
        }
        Behaviour::Delay(time, then) => !shared.wait(time) && act(stream, shared, *then),
        Behaviour::Together(count, then) => shared.gather(count) && act(stream, shared, *then),
        Behaviour::Hang => !shared.wait(Duration::from_mins(10)),
        Behaviour::Half(body) => {
            let half = &body.as_bytes()[..body.len() / 2];
            send(stream, 200, &json, half, body.len());
            false
        }
        Behaviour::TooShort(body) => {
            send(stream, 200, &json, body.as_bytes(), body.len() / 2);
            false
        }
        Behaviour::Reset => false,
        Behaviour::Redirect(target) => {
            let location = format!("Location: {target}");
            send(stream, 302, &[&location], b"", 0)
        }
        Behaviour::Endless => {
            let head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n{\"run\": \"";
            let filler = vec![b'a'; 1 << 16];
            let mut alive = stream.write_all(head).is_ok();
            while alive && !shared.state.lock().unwrap().stopped {
                alive = stream.write_all(&filler).is_ok();
            }
            false
        }
        Behaviour::Each(_) => unreachable!("a behaviour per request holds plain ones"),
    }
}

fn send(
    stream: &mut TcpStream,
    status: u16,
    headers: &[&str],
    body: &[u8],
    announced: usize,
) -> bool {
    let mut head = format!("HTTP/1.1 {status} Scripted\r\nContent-Length: {announced}\r\n");
    for header in headers {
        write!(head, "{header}\r\n").unwrap();
    }
    head.push_str("\r\n");
    stream
        .write_all(head.as_bytes())
        .and_then(|()| stream.write_all(body))
        .is_ok()
}

/// Status and body of a recorded answer. A body without a head was recorded with HTTP 200.
fn recorded(name: &str) -> (u16, Vec<u8>) {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/support/recorded");
    let body = std::fs::read(folder.join(format!("{name}.json"))).unwrap();
    let status = match std::fs::read_to_string(folder.join(format!("{name}.hdr"))) {
        Ok(head) => head.split(' ').nth(1).unwrap().parse().unwrap(),
        Err(_) => 200,
    };
    (status, body)
}
