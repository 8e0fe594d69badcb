//! Whom the client believes over TLS.

use gatewright::store::StoreError;
use tempfile::TempDir;

use super::support::tls_server::{Authority, TlsServer};
use super::{Runs, open_with};

const RUN_ID: &str = "417876c6bf2146f986c37b5b35869030";
const ANSWER: &str = include_str!("../support/recorded/run_get.json");
const SERVER: &str = "MLFLOW_TRACKING_SERVER_CERT_PATH";
const CLIENT: &str = "MLFLOW_TRACKING_CLIENT_CERT_PATH";
const INSECURE: &str = "MLFLOW_TRACKING_INSECURE_TLS";

fn read(server: &TlsServer, variables: &[(&str, &str)]) -> Result<usize, StoreError> {
    let mut variables = variables.to_vec();
    variables.extend([
        ("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0"),
        ("MLFLOW_TRACKING_TOKEN", "hush"),
    ]);
    let store = open_with(&server.url(), &variables).unwrap();
    Ok(store.runs(&[RUN_ID])?[0].metrics.len())
}

#[test]
fn an_authority_of_ones_own_is_believed_where_it_is_named() {
    let folder = TempDir::new().unwrap();
    let authority = Authority::new();
    let path = authority.write(folder.path()).display().to_string();
    let server = TlsServer::start("127.0.0.1", &authority, None, ANSWER);
    assert_eq!(read(&server, &[(SERVER, &path)]), Ok(6));
    assert_eq!(server.served(), 1);
}

#[test]
fn an_authority_that_is_not_named_is_not_believed_and_nothing_is_sent() {
    let folder = TempDir::new().unwrap();
    let authority = Authority::new();
    let other = Authority::new().write(folder.path()).display().to_string();
    let server = TlsServer::start("127.0.0.1", &authority, None, ANSWER);
    for variables in [&[][..], &[(SERVER, other.as_str())]] {
        let error = read(&server, variables).unwrap_err();
        assert!(matches!(error, StoreError::Unreachable { .. }), "{error:?}");
        assert!(error.to_string().contains("certificate"), "{error}");
    }
    assert_eq!(server.served(), 0);
}

#[test]
fn a_certificate_for_another_name_is_not_believed() {
    let folder = TempDir::new().unwrap();
    let authority = Authority::new();
    let path = authority.write(folder.path()).display().to_string();
    let server = TlsServer::start("mlflow.example", &authority, None, ANSWER);
    let error = read(&server, &[(SERVER, &path)]).unwrap_err();
    assert!(matches!(error, StoreError::Unreachable { .. }), "{error:?}");
    assert_eq!(server.served(), 0);
}

#[test]
fn everybody_is_believed_where_that_is_asked_for() {
    let authority = Authority::new();
    let server = TlsServer::start("mlflow.example", &authority, None, ANSWER);
    assert_eq!(read(&server, &[(INSECURE, "true")]), Ok(6));
}

#[test]
fn a_server_that_asks_for_a_certificate_gets_ours() {
    let folder = TempDir::new().unwrap();
    let authority = Authority::new();
    let path = authority.write(folder.path()).display().to_string();
    let client = authority.write_client(folder.path()).display().to_string();
    let server = TlsServer::start("127.0.0.1", &authority, Some(&authority), ANSWER);
    let error = read(&server, &[(SERVER, &path)]).unwrap_err();
    assert!(matches!(error, StoreError::Unreachable { .. }), "{error:?}");
    assert_eq!(read(&server, &[(SERVER, &path), (CLIENT, &client)]), Ok(6));
    assert_eq!(server.served(), 1);
}
