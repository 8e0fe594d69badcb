//! The one HTTP client.
//!
//! The one decision here: nothing starts before the first question. A gate over a SQLite file
//! builds no runtime and reads no certificate store.

use std::cell::{Cell, OnceCell};
use std::fs;
use std::sync::Arc;
use std::time::{Duration, Instant};

use reqwest::header::AUTHORIZATION;
use reqwest::{Certificate, ClientBuilder, Identity, Request};
use tokio::runtime::{Builder, Runtime};
use tokio::task::JoinSet;

use super::address::Address;
use super::exchange::{self, Answer, Question, Raw};
use super::failure::Failure;
use super::settings::Settings;
use crate::http::{self, Broken, Secret};

/// Anything shorter is no secret, and would be found in every sentence.
const SHORTEST_SECRET: usize = 4;

/// How many questions are under way at the same time.
const AT_ONCE: usize = 8;

/// A client for one server. Its deadline counts from the first question on: a client, as a store,
/// is for one judgement.
///
/// It must not be used inside an asynchronous task: it brings a runtime of its own.
pub(crate) struct Client {
    address: Address,
    settings: Arc<Settings>,
    session: OnceCell<Session>,
    end: Cell<Option<Instant>>,
}

/// What is built for the first question.
struct Session {
    /// `Some` until dropped.
    runtime: Option<Runtime>,
    http: reqwest::Client,
}

