//! Where artifacts are, as MLflow spells it.
//!
//! The one decision here: a location knows its root. What is joined to it stays below that root,
//! whichever way the root is read.

use std::fmt;
use std::path::PathBuf;

use percent_encoding::percent_decode_str;

use super::{ArtifactError, path};

/// The address of the artifact service below a tracking server
/// (`mlflow/store/artifact/mlflow_artifacts_repo.py`).
pub(super) const SERVICE: &str = "/api/2.0/mlflow-artifacts/artifacts/";

/// The domains of Azure's storage. An artifact URI is data from a store; a token must not follow it
/// to just any host.
const AZURE_DOMAINS: [&str; 3] = [
    "core.windows.net",
    "core.chinacloudapi.cn",
    "core.usgovcloudapi.net",
];

/// A place that holds artifacts: the artifact URI of a run, a logged model, an experiment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Location {
    pub(super) root: Root,
    /// The path below the root.
    pub(super) inner: Vec<String>,
}

/// What a location starts from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Root {
    /// A folder; relative ones are relative to the base of the access.
    Folder(PathBuf),
    /// The artifact service of a tracking server.
    Service(Server),
    /// A bucket or container.
    Bucket(Bucket),
}

/// Which tracking server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Server {
    /// The one that the spec names.
    Tracking,
    /// One by host and port; its scheme and prefix are the tracking server's.
    Authority(String),
    /// One by the URL before [`SERVICE`].
    Url(String),
}

/// A bucket or container of an object store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Bucket {
    /// `s3://bucket`.
    S3(String),
    /// `gs://bucket`.
    Google(String),
    /// `wasbs://container@account.blob.core.windows.net` and its like; `az://container` leaves the
    /// account to the environment.
    Azure {
        container: String,
        account: Option<Account>,
    },
}

/// A storage account with the domain of its cloud.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Account {
    pub(super) name: String,
    pub(super) domain: &'static str,
}

impl Location {
    /// Reads an artifact URI: a path, `file:`, `mlflow-artifacts:`, the `http` URL of a tracking
    /// server's artifact service, `s3`, `gs`, `wasb(s)`, `abfs(s)`, `az`.
    ///
    /// # Errors
    /// [`ArtifactError::Unsupported`] for every other kind, saying what to do instead;
    /// [`ArtifactError::Location`] for one that cannot be read.
    pub fn parse(uri: &str) -> Result<Self, ArtifactError> {
        let fail = |reason: &str| ArtifactError::Location {
            uri: shown(uri),
            reason: reason.to_owned(),
        };
        if uri.is_empty() || uri.chars().any(char::is_control) {
            return Err(fail("it is empty, or holds a control character"));
        }
        let Some((scheme, rest)) = scheme(uri) else {
            return Ok(Self::new(Root::Folder(PathBuf::from(uri)), Vec::new()));
        };
        if rest.contains(['?', '#']) {
            return Err(fail("an artifact URI has no query and no fragment"));
        }
        match scheme.as_str() {
            "file" => Ok(Self::new(
                Root::Folder(file(rest).map_err(fail)?),
                Vec::new(),
            )),
            "mlflow-artifacts" => service(rest).map_err(fail)?,
            "http" | "https" => web(uri, &scheme, rest),
            "s3" | "gs" => {
                let (name, key) = authority(rest).ok_or_else(|| fail("it names no bucket"))?;
                let bucket = if scheme == "s3" {
                    Bucket::S3
                } else {
                    Bucket::Google
                };
                let name = bucket_name(name).map_err(fail)?;
                Ok(Self::new(Root::Bucket(bucket(name)), path::segments(key)?))
            }
            "wasb" | "wasbs" | "abfs" | "abfss" | "az" => {
                let (name, key) = authority(rest).ok_or_else(|| fail("it names no container"))?;
                let bucket = azure(&scheme, name).map_err(fail)?;
                Ok(Self::new(Root::Bucket(bucket), path::segments(key)?))
            }
            _ => Err(ArtifactError::Unsupported {
                uri: shown(uri),
                help: advice(&scheme).to_owned(),
            }),
        }
    }

