//! The two versions of a rollout, as the registry has them.

use std::collections::BTreeMap;

use crate::commands::stores::Stores;
use crate::error::Error;
use crate::evidence::ModelVersion;
use crate::rollout::Rollout;
use crate::spec::Model;
use crate::store::Selector;

/// The version that is to be served: the one that was named, or the live one.
pub(super) fn version(
    stores: &Stores,
    model: &Model,
    named: Option<u64>,
) -> Result<ModelVersion, Error> {
    let selector = named.map_or_else(
        || Selector::Alias(model.live_alias.clone()),
        Selector::Number,
    );
    let found = find(stores, model, selector)?;
    found.ok_or_else(|| match named {
        Some(number) => Error::evidence(
            format!("`{}` has no version {number}", model.name),
            "look up its versions in MLflow, and name one that exists",
        ),
        None => Error::evidence(
            format!(
                "no version of `{}` has the alias `{}`",
                model.name, model.live_alias
            ),
            "promote a version first (`gatewright promote`), or name one with `--version`",
        ),
    })
}

/// The version that was served, as far as the registry still knows it.
pub(super) fn before(
    stores: &Stores,
    model: &Model,
    rollout: &Rollout,
) -> Result<ModelVersion, Error> {
    let number = rollout.state().from.version;
    let found = find(stores, model, Selector::Number(number))?;
    Ok(found.unwrap_or_else(|| ModelVersion {
        number,
        run_id: None,
        source: String::new(),
        created_ms: None,
        status: None,
        tags: BTreeMap::new(),
    }))
}

fn find(stores: &Stores, model: &Model, selector: Selector) -> Result<Option<ModelVersion>, Error> {
    let store = &stores.registry().store;
    let found = store.versions(&model.name, &[selector])?;
    Ok(found.into_iter().next().flatten())
}
