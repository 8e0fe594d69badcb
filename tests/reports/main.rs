//! What every report says and must not say, on decisions that are put together by hand: hostile
//! names, slices, waivers, notes, and more checks than a comment can hold.
#![expect(clippy::unwrap_used, reason = "a test stops where it stumbles")]

mod harmless;
mod made;
mod said;
