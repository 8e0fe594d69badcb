//! Artifacts behind a tracking server.
//!
//! The one decision here: they are asked of the tracking server and of no other. A location is
//! data; credentials do not follow it.

use reqwest::Url;

use super::location::{Location, Server};
use super::{Access, ArtifactError};
use crate::mlflow::{Client, Fetched};

/// How MLflow says that there is no such artifact.
const ABSENT: &str = "RESOURCE_DOES_NOT_EXIST";

/// Reads one file; `None` where MLflow itself says that there is none.
pub(super) fn read(
    location: &Location,
    server: &Server,
    limit: u64,
    access: &Access<'_>,
) -> Result<Option<Vec<u8>>, ArtifactError> {
    let place = location.to_string();
    let client = access.client(&place)?;
    if !is_tracking_server(server, client) {
        return Err(ArtifactError::OtherServer { uri: place });
    }
    let fail = |failure| ArtifactError::from_failure(&place, limit, client.conceal(failure));
    match client.fetch(&location.inner, limit).map_err(fail)? {
        Fetched::Found(content) => Ok(Some(content)),
        Fetched::Denied {
            status: 404, code, ..
        } if code == ABSENT => Ok(None),
        Fetched::Denied {
            status,
            code,
            message,
        } => {
            let message = format!("{code}: {message}");
            Err(fail(crate::mlflow::Failure::Refused { status, message }))
        }
    }
}

/// Whether a location means the server that is asked anyway.
fn is_tracking_server(server: &Server, client: &Client) -> bool {
    let tracking = client.address().to_string();
    let Ok(known) = Url::parse(&tracking) else {
        return false;
    };
    let other = match server {
        Server::Tracking => return true,
        Server::Authority(authority) => Url::parse(&format!("{}://{authority}", known.scheme()))
            .map(|url| (url.origin(), known.path().to_owned())),
        Server::Url(url) => Url::parse(url).map(|url| (url.origin(), url.path().to_owned())),
    };
    other.is_ok_and(|(origin, path)| {
        origin == known.origin() && path.trim_end_matches('/') == known.path().trim_end_matches('/')
    })
}
