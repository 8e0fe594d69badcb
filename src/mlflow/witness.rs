//! Tells an observer of every request to a server.
//!
//! The one decision here: of a request to the server itself the path and the parameters are told;
//! of one to anybody else (who vouches for a job) only to whom it went. Headers and answers never
//! are, and of bodies only a search, which is a question.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use percent_encoding::percent_decode_str;
use reqwest::{Request, Url};

use super::address::Address;
use crate::observer::Observer;

/// Sees every request of one client. A copy is the same one.
#[derive(Clone)]
pub(crate) struct Witness(Arc<Seen>);

struct Seen {
    observer: Observer,
    server: Url,
    /// The server's address, as it may be shown.
    shown: String,
    requests: AtomicUsize,
    bytes: AtomicUsize,
}

impl Witness {
    pub(super) fn new(observer: Observer, address: &Address) -> Self {
        Self(Arc::new(Seen {
            observer,
            server: address.url().clone(),
            shown: address.to_string(),
            requests: AtomicUsize::new(0),
            bytes: AtomicUsize::new(0),
        }))
    }

    /// Names what is never to be repeated.
    pub(super) fn keep_secret<'s>(&self, secrets: impl IntoIterator<Item = &'s str>) {
        self.0.observer.keep_secret(secrets);
    }

    /// The server is about to be asked, by somebody who signs in this way.
    pub(super) fn signs_in(&self, way: &str) {
        let shown = &self.0.shown;
        self.0.observer.note(|| format!("asking {shown}, {way}"));
    }

    /// A request that began at `begun` came to its end.
    pub(super) fn saw(&self, request: &Request, end: &str, bytes: usize, begun: Instant) {
        self.0.requests.fetch_add(1, Ordering::Relaxed);
        self.0.bytes.fetch_add(bytes, Ordering::Relaxed);
        let time = begun.elapsed().as_millis();
        let observer = &self.0.observer;
        observer.detail(|| format!("{}: {end}, {time} ms", self.0.told(request)));
    }
}

impl Seen {
    /// What is told of a request: decoded, so that a secret is recognised in it.
    fn told(&self, request: &Request) -> String {
        let (method, url) = (request.method(), request.url());
        let origin = url.origin();
        if origin != self.server.origin() {
            return format!("{method} {}", origin.ascii_serialization());
        }
        let path = percent_decode_str(url.path()).decode_utf8_lossy();
        let parameters = url.query_pairs();
        let parameters: String = parameters
            .flat_map(|(name, value)| [" ".into(), name, "=".into(), value])
            .collect();
        let search = request.body().filter(|_| url.path().ends_with("/search"));
        let search = search.and_then(reqwest::Body::as_bytes);
        let search = search
            .map(|body| format!(" {}", String::from_utf8_lossy(body)))
            .unwrap_or_default();
        format!("{method} {path}{parameters}{search}")
    }
}

impl Drop for Seen {
    fn drop(&mut self) {
        let (requests, bytes) = (self.requests.get_mut(), self.bytes.get_mut());
        if *requests > 0 {
            let shown = &self.shown;
            let plural = if *requests == 1 { "" } else { "s" };
            self.observer
                .note(|| format!("{shown}: {requests} request{plural}, {bytes} bytes read"));
        }
    }
}
