//! Faults on the way from a server.

use std::io::Write;
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use tempfile::TempDir;

use super::draw::{Draw, runs};
use super::exchange::{Exchange, Recorder};
use super::fault::{Drawn, Fault, draw};
use super::gate::{Answer, check};
use crate::story::Story;
use crate::support::fake_server::Received;
use crate::tools::Server;

/// Gates on the story: one that passes, one that is blocked for several reasons that do not depend
/// on each other.
pub(super) const SPEC: &str = include_str!("gatewright.yaml");

/// A server that repeats what was recorded, with one answer broken.
struct Replay {
    url: String,
    state: Arc<State>,
    acceptor: Option<JoinHandle<()>>,
}

struct State {
    exchanges: Vec<Exchange>,
    /// Which exchange is broken, and how.
    broken: Mutex<Option<(usize, Fault)>>,
    unknown: Mutex<Vec<String>>,
    stopped: Mutex<bool>,
}

impl Replay {
    fn of(exchanges: Vec<Exchange>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let state = Arc::new(State {
            exchanges,
            broken: Mutex::new(None),
            unknown: Mutex::default(),
            stopped: Mutex::new(false),
        });
        let acceptor = thread::spawn({
            let state = state.clone();
            move || {
                for stream in listener.incoming().flatten() {
                    if *state.stopped.lock().unwrap() {
                        return;
                    }
                    let state = state.clone();
                    thread::spawn(move || serve(stream, &state));
                }
            }
        });
        Self {
            url,
            state,
            acceptor: Some(acceptor),
        }
    }

    fn broken_by(&self, fault: Option<(usize, Fault)>) -> &str {
        *self.state.broken.lock().unwrap() = fault;
        &self.url
    }
}

impl Drop for Replay {
    fn drop(&mut self) {
        *self.state.stopped.lock().unwrap() = true;
        drop(TcpStream::connect(self.url.trim_start_matches("http://")));
        if let Some(acceptor) = self.acceptor.take() {
            drop(acceptor.join());
        }
    }
}

fn serve(mut stream: TcpStream, state: &State) {
    let over = || *state.stopped.lock().unwrap();
    drop(stream.set_read_timeout(Some(Duration::from_millis(20))));
    drop(stream.set_write_timeout(Some(Duration::from_secs(5))));
    while let Some(request) = Received::next(&mut stream, &over) {
        let found = state.exchanges.iter().position(|exchange| {
            exchange.answers(&request.method, &request.target(), &request.body)
        });
        let broken = state.broken.lock().unwrap().clone();
        let Some(index) = found else {
            let line = format!("{} {}", request.method, request.target());
            state.unknown.lock().unwrap().push(line);
            send(&mut stream, 404, "text/plain", b"no such exchange", 16);
            continue;
        };
        let exchange = &state.exchanges[index];
        let goes_on = match broken.filter(|(broken, _)| *broken == index) {
            None => whole(&mut stream, exchange),
            Some((_, fault)) => act(&mut stream, exchange, &fault, &over),
        };
        if !goes_on {
            break;
        }
    }
    drop(stream.shutdown(Shutdown::Both));
}

fn whole(stream: &mut TcpStream, exchange: &Exchange) -> bool {
    let length = exchange.body.len();
    send(
        stream,
        exchange.status,
        &exchange.content_type,
        &exchange.body,
        length,
    )
}

fn act(
    stream: &mut TcpStream,
    exchange: &Exchange,
    fault: &Fault,
    over: &dyn Fn() -> bool,
) -> bool {
    let length = exchange.body.len();
    match fault {
        Fault::Instead {
            status,
            content_type,
            body,
        } => send(stream, *status, content_type, body, body.len()),
        Fault::Cut(at) => {
            let part = &exchange.body[..(*at).min(length)];
            send(
                stream,
                exchange.status,
                &exchange.content_type,
                part,
                length,
            );
            false
        }
        Fault::Short(announced) => {
            let announced = (*announced).min(length);
            send(
                stream,
                exchange.status,
                &exchange.content_type,
                &exchange.body,
                announced,
            );
            false
        }
        Fault::Hang => {
            for _ in 0..500 {
                if over() {
                    break;
                }
                thread::sleep(Duration::from_millis(20));
            }
            false
        }
        Fault::Reset => false,
    }
}

fn send(
    stream: &mut TcpStream,
    status: u16,
    content_type: &str,
    body: &[u8],
    announced: usize,
) -> bool {
    let head = format!(
        "HTTP/1.1 {status} Replayed\r\nContent-Type: {content_type}\r\nContent-Length: {announced}\r\n\r\n"
    );
    stream
        .write_all(head.as_bytes())
        .and_then(|()| stream.write_all(body))
        .is_ok()
}

/// Everything that a real server answers to one of the gates.
fn record(story: &Story, folder: &std::path::Path, gate: &str) -> Option<(Answer, Vec<Exchange>)> {
    let server = Server::over(story.folder(), "mlflow.db")?;
    let recorder = Recorder::before(server.url.trim_start_matches("http://"));
    let answer = check(folder, gate, &recorder.url, 30);
    Some((answer, recorder.exchanges()))
}

/// Draws faults for a gate's exchanges, and holds every answer against `law`.
fn hold(gate: &str, expected: i32, law: impl Fn(&Answer, &Answer, &Drawn) -> bool) {
    let Some(story) = Story::current() else {
        return;
    };
    let folder = TempDir::new().unwrap();
    std::fs::write(folder.path().join("gatewright.yaml"), SPEC).unwrap();
    let Some((good, exchanges)) = record(story, folder.path(), gate) else {
        return;
    };
    assert_eq!(good.code, Some(expected), "{}", good.talk);
    let replay = Replay::of(exchanges);
    let again = check(folder.path(), gate, replay.broken_by(None), 30);
    assert_eq!(
        again.decision, good.decision,
        "the replay is not the server"
    );
    let all = &replay.state.exchanges;
    assert!(all.len() > 5, "only {} exchanges were recorded", all.len());
    let mut drawn = Draw::seeded();
    for round in 0..runs(300) {
        // Every exchange has its turn.
        let index = round % all.len();
        let fault = draw(&mut drawn, &all[index], all);
        let url = replay.broken_by(Some((index, fault.fault.clone())));
        let answer = check(folder.path(), gate, url, 1);
        assert!(
            law(&good, &answer, &fault),
            "round {round}, {} of {} {}: exit {:?}\n{:?}\n{}\n{:#?}",
            fault.name,
            all[index].method,
            all[index].target,
            answer.code,
            fault.fault,
            answer.talk,
            answer.decision,
        );
    }
}

#[test]
fn no_broken_answer_of_a_server_lets_a_blocked_model_through() {
    hold("blocked", 1, |_, answer, _| answer.code != Some(0));
}

#[test]
fn a_broken_answer_of_a_server_is_never_half_of_the_evidence() {
    hold("passes", 0, |good, answer, fault| {
        answer.code != Some(0) || fault.may_be_believed || answer.decision == good.decision
    });
}
