//! URIs that name a run or a logged model instead of a place.

use super::{ArtifactError, path};

/// What a `runs:` or `models:` URI points to. Whoever knows the store resolves the id to an artifact
/// location and joins the path to it with [`super::Location::join`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reference {
    /// `runs:/<run id>/<path>`: below the artifact location of a run.
    Run {
        /// The run's id.
        id: String,
        /// The path below its artifacts; may be empty.
        path: String,
    },
    /// `models:/m-<id>/<path>`: below the artifact location of a logged model of MLflow 3.
    LoggedModel {
        /// The model's id, with `m-`.
        id: String,
        /// The path below its artifacts; may be empty.
        path: String,
    },
}

impl Reference {
    /// Reads a URI; `None` when it is neither of the two, which includes `models:/<name>/<version>`
    /// and `models:/<name>@<alias>`: those name a version, not files.
    ///
    /// # Errors
    /// [`ArtifactError::UnsafePath`] for a path that leads out of the artifacts.
    pub fn parse(uri: &str) -> Result<Option<Self>, ArtifactError> {
        let (run, rest) = match (uri.strip_prefix("runs:/"), uri.strip_prefix("models:/")) {
            (Some(rest), _) => (true, rest),
            (None, Some(rest)) => (false, rest),
            (None, None) => return Ok(None),
        };
        let mut segments = path::segments(rest.trim_start_matches('/'))?.into_iter();
        let Some(id) = segments.next() else {
            return Ok(None);
        };
        let path = segments.collect::<Vec<_>>().join("/");
        Ok(match (run, is_logged_model(&id)) {
            (true, _) => Some(Self::Run { id, path }),
            (false, true) => Some(Self::LoggedModel { id, path }),
            (false, false) => None,
        })
    }
}

/// `m-` and 32 hexadecimal digits (`mlflow/store/artifact/utils/models.py`, `_parse_model_uri`).
fn is_logged_model(id: &str) -> bool {
    let digits = id.strip_prefix("m-").unwrap_or_default();
    digits.len() == 32 && digits.bytes().all(|byte| byte.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_told_from_places() {
        let model = "models:/m-6a7f6bd0c07647f4990f5c272c047904/sub/MLmodel";
        assert_eq!(
            Reference::parse(model).unwrap(),
            Some(Reference::LoggedModel {
                id: "m-6a7f6bd0c07647f4990f5c272c047904".to_owned(),
                path: "sub/MLmodel".to_owned()
            })
        );
        assert_eq!(
            Reference::parse("runs:/abc").unwrap(),
            Some(Reference::Run {
                id: "abc".to_owned(),
                path: String::new()
            })
        );
        for other in [
            "models:/churn/3",
            "models:/churn@live",
            "models:/m-1",
            "runs:/",
            "s3://b/k",
        ] {
            assert_eq!(Reference::parse(other).unwrap(), None, "{other}");
        }
        assert!(Reference::parse("runs:/abc/../def").is_err());
    }
}
