//! The three registries that speak MLflow's protocol, and what each of them can be asked.
//!
//! The one decision here: what a registry cannot do is said before anything is sent.

use crate::mlflow::{Failure, Question};
use crate::store::Selector;

/// How many versions one page of a search holds.
const PAGE: &str = "1000";

/// A kind of registry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Registry {
    /// That of an MLflow server.
    Server,
    /// Unity Catalog of Databricks: names have three levels, there are no stages, and a search
    /// knows the name alone and leaves out tags (`store/_unity_catalog/registry/rest_store.py`).
    UnityCatalog,
    /// The older registry of a Databricks workspace: no aliases, and a search by the name alone.
    Workspace,
}

impl Registry {
    /// Whether a search shows the versions' tags.
    pub(super) fn search_shows_tags(self) -> bool {
        self != Self::UnityCatalog
    }

    /// Whether a search can be for a tag, and in the order of the numbers.
    fn searches_by_tag(self) -> bool {
        self == Self::Server
    }

    /// The question that leads to a version.
    ///
    /// # Errors
    /// [`Failure::Setting`] for what this registry does not have.
    pub(super) fn about(self, model: &str, selector: &Selector) -> Result<Question, Failure> {
        self.check(model)?;
        match selector {
            Selector::Alias(alias) => self.alias(model, alias),
            Selector::Number(number) => Ok(self.version(model, *number)),
            Selector::Newest { tag, value } => self.search(model, Some((tag, value))),
        }
    }

    /// That a model can have this name.
    ///
    /// # Errors
    /// [`Failure::Setting`] for a name that this registry cannot have.
    pub(super) fn check(self, model: &str) -> Result<(), Failure> {
        let levels: Vec<_> = model.split('.').collect();
        let has_three = levels.len() == 3 && levels.iter().all(|level| !level.is_empty());
        if self != Self::UnityCatalog || has_three {
            return Ok(());
        }
        let reason = format!(
            "`{model}` is no name in Unity Catalog, where names have three levels: \
             `catalog.schema.model` (the older registry is `registry_uri: databricks`)"
        );
        Err(Failure::setting("`model.name`", reason))
    }

    fn alias(self, model: &str, alias: &str) -> Result<Question, Failure> {
        if self == Self::Workspace {
            let reason = "the workspace registry of Databricks has no aliases; use version \
                          numbers, or Unity Catalog (`registry_uri: databricks-uc`)";
            return Err(Failure::setting(&format!("the alias `{alias}`"), reason));
        }
        let question = self.get("registered-models/alias", model);
        Ok(question.with("alias", alias))
    }

    /// The version with a number.
    pub(super) fn version(self, model: &str, number: u64) -> Question {
        let question = self.get("model-versions/get", model);
        question.with("version", &number.to_string())
    }

    /// The model itself, with its aliases.
    pub(super) fn model(self, model: &str) -> Question {
        self.get("registered-models/get", model)
    }

    /// The versions of a model: those with a tag, the highest first, where the registry can be
    /// asked for that, else all. Whoever asks looks at the tags again.
    ///
    /// # Errors
    /// [`Failure::Setting`] for a name that cannot be searched for.
    pub(super) fn search(
        self,
        model: &str,
        tag: Option<(&str, &str)>,
    ) -> Result<Question, Failure> {
        self.check(model)?;
        let name = quoted(model).ok_or_else(|| {
            let reason =
                "MLflow cannot search for a name with a backslash, or with both kinds of quotes";
            Failure::setting("`model.name`", reason)
        })?;
        let mut filter = format!("name = {name}");
        let tag = tag.filter(|(tag, _)| self.searches_by_tag() && !tag.contains('`'));
        if let Some((tag, value)) = tag.and_then(|(tag, value)| Some((tag, quoted(value)?))) {
            filter = format!("{filter} AND tags.`{tag}` = {value}");
        }
        let endpoint = self.endpoint("model-versions/search");
        let parameters = vec![("filter", filter), ("max_results", PAGE.to_owned())];
        let question = Question::get(&endpoint, parameters);
        Ok(if self.searches_by_tag() {
            question.with("order_by", "version_number DESC")
        } else {
            question
        })
    }

    fn get(self, endpoint: &str, model: &str) -> Question {
        Question::get(&self.endpoint(endpoint), vec![("name", model.to_owned())])
    }

    /// An endpoint below `api/2.0/mlflow`, as this registry spells it.
    pub(crate) fn endpoint(self, endpoint: &str) -> String {
        match self {
            Self::UnityCatalog => format!("unity-catalog/{endpoint}"),
            Self::Server | Self::Workspace => endpoint.to_owned(),
        }
    }
}

/// A string of MLflow's filters. They know two kinds of quotes and no way to escape either: a
/// doubled quote finds nothing, in silence. To its lexer a backslash is the start of something.
fn quoted(text: &str) -> Option<String> {
    match (text.contains('\''), text.contains('"'), text.contains('\\')) {
        (false, _, false) => Some(format!("'{text}'")),
        (true, false, false) => Some(format!("\"{text}\"")),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_quoted_with_the_quote_it_does_not_hold_or_not_at_all() {
        assert_eq!(quoted("a b").as_deref(), Some("'a b'"));
        assert_eq!(quoted("it's").as_deref(), Some("\"it's\""));
        assert_eq!(quoted("say \"x\"").as_deref(), Some("'say \"x\"'"));
        for refused in ["it's \"x\"", "a\\", "\\'"] {
            assert_eq!(quoted(refused), None, "{refused}");
        }
    }

    #[test]
    fn unity_catalog_wants_three_levels() {
        let about = |name| Registry::UnityCatalog.about(name, &Selector::Number(1));
        assert!(about("main.ml.churn").is_ok());
        for name in ["churn", "ml.churn", "a.b.c.d", "a..c", ".b.c", ""] {
            assert!(about(name).is_err(), "{name}");
        }
    }
}