impl Drop for Session {
    fn drop(&mut self) {
        // Without waiting: a name server that hangs must not hold up the exit.
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

impl Client {
    /// A client that has not connected yet.
    pub(crate) fn new(address: Address, settings: Settings) -> Self {
        Self {
            address,
            settings: Arc::new(settings),
            session: OnceCell::new(),
            end: Cell::new(None),
        }
    }

    /// The server's address, as it may be shown.
    pub(crate) fn address(&self) -> &Address {
        &self.address
    }

    /// Asks all questions at the same time; the answers come in the order of the questions.
    ///
    /// # Errors
    /// The outer error when the client cannot be built; an inner one for each question that got no
    /// usable answer.
    pub(crate) fn ask(
        &self,
        questions: &[Question],
    ) -> Result<Vec<Result<Answer, Failure>>, Failure> {
        let session = self.session()?;
        let end = self
            .end
            .get()
            .unwrap_or_else(|| Instant::now() + self.settings.deadline);
        self.end.set(Some(end));
        let requests = questions
            .iter()
            .map(|question| self.request(session, question))
            .collect::<Result<Vec<_>, _>>()?;
        let mut answers = Vec::with_capacity(requests.len());
        for batch in requests.chunks(AT_ONCE) {
            let batch = batch.iter().filter_map(Request::try_clone).collect();
            answers.extend(session.send(batch, &self.settings, end));
        }
        Ok(answers)
    }

    /// Makes what the server said fit to be shown: without our own credentials, which a careless
    /// server repeats, short, and on one line. Every failure passes through here before it is told.
    pub(crate) fn conceal(&self, failure: Failure) -> Failure {
        let secrets = self.secrets();
        let conceal = |mut text: String| {
            for secret in &secrets {
                text = text.replace(secret, "[redacted]");
            }
            http::excerpt(&text)
        };
        match failure {
            Failure::Refused { status, message } => Failure::Refused {
                status,
                message: conceal(message),
            },
            Failure::Malformed { reason } => Failure::Malformed {
                reason: conceal(reason),
            },
            Failure::Redirected { target } => Failure::Redirected {
                target: conceal(target),
            },
            other => other,
        }
    }

    /// The secret as it was given, and as the header carries it.
    fn secrets(&self) -> Vec<String> {
        let credentials = &self.settings.credentials;
        let question = Question {
            path: "",
            parameters: Vec::new(),
        };
        let signed = self
            .session
            .get()
            .and_then(|session| self.request(session, &question).ok());
        let header = signed
            .as_ref()
            .and_then(|request| request.headers().get(AUTHORIZATION));
        let encoded = header
            .and_then(|value| value.to_str().ok()?.split_once(' '))
            .map(|(_, it)| it);
        let plain = credentials.secret().map(Secret::reveal);
        let all = [encoded, plain].into_iter().flatten();
        all.filter(|secret| secret.len() >= SHORTEST_SECRET)
            .map(str::to_owned)
            .collect()
    }

    fn session(&self) -> Result<&Session, Failure> {
        if let Some(session) = self.session.get() {
            return Ok(session);
        }
        let session = Session::start(&self.address, &self.settings)?;
        Ok(self.session.get_or_init(|| session))
    }

    fn request(&self, session: &Session, question: &Question) -> Result<Request, Failure> {
        let parameters: Vec<_> = question
            .parameters
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        let mut request = session
            .http
            .get(self.address.endpoint(question.path, &parameters));
        if let Some(workspace) = &self.settings.workspace {
            request = request.header("X-MLFLOW-WORKSPACE", workspace);
        }
        self.settings
            .credentials
            .sign(request)
            .build()
            .map_err(|error| Failure::Unreachable {
                reason: error.without_url().to_string(),
            })
    }
}

impl Session {
    fn start(address: &Address, settings: &Settings) -> Result<Self, Failure> {
        let broken = |reason: String| Failure::Unreachable { reason };
        let http = builder(address, settings)?
            .build()
            .map_err(|error| broken(format!("{:?}", error.without_url())))?;
        let runtime = Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|error| broken(error.to_string()))?;
        Ok(Self {
            runtime: Some(runtime),
            http,
        })
    }

    fn send(
        &self,
        requests: Vec<Request>,
        settings: &Arc<Settings>,
        end: Instant,
    ) -> Vec<Result<Answer, Failure>> {
        let Some(runtime) = &self.runtime else {
            return Vec::new();
        };
        runtime.block_on(async {
            let mut tasks = JoinSet::new();
            for (index, request) in requests.into_iter().enumerate() {
                let (http, settings) = (self.http.clone(), Arc::clone(settings));
                tasks.spawn(async move { (index, ask(&http, request, &settings, end).await) });
            }
            let mut answers = tasks.join_all().await;
            answers.sort_by_key(|(index, _)| *index);
            answers.into_iter().map(|(_, answer)| answer).collect()
        })
    }
}

fn builder(address: &Address, settings: &Settings) -> Result<ClientBuilder, Failure> {
    let mut builder = http::builder(address.url(), settings.request_timeout)
        .tls_danger_accept_invalid_certs(settings.insecure_tls);
    if address.is_loopback() && address.is_plain() {
        return Ok(builder);
    }
    if let Some(path) = &settings.server_certificates {
        let name = "MLFLOW_TRACKING_SERVER_CERT_PATH";
        let certificates = pem(name, path, Certificate::from_pem_bundle)?;
        if certificates.is_empty() {
            let reason = format!("`{path}` holds no certificate");
            return Err(Failure::Setting {
                name: name.to_owned(),
                reason,
            });
        }
        builder = builder.tls_certs_only(certificates);
    }
    if let Some(path) = &settings.client_certificate {
        let name = "MLFLOW_TRACKING_CLIENT_CERT_PATH";
        builder = builder.identity(pem(name, path, Identity::from_pem)?);
    }
    Ok(builder)
}

fn pem<T>(
    name: &str,
    path: &str,
    parse: impl FnOnce(&[u8]) -> reqwest::Result<T>,
) -> Result<T, Failure> {
    let unusable = |reason: String| Failure::Setting {
        name: name.to_owned(),
        reason,
    };
    let content = fs::read(path).map_err(|error| unusable(format!("`{path}`: {error}")))?;
    parse(&content).map_err(|_| unusable(format!("`{path}` holds no usable PEM")))
}

/// Asks until there is an answer, the attempts are used up, or the time is.
async fn ask(
    http: &reqwest::Client,
    request: Request,
    settings: &Settings,
    end: Instant,
) -> Result<Answer, Failure> {
    let mut attempt = 0;
    loop {
        let left = end.saturating_duration_since(Instant::now());
        let time = settings.request_timeout.min(left);
        let Some(mut this) = request.try_clone().filter(|_| !left.is_zero()) else {
            return Err(Failure::TimedOut {
                seconds: settings.deadline.as_secs(),
            });
        };
        *this.timeout_mut() = Some(time);
        let outcome = exchange::send(http, this).await;
        let pause = http::pause(attempt, asked_pause(&outcome));
        let left = end.saturating_duration_since(Instant::now());
        if !may_recover(&outcome) || attempt == settings.retries || pause >= left {
            return conclude(outcome, time);
        }
        attempt += 1;
        tokio::time::sleep(pause).await;
    }
}

fn may_recover(outcome: &Result<Raw, Broken>) -> bool {
    match outcome {
        Ok(raw) => raw.is_transient(),
        Err(Broken::Connection(_)) => true,
        Err(Broken::TimedOut | Broken::TooLarge(_)) => false,
    }
}

fn asked_pause(outcome: &Result<Raw, Broken>) -> Option<Duration> {
    outcome.as_ref().ok()?.retry_after()
}

fn conclude(outcome: Result<Raw, Broken>, time: Duration) -> Result<Answer, Failure> {
    match outcome {
        Ok(raw) => raw.judge(),
        Err(Broken::Connection(reason)) => Err(Failure::Unreachable { reason }),
        Err(Broken::TimedOut) => Err(Failure::TimedOut {
            seconds: time.as_secs().max(1),
        }),
        Err(Broken::TooLarge(reason)) => Err(Failure::TooLarge { reason }),
    }
}
