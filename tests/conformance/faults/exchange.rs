//! A request and its answer, as a real server gave it.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};

use crate::support::fake_server::Received;

/// A recorded exchange.
#[derive(Debug, Clone)]
pub(super) struct Exchange {
    pub(super) method: String,
    /// Path and query.
    pub(super) target: String,
    pub(super) asked: Vec<u8>,
    pub(super) status: u16,
    pub(super) content_type: String,
    pub(super) body: Vec<u8>,
}

/// A proxy in front of a real server that keeps what goes through it.
pub(super) struct Recorder {
    pub(super) url: String,
    kept: Arc<Mutex<Vec<Exchange>>>,
    stop: Arc<Mutex<bool>>,
    acceptor: Option<JoinHandle<()>>,
}

impl Recorder {
    /// Records what goes to the server at `authority` (host and port).
    pub(super) fn before(authority: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let kept = Arc::new(Mutex::new(Vec::new()));
        let stop = Arc::new(Mutex::new(false));
        let acceptor = thread::spawn({
            let (kept, stop, authority) = (kept.clone(), stop.clone(), authority.to_owned());
            move || {
                for stream in listener.incoming().flatten() {
                    if *stop.lock().unwrap() {
                        return;
                    }
                    let (kept, stop, authority) = (kept.clone(), stop.clone(), authority.clone());
                    thread::spawn(move || relay(stream, &authority, &kept, &stop));
                }
            }
        });
        Self {
            url: format!("http://{address}"),
            kept,
            stop,
            acceptor: Some(acceptor),
        }
    }

    /// What went through, each request once.
    pub(super) fn exchanges(&self) -> Vec<Exchange> {
        let mut once: Vec<Exchange> = Vec::new();
        for exchange in self.kept.lock().unwrap().iter() {
            if !once.iter().any(|other| other.asks_the_same(exchange)) {
                once.push(exchange.clone());
            }
        }
        once
    }
}

impl Drop for Recorder {
    fn drop(&mut self) {
        *self.stop.lock().unwrap() = true;
        drop(TcpStream::connect(self.url.trim_start_matches("http://")));
        if let Some(acceptor) = self.acceptor.take() {
            drop(acceptor.join());
        }
    }
}

impl Exchange {
    pub(super) fn asks_the_same(&self, other: &Self) -> bool {
        self.answers(&other.method, &other.target, &other.asked)
    }

    pub(super) fn answers(&self, method: &str, target: &str, asked: &[u8]) -> bool {
        self.method == method && self.target == target && self.asked == asked
    }
}

fn relay(mut stream: TcpStream, authority: &str, kept: &Mutex<Vec<Exchange>>, stop: &Mutex<bool>) {
    let over = || *stop.lock().unwrap();
    drop(stream.set_read_timeout(Some(std::time::Duration::from_millis(20))));
    while let Some(request) = Received::next(&mut stream, &over) {
        let exchange = forward(&request, authority);
        let head = format!(
            "HTTP/1.1 {} Relayed\r\nContent-Type: {}\r\nContent-Length: {}\r\n\r\n",
            exchange.status,
            exchange.content_type,
            exchange.body.len()
        );
        let sent = stream
            .write_all(head.as_bytes())
            .and_then(|()| stream.write_all(&exchange.body));
        kept.lock().unwrap().push(exchange);
        if sent.is_err() {
            break;
        }
    }
    drop(stream.shutdown(Shutdown::Both));
}

/// Asks the real server, one connection a question.
fn forward(request: &Received, authority: &str) -> Exchange {
    let target = request.target();
    let content_type = request.header("content-type").unwrap_or("application/json");
    let head = format!(
        "{} {target} HTTP/1.1\r\nHost: {authority}\r\nConnection: close\r\nContent-Type: {content_type}\r\nContent-Length: {}\r\n\r\n",
        request.method,
        request.body.len(),
    );
    let mut upstream = TcpStream::connect(authority).unwrap();
    upstream.write_all(head.as_bytes()).unwrap();
    upstream.write_all(&request.body).unwrap();
    let mut answer = Vec::new();
    upstream.read_to_end(&mut answer).unwrap();
    let end = answer
        .windows(4)
        .position(|four| four == b"\r\n\r\n")
        .unwrap();
    let head = String::from_utf8_lossy(&answer[..end]).into_owned();
    let header = |name: &str| {
        head.lines()
            .filter_map(|line| line.split_once(':'))
            .find(|(key, _)| key.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.trim().to_owned())
    };
    assert_eq!(
        header("transfer-encoding"),
        None,
        "the recorder reads announced lengths only"
    );
    Exchange {
        method: request.method.clone(),
        asked: request.body.clone(),
        status: head.split(' ').nth(1).unwrap().parse().unwrap(),
        content_type: header("content-type").unwrap_or_default(),
        body: answer[end + 4..].to_vec(),
        target,
    }
}
