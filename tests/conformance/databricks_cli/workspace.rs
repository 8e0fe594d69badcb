//! A workspace of Databricks on loopback that remembers what it is given: files, folders, jobs,
//! experiments, models, endpoints, profiles, and who may do what.
//!
//! It answers the calls that the command line makes for a bundle, in the forms of Databricks' REST
//! API. A call that it does not know gets HTTP 400, is remembered, and fails the test.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use percent_encoding::percent_decode_str;
use serde_json::{Map, Value, json};

use crate::support::fake_server::Received;

const UPLOAD: &str = "/api/2.0/workspace-files/import-file/";
const DOWNLOAD: &str = "/api/2.0/workspace-files/";

/// Status and body.
type Answer = (u16, Vec<u8>);

#[derive(Default)]
struct State {
    /// Who is signed in.
    user: String,
    /// Folders with their numbers.
    folders: BTreeMap<String, usize>,
    files: BTreeMap<String, Vec<u8>>,
    /// What was made, by the path that it is asked for with.
    made: BTreeMap<String, Value>,
    log: Vec<String>,
    unknown: Vec<String>,
    is_over: bool,
}

/// The workspace. Dropping it stops it, and fails the test when something unknown was asked for.
pub(super) struct Workspace {
    address: SocketAddr,
    state: Arc<Mutex<State>>,
    acceptor: Option<JoinHandle<()>>,
}

impl Workspace {
    /// An empty one, with this user or service principal signed in.
    pub(super) fn start(user: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let mut state = State {
            user: user.to_owned(),
            ..State::default()
        };
        state.make_folder(&format!("/Workspace/Users/{user}"));
        let state = Arc::new(Mutex::new(state));
        let acceptor = Some(thread::spawn({
            let state = Arc::clone(&state);
            move || accept(&listener, &state)
        }));
        Self {
            address,
            state,
            acceptor,
        }
    }

    /// The base URL, without a slash at its end.
    pub(super) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Every call so far: method and path.
    pub(super) fn log(&self) -> Vec<String> {
        self.state.lock().unwrap().log.clone()
    }
}

impl Drop for Workspace {
    fn drop(&mut self) {
        self.state.lock().unwrap().is_over = true;
        drop(TcpStream::connect(self.address));
        if let Some(acceptor) = self.acceptor.take() {
            drop(acceptor.join());
        }
        let unknown = self.state.lock().unwrap().unknown.clone();
        assert!(
            unknown.is_empty() || thread::panicking(),
            "calls that nobody knows: {unknown:#?}"
        );
    }
}

fn accept(listener: &TcpListener, state: &Arc<Mutex<State>>) {
    let mut connections = Vec::new();
    for stream in listener.incoming() {
        if state.lock().unwrap().is_over {
            break;
        }
        let Ok(stream) = stream else { continue };
        let state = Arc::clone(state);
        connections.push(thread::spawn(move || serve(stream, &state)));
    }
    for connection in connections {
        drop(connection.join());
    }
}

fn serve(mut stream: TcpStream, state: &Mutex<State>) {
    let soon = Some(Duration::from_millis(20));
    stream.set_read_timeout(soon).unwrap();
    let is_over = || state.lock().unwrap().is_over;
    while let Some(request) = Received::next(&mut stream, &is_over) {
        let (status, body) = state.lock().unwrap().answer(&request);
        let head = format!(
            "HTTP/1.1 {status} Remembered\r\nContent-Type: application/json\r\n\
             X-Databricks-Org-Id: 900\r\nContent-Length: {}\r\n\r\n",
            body.len()
        );
        let sent = stream.write_all(head.as_bytes());
        if sent.and_then(|()| stream.write_all(&body)).is_err() {
            break;
        }
    }
    drop(stream.shutdown(Shutdown::Both));
}

fn ok(value: &Value) -> Answer {
    (200, value.to_string().into_bytes())
}

fn error(status: u16, code: &str, message: &str) -> Answer {
    let body = json!({"error_code": code, "message": message});
    (status, body.to_string().into_bytes())
}

fn missing(what: &str) -> Answer {
    let message = format!("{what} does not exist");
    error(404, "RESOURCE_DOES_NOT_EXIST", &message)
}

fn parent(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(parent, _)| parent)
}

