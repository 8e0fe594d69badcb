//! A Databricks workspace with one serving endpoint, on loopback, that remembers.
//!
//! It keeps the rules of the real thing that a careless client would break: no token, no answer; no
//! second change while one is under way; shares that make 100; nothing written that may only be
//! read. Its metrics are those of single minutes, gauges with a moment, as Databricks tells them;
//! a minute of it is over with every look. Unknown routes fail the test.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Write;
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant, SystemTime};

use serde_json::{Value, json};

use crate::support::fake_server::Received;

pub(crate) const TOKEN: &str = "dapi-of-the-test";
const PATH: &str = "/api/2.0/serving-endpoints/fare";

/// What goes wrong with a request.
#[derive(Debug, Clone)]
pub(crate) enum Fault {
    /// The connection ends before anything is done.
    Reset,
    /// It is done, and the connection ends without an answer.
    Unanswered,
    /// This status and error code, and nothing is done.
    Error(u16, &'static str),
    /// Nothing is done, and nothing is said until the test goes on.
    HangBefore,
    /// It is done, and nothing is said until the test goes on.
    HangAfter,
}

/// How a version behaves.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Manners {
    /// The latency of its answers, in milliseconds.
    pub(crate) latency_ms: f64,
    /// The share of its answers that are errors of the server.
    pub(crate) errors: f64,
}

#[derive(Default)]
struct State {
    config: Value,
    /// The configuration that is on its way, and how many looks it takes.
    pending: Option<(Value, u32)>,
    update: String,
    /// The version that cannot be deployed.
    broken: Option<&'static str>,
    looks_for_a_change: u32,
    requests_a_minute: u64,
    minute: i64,
    manners: BTreeMap<String, Manners>,
    faults: BTreeMap<usize, Fault>,
    everywhere: Option<(&'static str, Fault)>,
    received: Vec<Received>,
    /// The number of the request that hangs.
    hung: Option<usize>,
    is_given_up: bool,
    unknown: Vec<String>,
    stopped: bool,
}

/// The workspace. Dropping it stops it.
pub(crate) struct ServingWorkspace {
    address: SocketAddr,
    shared: Arc<(Mutex<State>, Condvar)>,
    acceptor: Option<JoinHandle<()>>,
}

/// An entity as Databricks tells it.
pub(crate) fn entity(version: &str) -> Value {
    json!({
        "name": format!("taxi-fare-{version}"),
        "entity_name": "taxi-fare",
        "entity_version": version,
        "workload_size": "Medium",
        "workload_type": "CPU",
        "scale_to_zero_enabled": false,
        "environment_vars": {"API_KEY": "{{secrets/fare/key}}"},
        "creator": "someone@example.com",
        "creation_timestamp": 1_795_413_020_112_i64,
        "state": {"deployment": "DEPLOYMENT_READY", "deployment_state_message": ""},
    })
}

fn shares(of: &[(&str, u64)]) -> Value {
    let routes = of.iter().map(|(name, share)| {
        json!({"served_model_name": name, "served_entity_name": name, "traffic_percentage": share})
    });
    json!({"routes": routes.collect::<Vec<_>>()})
}

impl ServingWorkspace {
    /// The endpoint `fare`, which serves version 1 and, without traffic, something of somebody else.
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let mut other = entity("3");
        other["name"] = "other".into();
        other["entity_name"] = "main.ml.other".into();
        let state = State {
            config: json!({
                "config_version": 1,
                "served_entities": [entity("1"), other],
                "traffic_config": shares(&[("taxi-fare-1", 100), ("other", 0)]),
            }),
            update: "NOT_UPDATING".to_owned(),
            looks_for_a_change: 1,
            requests_a_minute: 1000,
            ..State::default()
        };
        let shared = Arc::new((Mutex::new(state), Condvar::new()));
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

    fn state(&self) -> MutexGuard<'_, State> {
        self.shared.0.lock().unwrap()
    }

    /// The variables that lead to it.
    pub(crate) fn variables(&self) -> Vec<(&'static str, String)> {
        vec![
            ("DATABRICKS_HOST", format!("http://{}", self.address)),
            ("DATABRICKS_TOKEN", TOKEN.to_owned()),
            ("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0".to_owned()),
            ("GATEWRIGHT_SERVING_TIMEOUT", "20".to_owned()),
        ]
    }

