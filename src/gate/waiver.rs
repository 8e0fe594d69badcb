//! Waivers: a person answers for a check that does not hold, for a while.

use bigdecimal::BigDecimal;

/// One entry of `waivers.yaml`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiver {
    /// The gate it is for; `None` for every gate that has the check.
    pub gate: Option<String>,
    /// The id of the check it excuses.
    pub check: String,
    /// The first version it is for.
    pub from_version: u64,
    /// The last version it is for; `None` for no end.
    pub to_version: Option<u64>,
    /// The day it ends, `YYYY-MM-DD`, which still counts, in UTC.
    pub expires: String,
    /// The end of that day, in milliseconds since the Unix epoch.
    pub expires_ms: i64,
    /// Why.
    pub reason: String,
    /// Who answers for it.
    pub approver: String,
    /// The floor: what the candidate's value must still reach, in the check's own direction.
    pub cap: Option<BigDecimal>,
}
