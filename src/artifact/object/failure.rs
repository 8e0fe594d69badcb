//! What an object store says when it does not give the object.
//!
//! The one decision here: its words are not repeated, only its codes. A body may quote the key id,
//! the signed text, the token; a status and a code never do.

use std::error::Error;
use std::iter;

use crate::artifact::ArtifactError;
use crate::http::{self, Broken};

/// The codes that say: the bucket is there, the key is not. A missing bucket is 404 as well.
/// (S3 and Google's XML interface, Azure's blob service.)
const ABSENT: [&str; 2] = ["NoSuchKey", "BlobNotFound"];

/// Whether the store itself said that there is no such object.
pub(super) fn says_absent(error: &object_store::Error) -> bool {
    let found = matches!(error, object_store::Error::NotFound { .. });
    found && Said::of(error).is_some_and(|said| said.status == 404 && said.is_absent())
}

/// What the error means.
pub(super) fn told(error: &object_store::Error, place: &str) -> ArtifactError {
    let place = place.to_owned();
    if let Some(said) = Said::of(error) {
        let reason = said.to_string();
        return match said.status {
            401 | 403 => ArtifactError::Unauthorized { place, reason },
            301 | 307 => ArtifactError::Refused {
                place,
                reason: format!("{reason}; is the bucket in another region?"),
            },
            _ => ArtifactError::Refused { place, reason },
        };
    }
    match Broken::of(error) {
        Broken::TimedOut => ArtifactError::Unreachable {
            place,
            reason: "no answer in time".to_owned(),
        },
        Broken::Connection(reason) | Broken::TooLarge(reason) => {
            let reason = http::excerpt(&reason);
            ArtifactError::Unreachable { place, reason }
        }
    }
}

/// A status, and the code in the body.
struct Said {
    status: u16,
    code: Option<String>,
}

impl Said {
    /// Finds both in the words of `object_store` (`client/retry.rs`, `RequestError`), which keeps
    /// the type to itself.
    fn of(error: &object_store::Error) -> Option<Self> {
        let first: &(dyn Error + 'static) = error;
        let chain = iter::successors(Some(first), |&error| error.source());
        let innermost = chain.last()?.to_string();
        if innermost.starts_with("Received redirect without LOCATION") {
            let code = None;
            return Some(Self { status: 301, code });
        }
        let (_, rest) = innermost.split_once("status code: ")?;
        let digits = rest.split(|letter: char| !letter.is_ascii_digit()).next()?;
        let code = rest
            .split_once("<Code>")
            .and_then(|(_, rest)| rest.split_once("</Code>"));
        let code = code.map(|(code, _)| code).filter(|code| {
            code.len() <= 64 && code.bytes().all(|byte| byte.is_ascii_alphanumeric())
        });
        Some(Self {
            status: digits.parse().ok()?,
            code: code.map(str::to_owned),
        })
    }

    fn is_absent(&self) -> bool {
        self.code
            .as_deref()
            .is_some_and(|code| ABSENT.contains(&code))
    }
}

impl std::fmt::Display for Said {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "HTTP {}", self.status)?;
        match &self.code {
            Some(code) => write!(f, " {code}"),
            None => Ok(()),
        }
    }
}
