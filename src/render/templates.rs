//! Which templates files are printed with: the built-in ones, and a user's own in place of some.
//!
//! The one decision here: a user's template changes how a file reads, never what it says. What it
//! prints is parsed back and must be what was planned, as with a built-in one.

use std::collections::BTreeMap;

use minijinja::Environment;

use super::error::{RenderError, TemplateFault};
use super::template::{self, TEMPLATES};
use crate::diagnostic::nearest;

/// Every built-in template: its name, and its text.
pub fn built_in() -> impl Iterator<Item = (&'static str, &'static str)> {
    TEMPLATES.into_iter()
}

/// The templates that files are printed with.
#[derive(Debug, Default)]
pub struct Templates {
    overlay: Option<Overlay>,
}

#[derive(Debug)]
struct Overlay {
    folder: String,
    texts: BTreeMap<String, String>,
    environment: Environment<'static>,
}

impl Templates {
    /// The built-in templates, with those of `folder` in the place of the ones that they are named
    /// after: `github/step.yml` for the file of that name there.
    ///
    /// # Errors
    /// [`RenderError::Template`], when a name is not known, or a text is no template.
    pub fn overlaid(folder: &str, texts: BTreeMap<String, String>) -> Result<Self, RenderError> {
        let unknown = |name: &&String| built_in().all(|(known, _)| known != name.as_str());
        if let Some(name) = texts.keys().find(unknown) {
            let near = nearest(name, built_in().map(|(known, _)| known));
            return Err(RenderError::Template(TemplateFault {
                place: format!("{folder}/{name}"),
                cause: "no built-in template has this name".to_owned(),
                near: near.map(str::to_owned),
            }));
        }
        let environment = template::overlaid(&texts)
            .map_err(|error| RenderError::Template(fault(folder, &texts, &error)))?;
        Ok(Self {
            overlay: Some(Overlay {
                folder: folder.to_owned(),
                texts,
                environment,
            }),
        })
    }

    /// Prints one template.
    ///
    /// # Errors
    /// [`RenderError::Template`], with the place in the user's template where it is one.
    pub(super) fn print(
        &self,
        name: &str,
        values: minijinja::Value,
    ) -> Result<String, RenderError> {
        let print = |environment: &Environment<'_>| environment.get_template(name)?.render(values);
        match &self.overlay {
            Some(overlay) => print(&overlay.environment).map_err(|error| {
                RenderError::Template(fault(&overlay.folder, &overlay.texts, &error))
            }),
            None => template::environment()
                .map_err(ToString::to_string)
                .and_then(|environment| print(environment).map_err(|error| error.to_string()))
                .map_err(|cause| {
                    RenderError::Template(TemplateFault {
                        place: name.to_owned(),
                        cause,
                        near: None,
                    })
                }),
        }
    }

    /// The folder whose templates print files of this template's provider, if one does.
    pub(super) fn overlay(&self, template: &str) -> Option<&str> {
        let overlay = self.overlay.as_ref()?;
        let provider = template.split('/').next().unwrap_or_default();
        let of_provider = |name: &String| name.split('/').next() == Some(provider);
        overlay
            .texts
            .keys()
            .any(of_provider)
            .then_some(overlay.folder.as_str())
    }
}

fn fault(
    folder: &str,
    texts: &BTreeMap<String, String>,
    error: &minijinja::Error,
) -> TemplateFault {
    // What fails in an included template is the cause of what fails where it is included.
    let mut innermost = error;
    while let Some(inner) = std::error::Error::source(innermost)
        .and_then(|source| source.downcast_ref::<minijinja::Error>())
    {
        innermost = inner;
    }
    let cause = match innermost.detail() {
        Some(detail) => format!("{}: {detail}", innermost.kind()),
        None => innermost.kind().to_string(),
    };
    let place = match innermost.name() {
        Some(name) => {
            let column = innermost.range().zip(texts.get(name)).map(|(range, text)| {
                let before = text.get(..range.start).unwrap_or_default();
                before
                    .rsplit('\n')
                    .next()
                    .unwrap_or_default()
                    .chars()
                    .count()
                    + 1
            });
            let mut place = format!("{folder}/{name}");
            for number in innermost.line().into_iter().chain(column) {
                place = format!("{place}:{number}");
            }
            place
        }
        None => folder.to_owned(),
    };
    TemplateFault {
        place,
        cause,
        near: None,
    }
}
