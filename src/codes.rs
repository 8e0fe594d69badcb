//! Stable names with their meanings, in one table each.
//!
//! The one decision here: what is written about a code in the source is what `gatewright explain`
//! says of it.

/// An enum of codes: the documentation of each variant is its explanation.
macro_rules! codes {
    (
        $(#[$about:meta])*
        $seen:vis enum $codes:ident {
            $( $(#[doc = $meaning:expr])+ $variant:ident = $name:literal, )+
        }
    ) => {
        $(#[$about])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        $seen enum $codes {
            $( $(#[doc = $meaning])+ $variant, )+
        }

        impl $codes {
            /// Every code there is.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// The stable name, in kebab-case.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),+ }
            }

            /// What it means, in a sentence or two.
            #[must_use]
            pub fn explanation(self) -> &'static str {
                match self { $(Self::$variant => concat!($($meaning),+).trim_ascii()),+ }
            }
        }
    };
}

pub(crate) use codes;
