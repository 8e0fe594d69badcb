//! Whom the client believes, and how it shows who it is.
//!
//! The one decision here: certificates are read for the first question and not before. A gate over
//! a SQLite file, and a server on loopback without TLS, read none.

use std::fs;

use reqwest::{Certificate, ClientBuilder, Identity};

use super::address::Address;
use super::failure::Failure;

/// What is special about TLS, if anything.
#[derive(Debug, Default)]
pub(crate) struct Tls {
    /// Whether any certificate is accepted (`MLFLOW_TRACKING_INSECURE_TLS`).
    pub(crate) insecure: bool,
    /// A PEM file with the authorities to trust instead of the system's
    /// (`MLFLOW_TRACKING_SERVER_CERT_PATH`).
    pub(crate) server_certificates: Option<String>,
    /// A PEM file with our own certificate and its key (`MLFLOW_TRACKING_CLIENT_CERT_PATH`).
    pub(crate) client_certificate: Option<String>,
}

impl Tls {
    /// Sets up a client for `address`.
    ///
    /// # Errors
    /// [`Failure::Setting`] for a file that cannot be used.
    pub(super) fn apply(
        &self,
        mut builder: ClientBuilder,
        address: &Address,
    ) -> Result<ClientBuilder, Failure> {
        builder = builder.tls_danger_accept_invalid_certs(self.insecure);
        if address.is_loopback() && address.is_plain() {
            return Ok(builder);
        }
        if let Some(path) = &self.server_certificates {
            let name = "MLFLOW_TRACKING_SERVER_CERT_PATH";
            let certificates = pem(name, path, Certificate::from_pem_bundle)?;
            if certificates.is_empty() {
                let reason = format!("`{path}` holds no certificate");
                return Err(Failure::setting(name, reason));
            }
            builder = builder.tls_certs_only(certificates);
        }
        if let Some(path) = &self.client_certificate {
            let name = "MLFLOW_TRACKING_CLIENT_CERT_PATH";
            builder = builder.identity(pem(name, path, Identity::from_pem)?);
        }
        Ok(builder)
    }
}

fn pem<T>(
    name: &str,
    path: &str,
    parse: impl FnOnce(&[u8]) -> reqwest::Result<T>,
) -> Result<T, Failure> {
    let content =
        fs::read(path).map_err(|error| Failure::setting(name, format!("`{path}`: {error}")))?;
    parse(&content).map_err(|_| Failure::setting(name, format!("`{path}` holds no usable PEM")))
}
