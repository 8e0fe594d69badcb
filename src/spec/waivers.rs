//! `waivers.yaml`: who answers for which check, until when.
//!
//! The one decision here: a waiver that is not exactly right is an error and not a waiver that
//! does nothing. Whoever wrote it believes that it counts.

use bigdecimal::BigDecimal;

use super::yaml::{self, Content, Node};
use crate::diagnostic::{Code, Diagnostic, Source, Span, nearest};
use crate::gate::rule::{Expectation, Rule};
use crate::gate::{Check, Gate, Waiver, decimal, waiver};

const TOP: [&str; 2] = ["version", "waivers"];
const KEYS: [&str; 7] = [
    "check", "gate", "versions", "reason", "approver", "expires", "cap",
];

/// Reads a file of waivers for the gates of a spec, with everything there is to say about it.
/// `now_ms` is the moment of the judgement, in milliseconds since the Unix epoch: no waiver may
/// reach further than [`Waiver::MOST_DAYS`] days from it. What is read may be used if no
/// diagnostic is an error.
#[must_use]
pub fn waivers(source: &Source, gates: &[Gate], now_ms: i64) -> (Vec<Waiver>, Vec<Diagnostic>) {
    let (tree, diagnostics) = yaml::load(&source.text);
    let mut reader = Reader {
        source,
        gates,
        now_ms,
        diagnostics,
    };
    let waivers = match tree {
        Some(tree) => reader.document(&tree),
        None => reader.nothing(),
    };
    (waivers, reader.diagnostics)
}

struct Reader<'a> {
    source: &'a Source,
    gates: &'a [Gate],
    now_ms: i64,
    diagnostics: Vec<Diagnostic>,
}

