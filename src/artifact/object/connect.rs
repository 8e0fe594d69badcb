//! From the environment to a client of an object store.
//!
//! The one decision here: what MLflow in Python finds in the environment is found here under the
//! same names, and what cannot be found there is said, not guessed.

use std::fs;
use std::time::Duration;

use object_store::aws::AmazonS3Builder;
use object_store::azure::{AzureConfigKey, MicrosoftAzureBuilder};
use object_store::client::{HttpClient, HttpConnector};
use object_store::gcp::{GoogleCloudStorageBuilder, GoogleConfigKey};
use object_store::{BackoffConfig, ClientOptions, ObjectStore, RetryConfig};
use reqwest::{Certificate, Url};

use crate::artifact::ArtifactError;
use crate::artifact::location::{Account, Bucket};
use crate::http;

type Environment<'a> = &'a dyn Fn(&str) -> Option<String>;
type Opened = Result<Box<dyn ObjectStore>, ArtifactError>;

/// What `boto3` reads, as far as it says who we are and where the service is.
const S3: [&str; 14] = [
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_DEFAULT_REGION",
    "AWS_REGION",
    "AWS_ENDPOINT_URL",
    "AWS_ENDPOINT_URL_S3",
    "AWS_ENDPOINT_URL_STS",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_ROLE_ARN",
    "AWS_ROLE_SESSION_NAME",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
];

/// What MLflow and Azure's identity library read.
const AZURE: [&str; 12] = [
    "AZURE_STORAGE_ACCOUNT_NAME",
    "AZURE_STORAGE_ACCOUNT_KEY",
    "AZURE_STORAGE_ACCESS_KEY",
    "AZURE_STORAGE_SAS_TOKEN",
    "AZURE_STORAGE_TOKEN",
    "AZURE_STORAGE_ENDPOINT",
    "AZURE_CLIENT_ID",
    "AZURE_CLIENT_SECRET",
    "AZURE_TENANT_ID",
    "AZURE_AUTHORITY_HOST",
    "AZURE_FEDERATED_TOKEN_FILE",
    "AZURE_MSI_ENDPOINT",
];

/// What Google's libraries read.
const GOOGLE: [&str; 3] = [
    "GOOGLE_APPLICATION_CREDENTIALS",
    "GOOGLE_SERVICE_ACCOUNT",
    "GOOGLE_SERVICE_ACCOUNT_KEY",
];

/// How long things may take.
pub(super) struct Limits {
    pub(super) request: Duration,
    pub(super) deadline: Duration,
    pub(super) retries: u32,
}

/// Hands our own client to `object_store`.
#[derive(Debug)]
struct OurClient(reqwest::Client);

impl HttpConnector for OurClient {
    fn connect(&self, _: &ClientOptions) -> object_store::Result<HttpClient> {
        Ok(HttpClient::new(self.0.clone()))
    }
}

/// A client for one bucket; nothing is asked yet.
///
/// # Errors
/// [`ArtifactError::Setting`] naming the variable that is missing or cannot be used.
pub(super) fn connect(bucket: &Bucket, limits: &Limits, environment: Environment<'_>) -> Opened {
    match bucket {
        Bucket::S3(name) => s3(name, limits, environment),
        Bucket::Google(name) => google(name, limits, environment),
        Bucket::Azure { container, account } => {
            azure(container, account.as_ref(), limits, environment)
        }
    }
}

