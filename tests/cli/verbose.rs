//! What `-v` and `-vv` say, where, and what they never say.

use std::io::{Read, Write};
use std::net::TcpListener;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::sandbox::{Answer, Sandbox};
use crate::support::databricks;
use crate::support::fake_server::{Behaviour, FakeServer};

const SECRET: &str = "geheimnis/0123+456789";

const ALIAS: &str = "/api/2.0/mlflow/registered-models/alias";
const RUN: &str = "/api/2.0/mlflow/runs/get";

const SPEC: &str = "version: 1
project: taxi-fare
gates:
  promote: {checks: [rmse <= 5.0, rmse <= champion + 2%]}
";

/// Without times and ports, requests that are under way together in one order.
fn scrubbed(talk: &str) -> String {
    let patterns = [(r"\d+ ms", "[MS] ms"), (r"127\.0\.0\.1:\d+", "[SERVER]")];
    let talk = patterns.iter().fold(talk.to_owned(), |talk, (from, to)| {
        let pattern = regex::Regex::new(from).unwrap();
        pattern.replace_all(&talk, *to).into_owned()
    });
    let mut lines: Vec<_> = talk.lines().collect();
    let is_request = |line: &&str| line.starts_with("  GET ");
    let same = |one: &&str, other: &&str| is_request(one) && is_request(other);
    for together in lines.chunk_by_mut(same) {
        together.sort_unstable();
    }
    lines.join("\n")
}

fn version(number: u32, run: &str) -> Behaviour {
    let body = json!({"model_version": {"name": "taxi-fare", "version": number.to_string(), "run_id": run, "source": "s3://x", "current_stage": "None", "status": "READY"}});
    Behaviour::Answer(200, body.to_string())
}

fn run(id: &str, rmse: f64) -> Behaviour {
    let body = json!({"run": {
        "info": {"run_id": id, "experiment_id": "0", "status": "FINISHED", "lifecycle_stage": "active"},
        "data": {"metrics": [{"key": "rmse", "value": rmse, "timestamp": 1, "step": 0}]},
    }});
    Behaviour::Answer(200, body.to_string())
}

/// A server with a champion and a better challenger, whose run has this id.
fn server(challenger: &str) -> FakeServer {
    let server = FakeServer::start();
    let alias = |alias| [("name", "taxi-fare"), ("alias", alias)];
    server.on("GET", ALIAS, &alias("challenger"), version(2, challenger));
    server.on("GET", ALIAS, &alias("champion"), version(1, "a"));
    server.on("GET", RUN, &[("run_id", "a")], run("a", 3.0));
    server.on("GET", RUN, &[("run_id", challenger)], run(challenger, 2.5));
    server
}

fn check(words: &str, environment: &[(&str, &str)]) -> Answer {
    let sandbox = Sandbox::empty();
    sandbox.write("gatewright.yaml", SPEC);
    let limits = [
        ("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0"),
        ("MLFLOW_HTTP_REQUEST_TIMEOUT", "2"),
        ("GATEWRIGHT_HTTP_DEADLINE", "5"),
    ];
    sandbox.run_with(
        &format!("gate check {words}"),
        &[&limits, environment].concat(),
    )
}

/// No form of the secret is anywhere: as it is, percent-encoded, or as Basic carries it.
fn require_no_secret(answer: &Answer, case: &str) {
    let encoded = SECRET.replace('/', "%2F").replace('+', "%2B");
    let basic = STANDARD.encode(format!("u:{SECRET}"));
    for text in [&answer.stdout, &answer.stderr] {
        for form in [SECRET, &encoded, &basic, databricks::ACCESS] {
            assert!(!text.contains(form), "{case}: {text}");
        }
    }
}

