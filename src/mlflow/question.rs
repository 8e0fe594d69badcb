//! What may be asked.
//!
//! The one decision here: a question cannot change anything. The only requests with a body are the
//! two searches that MLflow has no other form for, so a question may be repeated without a second
//! thought.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;

/// What stands in a segment of a path as it is.
pub(super) const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_');

/// The same for the name of a file, whose dots mean nothing.
const FILE_NAME: &AsciiSet = &SEGMENT.remove(b'.').remove(b'~');

/// A question to a server, below its base URL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Question {
    /// The path, its segments percent-encoded.
    pub(super) path: String,
    /// Its parameters, not encoded.
    pub(super) parameters: Vec<(&'static str, String)>,
    /// The body of a search.
    pub(super) search: Option<Value>,
}

impl Question {
    /// A GET of an endpoint below `api/2.0/mlflow`, such as `runs/get`.
    pub(crate) fn get(endpoint: &str, parameters: Vec<(&'static str, String)>) -> Self {
        Self {
            path: format!("api/2.0/mlflow/{endpoint}"),
            parameters,
            search: None,
        }
    }

    /// A GET of a logged model.
    pub(crate) fn logged_model(id: &str) -> Self {
        let id = utf8_percent_encode(id, SEGMENT);
        Self::get(&format!("logged-models/{id}"), Vec::new())
    }

    /// A search for runs: the body as MLflow's `SearchRuns` has it.
    pub(crate) fn search_runs(body: Value) -> Self {
        Self {
            path: "api/2.0/mlflow/runs/search".to_owned(),
            parameters: Vec::new(),
            search: Some(body),
        }
    }

    /// A search for traces: the body as MLflow's `SearchTracesV3` has it.
    pub(crate) fn search_traces(body: Value) -> Self {
        Self {
            path: "api/3.0/mlflow/traces/search".to_owned(),
            parameters: Vec::new(),
            search: Some(body),
        }
    }

    /// A GET of a file of the artifact service, by the segments of its path.
    pub(crate) fn artifact(path: &[String]) -> Self {
        Self {
            path: artifact_path(path),
            parameters: Vec::new(),
            search: None,
        }
    }

    /// A GET of what a folder of the artifact service holds, by its path.
    pub(crate) fn artifacts(path: &str) -> Self {
        Self {
            path: "api/2.0/mlflow-artifacts/artifacts".to_owned(),
            parameters: vec![("path", path.to_owned())],
            search: None,
        }
    }

    /// A GET of a serving endpoint of Databricks, or of what is below it, such as `/metrics`.
    pub(crate) fn serving_endpoint(name: &str, below: &str) -> Self {
        let name = utf8_percent_encode(name, SEGMENT);
        Self {
            path: format!("api/2.0/serving-endpoints/{name}{below}"),
            parameters: Vec::new(),
            search: None,
        }
    }

    /// Which MLflow the server runs; the answer is text such as `3.17.2`.
    pub(crate) fn server_version() -> Self {
        Self {
            path: "version".to_owned(),
            parameters: Vec::new(),
            search: None,
        }
    }

    /// The same question with one more parameter.
    pub(crate) fn with(mut self, name: &'static str, value: &str) -> Self {
        self.parameters.push((name, value.to_owned()));
        self
    }

    /// The same question for the page that a token names.
    pub(crate) fn page(&self, token: &str) -> Self {
        const NAME: &str = "page_token";
        let mut next = self.clone();
        if let Some(body) = next.search.as_mut().and_then(Value::as_object_mut) {
            body.insert(NAME.to_owned(), token.into());
        } else {
            next.parameters.retain(|(name, _)| *name != NAME);
            next.parameters.push((NAME, token.to_owned()));
        }
        next
    }
}

/// The path of a file of the artifact service.
pub(super) fn artifact_path(path: &[String]) -> String {
    let segments = path
        .iter()
        .map(|segment| utf8_percent_encode(segment, FILE_NAME).to_string());
    let path: Vec<_> = segments.collect();
    format!("api/2.0/mlflow-artifacts/artifacts/{}", path.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_stays_within_its_segment_of_the_path() {
        let path = Question::logged_model("m-1/../../x?y#%2e").path;
        assert_eq!(
            path,
            "api/2.0/mlflow/logged-models/m-1%2F%2E%2E%2F%2E%2E%2Fx%3Fy%23%252e"
        );
    }

    #[test]
    fn the_next_page_is_the_same_question() {
        let first = Question::get("x", vec![("a", "b".to_owned())]);
        let third = first.page("t").page("u");
        assert_eq!(
            third.parameters,
            [("a", "b".to_owned()), ("page_token", "u".to_owned())]
        );
        let search = Question::search_runs(serde_json::json!({"filter": "f"})).page("t");
        assert_eq!(
            search.search,
            Some(serde_json::json!({"filter": "f", "page_token": "t"}))
        );
    }
}
