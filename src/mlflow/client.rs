//! The one HTTP client.
//!
//! The one decision here: nothing starts before the first question. A gate over a SQLite file
//! builds no runtime and reads no certificate store.

use std::cell::{Cell, OnceCell};
use std::time::Instant;

use reqwest::header::{AUTHORIZATION, CONTENT_TYPE};
use reqwest::{Request, RequestBuilder};

use super::address::Address;
use super::attempt::{self, Limits};
use super::auth::Signature;
use super::exchange::{Answer, Fetched, LARGEST_BODY, Raw};
use super::failure::{Failure, without};
use super::order::{Order, Verb};
use super::question::{self, Question};
use super::session::{Session, unreachable};
use super::settings::{Settings, Signing};
use super::stream;
use super::witness::Witness;
use crate::http::{self, Secret};
use crate::observer::{Observer, SHORTEST_SECRET};

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
    witness: Witness,
}

/// What every request needs.
struct Ready<'c> {
    session: &'c Session,
    signature: &'c Signature,
    /// When everything has to be done.
    end: Instant,
}

impl Client {
    /// A client that has not connected yet.
    pub(crate) fn new(address: Address, settings: Settings) -> Self {
        let witness = Witness::new(Observer::nobody(), &address);
        Self {
            witness,
            address,
            settings,
            session: OnceCell::new(),
            signature: OnceCell::new(),
            end: Cell::new(None),
            received: Cell::new(0),
        }
    }

    /// The same client, which tells somebody of every request.
    pub(crate) fn observed(mut self, observer: &Observer) -> Self {
        self.witness = Witness::new(observer.clone(), &self.address);
        self.keep_secret();
        self
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
        let Ready {
            session,
            signature,
            end,
        } = self.ready()?;
        let requests = questions
            .iter()
            .map(|question| self.signed(self.request(session, question), signature))
            .collect::<Result<Vec<_>, _>>()?;
        let mut answers = Vec::with_capacity(requests.len());
        for batch in requests.chunks(AT_ONCE) {
            let batch = batch.iter().filter_map(Request::try_clone).collect();
            let batch = session.send(batch, self.settings.limits, end, &self.witness);
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
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let question = Question::artifact(path);
        let request = |session: &Session| self.request(session, &question);
        self.exchange(request, self.settings.limits, limit)
            .and_then(Raw::file)
    }

    /// Carries out an order, once: whether a write that got no answer was carried out is for whoever
    /// gave the order to find out.
    ///
    /// # Errors
    /// [`Failure`] when the client cannot be built or cannot sign in, and when there is no usable
    /// answer. The order may have been carried out all the same.
    pub(crate) fn carry_out(&self, order: &Order) -> Result<Answer, Failure> {
        let url = self.address.endpoint(&order.path, &[]);
        let request = |Session { http, .. }: &Session| {
            let request = match order.verb {
                Verb::Post => http.post(url),
                Verb::Delete => http.delete(url),
                Verb::Put => http.put(url),
            };
            request.json(&order.body)
        };
        let once = Limits {
            retries: 0,
            ..self.settings.limits
        };
        self.exchange(request, once, LARGEST_BODY)
            .and_then(Raw::judge)
    }

    /// Puts a file into the server's artifact service, over whatever is there; so it is repeated
    /// like a question. Its path is taken apart and not encoded.
    ///
    /// # Errors
    /// As [`Client::fetch`].
    pub(crate) fn put(&self, path: &[String], content: &[u8]) -> Result<Answer, Failure> {
        let url = self.address.endpoint(&question::artifact_path(path), &[]);
        let request = |session: &Session| {
            let request = session.http.put(url).body(content.to_vec());
            request.header(CONTENT_TYPE, "application/octet-stream")
        };
        self.exchange(request, self.settings.limits, LARGEST_BODY)
            .and_then(Raw::judge)
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
        let Ready {
            session,
            signature,
            end,
        } = self.ready()?;
        let request = self.request(session, &Question::artifact(path));
        let request = self.signed(request, signature)?;
        let limits = self.settings.limits;
        session.block_on(stream::stream(
            &session.http,
            request,
            limits,
            end,
            limit,
            sink,
            &self.witness,
        ))
    }

    /// Gives what comes next until `end`; `None` for the full time from the next question on.
    pub(crate) fn finish_by(&self, end: Option<Instant>) {
        self.end.set(end);
    }

    /// Sends one request and reads what comes back, `largest` bytes at most.
    fn exchange(
        &self,
        request: impl FnOnce(&Session) -> RequestBuilder,
        limits: Limits,
        largest: usize,
    ) -> Result<Raw, Failure> {
        let Ready {
            session,
            signature,
            end,
        } = self.ready()?;
        let request = self.signed(request(session), signature)?;
        session.block_on(attempt::ask(
            &session.http,
            request,
            limits,
            end,
            largest,
            &self.witness,
        ))
    }

    /// Connects and signs in where that was not done yet.
    fn ready(&self) -> Result<Ready<'_>, Failure> {
        let session = self.session()?;
        let end = self.end();
        Ok(Ready {
            session,
            signature: self.signature(session, end)?,
            end,
        })
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
        let secrets: Vec<_> = secrets.iter().map(String::as_str).collect();
        failure.quoting(|said| http::excerpt(&without(said, &secrets)))
    }

    /// Every secret as it was given, and as the header carries it.
    fn secrets(&self) -> Vec<String> {
        let signed = self.session.get().zip(self.signature.get());
        let question = Question::server_version();
        let signed = signed.and_then(|(session, it)| {
            let request = self.request(session, &question);
            self.signed(request, it).ok()
        });
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

    /// Names our secrets to whoever is told of requests: a server may put one into an id that we
    /// then ask for.
    fn keep_secret(&self) {
        let secrets = self.secrets();
        self.witness.keep_secret(secrets.iter().map(String::as_str));
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
        self.witness.signs_in(self.settings.signing.way());
        let signature = match &self.settings.signing {
            Signing::Ready(credentials) => Signature::from(credentials.clone()),
            Signing::Databricks(sign_in) => {
                let limits = self.settings.limits;
                let run = sign_in.run(&self.address, &session.http, limits, end, &self.witness);
                session.block_on(run)?
            }
        };
        let signature = self.signature.get_or_init(|| signature);
        self.keep_secret();
        Ok(signature)
    }

    fn request(&self, session: &Session, question: &Question) -> RequestBuilder {
        let url = self.address.endpoint(&question.path, &question.parameters);
        match &question.search {
            None => session.http.get(url),
            Some(body) => session.http.post(url).json(body),
        }
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