fn s3(name: &str, limits: &Limits, environment: Environment<'_>) -> Opened {
    let set = |name: &str| environment(name).filter(|value| !value.is_empty());
    let names_identity = [
        "AWS_ACCESS_KEY_ID",
        "AWS_WEB_IDENTITY_TOKEN_FILE",
        "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
        "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    ];
    if set("AWS_PROFILE").is_some() && !names_identity.iter().any(|name| set(name).is_some()) {
        let reason = "profiles are not read; export AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, for example with `aws configure export-credentials --format env`";
        return Err(unusable("AWS_PROFILE", reason));
    }
    let mut builder = AmazonS3Builder::new();
    for variable in S3 {
        if let (Some(value), Ok(key)) = (set(variable), variable.to_ascii_lowercase().parse()) {
            builder = builder.with_config(key, value);
        }
    }
    let endpoints = [
        "MLFLOW_S3_ENDPOINT_URL",
        "AWS_ENDPOINT_URL_S3",
        "AWS_ENDPOINT_URL",
    ];
    let found = endpoints
        .into_iter()
        .find_map(|name| Some((name, set(name)?)));
    let (variable, endpoint) = found.unwrap_or(("", "https://s3.amazonaws.com".to_owned()));
    let url = address(variable, &endpoint)?;
    if !variable.is_empty() {
        builder = builder.with_endpoint(endpoint.trim_end_matches('/'));
    }
    let insecure = set("MLFLOW_S3_IGNORE_TLS").is_some_and(|value| is_on(&value));
    let client = client(&url, limits, set("AWS_CA_BUNDLE"), insecure)?;
    let store = builder
        .with_bucket_name(name)
        .with_retry(retry(limits))
        .with_http_connector(client)
        .build();
    opened(store, "the AWS_* variables")
}

fn google(name: &str, limits: &Limits, environment: Environment<'_>) -> Opened {
    let set = |name: &str| environment(name).filter(|value| !value.is_empty());
    let mut builder = GoogleCloudStorageBuilder::new();
    let token = set("GOOGLE_OAUTH_ACCESS_TOKEN").or_else(|| set("CLOUDSDK_AUTH_ACCESS_TOKEN"));
    if let Some(token) = token {
        builder = builder.with_config(GoogleConfigKey::BearerToken, token);
    } else {
        for variable in GOOGLE {
            if let (Some(value), Ok(key)) = (set(variable), variable.to_ascii_lowercase().parse()) {
                builder = builder.with_config(key, value);
            }
        }
    }
    let mut url = "https://storage.googleapis.com".to_owned();
    if let Some(host) = set("STORAGE_EMULATOR_HOST") {
        let plain = host.contains("://");
        url = if plain {
            host
        } else {
            format!("http://{host}")
        };
        builder = builder
            .with_base_url(url.trim_end_matches('/'))
            .with_skip_signature(true);
    }
    let client = client(
        &address("STORAGE_EMULATOR_HOST", &url)?,
        limits,
        None,
        false,
    )?;
    let store = builder
        .with_bucket_name(name)
        .with_retry(retry(limits))
        .with_http_connector(client)
        .build();
    opened(
        store,
        "GOOGLE_APPLICATION_CREDENTIALS, which has to name a service account's key (for workload identity, set GOOGLE_OAUTH_ACCESS_TOKEN)",
    )
}

fn azure(
    container: &str,
    account: Option<&Account>,
    limits: &Limits,
    environment: Environment<'_>,
) -> Opened {
    let Found {
        builder,
        endpoint,
        name,
    } = azure_settings(environment);
    if let (Some(account), Some(named)) = (account, &name)
        && account.name != *named
    {
        let reason = format!("it is for another storage account than `{}`", account.name);
        return Err(unusable("AZURE_STORAGE_ACCOUNT_NAME", &reason));
    }
    let name = account.map(|account| account.name.clone()).or(name);
    let name = name.ok_or_else(|| unusable("AZURE_STORAGE_ACCOUNT_NAME", "it is not set"))?;
    let domain = account.map_or("core.windows.net", |account| account.domain);
    let endpoint = endpoint.unwrap_or_else(|| format!("https://{name}.blob.{domain}"));
    let url = address("AZURE_STORAGE_ENDPOINT", &endpoint)?;
    let store = builder
        .with_account(name)
        .with_endpoint(endpoint)
        .with_container_name(container)
        .with_retry(retry(limits))
        .with_http_connector(client(&url, limits, None, false)?)
        .build();
    opened(store, "the AZURE_* variables")
}

/// What the environment says about Azure.
struct Found {
    builder: MicrosoftAzureBuilder,
    endpoint: Option<String>,
    /// The name of the storage account.
    name: Option<String>,
}

/// The variables, and the connection string over them.
fn azure_settings(environment: Environment<'_>) -> Found {
    let set = |name: &str| environment(name).filter(|value| !value.is_empty());
    let mut builder = MicrosoftAzureBuilder::new();
    for variable in AZURE {
        if let (Some(value), Ok(key)) = (set(variable), variable.to_ascii_lowercase().parse()) {
            builder = builder.with_config(key, value);
        }
    }
    let mut endpoint = set("AZURE_STORAGE_ENDPOINT");
    let mut name = set("AZURE_STORAGE_ACCOUNT_NAME");
    let text = set("AZURE_STORAGE_CONNECTION_STRING").unwrap_or_default();
    for (key, value) in connection(&text) {
        match key {
            "AccountName" => name = Some(value.to_owned()),
            "AccountKey" => builder = builder.with_config(AzureConfigKey::AccessKey, value),
            "SharedAccessSignature" => builder = builder.with_config(AzureConfigKey::SasKey, value),
            "BlobEndpoint" => endpoint = Some(value.trim_end_matches('/').to_owned()),
            _ => {}
        }
    }
    Found {
        builder,
        endpoint,
        name,
    }
}

/// The parts of a connection string: `Name=value;Name=value`, where a value may hold `=`.
fn connection(text: &str) -> impl Iterator<Item = (&str, &str)> {
    text.split(';')
        .filter_map(|part| part.trim().split_once('='))
}

fn address(variable: &str, endpoint: &str) -> Result<Url, ArtifactError> {
    let url = Url::parse(endpoint).ok();
    let url = url.filter(|url| matches!(url.scheme(), "http" | "https") && url.host().is_some());
    url.ok_or_else(|| unusable(variable, "it is not an http or https URL"))
}

fn client(
    url: &Url,
    limits: &Limits,
    authorities: Option<String>,
    insecure: bool,
) -> Result<OurClient, ArtifactError> {
    let mut builder = http::builder(url, limits.request).tls_danger_accept_invalid_certs(insecure);
    if let Some(path) = authorities {
        let pem = fs::read(&path)
            .map_err(|error| unusable("AWS_CA_BUNDLE", &format!("`{path}`: {error}")))?;
        let certificates = Certificate::from_pem_bundle(&pem).unwrap_or_default();
        if certificates.is_empty() {
            return Err(unusable(
                "AWS_CA_BUNDLE",
                &format!("`{path}` holds no usable PEM"),
            ));
        }
        builder = builder.tls_certs_only(certificates);
    }
    let client = builder
        .build()
        .map_err(|error| ArtifactError::Unreachable {
            place: url.origin().ascii_serialization(),
            reason: error.without_url().to_string(),
        })?;
    Ok(OurClient(client))
}

fn retry(limits: &Limits) -> RetryConfig {
    RetryConfig {
        backoff: BackoffConfig {
            init_backoff: Duration::from_millis(250),
            max_backoff: Duration::from_secs(8),
            base: 2.0,
        },
        max_retries: usize::try_from(limits.retries).unwrap_or(usize::MAX),
        retry_timeout: limits.deadline,
    }
}

/// The reason is left out: it may quote what is in a key file.
fn opened<S: ObjectStore>(store: object_store::Result<S>, name: &str) -> Opened {
    match store {
        Ok(store) => Ok(Box::new(store)),
        Err(_) => Err(unusable(name, "the credentials in there cannot be used")),
    }
}

fn is_on(value: &str) -> bool {
    matches!(value.to_ascii_lowercase().as_str(), "true" | "1")
}

fn unusable(name: &str, reason: &str) -> ArtifactError {
    ArtifactError::Setting {
        name: name.to_owned(),
        reason: reason.to_owned(),
    }
}