impl State {
    fn answer(&mut self, request: &Received) -> Answer {
        let path = percent_decode_str(&request.path).decode_utf8().unwrap();
        let call = format!("{} {path}", request.method);
        self.log.push(call.clone());
        let body = || serde_json::from_slice::<Value>(&request.body).unwrap_or_default();
        let parameter = |name: &str| {
            let mut all = request.parameters.iter();
            let found = all.find(|(key, _)| key == name);
            found.map(|(_, value)| value.clone()).unwrap_or_default()
        };
        match call.as_str() {
            "GET /.well-known/databricks-config" => {
                let here = format!("http://{}/oidc", request.header("host").unwrap());
                ok(&json!({"oidc_endpoint": here, "workspace_id": "900"}))
            }
            "GET /api/2.0/preview/scim/v2/Me" => {
                ok(&json!({"id": "1", "userName": self.user, "displayName": "somebody"}))
            }
            "GET /api/2.0/workspace/get-status" => self.status(&parameter("path")),
            "GET /api/2.0/workspace/export" => self.download(&parameter("path")),
            "POST /api/2.0/workspace/mkdirs" => {
                self.make_folder(body()["path"].as_str().unwrap());
                ok(&json!({}))
            }
            "POST /api/2.0/workspace/delete" => {
                self.files.remove(body()["path"].as_str().unwrap());
                ok(&json!({}))
            }
            "POST /api/2.0/mlflow/experiments/create" => self.experiment(&body()),
            "GET /api/2.0/mlflow/experiments/get" => {
                self.known(&format!("experiments/{}", parameter("experiment_id")))
            }
            "POST /api/2.2/jobs/create" => self.job(&body()),
            "POST /api/2.2/jobs/reset" => self.reset(&body()),
            "GET /api/2.2/jobs/get" => self.known(&format!("jobs/{}", parameter("job_id"))),
            "POST /api/2.1/unity-catalog/models" => self.model(&body()),
            "POST /api/2.0/serving-endpoints" => self.endpoint(&body()),
            _ => self.answer_below(request, &path, &body()),
        }
    }

    /// Calls with a name in their path.
    fn answer_below(&mut self, request: &Received, path: &str, body: &Value) -> Answer {
        let method = request.method.as_str();
        if let Some(file) = path.strip_prefix(UPLOAD).filter(|_| method == "POST") {
            let overwrite = request.query.contains("overwrite=true");
            return self.upload(&format!("/{file}"), &request.body, overwrite);
        }
        if let Some(file) = path.strip_prefix(DOWNLOAD).filter(|_| method == "GET") {
            return self.download(&format!("/{file}"));
        }
        let permissions = path.starts_with("/api/2.0/permissions/");
        let grants = path.starts_with("/api/2.1/unity-catalog/permissions/function/");
        let readable = [
            "/api/2.1/unity-catalog/models/",
            "/api/2.0/serving-endpoints/",
        ];
        let profile =
            path.starts_with("/api/2.1/unity-catalog/tables/") && path.ends_with("/monitor");
        match method {
            "PUT" if permissions => self.allow(path, body),
            "GET" if permissions => self.allowed(path),
            "PATCH" if grants => self.grant(path, body),
            "POST" if profile => {
                let table = path.trim_end_matches("/monitor").rsplit('/').next();
                let mut profile = body.clone();
                profile["table_name"] = json!(table);
                profile["status"] = json!("MONITOR_STATUS_ACTIVE");
                self.made.insert(path.to_owned(), profile.clone());
                ok(&profile)
            }
            "GET" if grants || profile || readable.iter().any(|it| path.starts_with(it)) => {
                self.known(path)
            }
            _ => {
                let call = format!("{method} {path}?{}", request.query);
                self.unknown.push(call);
                error(400, "BAD_REQUEST", "no such call")
            }
        }
    }

    fn known(&self, key: &str) -> Answer {
        self.made.get(key).map_or_else(|| missing(key), ok)
    }

    fn make_folder(&mut self, path: &str) {
        let mut path = path;
        while !path.is_empty() {
            let number = self.folders.len() + 1;
            self.folders.entry(path.to_owned()).or_insert(number);
            path = parent(path);
        }
    }