    fn new(root: Root, inner: Vec<String>) -> Self {
        Self { root, inner }
    }

    /// The location of something below this one.
    ///
    /// # Errors
    /// [`ArtifactError::UnsafePath`] for a path that may lead out of it.
    pub fn join(&self, path: &str) -> Result<Self, ArtifactError> {
        let mut joined = self.clone();
        joined.inner.extend(path::segments(path)?);
        Ok(joined)
    }
}

/// The URI as it may be shown; it never holds credentials.
impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = self.inner.join("/");
        match &self.root {
            Root::Folder(folder) if inner.is_empty() => write!(f, "{}", folder.display()),
            Root::Folder(folder) => write!(f, "{}/{inner}", folder.display()),
            Root::Service(Server::Tracking) => write!(f, "mlflow-artifacts:/{inner}"),
            Root::Service(Server::Authority(host)) => {
                write!(f, "mlflow-artifacts://{host}/{inner}")
            }
            Root::Service(Server::Url(url)) => write!(f, "{url}{SERVICE}{inner}"),
            Root::Bucket(Bucket::S3(name)) => write!(f, "s3://{name}/{inner}"),
            Root::Bucket(Bucket::Google(name)) => write!(f, "gs://{name}/{inner}"),
            Root::Bucket(Bucket::Azure {
                container,
                account: None,
            }) => {
                write!(f, "az://{container}/{inner}")
            }
            Root::Bucket(Bucket::Azure {
                container,
                account: Some(account),
            }) => {
                let Account { name, domain } = account;
                write!(f, "wasbs://{container}@{name}.blob.{domain}/{inner}")
            }
        }
    }
}

/// The scheme in lower case, and what follows its colon; `None` for a plain path.
fn scheme(uri: &str) -> Option<(String, &str)> {
    let (scheme, rest) = uri.split_once(':')?;
    let mut letters = scheme.bytes();
    let starts = letters
        .next()
        .is_some_and(|byte| byte.is_ascii_alphabetic());
    let goes_on = letters.all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte));
    (starts && goes_on).then(|| (scheme.to_ascii_lowercase(), rest))
}

/// The path of a `file:` URI, decoded (`mlflow/utils/file_utils.py`, `local_file_uri_to_path`).
fn file(rest: &str) -> Result<PathBuf, &'static str> {
    let path = match rest.strip_prefix("//") {
        None => rest,
        Some(rest) => {
            let start = rest.find('/').unwrap_or(rest.len());
            let (host, path) = rest.split_at_checked(start).unwrap_or((rest, ""));
            if !matches!(host, "" | "localhost") {
                return Err("it names a folder on another machine");
            }
            path
        }
    };
    let decoded = percent_decode_str(path).decode_utf8();
    let decoded = decoded.map_err(|_| "its path is not UTF-8")?;
    if decoded.is_empty() || decoded.chars().any(char::is_control) {
        return Err("its path is empty, or holds a control character");
    }
    Ok(PathBuf::from(decoded.into_owned()))
}

/// What follows `mlflow-artifacts:`. Its path is a part of a URL, and encoded like one.
fn service(rest: &str) -> Result<Result<Location, ArtifactError>, &'static str> {
    let (server, path) = match rest.strip_prefix("//") {
        None => (Server::Tracking, rest),
        Some(rest) => match rest.split_once('/').unwrap_or((rest, "")) {
            ("", path) => (Server::Tracking, path),
            (host, _) if host.contains('@') => return Err("it holds credentials"),
            (host, path) => (Server::Authority(host.to_ascii_lowercase()), path),
        },
    };
    let path = path.trim_start_matches('/');
    let decoded = percent_decode_str(path).decode_utf8();
    let decoded = decoded.map_err(|_| "its path is not UTF-8")?;
    Ok(path::segments(&decoded).map(|inner| Location::new(Root::Service(server), inner)))
}

