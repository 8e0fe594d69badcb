//! How an endpoint divides its traffic.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

/// The share of the traffic, in percent, of everything that is deployed behind an endpoint, by its
/// name there. What is deployed and gets nothing has a share of 0.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Routes(BTreeMap<String, u8>);

impl Routes {
    /// The share of a route; 0 where there is none.
    #[must_use]
    pub fn share(&self, route: &str) -> u8 {
        self.0.get(route).copied().unwrap_or(0)
    }

    /// Whether something is deployed under this name.
    #[must_use]
    pub fn has(&self, route: &str) -> bool {
        self.0.contains_key(route)
    }

    /// Whether the traffic is divided in the same way, whatever is deployed besides.
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        self.busy().eq(other.busy())
    }

    /// Every route and its share, in the order of their names.
    pub fn iter(&self) -> impl Iterator<Item = (&str, u8)> {
        self.0.iter().map(|(route, share)| (route.as_str(), *share))
    }

    /// The routes that get traffic.
    pub fn busy(&self) -> impl Iterator<Item = (&str, u8)> {
        self.iter().filter(|(_, share)| *share > 0)
    }

    /// The route that gets all of the traffic, if one does.
    #[must_use]
    pub fn only(&self) -> Option<&str> {
        let mut busy = self.busy();
        match (busy.next(), busy.next()) {
            (Some((route, 100)), None) => Some(route),
            _ => None,
        }
    }

    /// The same routes with another share for one of them.
    #[must_use]
    pub fn with(mut self, route: &str, share: u8) -> Self {
        self.0.insert(route.to_owned(), share);
        self
    }
}

impl<N: Into<String>> FromIterator<(N, u8)> for Routes {
    fn from_iter<I: IntoIterator<Item = (N, u8)>>(routes: I) -> Self {
        let routes = routes.into_iter();
        Self(routes.map(|(name, share)| (name.into(), share)).collect())
    }
}

/// For people: `fare-6 75 %, fare-7 25 %`.
impl fmt::Display for Routes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut gap = "";
        for (route, share) in self.busy() {
            write!(f, "{gap}{route} {share} %")?;
            gap = ", ";
        }
        if gap.is_empty() {
            f.write_str("no traffic anywhere")?;
        }
        Ok(())
    }
}