#[test]
fn v_says_what_is_read_and_who_is_judged() {
    let answer = Sandbox::taxi().run("gate check -v");
    assert_eq!(answer.code, Some(0));
    insta::assert_snapshot!(answer.stderr, @"
    reading the spec gatewright.yaml
    reading the SQLite file [FOLDER]/mlflow.db
    candidate (alias challenger): version 3, run b24571ec6c9047fcbb7544d173d73b39
    champion: version 1, run 6d8b468512aa463ca340aca8d09ad860
    ");
}

#[test]
fn vv_says_what_a_sqlite_store_is_asked() {
    let sandbox = Sandbox::taxi();
    sandbox.write(
        "gatewright.yaml",
        "{version: 1, project: taxi-fare, gates: {promote: {checks: [
            rmse <= median(3) + 2%, signature compatible champion,
            {check: rmse <= 5, step: best}]}}}",
    );
    let answer = sandbox.run("gate check -vv");
    insta::assert_snapshot!(answer.stderr, @"
    reading the spec gatewright.yaml
    reading the SQLite file [FOLDER]/mlflow.db
      reading the version with the alias `challenger` of `taxi-fare`
      reading the version with the alias `champion` of `taxi-fare`
      reading the ledger of `taxi-fare`
    candidate (alias challenger): version 3, run b24571ec6c9047fcbb7544d173d73b39
    champion: version 1, run 6d8b468512aa463ca340aca8d09ad860
    median(3): none yet
      reading run 6d8b468512aa463ca340aca8d09ad860
      reading run b24571ec6c9047fcbb7544d173d73b39
      reading logged model m-465022f5758b431097a43341c7e9a53d
      reading logged model m-6b314a4e7dcc4a25bea7074ee8fecbde
      reading every value of rmse in run 6d8b468512aa463ca340aca8d09ad860
      reading every value of rmse in run b24571ec6c9047fcbb7544d173d73b39
      reading the file mlruns/1/models/m-465022f5758b431097a43341c7e9a53d/artifacts/MLmodel
    error: failed to read the artifact: there is no folder `[FOLDER]/mlruns/1/models/m-465022f5758b431097a43341c7e9a53d/artifacts` on this machine
      help: either nothing was logged there, or the folder is on another machine: serve artifacts through `mlflow server --artifacts-destination`, or keep them in an object store
    ");
}

