//! One-line checks: `warn: r2 >= champion - 0.01` to its parts, and back.
//!
//! The one decision here: the words are read by hand, so that every error can point into the line
//! at the word that is wrong, and say what to write instead.
//!
//! ```text
//! check := [level ':'] cond            level := off|info|warn|error
//! cond  := metric slice? cmp rhs
//!        | 'signature' ('compatible'|'backward'|'forward'|'exact') ref
//!        | 'dataset' 'same' ref        | 'scorers' 'same' ref
//!        | 'coverage' '(' name ')' cmp number '%'
//!        | 'age' '<=' digits ('m'|'h'|'d'|'w')
//!        | 'tag' name ('='|'!=') value | 'param' name cmp value
//! rhs   := number | ref (('+'|'-') number ('%'|'pp')?)?
//! ref   := champion | previous | alias(NAME) | version(N) | run(ID) | median(N) | best(N)
//! slice := '[' key '=' (value|'*') {',' key '=' (value|'*')} ']'
//! cmp   := '<' | '<=' | '>' | '>=' | '==' | '!='
//! ```
//!
//! A name is bare or in double quotes. "/", "." and ":" belong to it. Inside quotes `\"`, `\\`,
//! `\n`, `\r`, `\t` and `\u{HEX}` stand for a character. What is in quotes is only ever a name or a
//! value: the words that begin a form of their own (`signature`, `dataset`, `scorers`, `coverage`,
//! `age`, `tag`, `param`) and the words of the right side (`champion`, `previous`) are reserved, and
//! a metric of such a name is written in quotes: `"age" >= 3`.

mod comparison;
mod condition;
mod cursor;
mod error;
mod forms;
mod line;
mod reference;
mod threshold;
mod word;

#[cfg(test)]
mod error_tests;
#[cfg(test)]
mod tests;

pub use comparison::comparator;
pub use error::SyntaxError;
pub use line::{Line, expected, parse, share};
pub use reference::whom;
pub use word::{name, quoted, value};

pub(super) use word::{inner_name, slice_value};
