//! A registry that remembers: MLflow's endpoints for models, versions, aliases and tags, answered in
//! the words of a recorded server, with faults and strangers at requests of one's choice.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Write as _;
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use serde_json::{Value, json};

use super::received::Received;

/// What goes wrong with a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// The connection is closed; nothing was carried out.
    LostBefore,
    /// The request is carried out and its answer is lost.
    LostAfter,
    /// The connection is closed, and the request is carried out later.
    Late,
    /// An error of the server; nothing was carried out.
    ErrorBefore(u16),
    /// The request is carried out and answered with an error.
    ErrorAfter(u16),
    /// The request is carried out and half of the answer comes.
    Truncated,
    /// The request is carried out and the answer never comes.
    Silent,
    /// Nothing is carried out and a login page comes, with HTTP 200.
    Page,
    /// The request is carried out and a login page comes, with HTTP 200.
    PageAfter,
    /// Nothing is carried out and the answer points elsewhere.
    Redirect,
    /// The request is carried out and the answer points elsewhere.
    RedirectAfter,
    /// Nothing is carried out: of two that insert one row at once the database refuses this one, in
    /// the words that MLflow passes on.
    Taken,
    /// From here on nothing is carried out or answered: who asks is dead.
    Dead,
}

/// Which request a fault is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum At {
    /// The n-th request, counted from 1.
    Request(usize),
    /// The n-th request that changes something, counted from 1.
    Change(usize),
}

/// A version of a model.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Version {
    pub(crate) tags: BTreeMap<String, String>,
    pub(crate) source: String,
    pub(crate) run_id: String,
    pub(crate) status: String,
    pub(crate) description: String,
}

/// A registered model.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Model {
    pub(crate) aliases: BTreeMap<String, u64>,
    pub(crate) tags: BTreeMap<String, String>,
    pub(crate) versions: BTreeMap<u64, Version>,
}

type Meddler = Box<dyn FnMut(&mut BTreeMap<String, Model>) + Send>;

/// What another process does.
type Deed = Box<dyn FnOnce(&mut BTreeMap<String, Model>) + Send>;

#[derive(Default)]
struct State {
    models: BTreeMap<String, Model>,
    faults: Vec<(At, Fault)>,
    deeds: Vec<(At, Deed)>,
    requests: usize,
    changes: usize,
    log: Vec<String>,
    /// Requests that are carried out later, and were not yet.
    late: usize,
    /// What somebody else does before each question.
    before_reading: Option<Meddler>,
    is_dead: bool,
    is_over: bool,
    unknown: Vec<String>,
}

/// The server. Dropping it stops it, and fails the test when something unknown was asked for.
pub(crate) struct RegistryServer {
    address: SocketAddr,
    shared: Arc<Shared>,
    acceptor: Option<JoinHandle<()>>,
}

struct Shared {
    state: Mutex<State>,
    /// `unity-catalog/` and its form of answers.
    is_catalog: bool,
    /// The longest time that a request is on its way.
    slowness: Duration,
}

impl RegistryServer {
    /// A server of MLflow with these models.
    pub(crate) fn start(models: BTreeMap<String, Model>) -> Self {
        Self::start_with(models, false, Duration::ZERO)
    }

