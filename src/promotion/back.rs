//! Where back is.
//!
//! The one decision here: a ledger that is damaged, or an alias that somebody moved outside of it,
//! does not say what was live before. Then a person has to name the version.

use super::chain::Chain;
use super::judge::expected;
use super::refusal::{Ground, Refusal};

/// Where a rollback leads, and what stands against it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Back {
    /// The version; `None` where nothing says which.
    pub version: Option<u64>,
    /// What stands against it.
    pub refusals: Vec<Refusal>,
    /// What a reader should know.
    pub warnings: Vec<String>,
}

/// Finds the version to go back to: the one that is named, or the one that was live before.
#[must_use]
pub fn back(
    chain: &Chain,
    alias: &str,
    named: Option<u64>,
    wanted: &[(String, Option<u64>)],
) -> Back {
    let mut back = match (chain.aliases().get(alias).copied(), named) {
        (live, Some(version)) => to_named(chain, alias, live, version),
        (Some(live), None) => to_previous(chain, alias, live),
        (None, None) => Back {
            refusals: vec![Refusal::new(
                Ground::NoLedger,
                format!(
                    "nothing has the alias `{alias}`, so that there is nothing to go back from"
                ),
                "promote a version: `gatewright promote`",
            )],
            ..Back::default()
        },
    };
    back.refusals.extend(expected(wanted, chain.aliases()));
    back
}

fn to_named(chain: &Chain, alias: &str, live: Option<u64>, version: u64) -> Back {
    let mut back = Back {
        version: Some(version),
        ..Back::default()
    };
    if !chain.was_live(alias, version) {
        back.refusals.push(Refusal::new(
            Ground::NeverLive,
            format!("version {version} was never `{alias}`, by the ledger"),
            "promote it, so that the gates judge it; or answer for it with `--force`",
        ));
    }
    if let Some(live) = live.filter(|_| moved_outside(chain, alias)) {
        back.warnings.push(outside(alias, live));
    }
    back.warnings.extend(damage(chain));
    back
}

fn to_previous(chain: &Chain, alias: &str, live: u64) -> Back {
    let refused = |ground, message: String, help: &str| Back {
        refusals: vec![Refusal::new(ground, message, help)],
        ..Back::default()
    };
    let name_it = "name the version that is to be live: `--to VERSION`; `gatewright history` shows which were";
    if chain.of_alias(alias).next().is_none() {
        let message = format!(
            "the ledger has no entry about `{alias}`, so that it does not say what was live before version {live}"
        );
        let help = "name the version with `--to VERSION --force`; what `gatewright promote` moves is on record from then on";
        return refused(Ground::NoLedger, message, help);
    }
    if let Some(damage) = damage(chain) {
        return refused(Ground::NoLedger, damage, name_it);
    }
    if moved_outside(chain, alias) {
        return refused(Ground::MovedOutside, outside(alias, live), name_it);
    }
    if let Some(version) = chain.before(alias, live) {
        return Back {
            version: Some(version),
            ..Back::default()
        };
    }
    let message = format!("by the ledger nothing was `{alias}` before version {live}");
    let help = "name the version with `--to VERSION --force`";
    refused(Ground::NoLedger, message, help)
}

/// Whether the alias is neither where the last entry says, nor where it was before that.
fn moved_outside(chain: &Chain, alias: &str) -> bool {
    chain.of_alias(alias).next().is_some()
        && chain.live(alias).is_none()
        && chain.pending(alias).is_none()
}

fn outside(alias: &str, live: u64) -> String {
    format!("`{alias}` was moved to version {live} outside of gatewright")
}

fn damage(chain: &Chain) -> Option<String> {
    let fault = chain.damage()?;
    Some(format!(
        "the ledger is damaged: {fault}; `gatewright history --verify` tells all"
    ))
}
