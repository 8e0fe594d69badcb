//! Rules as identifiers.

use crate::gate::rule::Rule;

/// A readable identifier from a rule's text: `r2-ge-champion-minus-0.01`. The same rule always has
/// the same one; two rules may share one, which the spec reports.
#[must_use]
pub fn id_of(rule: &Rule) -> String {
    const WORDS: [(&str, &str); 17] = [
        (" <= -", "-le-minus-"),
        (" >= -", "-ge-minus-"),
        (" == -", "-eq-minus-"),
        (" != -", "-ne-minus-"),
        (" < -", "-lt-minus-"),
        (" > -", "-gt-minus-"),
        (" <= ", "-le-"),
        (" >= ", "-ge-"),
        (" == ", "-eq-"),
        (" != ", "-ne-"),
        (" < ", "-lt-"),
        (" > ", "-gt-"),
        (" = ", "-eq-"),
        ("=*", "-every"),
        ("+ ", "plus-"),
        ("- ", "minus-"),
        ("%", "-percent"),
    ];
    let text = summary(rule);
    let text = WORDS
        .iter()
        .fold(text, |text, (symbol, word)| text.replace(symbol, word));
    let known = |c: char| {
        if c.is_alphanumeric() || matches!(c, '.' | '_' | '-') {
            c
        } else {
            '-'
        }
    };
    let id: String = text.chars().map(known).collect();
    let words: Vec<_> = id.split('-').filter(|word| !word.is_empty()).collect();
    words.join("-")
}

/// What tells a rule from the others of its gate, without its settings.
fn summary(rule: &Rule) -> String {
    let text = match rule {
        Rule::Slices(rule) => format!("{}-by-{}", rule.metric, rule.by.join("-")),
        Rule::Test(rule) => format!("{}-{}-{}", rule.metric, rule.kind, rule.against),
        Rule::Import(rule) => format!("import-{}-{}", rule.format, rule.path),
        _ => rule.to_string(),
    };
    text.replace('"', "")
}
