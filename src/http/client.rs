//! The one way to set up a client.

use std::net::Ipv4Addr;
use std::time::Duration;

use reqwest::{ClientBuilder, Url, redirect};

/// How long connecting may take.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// A builder for a client of `server`, whose requests take `request_timeout` at most. It is to be
/// used for the first question and not before: building reads the system's certificates.
pub(crate) fn builder(server: &Url, request_timeout: Duration) -> ClientBuilder {
    // An error says that a provider is installed already, which is all that is wanted.
    drop(rustls::crypto::ring::default_provider().install_default());
    let builder = reqwest::Client::builder()
        .user_agent(concat!("gatewright/", env!("CARGO_PKG_VERSION")))
        .redirect(redirect::Policy::none())
        .referer(false)
        .retry(reqwest::retry::never())
        .timeout(request_timeout)
        .connect_timeout(CONNECT_TIMEOUT.min(request_timeout));
    match (is_loopback(server), server.scheme()) {
        // Nothing here speaks TLS, and reading the system's certificates takes a while.
        (true, "http") => builder.no_proxy().tls_certs_only([]),
        (true, _) => builder.no_proxy(),
        (false, _) => builder,
    }
}

/// Whether the server is on this machine, where no proxy is ever in between.
pub(crate) fn is_loopback(server: &Url) -> bool {
    match server.host_str() {
        Some("localhost" | "[::1]") => true,
        Some(host) => host
            .parse::<Ipv4Addr>()
            .is_ok_and(|address| address.is_loopback()),
        None => false,
    }
}