#[test]
fn v_says_which_server_is_asked_how_it_is_signed_in_to_and_how_often() {
    let server = server("b");
    let answer = check(
        &format!("-v --tracking-uri {}", server.url()),
        &[("MLFLOW_TRACKING_TOKEN", SECRET)],
    );
    assert_eq!(answer.code, Some(0), "{}", answer.stderr);
    insta::assert_snapshot!(scrubbed(&answer.stderr), @"
    reading the spec gatewright.yaml
    asking http://[SERVER], signed in with a token
    candidate (alias challenger): version 2, run b
    champion: version 1, run a
    http://[SERVER]: 4 requests, 584 bytes read
    ");
}

#[test]
fn vv_says_every_request_with_its_status_its_size_and_its_time() {
    let server = server("b");
    let answer = check(
        &format!("-vv --tracking-uri {}", server.url()),
        &[("MLFLOW_TRACKING_TOKEN", SECRET)],
    );
    assert_eq!(answer.code, Some(0), "{}", answer.stderr);
    insta::assert_snapshot!(scrubbed(&answer.stderr), @"
    reading the spec gatewright.yaml
      reading the version with the alias `challenger` of `taxi-fare`
      reading the version with the alias `champion` of `taxi-fare`
    asking http://[SERVER], signed in with a token
      GET /api/2.0/mlflow/registered-models/alias name=taxi-fare alias=challenger: 200, 123 bytes, [MS] ms
      GET /api/2.0/mlflow/registered-models/alias name=taxi-fare alias=champion: 200, 123 bytes, [MS] ms
    candidate (alias challenger): version 2, run b
    champion: version 1, run a
      reading run a
      reading run b
      GET /api/2.0/mlflow/runs/get run_id=a: 200, 169 bytes, [MS] ms
      GET /api/2.0/mlflow/runs/get run_id=b: 200, 169 bytes, [MS] ms
    http://[SERVER]: 4 requests, 584 bytes read
    ");
    assert_eq!(answer.stderr.matches("  GET ").count(), 4);
}

#[test]
fn every_repetition_of_a_request_is_said() {
    let server = FakeServer::start();
    let again = Behaviour::Each(vec![
        Behaviour::Answer(503, "{}".to_owned()),
        Behaviour::Reset,
        Behaviour::Answer(401, "{}".to_owned()),
    ]);
    server.on(
        "GET",
        ALIAS,
        &[("name", "taxi-fare"), ("alias", "champion")],
        again,
    );
    server.on(
        "GET",
        ALIAS,
        &[("name", "taxi-fare"), ("alias", "challenger")],
        version(2, "b"),
    );
    let answer = check(
        &format!("-vv --tracking-uri {}", server.url()),
        &[("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "3")],
    );
    assert_eq!(answer.code, Some(3));
    insta::assert_snapshot!(scrubbed(&answer.stderr), @"
    reading the spec gatewright.yaml
      reading the version with the alias `challenger` of `taxi-fare`
      reading the version with the alias `champion` of `taxi-fare`
    asking http://[SERVER], without credentials
      GET /api/2.0/mlflow/registered-models/alias name=taxi-fare alias=challenger: 200, 123 bytes, [MS] ms
      GET /api/2.0/mlflow/registered-models/alias name=taxi-fare alias=champion: 401, 2 bytes, [MS] ms
      GET /api/2.0/mlflow/registered-models/alias name=taxi-fare alias=champion: 503, 2 bytes, [MS] ms
      GET /api/2.0/mlflow/registered-models/alias name=taxi-fare alias=champion: no connection, [MS] ms
    http://[SERVER]: 4 requests, 127 bytes read
    error: http://[SERVER] refused the credentials (HTTP 401)
      help: set MLFLOW_TRACKING_TOKEN, or MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD; for Databricks DATABRICKS_TOKEN, or DATABRICKS_CLIENT_ID and DATABRICKS_CLIENT_SECRET
    ");
}

/// What is on stdout, without the time and the digests that it goes into.
fn steady(answer: &Answer) -> String {
    let pattern = regex::Regex::new(r"\d{4}-\d\d-\d\dT[\d:.]+Z?|sha256:[0-9a-f]+").unwrap();
    pattern.replace_all(&answer.stdout, "[VARIES]").into_owned()
}

#[test]
fn stdout_is_the_same_byte_for_byte_however_much_is_said() {
    for format in ["text", "json", "markdown", "junit", "sarif"] {
        let words = format!("gate check promote --candidate 2 --format {format}");
        let sandbox = Sandbox::taxi();
        let silent = sandbox.run(&words);
        for flag in ["-v", "-vv", "-vvv", "--verbose"] {
            let told = sandbox.run(&format!("{words} {flag}"));
            assert_eq!(told.code, silent.code);
            assert_eq!(steady(&told), steady(&silent));
            assert!(
                told.stderr.starts_with("reading the spec"),
                "{}",
                told.stderr
            );
            if format == "json" {
                let decision: Value = serde_json::from_str(&told.stdout).unwrap();
                assert_eq!(decision["verdict"], "blocked");
            }
        }
    }
}

#[test]
fn quiet_and_verbose_contradict_each_other() {
    for words in ["-q -v gate check", "-q gate check -v", "gate check -q -vv"] {
        let answer = Sandbox::taxi().run(words);
        assert_eq!((answer.code, answer.stdout.as_str()), (Some(2), ""));
        assert!(answer.stderr.contains("'--quiet'"), "{}", answer.stderr);
    }
}

#[test]
fn many_gates_at_once_say_whole_lines() {
    let sandbox = Sandbox::taxi();
    for project in ["a", "b", "c", "d"] {
        let spec = SPEC.replace(
            "project: taxi-fare",
            &format!("project: {project}\nmodel: {{name: taxi-fare}}"),
        );
        sandbox.write(&format!("{project}/gatewright.yaml"), spec);
        sandbox.write(
            &format!("{project}/mlflow.db"),
            crate::sandbox::demo_store(),
        );
    }
    let answer = sandbox.run("gate check --all -vv");
    assert_eq!(answer.code, Some(0), "{}", answer.stderr);
    let begins = [
        "reading the",
        "candidate (",
        "champion: version 1, run",
        "  reading",
    ];
    for line in answer.stderr.lines() {
        assert!(begins.iter().any(|it| line.starts_with(it)), "{line}");
    }
    assert_eq!(answer.stderr.matches("candidate (").count(), 5);
}

#[test]
fn no_secret_is_said_whatever_it_is_signed_in_with() {
    let with_password = |server: &FakeServer| {
        let encoded = SECRET.replace('/', "%2F").replace('+', "%2B");
        server
            .url()
            .replace("http://", &format!("http://u:{encoded}@"))
    };
    let basic = STANDARD.encode(format!("u:{SECRET}"));
    let token: &[(&str, &str)] = &[("MLFLOW_TRACKING_TOKEN", SECRET)];
    let user: &[(&str, &str)] = &[
        ("MLFLOW_TRACKING_USERNAME", "u"),
        ("MLFLOW_TRACKING_PASSWORD", SECRET),
    ];
    // A server that makes an id of what it was sent has it asked for again.
    for (is_in_address, environment, id) in [
        (false, token, "b"),
        (false, token, SECRET),
        (true, &[], "b"),
        (true, &[], SECRET),
        (true, &[], &basic),
        (false, user, "b"),
        (false, user, SECRET),
        (false, user, &basic),
    ] {
        let server = server(id);
        let uri = if is_in_address {
            with_password(&server)
        } else {
            server.url()
        };
        let mut answer = check(&format!("-vv --tracking-uri {uri}"), environment);
        assert!(
            answer.stderr.contains("signed in with a"),
            "{}",
            answer.stderr
        );
        assert!(answer.stderr.contains("  GET /api"), "{}", answer.stderr);
        // The report is not talk: it names the run as the server does.
        answer.stdout.clear();
        require_no_secret(&answer, id);
    }
}

#[test]
fn no_secret_is_said_when_something_goes_wrong() {
    let elsewhere = format!("http://u:{SECRET}@127.0.0.1:9/?token={SECRET}");
    let echo = json!({"error_code": "INTERNAL_ERROR", "message": SECRET}).to_string();
    let cases = [
        Behaviour::Answer(401, SECRET.to_owned()),
        Behaviour::Answer(400, echo),
        Behaviour::Redirect(elsewhere),
        Behaviour::Redirect(format!("/{SECRET}")),
        Behaviour::Reset,
        Behaviour::Answer(200, format!("<html>{SECRET}")),
    ];
    for behaviour in cases {
        let case = format!("{behaviour:?}");
        let server = FakeServer::start();
        server.on("GET", ALIAS, &[], behaviour);
        let answer = check(
            &format!("-vv --tracking-uri {}", server.url()),
            &[("MLFLOW_TRACKING_TOKEN", SECRET)],
        );
        assert_eq!(answer.code, Some(3), "{case}: {}", answer.stderr);
        assert!(answer.stderr.contains("  GET /api"), "{}", answer.stderr);
        require_no_secret(&answer, &case);
    }
}

#[test]
fn no_secret_of_a_proxy_is_said() {
    let proxy = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = proxy.local_addr().unwrap();
    std::thread::spawn(move || {
        for stream in proxy.incoming().take(8) {
            let mut stream = stream.unwrap();
            let _ = stream.read(&mut [0; 4096]);
            let answer = "HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
            let _ = stream.write_all(answer.as_bytes());
        }
    });
    let word = "geheimnis-des-proxys";
    let basic = STANDARD.encode(format!("u:{word}"));
    for place in [address.to_string(), "127.0.0.1:9".to_owned()] {
        let proxy = format!("http://u:{word}@{place}");
        for uri in ["http://mlflow.invalid", "https://mlflow.invalid"] {
            let answer = check(
                &format!("-vv --tracking-uri {uri}"),
                &[
                    ("HTTP_PROXY", &proxy),
                    ("HTTPS_PROXY", &proxy),
                    ("http_proxy", &proxy),
                    ("https_proxy", &proxy),
                ],
            );
            assert_eq!(answer.code, Some(3), "{}", answer.stderr);
            assert!(answer.stderr.contains("  GET /api"), "{}", answer.stderr);
            for form in [word, &basic] {
                assert!(!answer.stderr.contains(form), "{}", answer.stderr);
            }
        }
    }
}

#[test]
fn signing_in_to_databricks_is_said_and_its_secrets_are_not() {
    let spec = "{version: 1, project: churn, model: {name: main.ml.churn}, gates: {promote: {candidate: {version: 7}, checks: [f1 >= 0.4]}}}";
    let server = databricks::workspace();
    let absent = json!({"error_code": "RESOURCE_DOES_NOT_EXIST", "message": "none"}).to_string();
    let alias = "/api/2.0/mlflow/unity-catalog/registered-models/alias";
    let champion = [("name", databricks::MODEL), ("alias", "champion")];
    server.on("GET", alias, &champion, Behaviour::Answer(404, absent));
    let model = json!({"model": {
        "info": {"model_id": "m-1", "experiment_id": "5", "name": "churn", "status": "LOGGED_MODEL_READY",
                 "artifact_uri": "dbfs:/x"},
        "data": {},
    }});
    let path = "/api/2.0/mlflow/logged-models/m-1";
    server.on("GET", path, &[], Behaviour::Answer(200, model.to_string()));
    let sandbox = Sandbox::empty();
    sandbox.write("gatewright.yaml", spec);
    let url = server.url();
    let answer = sandbox.run_with(
        "gate check -vv --tracking-uri databricks",
        &[
            ("DATABRICKS_HOST", url.as_str()),
            ("DATABRICKS_CLIENT_ID", "u"),
            ("DATABRICKS_CLIENT_SECRET", SECRET),
        ],
    );
    assert_eq!(answer.code, Some(0), "{}", answer.stderr);
    require_no_secret(&answer, "oauth-m2m");
    // Some answers hold the port, which has four digits or five.
    let bytes = regex::Regex::new(r"\d+ bytes").unwrap();
    let talk = scrubbed(&answer.stderr);
    insta::assert_snapshot!(bytes.replace_all(&talk, "[N] bytes"), @"
    reading the spec gatewright.yaml
      reading version 7 of `main.ml.churn`
      reading the version with the alias `champion` of `main.ml.churn`
    asking http://[SERVER], signed in as a service principal with its secret (oauth-m2m)
      GET /.well-known/databricks-config: 200, [N] bytes, [MS] ms
      GET /oidc/.well-known/oauth-authorization-server: 200, [N] bytes, [MS] ms
      POST /oidc/v1/token: 200, [N] bytes, [MS] ms
      GET /api/2.0/mlflow/unity-catalog/model-versions/get name=main.ml.churn version=7: 200, [N] bytes, [MS] ms
      GET /api/2.0/mlflow/unity-catalog/registered-models/alias name=main.ml.churn alias=champion: 404, [N] bytes, [MS] ms
      GET /api/2.0/mlflow/unity-catalog/registered-models/get name=main.ml.churn: 200, [N] bytes, [MS] ms
    candidate (version 7): version 7, run aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
    champion: none yet
      reading run aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
      reading logged model m-1
      GET /api/2.0/mlflow/logged-models/m-1: 200, [N] bytes, [MS] ms
      GET /api/2.0/mlflow/runs/get run_id=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa: 200, [N] bytes, [MS] ms
    http://[SERVER]: 8 requests, [N] bytes read
    ");
}

#[test]
fn what_a_server_writes_moves_no_cursor_and_commands_no_ci_system() {
    let id = "b\u{1b}[2J\n::error::x ##vso[task.complete]";
    let server = server(id);
    let answer = check(&format!("-vv --tracking-uri {}", server.url()), &[]);
    assert!(
        answer.stderr.contains("run_id=b\\u{1b}"),
        "{}",
        answer.stderr
    );
    assert!(!answer.stderr.contains('\u{1b}'), "{}", answer.stderr);
    assert!(!answer.stderr.contains("##"), "{}", answer.stderr);
    for line in answer.stderr.lines() {
        assert!(!line.trim_start().starts_with("::"), "{}", answer.stderr);
    }
}