    /// How a version behaves from now on.
    pub(crate) fn behaves(&self, version: &str, manners: Manners) {
        let name = format!("taxi-fare-{version}");
        self.state().manners.insert(name, manners);
    }

    /// Nobody asks anything.
    pub(crate) fn is_silent(&self) {
        self.state().requests_a_minute = 0;
    }

    /// A version that cannot be deployed.
    pub(crate) fn cannot_deploy(&self, version: &'static str) {
        self.state().broken = Some(version);
    }

    /// What goes wrong with the request of this number, counted from 0.
    pub(crate) fn fails(&self, number: usize, fault: Fault) {
        self.state().faults.insert(number, fault);
    }

    /// What goes wrong from now on with every request whose line ends like this.
    pub(crate) fn fails_always(&self, line: &'static str, fault: Fault) {
        self.state().everywhere = Some((line, fault));
    }

    /// Nothing goes wrong any more.
    pub(crate) fn recovers(&self) {
        let mut state = self.state();
        state.faults.clear();
        state.everywhere = None;
        state.broken = None;
        state.hung = None;
        drop(state);
        self.shared.1.notify_all();
    }

    /// What is served instead of version 1, by version and share.
    pub(crate) fn serves(&self, versions: &[(&str, u64)]) {
        let mut state = self.state();
        let other = state.config["served_entities"][1].clone();
        let mut entities: Vec<_> = versions.iter().map(|(it, _)| entity(it)).collect();
        entities.push(other);
        let names = versions
            .iter()
            .map(|(it, share)| (format!("taxi-fare-{it}"), *share));
        let names: Vec<_> = names.collect();
        let mut of: Vec<_> = names
            .iter()
            .map(|(it, share)| (it.as_str(), *share))
            .collect();
        of.push(("other", 0));
        state.config["served_entities"] = entities.into();
        state.config["traffic_config"] = shares(&of);
    }

    /// Somebody else divides the traffic.
    pub(crate) fn is_taken(&self, of: &[(&str, u64)]) {
        self.state().config["traffic_config"] = shares(of);
    }

    /// Nobody makes requests any more: waiting for one that hangs is over.
    pub(crate) fn gives_up(&self) {
        self.state().is_given_up = true;
        self.shared.1.notify_all();
    }

    /// Waits until a request hangs; `false` when none does within the time.
    pub(crate) fn hangs(&self, time: Duration) -> bool {
        let waiting = |state: &mut State| state.hung.is_none() && !state.is_given_up;
        let (state, _) = self
            .shared
            .1
            .wait_timeout_while(self.state(), time, waiting)
            .unwrap();
        state.hung.is_some()
    }

    /// Waits until the new version gets this share; for tests that then do something.
    pub(crate) fn reaches(&self, share: u64, time: Duration) -> bool {
        let end = Instant::now() + time;
        while Instant::now() < end {
            if self.traffic().contains(&format!("taxi-fare-2 {share}")) {
                return true;
            }
            thread::sleep(Duration::from_millis(10));
        }
        false
    }

    /// The traffic, as `name share` in order.
    pub(crate) fn traffic(&self) -> String {
        let state = self.state();
        let routes = state.config["traffic_config"]["routes"].as_array().unwrap();
        let routes = routes.iter().map(|route| {
            let name = route["served_model_name"].as_str().unwrap();
            format!("{name} {}", route["traffic_percentage"])
        });
        routes.collect::<Vec<_>>().join(", ")
    }

    /// What is deployed.
    pub(crate) fn config(&self) -> Value {
        self.state().config.clone()
    }

    /// The bodies of all changes, in their order.
    pub(crate) fn changes(&self) -> Vec<Value> {
        let state = self.state();
        let puts = state
            .received
            .iter()
            .filter(|request| request.method == "PUT");
        puts.map(|put| serde_json::from_slice(&put.body).unwrap())
            .collect()
    }

    /// How many requests came.
    pub(crate) fn count(&self) -> usize {
        self.state().received.len()
    }
}

