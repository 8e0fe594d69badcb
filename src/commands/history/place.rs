//! Whose history, and where it is kept.

use std::path::PathBuf;

use crate::cli;
use crate::commands::gate::Question;
use crate::commands::load::{find, require};
use crate::console::Console;
use crate::error::Error;
use crate::spec::Mlflow;

/// A model, and the stores that know it.
pub(super) struct Place {
    pub(super) model: String,
    /// The alias of the live version, where a spec says which that is.
    pub(super) live_alias: Option<String>,
    pub(super) mlflow: Mlflow,
    /// The folder that relative stores are in.
    pub(super) folder: PathBuf,
}

/// The place that a command line names: by a spec, or by a model and a store.
///
/// # Errors
/// Whatever keeps a spec from being used, and a question without a spec that names no store.
pub(super) fn place(arguments: &cli::History, console: &mut Console<'_>) -> Result<Place, Error> {
    let named = arguments.spec.spec.as_deref();
    if let Some(model) = arguments.model.as_deref()
        && named.is_none()
        && arguments.env.is_none()
        && (arguments.tracking_uri.is_some() || find(None, console).is_err())
    {
        return without_spec(model, arguments, console);
    }
    let (loaded, spec) = require(named, console)?;
    let question = Question {
        environment: arguments.env.as_deref(),
        ..Question::default()
    };
    let mlflow = question.stores(&spec)?.clone();
    let model = spec.model_of(arguments.env.as_deref()).clone();
    Ok(Place {
        model: arguments.model.clone().unwrap_or(model.name),
        live_alias: Some(model.live_alias),
        mlflow,
        folder: loaded.folder().to_path_buf(),
    })
}

fn without_spec(
    model: &str,
    arguments: &cli::History,
    console: &Console<'_>,
) -> Result<Place, Error> {
    if arguments.tracking_uri.is_none() && console.environment.get("MLFLOW_TRACKING_URI").is_none()
    {
        return Err(Error::usage(
            "there is no spec that says where models are kept",
            "name the store with `--tracking-uri` or MLFLOW_TRACKING_URI, or the spec with `--spec`",
        ));
    }
    Ok(Place {
        model: model.to_owned(),
        live_alias: None,
        mlflow: Mlflow {
            tracking_uri: None,
            registry_uri: None,
            experiment: String::new(),
        },
        folder: console.folder.clone(),
    })
}
