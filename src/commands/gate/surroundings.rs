//! What a judgement takes from the world around it, in a form that threads can share.

use std::path::Path;

use jiff::Timestamp;

use crate::console::{Console, Environment};
use crate::host::Checkout;

/// The world around a judgement.
#[derive(Clone, Copy)]
pub(in crate::commands) struct Surroundings<'a> {
    /// The environment variables.
    pub(super) environment: &'a Environment,
    /// What is checked out.
    pub(super) checkout: &'a Checkout,
    /// When the command started.
    pub(super) now: Timestamp,
}

impl<'a> Surroundings<'a> {
    /// A world by its parts.
    pub(in crate::commands) fn new(
        environment: &'a Environment,
        checkout: &'a Checkout,
        now: Timestamp,
    ) -> Self {
        Self {
            environment,
            checkout,
            now,
        }
    }

    /// The world that a console shows, around a checkout.
    pub(in crate::commands) fn of(console: &'a Console<'_>, checkout: &'a Checkout) -> Self {
        Self {
            environment: &console.environment,
            checkout,
            now: console.now,
        }
    }
}

/// What is checked out around a folder.
pub(in crate::commands) fn checkout(folder: &Path, console: &Console<'_>) -> Checkout {
    Checkout::around(folder, &console.environment)
}