/// An `http` URL is read where it is the artifact service of a tracking server, and nowhere else.
fn web(uri: &str, scheme: &str, rest: &str) -> Result<Location, ArtifactError> {
    let found = rest
        .split_once(SERVICE)
        .filter(|(base, _)| !base.contains('@'));
    let Some((base, path)) = found else {
        return Err(ArtifactError::Unsupported {
            uri: shown(uri),
            help: "a web address is read only where it is the artifact service of the tracking server; log the artifacts to a store that MLflow manages".to_owned(),
        });
    };
    let server = Server::Url(format!("{scheme}:{base}"));
    let decoded = percent_decode_str(path).decode_utf8();
    let decoded = decoded.map_err(|_| ArtifactError::Location {
        uri: shown(uri),
        reason: "its path is not UTF-8".to_owned(),
    })?;
    Ok(Location::new(
        Root::Service(server),
        path::segments(&decoded)?,
    ))
}

/// Authority and path of what follows a scheme's colon.
fn authority(rest: &str) -> Option<(&str, &str)> {
    let rest = rest.strip_prefix("//")?;
    let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
    (!authority.is_empty()).then(|| (authority, path.trim_start_matches('/')))
}

fn bucket_name(name: &str) -> Result<String, &'static str> {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"-._$".contains(&byte);
    if name.bytes().all(fits) && !name.contains("..") {
        return Ok(name.to_owned());
    }
    Err("the name of its bucket or container holds what no such name does")
}

fn azure(scheme: &str, authority: &str) -> Result<Bucket, &'static str> {
    let Some((container, host)) = authority.split_once('@') else {
        if scheme != "az" {
            return Err("it does not read `container@account.blob.core.windows.net`");
        }
        let container = bucket_name(authority)?;
        return Ok(Bucket::Azure {
            container,
            account: None,
        });
    };
    let host = host.to_ascii_lowercase();
    let (name, service) = host.split_once('.').unwrap_or((&host, ""));
    let domain = service
        .strip_prefix("blob.")
        .or_else(|| service.strip_prefix("dfs."));
    let domain = domain.and_then(|domain| AZURE_DOMAINS.into_iter().find(|known| *known == domain));
    let domain = domain.ok_or("its host is not one of Azure's storage")?;
    let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    if name.is_empty() || !name.bytes().all(fits) {
        return Err("the name of its storage account is none");
    }
    let container = bucket_name(container)?;
    let account = Some(Account {
        name: name.to_owned(),
        domain,
    });
    Ok(Bucket::Azure { container, account })
}

fn advice(scheme: &str) -> &'static str {
    match scheme {
        "dbfs" | "databricks" | "uc" | "adl" => {
            "artifacts in DBFS and Unity Catalog volumes are not read by this version: run the check in a Databricks job, or download the file first and name its path"
        }
        "runs" | "models" => "resolve the run or model to its artifact location first",
        "hdfs" | "viewfs" | "ftp" | "sftp" | "b2" | "r2" => {
            "serve the artifacts through `mlflow server --artifacts-destination`, and they are read through the server"
        }
        scheme if scheme.len() == 1 => "paths with a drive letter are not read",
        _ => {
            "artifacts are read from a folder, a tracking server, and from S3, Google Cloud Storage and Azure"
        }
    }
}

/// A URI without credentials, query and control characters, cut to a readable length.
fn shown(uri: &str) -> String {
    let uri = uri.split(['?', '#']).next().unwrap_or_default();
    let (scheme, rest) = uri.split_once("://").unwrap_or(("", uri));
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    let is_azure = matches!(scheme, "wasb" | "wasbs" | "abfs" | "abfss");
    let host = if is_azure {
        host
    } else {
        host.rsplit('@').next().unwrap_or_default()
    };
    let mark = if scheme.is_empty() { "" } else { "://" };
    let slash = if path.is_empty() { "" } else { "/" };
    let whole = format!("{scheme}{mark}{host}{slash}{path}");
    whole
        .chars()
        .filter(|letter| !letter.is_control())
        .take(300)
        .collect()
}
