//! The one HTTP client.
//!
//! The one decision here: nothing starts before the first question. A gate over a SQLite file
//! builds no runtime and reads no certificate store.

use std::cell::{Cell, OnceCell};
use std::time::Instant;

use reqwest::header::{AUTHORIZATION, CONTENT_TYPE};
use reqwest::{Request, RequestBuilder};
use tokio::runtime::{Builder, Runtime};
use tokio::task::JoinSet;

use super::address::Address;
use super::attempt::{self, Limits};
use super::auth::Signature;
use super::exchange::{Answer, Fetched, LARGEST_BODY, Raw};
use super::failure::Failure;
use super::order::{Order, Verb};
use super::question::{self, Question};
use super::settings::{Settings, Signing};
use super::stream;
use crate::http::{self, Secret};

/// Anything shorter is no secret, and would be found in every sentence.
const SHORTEST_SECRET: usize = 4;

/// How many questions are under way at the same time.
const AT_ONCE: usize = 8;

/// The most that is read for one judgement, in bytes: no server can fill the memory page by page.
const LARGEST_TOTAL: usize = 256 << 20;

/// A client for one server. Its deadline counts from the first question on: a client, as a store,
/// is for one judgement.
///
/// It must not be used inside an asynchronous task: it brings a runtime of its own.
pub(crate) struct Client {
    address: Address,
    settings: Settings,
    session: OnceCell<Session>,
    signature: OnceCell<Signature>,
    end: Cell<Option<Instant>>,
    received: Cell<usize>,
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
            settings,
            session: OnceCell::new(),
            signature: OnceCell::new(),
            end: Cell::new(None),
            received: Cell::new(0),
        }
    }

    /// The server's address, as it may be shown.
    pub(crate) fn address(&self) -> &Address {
        &self.address
    }

    /// Asks all questions at the same time; the answers come in the order of the questions.
    ///
    /// # Errors
    /// The outer error when the client cannot be built or cannot sign in; an inner one for each
    /// question that got no usable answer.
    pub(crate) fn ask(
        &self,
        questions: &[Question],
    ) -> Result<Vec<Result<Answer, Failure>>, Failure> {
        let session = self.session()?;
        let limits = self.settings.limits;
        let end = self.end();
        let signature = self.signature(session, end)?;
        let requests = questions
            .iter()
            .map(|question| self.request(session, signature, question))
            .collect::<Result<Vec<_>, _>>()?;
        let mut answers = Vec::with_capacity(requests.len());
        for batch in requests.chunks(AT_ONCE) {
            let batch = batch.iter().filter_map(Request::try_clone).collect();
            let batch = session.send(batch, limits, end);
            self.count(&batch)?;
            answers.extend(batch);
        }
        Ok(answers)
    }

    /// Fetches a file of the server's artifact service, of `limit` bytes at most. Its path is taken
    /// apart and not encoded.
    ///
    /// # Errors
    /// [`Failure`] when the client cannot be built or cannot sign in, and when there is no usable
    /// answer.
    pub(crate) fn fetch(&self, path: &[String], limit: u64) -> Result<Fetched, Failure> {
        let session = self.session()?;
        let end = self.end();
        let signature = self.signature(session, end)?;
        let request = self.request(session, signature, &Question::artifact(path))?;
        let limits = self.settings.limits;
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        session
            .block_on(attempt::ask(&session.http, request, limits, end, limit))
            .and_then(Raw::file)
    }

    /// Carries out an order, once: whether a write that got no answer was carried out is for whoever
    /// gave the order to find out.
    ///
    /// # Errors
    /// [`Failure`] when the client cannot be built or cannot sign in, and when there is no usable
    /// answer. The order may have been carried out all the same.
    pub(crate) fn carry_out(&self, order: &Order) -> Result<Answer, Failure> {
        let session = self.session()?;
        let end = self.end();
        let signature = self.signature(session, end)?;
        let url = self.address.endpoint(&order.path, &[]);
        let request = match order.verb {
            Verb::Post => session.http.post(url),
            Verb::Delete => session.http.delete(url),
            Verb::Put => session.http.put(url),
        };
        let request = self.signed(request.json(&order.body), signature)?;
        let limits = Limits {
            retries: 0,
            ..self.settings.limits
        };
        session
            .block_on(attempt::ask(
                &session.http,
                request,
                limits,
                end,
                LARGEST_BODY,
            ))
            .and_then(Raw::judge)
    }

    /// Puts a file into the server's artifact service, over whatever is there; so it is repeated
    /// like a question. Its path is taken apart and not encoded.
    ///
    /// # Errors
    /// As [`Client::fetch`].
    pub(crate) fn put(&self, path: &[String], content: &[u8]) -> Result<Answer, Failure> {
        let session = self.session()?;
        let end = self.end();
        let signature = self.signature(session, end)?;
        let url = self.address.endpoint(&question::artifact_path(path), &[]);
        let request = session.http.put(url).body(content.to_vec());
        let request = request.header(CONTENT_TYPE, "application/octet-stream");
        let request = self.signed(request, signature)?;
        let limits = self.settings.limits;
        session
            .block_on(attempt::ask(
                &session.http,
                request,
                limits,
                end,
                LARGEST_BODY,
            ))
            .and_then(Raw::judge)
    }

    /// Gives what comes next until `end`; `None` for the full time from the next question on.
    pub(crate) fn finish_by(&self, end: Option<Instant>) {
        self.end.set(end);
    }

    /// Fetches a file of the server's artifact service of `limit` bytes at most, and hands its bytes
    /// on as they come. What was handed on counts only where the outcome is [`Fetched::Found`].
    ///
    /// # Errors
    /// As of [`Client::fetch`]; a connection that breaks amid the file is not tried again.
    pub(crate) fn stream(
        &self,
        path: &[String],
        limit: u64,
        sink: &mut dyn FnMut(&[u8]),
    ) -> Result<Fetched, Failure> {
        let session = self.session()?;
        let end = self.end();
        let signature = self.signature(session, end)?;
        let request = self.request(session, signature, &Question::artifact(path))?;
        let limits = self.settings.limits;
        session.block_on(stream::stream(
            &session.http,
            request,
            limits,
            end,
            limit,
            sink,
        ))
    }

    /// When everything has to be done.
    fn end(&self) -> Instant {
        let end = self.end.get();
        let end = end.unwrap_or_else(|| Instant::now() + self.settings.limits.deadline);
        self.end.set(Some(end));
        end
    }

    fn count(&self, answers: &[Result<Answer, Failure>]) -> Result<(), Failure> {
        let read = answers.iter().flatten().map(Answer::size).sum::<usize>();
        let received = self.received.get().saturating_add(read);
        self.received.set(received);
        if received > LARGEST_TOTAL {
            let reason = format!("answers of more than {LARGEST_TOTAL} bytes");
            return Err(Failure::TooLarge { reason });
        }
        Ok(())
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

    /// Every secret as it was given, and as the header carries it.
    fn secrets(&self) -> Vec<String> {
        let signed = self.session.get().zip(self.signature.get());
        let question = Question::server_version();
        let signed = signed.and_then(|(session, it)| self.request(session, it, &question).ok());
        let header = signed
            .as_ref()
            .and_then(|request| request.headers().get(AUTHORIZATION));
        let encoded = header
            .and_then(|value| value.to_str().ok()?.split_once(' '))
            .map(|(_, it)| it);
        let configured = match &self.settings.signing {
            Signing::Ready(credentials) => credentials.secret().into_iter().collect(),
            Signing::Databricks(sign_in) => sign_in.secrets(),
        };
        let plain = configured.into_iter().map(Secret::reveal);
        let all = encoded.into_iter().chain(plain);
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

    /// How requests are signed; for Databricks, after signing in once.
    fn signature(&self, session: &Session, end: Instant) -> Result<&Signature, Failure> {
        if let Some(signature) = self.signature.get() {
            return Ok(signature);
        }
        let signature = match &self.settings.signing {
            Signing::Ready(credentials) => Signature::from(credentials.clone()),
            Signing::Databricks(sign_in) => {
                let limits = self.settings.limits;
                session.block_on(sign_in.run(&self.address, &session.http, limits, end))?
            }
        };
        Ok(self.signature.get_or_init(|| signature))
    }

    fn request(
        &self,
        session: &Session,
        signature: &Signature,
        question: &Question,
    ) -> Result<Request, Failure> {
        let url = self.address.endpoint(&question.path, &question.parameters);
        let request = match &question.search {
            None => session.http.get(url),
            Some(body) => session.http.post(url).json(body),
        };
        self.signed(request, signature)
    }

    fn signed(
        &self,
        mut request: RequestBuilder,
        signature: &Signature,
    ) -> Result<Request, Failure> {
        for (name, value) in self.settings.headers.iter().chain(&signature.headers) {
            request = request.header(*name, value);
        }
        let request = signature.credentials.sign(request).build();
        request.map_err(|error| unreachable(&error.without_url()))
    }
}

fn unreachable(error: &dyn std::fmt::Display) -> Failure {
    Failure::Unreachable {
        reason: error.to_string(),
    }
}

impl Session {
    fn start(address: &Address, settings: &Settings) -> Result<Self, Failure> {
        let builder = http::builder(address.url(), settings.limits.request_timeout);
        let http = settings.tls.apply(builder, address)?.build();
        let http = http.map_err(|error| Failure::Unreachable {
            reason: format!("{:?}", error.without_url()),
        })?;
        let runtime = Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|error| unreachable(&error))?;
        Ok(Self {
            runtime: Some(runtime),
            http,
        })
    }

    fn block_on<T>(&self, work: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
        match &self.runtime {
            Some(runtime) => runtime.block_on(work),
            None => Err(unreachable(&"the client is closed")),
        }
    }

    fn send(
        &self,
        requests: Vec<Request>,
        limits: Limits,
        end: Instant,
    ) -> Vec<Result<Answer, Failure>> {
        let answers = self.block_on(async {
            let mut tasks = JoinSet::new();
            for (index, request) in requests.into_iter().enumerate() {
                let http = self.http.clone();
                tasks.spawn(async move {
                    let raw = attempt::ask(&http, request, limits, end, LARGEST_BODY).await;
                    (index, raw.and_then(Raw::judge))
                });
            }
            let mut answers = tasks.join_all().await;
            answers.sort_by_key(|(index, _)| *index);
            Ok(answers.into_iter().map(|(_, answer)| answer).collect())
        });
        answers.unwrap_or_else(|failure| vec![Err(failure)])
    }
}