    fn status(&self, path: &str) -> Answer {
        let number = self.folders.get(path);
        let kind = match number {
            Some(_) => "DIRECTORY",
            None if self.files.contains_key(path) => "FILE",
            None => return missing(path),
        };
        let number = number.copied().unwrap_or_default();
        ok(
            &json!({"path": path, "object_type": kind, "object_id": number, "resource_id": number.to_string()}),
        )
    }

    fn download(&self, path: &str) -> Answer {
        let file = self.files.get(path);
        file.map_or_else(|| missing(path), |file| (200, file.clone()))
    }

    fn upload(&mut self, path: &str, body: &[u8], overwrite: bool) -> Answer {
        if !self.folders.contains_key(parent(path)) {
            return missing(parent(path));
        }
        if self.files.contains_key(path) && !overwrite {
            return error(409, "RESOURCE_ALREADY_EXISTS", path);
        }
        self.files.insert(path.to_owned(), body.to_vec());
        ok(&json!({}))
    }

    fn experiment(&mut self, body: &Value) -> Answer {
        let id = (1000 + self.made.len()).to_string();
        let mut experiment = body.clone();
        experiment["experiment_id"] = json!(id);
        experiment["lifecycle_stage"] = json!("active");
        let answer = json!({"experiment": experiment});
        self.made.insert(format!("experiments/{id}"), answer);
        ok(&json!({"experiment_id": id}))
    }

    fn job(&mut self, body: &Value) -> Answer {
        let id = 1000 + self.made.len();
        let job = json!({"job_id": id, "settings": body});
        self.made.insert(format!("jobs/{id}"), job);
        ok(&json!({"job_id": id}))
    }

    fn reset(&mut self, body: &Value) -> Answer {
        let key = format!("jobs/{}", body["job_id"]);
        self.made.get_mut(&key).unwrap()["settings"] = body["new_settings"].clone();
        ok(&json!({}))
    }

    fn model(&mut self, body: &Value) -> Answer {
        let text = |key: &str| body[key].as_str().unwrap().to_owned();
        let name = [text("catalog_name"), text("schema_name"), text("name")].join(".");
        let mut model = body.clone();
        model["full_name"] = json!(name);
        let path = format!("/api/2.1/unity-catalog/models/{name}");
        self.made.insert(path, model.clone());
        ok(&model)
    }

    fn endpoint(&mut self, body: &Value) -> Answer {
        let mut endpoint = body.clone();
        let name = body["name"].as_str().unwrap().to_owned();
        endpoint["id"] = json!(name);
        endpoint["state"] = json!({"ready": "READY", "config_update": "NOT_UPDATING"});
        let path = format!("/api/2.0/serving-endpoints/{name}");
        self.made.insert(path, endpoint.clone());
        ok(&endpoint)
    }

    /// What a list of who may do what becomes, as it is read afterwards.
    fn allow(&mut self, path: &str, body: &Value) -> Answer {
        let entries = body["access_control_list"].as_array().unwrap().iter();
        let entries = entries.map(|entry| {
            let mut entry: Map<String, Value> = entry.as_object().unwrap().clone();
            let level = entry.remove("permission_level").unwrap();
            let all = json!([{"permission_level": level, "inherited": false}]);
            entry.insert("all_permissions".to_owned(), all);
            Value::Object(entry)
        });
        let list = json!({"access_control_list": entries.collect::<Vec<_>>()});
        self.made.insert(path.to_owned(), list.clone());
        ok(&list)
    }

    /// Whoever is signed in manages the own home, and what is in it.
    fn allowed(&self, path: &str) -> Answer {
        let who = if self.user.contains('@') {
            "user_name"
        } else {
            "service_principal_name"
        };
        let all = json!([{"permission_level": "CAN_MANAGE", "inherited": true}]);
        let home = json!({"access_control_list": [{who: self.user, "all_permissions": all}]});
        ok(self.made.get(path).unwrap_or(&home))
    }

    fn grant(&mut self, path: &str, body: &Value) -> Answer {
        let changes = body["changes"].as_array().unwrap().iter();
        let given =
            changes.map(|one| json!({"principal": one["principal"], "privileges": one["add"]}));
        let grants = json!({"privilege_assignments": given.collect::<Vec<_>>()});
        self.made.insert(path.to_owned(), grants.clone());
        ok(&grants)
    }
}
