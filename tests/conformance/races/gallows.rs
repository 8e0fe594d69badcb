//! Death at a request of one's choice.

use std::fmt::Write as _;
use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use crate::support::fake_server::Received;

/// Stands between a process and the server: carries out so many requests, keeps the answer of the
/// last to itself, and says that it is time.
pub(super) struct Gallows {
    pub(super) url: String,
    /// Whether each request that came wanted to write.
    writes: Arc<Mutex<Vec<bool>>>,
    is_time: Arc<AtomicBool>,
    is_over: Arc<AtomicBool>,
}

impl Gallows {
    pub(super) fn build(server: &str, requests: usize) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let (is_time, is_over, writes) = (Arc::default(), Arc::default(), Arc::default());
        let gallows = Self {
            url: format!("http://{address}"),
            is_time: Arc::clone(&is_time),
            is_over: Arc::clone(&is_over),
            writes: Arc::clone(&writes),
        };
        let server = server.strip_prefix("http://").unwrap().to_owned();
        thread::spawn(move || {
            for stream in listener.incoming() {
                if is_over.load(Ordering::Relaxed) {
                    break;
                }
                let Ok(mut stream) = stream else { break };
                let (server, writes) = (server.clone(), Arc::clone(&writes));
                let (is_time, is_over) = (Arc::clone(&is_time), Arc::clone(&is_over));
                thread::spawn(move || {
                    let soon = Some(Duration::from_millis(20));
                    stream.set_read_timeout(soon).unwrap();
                    let is_done = || is_over.load(Ordering::Relaxed);
                    if let Some(request) = Received::next(&mut stream, &is_done) {
                        let count = {
                            let mut writes = writes.lock().unwrap();
                            writes.push(request.method != "GET");
                            writes.len()
                        };
                        if count > requests {
                            return;
                        }
                        let answer = forward(&server, &request);
                        if count >= requests {
                            is_time.store(true, Ordering::Relaxed);
                            // The connection stays open until the process is dead.
                            while !is_done() {
                                thread::sleep(Duration::from_millis(5));
                            }
                            return;
                        }
                        stream.write_all(&answer).unwrap();
                        // The answer ends with the connection.
                        drop(stream.shutdown(Shutdown::Both));
                    }
                });
            }
        });
        gallows
    }

    /// How many requests came before the first that writes, and how many came.
    pub(super) fn counted(&self) -> (usize, usize) {
        let writes = self.writes.lock().unwrap();
        let before = writes.iter().take_while(|writes| !**writes);
        (before.count(), writes.len())
    }

    pub(super) fn wait(&self) {
        let end = Instant::now() + Duration::from_mins(2);
        while !self.is_time.load(Ordering::Relaxed) {
            assert!(Instant::now() < end, "the requests never came");
            thread::sleep(Duration::from_millis(2));
        }
    }
}

impl Drop for Gallows {
    fn drop(&mut self) {
        self.is_over.store(true, Ordering::Relaxed);
        drop(TcpStream::connect(
            self.url.strip_prefix("http://").unwrap(),
        ));
    }
}

/// Sends a request on, and gives the whole answer.
pub(super) fn forward(server: &str, request: &Received) -> Vec<u8> {
    let mut head = format!("{} {} HTTP/1.1\r\n", request.method, request.target());
    for (name, value) in &request.headers {
        let value = if name == "host" { server } else { value };
        if name != "connection" {
            write!(head, "{name}: {value}\r\n").unwrap();
        }
    }
    head.push_str("connection: close\r\n\r\n");
    let mut stream = TcpStream::connect(server).unwrap();
    stream.write_all(head.as_bytes()).unwrap();
    stream.write_all(&request.body).unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    answer
}