impl Drop for ServingWorkspace {
    fn drop(&mut self) {
        self.state().stopped = true;
        self.shared.1.notify_all();
        drop(TcpStream::connect(self.address));
        if let Some(acceptor) = self.acceptor.take() {
            drop(acceptor.join());
        }
        let unknown = self.state().unknown.clone();
        assert!(
            unknown.is_empty() || thread::panicking(),
            "requests that no route matches: {unknown:#?}"
        );
    }
}

fn accept(listener: &TcpListener, shared: &Arc<(Mutex<State>, Condvar)>) {
    let mut connections = Vec::new();
    for stream in listener.incoming() {
        if shared.0.lock().unwrap().stopped {
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

fn serve(mut stream: TcpStream, shared: &(Mutex<State>, Condvar)) {
    stream
        .set_read_timeout(Some(Duration::from_millis(20)))
        .unwrap();
    let is_over = || shared.0.lock().unwrap().stopped;
    while let Some(request) = Received::next(&mut stream, &is_over) {
        let Some((status, kind, body)) = answer(&request, shared) else {
            break;
        };
        let head = format!(
            "HTTP/1.1 {status} Scripted\r\nContent-Type: {kind}\r\nContent-Length: {}\r\n\r\n",
            body.len()
        );
        if stream
            .write_all(format!("{head}{body}").as_bytes())
            .is_err()
        {
            break;
        }
    }
    drop(stream.shutdown(Shutdown::Both));
}

type Answer = (u16, &'static str, String);

fn error(status: u16, code: &str, message: &str) -> Answer {
    let body = json!({"error_code": code, "message": message}).to_string();
    (status, "application/json", body)
}

fn answer(request: &Received, shared: &(Mutex<State>, Condvar)) -> Option<Answer> {
    let mut state = shared.0.lock().unwrap();
    let number = state.received.len();
    state.received.push(request.clone());
    let line = format!("{} {}", request.method, request.path);
    let always = state
        .everywhere
        .clone()
        .filter(|(end, _)| line.ends_with(end));
    let fault = state
        .faults
        .get(&number)
        .cloned()
        .or(always.map(|(_, fault)| fault));
    match fault {
        Some(Fault::Reset) => None,
        Some(Fault::Error(status, code)) => Some(error(status, code, "as the test wills")),
        Some(Fault::Unanswered) => {
            state.act(request);
            None
        }
        Some(Fault::HangBefore) => {
            hang(state, number, shared);
            None
        }
        Some(Fault::HangAfter) => {
            state.act(request);
            hang(state, number, shared);
            None
        }
        None => Some(state.act(request)),
    }
}

fn hang(mut state: MutexGuard<'_, State>, number: usize, shared: &(Mutex<State>, Condvar)) {
    state.hung = Some(number);
    shared.1.notify_all();
    let waiting = |state: &mut State| state.hung == Some(number) && !state.stopped;
    let time = Duration::from_mins(1);
    drop(shared.1.wait_timeout_while(state, time, waiting).unwrap());
}

impl State {
    fn act(&mut self, request: &Received) -> Answer {
        if request.header("authorization") != Some(&format!("Bearer {TOKEN}")) {
            return error(401, "UNAUTHENTICATED", "no token");
        }
        match (request.method.as_str(), request.path.strip_prefix(PATH)) {
            ("GET", Some("")) => self.look(),
            ("GET", Some("/metrics")) => self.metrics(),
            ("PUT", Some("/config")) => self.change(&request.body),
            _ => {
                self.unknown
                    .push(format!("{} {}", request.method, request.path));
                error(599, "NO_SUCH_ROUTE", "no such route")
            }
        }
    }

    fn look(&mut self) -> Answer {
        if let Some((config, looks)) = self.pending.take() {
            if looks > 0 {
                self.pending = Some((config, looks - 1));
            } else if self.is_deployable(&config) {
                self.config = config;
                "NOT_UPDATING".clone_into(&mut self.update);
            } else {
                "UPDATE_FAILED".clone_into(&mut self.update);
            }
        }
        let mut answer = json!({
            "name": "fare",
            "id": "1f",
            "state": {"ready": "READY", "config_update": self.update},
            "config": self.config,
            "permission_level": "CAN_MANAGE",
        });
        if let Some((config, _)) = &self.pending {
            answer["pending_config"] = config.clone();
        }
        (200, "application/json", answer.to_string())
    }

    fn is_deployable(&self, config: &Value) -> bool {
        let entities = config["served_entities"].as_array().unwrap();
        let is_broken = |entity: &Value| entity["entity_version"].as_str() == self.broken;
        !entities.iter().any(is_broken) || self.broken.is_none()
    }

    fn change(&mut self, body: &[u8]) -> Answer {
        if self.pending.is_some() {
            return error(409, "RESOURCE_CONFLICT", "Endpoint fare is being updated");
        }
        let mut config: Value = serde_json::from_slice(body).unwrap();
        if let Some(wrong) = wrong(&config) {
            return error(400, "INVALID_PARAMETER_VALUE", &wrong);
        }
        for entity in config["served_entities"].as_array_mut().unwrap() {
            entity["creator"] = "ci@example.com".into();
            entity["creation_timestamp"] = 1_795_413_999_999_i64.into();
            entity["state"] = json!({"deployment": "DEPLOYMENT_READY"});
        }
        config["config_version"] = (self.config["config_version"].as_u64().unwrap() + 1).into();
        self.pending = Some((config, self.looks_for_a_change));
        "IN_PROGRESS".clone_into(&mut self.update);
        self.look()
    }

    /// Each read is about the next minute.
    fn metrics(&mut self) -> Answer {
        let epoch = SystemTime::now()
            .duration_since(SystemTime::UNIX_EPOCH)
            .unwrap();
        let now = i64::try_from(epoch.as_millis()).unwrap() / 60_000;
        self.minute += 1;
        let at = (now + 1 + self.minute) * 60_000;
        let mut text = String::from("# HELP request_count_total Requests in the last minute\n");
        for name in [
            "request_count_total",
            "request_4xx_count_total",
            "request_5xx_count_total",
        ] {
            writeln!(text, "# TYPE {name} gauge").unwrap();
        }
        writeln!(text, "# TYPE request_latency_ms histogram").unwrap();
        for route in self.config["traffic_config"]["routes"].as_array().unwrap() {
            let name = route["served_model_name"].as_str().unwrap();
            let share = route["traffic_percentage"].as_u64().unwrap();
            let requests = self.requests_a_minute * share / 100;
            let manners = self.manners.get(name);
            let (latency, errors) = manners.map_or((40.0, 0.0), |it| (it.latency_ms, it.errors));
            #[expect(clippy::cast_precision_loss, reason = "small numbers")]
            let failed = requests as f64 * errors;
            let labels = format!("endpoint_name=\"fare\",served_model_name=\"{name}\"");
            writeln!(text, "request_count_total{{{labels}}} {requests} {at}").unwrap();
            writeln!(text, "request_4xx_count_total{{{labels}}} 0 {at}").unwrap();
            writeln!(text, "request_5xx_count_total{{{labels}}} {failed} {at}").unwrap();
            for bound in ["10", "50", "100", "500", "+Inf"] {
                let below = bound.parse().is_ok_and(|bound: f64| bound < latency);
                let count = if below { 0 } else { requests };
                let labels = format!("{labels},le=\"{bound}\"");
                writeln!(text, "request_latency_ms_bucket{{{labels}}} {count} {at}").unwrap();
            }
        }
        (200, "text/plain", text)
    }
}

/// What Databricks would not take.
fn wrong(config: &Value) -> Option<String> {
    let entities = config["served_entities"].as_array()?;
    let mut names = Vec::new();
    for entity in entities {
        for key in ["creator", "creation_timestamp", "state"] {
            if entity.get(key).is_some() {
                return Some(format!("{key} may only be read"));
            }
        }
        if entity.get("workload_size").is_some()
            && entity.get("min_provisioned_concurrency").is_some()
        {
            return Some("a size or a range, not both".to_owned());
        }
        if entity["entity_version"].as_str().is_none() {
            return Some("a version is text".to_owned());
        }
        names.push(entity["name"].as_str()?);
    }
    let routes = config["traffic_config"]["routes"].as_array()?;
    let whole: u64 = routes
        .iter()
        .filter_map(|route| route["traffic_percentage"].as_u64())
        .sum();
    let is_known = |route: &Value| names.contains(&route["served_model_name"].as_str().unwrap());
    if whole != 100 || !routes.iter().all(is_known) {
        return Some(format!("the routes make {whole} %, or lead nowhere"));
    }
    None
}