    /// The same as Unity Catalog, or with requests that take up to this time.
    pub(crate) fn start_with(
        models: BTreeMap<String, Model>,
        is_catalog: bool,
        slowness: Duration,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let state = Mutex::new(State {
            models,
            ..State::default()
        });
        let shared = Arc::new(Shared {
            state,
            is_catalog,
            slowness,
        });
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

    /// What is registered under a name.
    pub(crate) fn model(&self, name: &str) -> Model {
        self.shared.state.lock().unwrap().models[name].clone()
    }

    /// Changes what is registered, as another process would.
    pub(crate) fn change(&self, name: &str, change: impl FnOnce(&mut Model)) {
        change(
            self.shared
                .state
                .lock()
                .unwrap()
                .models
                .get_mut(name)
                .unwrap(),
        );
    }

    /// Lets something go wrong; counts from here on.
    pub(crate) fn fault(&self, at: At, fault: Fault) {
        let mut state = self.shared.state.lock().unwrap();
        state.requests = 0;
        state.changes = 0;
        state.faults.push((at, fault));
    }

    /// Lets another process change a model just before a request is carried out, or is not.
    pub(crate) fn meanwhile(
        &self,
        at: At,
        name: &'static str,
        change: impl FnOnce(&mut Model) + Send + 'static,
    ) {
        let deed = move |models: &mut BTreeMap<String, Model>| {
            change(models.get_mut(name).unwrap());
        };
        self.shared
            .state
            .lock()
            .unwrap()
            .deeds
            .push((at, Box::new(deed)));
    }

    /// Takes every fault away, and lets the next process be alive.
    pub(crate) fn heal(&self) {
        let mut state = self.shared.state.lock().unwrap();
        state.faults.clear();
        state.is_dead = false;
        state.log.clear();
    }

    /// Lets somebody else change what is registered before each question is answered.
    pub(crate) fn before_reading(
        &self,
        meddler: impl FnMut(&mut BTreeMap<String, Model>) + Send + 'static,
    ) {
        self.shared.state.lock().unwrap().before_reading = Some(Box::new(meddler));
    }

    /// Waits until every late request was carried out.
    pub(crate) fn settle(&self) {
        while self.shared.state.lock().unwrap().late > 0 {
            thread::sleep(Duration::from_millis(5));
        }
    }

    /// Every request since the last healing: method, endpoint and body.
    pub(crate) fn log(&self) -> Vec<String> {
        self.shared.state.lock().unwrap().log.clone()
    }
}

impl Drop for RegistryServer {
    fn drop(&mut self) {
        self.shared.state.lock().unwrap().is_over = true;
        drop(TcpStream::connect(self.address));
        if let Some(acceptor) = self.acceptor.take() {
            drop(acceptor.join());
        }
        let unknown = self.shared.state.lock().unwrap().unknown.clone();
        assert!(
            unknown.is_empty() || thread::panicking(),
            "requests that nobody knows: {unknown:#?}"
        );
    }
}

fn accept(listener: &TcpListener, shared: &Arc<Shared>) {
    let mut connections = Vec::new();
    for stream in listener.incoming() {
        if shared.state.lock().unwrap().is_over {
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

fn serve(mut stream: TcpStream, shared: &Arc<Shared>) {
    let soon = Some(Duration::from_millis(20));
    stream.set_read_timeout(soon).unwrap();
    let is_over = || shared.state.lock().unwrap().is_over;
    while let Some(request) = Received::next(&mut stream, &is_over) {
        thread::sleep(some_of(shared.slowness));
        if !handle(&mut stream, shared, &request) {
            break;
        }
        thread::sleep(some_of(shared.slowness));
    }
    drop(stream.shutdown(Shutdown::Both));
}

/// A part of a time, another one for every call.
fn some_of(time: Duration) -> Duration {
    use std::hash::{BuildHasher as _, Hasher as _};
    let random = std::hash::RandomState::new().build_hasher().finish();
    time * u32::try_from(random % 1000).unwrap() / 1000
}

/// Which fault this request has.
fn fault(state: &mut State, request: &Received) -> Option<Fault> {
    let is_change = request.method != "GET";
    state.requests += 1;
    state.changes += usize::from(is_change);
    let line = format!(
        "{} {}",
        request.method,
        request.path.replace("/api/2.0/mlflow/", "")
    );
    let body = String::from_utf8_lossy(&request.body).into_owned();
    state
        .log
        .push(format!("{line} {body}").trim_end().to_owned());
    let (requests, changes) = (state.requests, state.changes);
    let is_now = |at: &At| match at {
        At::Request(number) => *number == requests,
        At::Change(number) => is_change && *number == changes,
    };
    if let Some(place) = state.deeds.iter().position(|(at, _)| is_now(at)) {
        let (_, deed) = state.deeds.remove(place);
        deed(&mut state.models);
    }
    let found = state.faults.iter().find(|(at, _)| is_now(at));
    let found = found.map(|(_, fault)| *fault);
    state.is_dead |= found == Some(Fault::Dead);
    if state.is_dead {
        Some(Fault::Dead)
    } else {
        found
    }
}

/// Carries a request out and answers it, or not; `false` when the connection is over.
fn handle(stream: &mut TcpStream, shared: &Arc<Shared>, request: &Received) -> bool {
    let fault = fault(&mut shared.state.lock().unwrap(), request);
    let page = "<!doctype html><title>Sign in</title>";
    let carry_out = || answer(shared, request);
    match fault {
        None => {
            let (status, body) = carry_out();
            send(stream, status, "", &body.to_string(), 0)
        }
        Some(Fault::Dead | Fault::LostBefore) => false,
        Some(Fault::LostAfter) => {
            carry_out();
            false
        }
        Some(Fault::Late) => {
            let (shared, request) = (Arc::clone(shared), request.clone());
            shared.state.lock().unwrap().late += 1;
            thread::spawn(move || {
                thread::sleep(Duration::from_millis(30));
                answer(&shared, &request);
                shared.state.lock().unwrap().late -= 1;
            });
            false
        }
        Some(Fault::Taken) => send(stream, 400, "", &taken().to_string(), 0),
        Some(Fault::ErrorBefore(status)) => send(stream, status, "", "busy", 0),
        Some(Fault::ErrorAfter(status)) => {
            carry_out();
            send(stream, status, "", "busy", 0)
        }
        Some(Fault::Truncated) => {
            let (status, body) = carry_out();
            send(stream, status, "", &body.to_string(), 10);
            false
        }
        Some(Fault::Silent) => {
            carry_out();
            thread::sleep(Duration::from_millis(1500));
            false
        }
        Some(Fault::Page) => send(stream, 200, "", page, 0),
        Some(Fault::PageAfter) => {
            carry_out();
            send(stream, 200, "", page, 0)
        }
        Some(Fault::Redirect) => send(stream, 302, "Location: /login\r\n", "", 0),
        Some(Fault::RedirectAfter) => {
            carry_out();
            send(stream, 302, "Location: /login\r\n", "", 0)
        }
    }
}

fn send(stream: &mut TcpStream, status: u16, headers: &str, body: &str, missing: usize) -> bool {
    let mut answer = String::new();
    let announced = body.len() + missing;
    write!(
        answer,
        "HTTP/1.1 {status} X\r\nContent-Type: application/json\r\n{headers}Content-Length: {announced}\r\n\r\n{body}"
    )
    .unwrap();
    stream.write_all(answer.as_bytes()).is_ok()
}

type Answer = (u16, Value);

fn answer(shared: &Shared, request: &Received) -> Answer {
    let mut state = shared.state.lock().unwrap();
    let State {
        models,
        before_reading,
        ..
    } = &mut *state;
    if let Some(meddler) = before_reading
        && request.method == "GET"
    {
        meddler(models);
    }
    let path = request.path.strip_prefix("/api/2.0/mlflow/").unwrap_or("?");
    let path = match (shared.is_catalog, path.strip_prefix("unity-catalog/")) {
        (true, Some(path)) => path,
        (false, None) => path,
        _ => "?",
    };
    let body: Value = serde_json::from_slice(&request.body).unwrap_or_default();
    let parameter = |name: &str| {
        let found = request.parameters.iter().find(|(key, _)| key == name);
        found.map(|(_, value)| value.clone()).unwrap_or_default()
    };
    let known = match request.method.as_str() {
        "GET" => read(&state.models, path, shared.is_catalog, &parameter),
        method => {
            let order = format!("{method} {path}");
            write(&mut state.models, &order, &body, shared.is_catalog)
        }
    };
    known.unwrap_or_else(|| {
        state
            .unknown
            .push(format!("{} {}", request.method, request.path));
        (599, json!({}))
    })
}

fn read(
    models: &BTreeMap<String, Model>,
    path: &str,
    is_catalog: bool,
    parameter: &dyn Fn(&str) -> String,
) -> Option<Answer> {
    let name = match path {
        "model-versions/search" => {
            let filter = parameter("filter");
            filter
                .strip_prefix("name = '")?
                .strip_suffix('\'')?
                .to_owned()
        }
        _ => parameter("name"),
    };
    let model = models.get(&name);
    Some(match path {
        "registered-models/get" => model.map_or_else(
            || absent(&format!("Registered Model with name={name} not found")),
            |model| (200, json!({"registered_model": shown_model(&name, model)})),
        ),
        "model-versions/get" => {
            let number = parameter("version").parse::<u64>().ok()?;
            let version = model.and_then(|model| model.versions.get(&number));
            version.map_or_else(
                || {
                    absent(&format!(
                        "Model Version (name={name}, version={number}) not found"
                    ))
                },
                |version| {
                    let shown = shown_version(&name, number, version, true);
                    (200, json!({"model_version": shown}))
                },
            )
        }
        "model-versions/search" => {
            let versions = model.iter().flat_map(|model| &model.versions);
            let shown: Vec<_> = versions
                .map(|(number, version)| shown_version(&name, *number, version, !is_catalog))
                .collect();
            if shown.is_empty() {
                (200, json!({}))
            } else {
                (200, json!({"model_versions": shown}))
            }
        }
        _ => return None,
    })
}

fn absent(message: &str) -> Answer {
    let body = json!({"error_code": "RESOURCE_DOES_NOT_EXIST", "message": message,
        "sqlstate": "KAM00", "error_class": "RESOURCE_NOT_FOUND"});
    (404, body)
}

/// What a server of MLflow 3 answers where its database refuses a second row.
fn taken() -> Value {
    json!({"error_code": "BAD_REQUEST", "message": "(sqlite3.IntegrityError) UNIQUE constraint failed: \
        registered_model_tags.workspace, registered_model_tags.key, registered_model_tags.name\n[SQL: INSERT \
        INTO registered_model_tags (workspace, name, \"key\", value) VALUES (?, ?, ?, ?)]\n(Background on this \
        error at: https://sqlalche.me/e/20/gkpj)"})
}

fn shown_tags(tags: &BTreeMap<String, String>) -> Vec<Value> {
    tags.iter()
        .map(|(key, value)| json!({"key": key, "value": value}))
        .collect()
}

/// What is empty is left out, as MLflow does.
fn shown_model(name: &str, model: &Model) -> Value {
    let aliases: Vec<_> = model
        .aliases
        .iter()
        .map(|(alias, version)| json!({"alias": alias, "version": version.to_string()}))
        .collect();
    let mut shown = json!({"name": name, "creation_timestamp": 1_795_413_008_012_i64,
        "last_updated_timestamp": 1_795_413_031_256_i64});
    if !aliases.is_empty() {
        shown["aliases"] = json!(aliases);
    }
    if !model.tags.is_empty() {
        shown["tags"] = json!(shown_tags(&model.tags));
    }
    shown
}

fn shown_version(name: &str, number: u64, version: &Version, with_tags: bool) -> Value {
    let mut shown = json!({"name": name, "version": number.to_string(),
        "creation_timestamp": 1_795_413_020_112_i64, "current_stage": "None",
        "description": version.description, "source": version.source, "run_id": version.run_id,
        "status": version.status, "run_link": ""});
    if with_tags && !version.tags.is_empty() {
        shown["tags"] = json!(shown_tags(&version.tags));
    }
    shown
}

fn write(
    models: &mut BTreeMap<String, Model>,
    order: &str,
    body: &Value,
    is_catalog: bool,
) -> Option<Answer> {
    let text = |name: &str| body[name].as_str().map(str::to_owned);
    let name = text("name")?;
    let done = Some((200, json!({})));
    if order == "POST registered-models/create" {
        if models.contains_key(&name) {
            let message = format!("Registered Model (name={name}) already exists.");
            let body = json!({"error_code": "RESOURCE_ALREADY_EXISTS", "message": message});
            return Some((400, body));
        }
        models.insert(name.clone(), Model::default());
        return Some((200, json!({"registered_model": {"name": name}})));
    }
    let Some(model) = models.get_mut(&name) else {
        return Some(absent(&format!(
            "Registered Model with name={name} not found"
        )));
    };
    if is_catalog
        && order.ends_with("/set-tag")
        && let Some(refused) = refused(&text("key")?, &text("value")?)
    {
        return Some(refused);
    }
    match order {
        "POST registered-models/set-tag" => {
            model.tags.insert(text("key")?, text("value")?);
            return done;
        }
        "DELETE registered-models/delete-tag" => {
            model.tags.remove(&text("key")?);
            return done;
        }
        "POST model-versions/create" => return Some(create(model, &name, body)),
        _ => {}
    }
    let number: u64 = text("version")?.parse().ok()?;
    let Some(version) = model.versions.get_mut(&number) else {
        let message = format!("Model Version (name={name}, version={number}) not found");
        return Some(absent(&message));
    };
    match order {
        "POST registered-models/alias" => {
            let alias = text("alias")?;
            let known = model
                .aliases
                .keys()
                .find(|known| is_catalog && known.eq_ignore_ascii_case(&alias));
            let alias = known.cloned().unwrap_or(alias);
            model.aliases.insert(alias, number);
        }
        "POST model-versions/set-tag" => {
            version.tags.insert(text("key")?, text("value")?);
        }
        "DELETE model-versions/delete-tag" => {
            version.tags.remove(&text("key")?);
        }
        _ => return None,
    }
    done
}

/// What Unity Catalog says to a tag that it does not take. The words for names are those of a real
/// workspace; those for texts are not known.
fn refused(key: &str, value: &str) -> Option<Answer> {
    let message = if key.contains(['.', ',', '-', '=', '/', ':']) {
        format!(
            "Tag name {key} contains one or more of the reserved characters: List(., ,, -, =, /, :)"
        )
    } else if key.chars().count() > 255 || value.chars().count() > 1000 || value.trim() != value {
        format!("Tag {key} is too long")
    } else {
        return None;
    };
    let body = json!({"error_code": "INVALID_PARAMETER_VALUE", "message": message});
    Some((400, body))
}

fn create(model: &mut Model, name: &str, body: &Value) -> Answer {
    let text = |name: &str| body[name].as_str().unwrap_or_default().to_owned();
    let tags = body["tags"].as_array().cloned().unwrap_or_default();
    let pair = |tag: &Value| {
        let part = |name: &str| tag[name].as_str().unwrap_or_default().to_owned();
        (part("key"), part("value"))
    };
    let version = Version {
        tags: tags.iter().map(pair).collect(),
        source: text("source"),
        run_id: text("run_id"),
        status: "READY".to_owned(),
        description: text("description"),
    };
    let number = model.versions.keys().max().unwrap_or(&0) + 1;
    let shown = shown_version(name, number, &version, true);
    model.versions.insert(number, version);
    (200, json!({"model_version": shown}))
}
