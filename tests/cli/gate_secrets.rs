//! No format and no error shows what the environment keeps secret.

use crate::sandbox::Sandbox;
use crate::support::fake_server::{Behaviour, FakeServer};

const SECRET: &str = "geheimnis-0123456789";

#[test]
fn a_secret_of_the_environment_is_in_no_report_and_in_no_error() {
    let server = FakeServer::start();
    let alias = "/api/2.0/mlflow/registered-models/alias";
    let echo = serde_json::json!({"error_code": "INTERNAL_ERROR", "message": SECRET}).to_string();
    server.on("GET", alias, &[], Behaviour::Answer(400, echo));
    let with_password = server
        .url()
        .replace("http://", &format!("http://u:{SECRET}@"));
    let uris = [
        format!("sqlite:///{SECRET}/mlflow.db"),
        format!("sqlite:///mlflow.db?key={SECRET}"),
        format!("postgresql://u:{SECRET}@host/db"),
        format!("unknown://{SECRET}"),
        with_password,
        server.url(),
    ];
    for uri in uris {
        for words in ["", "--format json", "-o markdown=page.md -o in-toto=p.json"] {
            let environment = [
                ("MLFLOW_TRACKING_URI", uri.as_str()),
                ("MLFLOW_TRACKING_TOKEN", SECRET),
                ("GITHUB_ACTIONS", "true"),
                ("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0"),
            ];
            let sandbox = Sandbox::taxi();
            let answer = sandbox.run_with(&format!("gate check --env prod {words}"), &environment);
            assert_ne!(answer.code, None);
            for text in [&answer.stdout, &answer.stderr] {
                assert!(!text.contains(SECRET), "{uri}: {text}");
            }
            for file in ["page.md", "p.json"] {
                let text = std::fs::read_to_string(sandbox.path(file)).unwrap_or_default();
                assert!(!text.contains(SECRET), "{uri}: {text}");
            }
        }
    }
}

#[test]
fn a_store_below_a_secret_name_is_recorded_without_it() {
    let sandbox = Sandbox::taxi();
    let store = std::fs::read(sandbox.path("mlflow.db")).unwrap();
    sandbox.write(&format!("{SECRET}/mlflow.db"), store);
    let uri = format!("sqlite:///{SECRET}/mlflow.db");
    let environment = [("MLFLOW_TRACKING_URI", uri.as_str()), ("MY_SECRET", SECRET)];
    for format in [
        "text", "json", "junit", "markdown", "sarif", "in-toto", "azure",
    ] {
        let words = format!("gate check --env prod --format {format} --record evidence.json");
        let answer = sandbox.run_with(&words, &environment);
        assert_eq!(answer.code, Some(0), "{}", answer.stderr);
        assert!(
            !answer.stdout.contains(SECRET),
            "{format}: {}",
            answer.stdout
        );
        assert!(!sandbox.read("evidence.json").contains(SECRET));
    }
}
