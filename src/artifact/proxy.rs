//! Artifacts behind a tracking server.
//!
//! The one decision here: they are asked of the tracking server and of no other. A location is
//! data; credentials do not follow it.

use reqwest::Url;
use serde::de::IgnoredAny;

use super::location::{Location, Server};
use super::model::{self, Deadline, unclear};
use super::tally::{Listed, Tally};
use super::{Access, ArtifactError};
use crate::evidence::{
    DEEPEST_MODEL_FILE, MOST_MODEL_FILES, ModelFile, UnclearFiles, require_clear,
};
use crate::mlflow::{Answer, ArtifactsAnswer, Client, Failure, Fetched, Question};

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
        } => Err(fail(Failure::refused(status, &code, &message))),
    }
}

/// Writes one file.
pub(super) fn write(
    location: &Location,
    server: &Server,
    content: &[u8],
    access: &Access<'_>,
) -> Result<(), ArtifactError> {
    let place = location.to_string();
    let client = access.client(&place)?;
    if !is_tracking_server(server, client) {
        return Err(ArtifactError::OtherServer { uri: place });
    }
    let fail = |failure| ArtifactError::from_failure(&place, 0, client.conceal(failure));
    match client.put(&location.inner, content).map_err(fail)? {
        // MLflow says nothing with its 200, so anybody's would do: what counts is what is there.
        Answer::Found(_) => {}
        other => return other.read::<IgnoredAny>().map(drop).map_err(fail),
    }
    let there = read(location, server, content.len() as u64, access)?;
    if there.as_deref() == Some(content) {
        return Ok(());
    }
    Err(ArtifactError::Refused {
        place,
        reason: "the server took it, and does not give it back".to_owned(),
    })
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

/// How often a file is begun again when the connection breaks in the middle of it.
const BEGINNINGS: usize = 3;

/// The most files and folders that are looked at below one model.
const MOST_ENTRIES: usize = 2 * MOST_MODEL_FILES;

/// A model behind a tracking server.
pub(super) struct Shelf<'a> {
    location: &'a Location,
    place: String,
    client: Client,
    deadline: Deadline,
}

impl<'a> Shelf<'a> {
    /// The folder at `location`; nothing is asked yet.
    pub(super) fn open(
        location: &'a Location,
        server: &Server,
        access: &Access<'_>,
        deadline: Deadline,
    ) -> Result<Self, ArtifactError> {
        let place = location.to_string();
        let client = access.new_client(&place, Some(deadline.left(&place)?))?;
        if !is_tracking_server(server, &client) {
            return Err(ArtifactError::OtherServer { uri: place });
        }
        Ok(Self {
            location,
            place,
            client,
            deadline,
        })
    }

    /// What one folder of the model holds.
    fn look(&self, folder: &str) -> Result<ArtifactsAnswer, ArtifactError> {
        let path = self.location.join(folder)?.inner.join("/");
        let fail =
            |failure| ArtifactError::from_failure(&self.place, 0, self.client.conceal(failure));
        let mut answers = self
            .client
            .ask(&[Question::artifacts(&path)])
            .map_err(fail)?;
        let answer = answers.pop().ok_or_else(|| nothing(&self.place))?;
        answer.and_then(Answer::read).map_err(fail)
    }

    /// Takes one answer apart: files are found, folders are to be looked at.
    fn take(
        &self,
        folder: &str,
        answer: ArtifactsAnswer,
        found: &mut Found,
    ) -> Result<(), ArtifactError> {
        for entry in answer.files {
            found.entries += 1;
            if found.entries > MOST_ENTRIES {
                return Err(unclear(&self.place, &UnclearFiles::TooMany));
            }
            // MLflow names what is in a folder without the folder; a name with a slash in it is
            // from somewhere else.
            let path = format!("{folder}{}", entry.path);
            if entry.path.contains('/') || path.split('/').count() > DEEPEST_MODEL_FILE {
                let reason = format!("`{}` is no name in a folder", path.escape_debug());
                return Err(unclear(&self.place, &reason));
            }
            require_clear(std::iter::once(path.as_str()))
                .map_err(|error| unclear(&self.place, &error))?;
            if entry.is_dir {
                found.folders.push(format!("{path}/"));
                continue;
            }
            let bytes = u64::try_from(entry.file_size.0)
                .map_err(|_| unclear(&self.place, &format!("`{path}` has less than no bytes")))?;
            let mark = String::new();
            found.files.push(Listed { path, bytes, mark });
        }
        Ok(())
    }

    fn stream(&self, file: &Listed) -> Result<ModelFile, Failure> {
        let path: Vec<_> = self
            .location
            .inner
            .iter()
            .cloned()
            .chain(file.path.split('/').map(str::to_owned))
            .collect();
        let mut tally = Tally::default();
        let answer = self
            .client
            .stream(&path, file.bytes, &mut |bytes| tally.add(bytes))?;
        match answer {
            Fetched::Found(_) => Ok(tally.file(&file.path)),
            Fetched::Denied {
                status,
                code,
                message,
            } => Err(Failure::refused(status, &code, &message)),
        }
    }
}

/// What a walk came upon.
#[derive(Default)]
struct Found {
    entries: usize,
    folders: Vec<String>,
    files: Vec<Listed>,
}

impl model::Shelf for Shelf<'_> {
    fn list(&self) -> Result<Vec<Listed>, ArtifactError> {
        let mut found = Found::default();
        found.folders.push(String::new());
        while let Some(folder) = found.folders.pop() {
            self.deadline.left(&self.place)?;
            let answer = self.look(&folder)?;
            self.take(&folder, answer, &mut found)?;
        }
        Ok(found.files)
    }

    fn digest(&self, file: &Listed) -> Result<ModelFile, ArtifactError> {
        let place = format!("{}/{}", self.place, file.path);
        let mut beginning = 1;
        loop {
            self.deadline.left(&place)?;
            match self.stream(file) {
                Ok(read) => return Ok(read),
                Err(Failure::Unreachable { .. }) if beginning < BEGINNINGS => beginning += 1,
                Err(Failure::TooLarge { .. }) => {
                    return Err(ArtifactError::Changed {
                        place,
                        reason: format!("it had {} bytes, and more came", file.bytes),
                    });
                }
                Err(failure) => {
                    let failure = self.client.conceal(failure);
                    return Err(ArtifactError::from_failure(&place, file.bytes, failure));
                }
            }
        }
    }
}

fn nothing(place: &str) -> ArtifactError {
    ArtifactError::Unreachable {
        place: place.to_owned(),
        reason: "no answer".to_owned(),
    }
}