impl Reader<'_> {
    fn error(&mut self, code: Code, span: Span, message: String, help: &str) {
        self.diagnostics
            .push(Diagnostic::error(code, span, message).help(help));
    }

    fn nothing(&mut self) -> Vec<Waiver> {
        if self.diagnostics.is_empty() {
            let message = "the file of waivers is empty".to_owned();
            let help = "begin with `version: 1` and a list `waivers:`; `waivers: []` is none";
            self.error(Code::MissingKey, Span::default(), message, help);
        }
        Vec::new()
    }

    fn document(&mut self, tree: &Node) -> Vec<Waiver> {
        let example = "begin with `version: 1` and a list `waivers:`";
        if !matches!(tree.content, Content::Mapping(_)) {
            let message = "a file of waivers is a mapping".to_owned();
            self.error(Code::WrongType, tree.span, message, example);
            return Vec::new();
        }
        self.known(tree, &TOP);
        self.version(tree);
        let Some(list) = tree.child("waivers") else {
            let message = "the required key `waivers` is missing".to_owned();
            self.error(Code::MissingKey, self.start(tree), message, example);
            return Vec::new();
        };
        if let Content::Sequence(items) = &list.node.content {
            return items.iter().filter_map(|item| self.waiver(item)).collect();
        }
        let message = "`waivers` takes a list".to_owned();
        self.error(Code::WrongType, list.span(), message, example);
        Vec::new()
    }

    fn version(&mut self, tree: &Node) {
        let one = serde_json::Value::from(1);
        match tree.child("version") {
            Some(place) if place.node.to_json() == one => {}
            Some(place) => self.error(
                Code::UnsupportedVersion,
                place.span(),
                "this gatewright reads waivers of version 1".to_owned(),
                "write `version: 1`",
            ),
            None => self.error(
                Code::MissingKey,
                self.start(tree),
                "the required key `version` is missing".to_owned(),
                "add `version: 1`",
            ),
        }
    }

    /// The first character of a block, to point at what is missing in it.
    fn start(&self, node: &Node) -> Span {
        self.source.trim(node.span).slice(0, 1)
    }

    fn known(&mut self, node: &Node, keys: &[&str]) {
        let Content::Mapping(entries) = &node.content else {
            return;
        };
        for (key, entry) in entries {
            if !keys.contains(&key.as_str()) {
                let help = nearest(key, keys.iter().copied()).map_or_else(
                    || format!("known keys here: {}", keys.join(", ")),
                    |near| format!("did you mean `{near}`?"),
                );
                let message = format!("unknown key `{key}`");
                self.error(Code::UnknownKey, entry.key_span, message, &help);
            }
        }
    }

    fn waiver(&mut self, node: &Node) -> Option<Waiver> {
        if !matches!(node.content, Content::Mapping(_)) {
            let message = "a waiver is a mapping".to_owned();
            self.error(
                Code::WrongType,
                node.span,
                message,
                "for example `{check: rmse-budget, versions: \"7\", reason: ..., approver: ..., expires: 2026-12-01}`",
            );
            return None;
        }
        self.known(node, &KEYS);
        let before = self.diagnostics.len();
        let check = self.required(node, "check");
        let gate = node.child("gate").and_then(|_| self.required(node, "gate"));
        let versions = self.required(node, "versions");
        let reason = self.required(node, "reason");
        let approver = self.required(node, "approver");
        let expires = self.required(node, "expires");
        let cap = self.cap(node);
        let versions = versions.and_then(|text| self.versions(node, &text));
        let end = expires.as_deref().and_then(|day| self.end(node, day));
        if let Some(check) = &check {
            self.is_for_a_check(node, check, gate.as_deref());
            self.is_no_share(node, check, gate.as_deref(), cap.as_ref());
        }
        let (from_version, to_version) = versions?;
        let waiver = Waiver {
            gate,
            check: check?,
            from_version,
            to_version: Some(to_version),
            expires: expires?,
            expires_ms: end?,
            reason: reason?,
            approver: approver?,
            cap,
        };
        self.ends_soon(node, &waiver);
        let fresh = self.diagnostics.iter().skip(before);
        let broken = fresh.filter(|one| one.severity == crate::diagnostic::Severity::Error);
        (broken.count() == 0).then_some(waiver)
    }

    /// The text of a key, with the digits of a number as they are written.
    fn required(&mut self, node: &Node, key: &str) -> Option<String> {
        let Some(place) = node.child(key) else {
            let message = format!("the required key `{key}` is missing in a waiver");
            self.error(
                Code::MissingKey,
                self.start(node),
                message,
                &format!("add `{key}:`"),
            );
            return None;
        };
        let text = match &place.node.content {
            Content::String(text) => Some(text.clone()),
            Content::Number(_, written) => Some(written.clone()),
            _ => None,
        };
        let Some(text) = text else {
            let message = format!("`{key}` takes text");
            self.error(Code::WrongType, place.span(), message, "quote it");
            return None;
        };
        if text.trim().is_empty() {
            let message = format!("`{key}` is empty");
            let help = "say it for whoever reads the report";
            self.error(Code::InvalidValue, place.span(), message, help);
            return None;
        }
        Some(text)
    }

    fn cap(&mut self, node: &Node) -> Option<BigDecimal> {
        let place = node.child("cap")?;
        let number = match &place.node.content {
            Content::Number(_, written) => Some(written.clone()),
            _ => None,
        };
        let number = number.and_then(|text| decimal::parse(&text));
        if number.is_none() {
            let message = "`cap` takes a number".to_owned();
            let help = "what the candidate's value must still reach, such as `cap: 5.5`";
            self.error(Code::WrongType, place.span(), message, help);
        }
        number
    }

    fn versions(&mut self, node: &Node, text: &str) -> Option<(u64, u64)> {
        let versions = waiver::versions(text);
        if versions.is_none() {
            let message = format!("`{}` is no range of versions", text.escape_debug());
            let help =
                "one version (\"7\"), up to one (\"<=9\"), or from one to another (\"7..9\")";
            self.error(Code::InvalidValue, span(node, "versions"), message, help);
        }
        versions
    }

    fn end(&mut self, node: &Node, day: &str) -> Option<i64> {
        let end = waiver::end_of_day_ms(day);
        if end.is_none() {
            let message = format!("`{}` is no day", day.escape_debug());
            let help = "a day in UTC that still counts, such as 2026-12-01";
            self.error(Code::InvalidValue, span(node, "expires"), message, help);
        }
        end
    }

    fn ends_soon(&mut self, node: &Node, waiver: &Waiver) {
        if waiver.is_too_long(self.now_ms) {
            let days = Waiver::MOST_DAYS;
            let message = format!("a waiver may reach {days} days ahead at most");
            let help = "choose an earlier day, and renew it with a new reason; or change the check";
            self.error(Code::InvalidValue, span(node, "expires"), message, help);
        } else if waiver.has_expired(self.now_ms) {
            let message = format!("the waiver for `{}` has expired", waiver.check);
            self.diagnostics.push(
                Diagnostic::warning(Code::InvalidValue, span(node, "expires"), message)
                    .help("it does not count any more: remove it"),
            );
        }
    }

    fn is_for_a_check(&mut self, node: &Node, id: &str, gate: Option<&str>) {
        let gates = self.gates;
        let meant: Vec<_> = gates
            .iter()
            .filter(|known| gate.is_none_or(|gate| known.name == gate))
            .collect();
        if let (Some(gate), true) = (gate, meant.is_empty()) {
            let names = gates.iter().map(|gate| gate.name.as_str());
            let message = format!("there is no gate `{}`", gate.escape_debug());
            self.unknown(span(node, "gate"), message, gate, names);
            return;
        }
        let checks = || meant.iter().flat_map(|gate| &gate.checks);
        let same: Vec<&Check> = checks().filter(|check| check.id == id).collect();
        if same.is_empty() {
            let ids = checks().map(|check| check.id.as_str());
            let message = format!("no check has the id `{}`", id.escape_debug());
            self.unknown(span(node, "check"), message, id, ids);
        } else if same.iter().any(|check| check.critical) {
            let message = format!("the check `{id}` is critical: no waiver may excuse it");
            let help = "remove the waiver; or make the check not critical, in a change of its own";
            self.error(Code::InvalidValue, span(node, "check"), message, help);
        }
    }

    /// Shares are held in percent, and 0.75 for three quarters would be a floor of nothing.
    fn is_no_share(&mut self, node: &Node, id: &str, gate: Option<&str>, cap: Option<&BigDecimal>) {
        let (zero, whole) = (BigDecimal::from(0), BigDecimal::from(1));
        let Some(cap) = cap.filter(|cap| **cap > zero && **cap <= whole) else {
            return;
        };
        let gates = self.gates.iter();
        let percent = gates
            .filter(|known| gate.is_none_or(|gate| known.name == gate))
            .flat_map(|known| &known.checks)
            .any(|check| check.id == id && is_in_percent(&check.rule));
        if percent {
            let share = decimal::show(&(cap * BigDecimal::from(100)));
            let message = format!(
                "the check `{id}` is in percent, and a `cap` of {0} is {0}%",
                decimal::show(cap)
            );
            let help = format!("write {share} for {share}%");
            self.error(Code::InvalidValue, span(node, "cap"), message, &help);
        }
    }

    fn unknown<'n>(
        &mut self,
        span: Span,
        message: String,
        name: &str,
        known: impl Iterator<Item = &'n str> + Clone,
    ) {
        let help = nearest(name, known.clone()).map_or_else(
            || format!("known: {}", known.collect::<Vec<_>>().join(", ")),
            |near| format!("did you mean `{near}`?"),
        );
        self.error(Code::UnknownReference, span, message, &help);
    }
}

fn is_in_percent(rule: &Rule) -> bool {
    match rule {
        Rule::Coverage(_) => true,
        Rule::Import(rule) => matches!(rule.expectation, Expectation::PassRate { .. }),
        _ => false,
    }
}

fn span(node: &Node, key: &str) -> Span {
    node.child(key).map_or(node.span, |place| place.span())
}
