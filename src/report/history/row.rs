//! The words of a history, the same in every format that people read. Nothing is escaped here.

use super::document::{EntryRecord, History, NoteRecord};
use crate::promotion::{Action, DecisionLink, Record};

/// A line of the table of promotions.
#[derive(Debug, Default)]
pub(super) struct Row {
    /// The entry's number, or nothing for what no entry is about.
    pub(super) entry: String,
    pub(super) when: String,
    pub(super) alias: String,
    pub(super) version: String,
    pub(super) from: String,
    pub(super) what: String,
    pub(super) who: String,
    pub(super) environment: String,
    pub(super) gates: String,
    /// Why, and what else has to be known, each as a name and a text.
    pub(super) remarks: Vec<(&'static str, String)>,
}

/// What stands where there is nothing.
const NONE: &str = "-";

/// The lines for some entries, the latest first; above an entry that of a move that no entry is
/// about.
pub(super) fn rows(entries: &[EntryRecord], history: &History) -> Vec<Row> {
    let mut rows = Vec::new();
    for entry in entries {
        let sequence = Some(entry.record.sequence);
        let notes = history.chain.notes.iter();
        rows.extend(
            notes
                .filter(|note| note.entry == sequence)
                .map(|note| outside(note, entry)),
        );
        rows.push(row(entry));
    }
    rows
}

fn outside(note: &NoteRecord, before: &EntryRecord) -> Row {
    Row {
        entry: NONE.to_owned(),
        when: "not recorded".to_owned(),
        alias: note.alias.clone().unwrap_or_default(),
        version: note
            .to
            .map_or(NONE.to_owned(), |version| version.to_string()),
        from: before.record.version.to_string(),
        what: "MOVED outside of gatewright".to_owned(),
        who: "unknown".to_owned(),
        environment: NONE.to_owned(),
        gates: NONE.to_owned(),
        remarks: Vec::new(),
    }
}

fn row(entry: &EntryRecord) -> Row {
    let record = &entry.record;
    Row {
        entry: record.sequence.to_string(),
        when: minute(entry.time.as_deref()),
        alias: record.alias.clone(),
        version: record.version.to_string(),
        from: record
            .replaces
            .map_or(NONE.to_owned(), |version| version.to_string()),
        what: what(entry),
        who: who(record),
        environment: record.environment.clone().unwrap_or(NONE.to_owned()),
        gates: gates(record),
        remarks: remarks(entry),
    }
}

/// What was done, and whether it came to pass.
pub(super) fn what(entry: &EntryRecord) -> String {
    let done = match (entry.record.action, entry.record.forced) {
        (Action::Promote, false) => "promoted",
        (Action::Promote, true) => "FORCED promotion",
        (Action::Rollback, false) => "rolled back",
        (Action::Rollback, true) => "FORCED rollback",
    };
    let outcome = match entry.outcome.as_str() {
        "pending" | "abandoned" => ", NOT carried out",
        "unsound" => ", DAMAGED",
        _ => "",
    };
    format!("{done}{outcome}")
}

/// Who it was.
pub(super) fn who(record: &Record) -> String {
    let by = &record.by;
    let name = by.actor.as_ref().or(by.user.as_ref());
    name.cloned().unwrap_or_else(|| "unknown".to_owned())
}

fn gates(record: &Record) -> String {
    if record.decisions.is_empty() {
        return NONE.to_owned();
    }
    let gate = |link: &DecisionLink| format!("{} {}", link.gate, link.verdict);
    let gates: Vec<_> = record.decisions.iter().map(gate).collect();
    gates.join(", ")
}

fn remarks(entry: &EntryRecord) -> Vec<(&'static str, String)> {
    let record = &entry.record;
    let mut remarks = Vec::new();
    if let Some(reason) = &record.reason {
        remarks.push(("reason", reason.clone()));
    }
    if !record.waived.is_empty() {
        remarks.push(("waived", record.waived.join(", ")));
    }
    let attestations = record.attestations.iter();
    remarks.extend(attestations.map(|one| ("attested", one.who())));
    for approval in &record.approvals {
        let by = approval.by.as_deref().unwrap_or("unknown");
        remarks.push((
            "approved",
            format!("by {by} ({} {})", approval.kind, approval.about),
        ));
    }
    if let Some(from) = &record.copied_from {
        remarks.push(("copied from", from.clone()));
    }
    remarks
}

/// A decision, and where it is.
pub(super) fn decision(link: &DecisionLink) -> String {
    format!(
        "{} {}, judged {}, {}, {}",
        link.gate,
        link.verdict,
        minute(Some(&link.judged_at)),
        link.digest,
        link.logged.as_deref().unwrap_or("not logged")
    )
}

/// A time to the minute, as people read it.
pub(super) fn minute(time: Option<&str>) -> String {
    let Some(time) = time else {
        return "no time".to_owned();
    };
    match time.split_once('T') {
        Some((day, clock)) if clock.ends_with('Z') => {
            let minute: String = clock.chars().take(5).collect();
            format!("{day} {minute}Z")
        }
        _ => time.to_owned(),
    }
}

/// A text of at most so many characters.
pub(super) fn short(text: &str, most: usize) -> String {
    let mut short: String = text.chars().take(most).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    short
}

/// What there is to say where nothing was promoted yet.
pub(super) fn nothing_yet(history: &History) -> String {
    let model = &history.model;
    let aliases: Vec<_> = history
        .aliases
        .iter()
        .map(|alias| format!("`{}` points to version {}", alias.alias, alias.version))
        .collect();
    let aliases = if aliases.is_empty() {
        "it has no alias".to_owned()
    } else {
        aliases.join(", ")
    };
    format!("`{model}` has no ledger yet: {aliases}; the first `gatewright promote` begins it")
}

/// Where the alias points now, and by which entry.
pub(super) fn live(history: &History) -> Vec<String> {
    let live = |alias: &super::AliasRecord| {
        let by = match alias.entry {
            Some(entry) => format!("entry {entry}"),
            None if alias.recorded => "no entry says so".to_owned(),
            None => "not under the ledger".to_owned(),
        };
        format!("{} is version {} ({by})", alias.alias, alias.version)
    };
    history.aliases.iter().map(live).collect()
}

/// Whether the chain is whole, in one sentence.
pub(super) fn state(history: &History) -> String {
    let chain = &history.chain;
    let entries = match chain.entries {
        1 => "1 entry".to_owned(),
        count => format!("{count} entries"),
    };
    match (&chain.head, chain.faults.len()) {
        (Some(head), 0) => format!(
            "the ledger is whole: {entries}, the last is {}",
            head.digest
        ),
        (None, 0) => "the ledger is whole: it has no entry yet".to_owned(),
        (_, 1) => format!("the ledger is not whole: {entries}, 1 fault"),
        (_, faults) => format!("the ledger is not whole: {entries}, {faults} faults"),
    }
}

/// The fields of an answer about a time.
pub(super) fn live_fields(live: &super::LiveRecord) -> Vec<(&'static str, String)> {
    let mut fields = Vec::new();
    if let Some(entry) = &live.entry {
        fields.push(("since", minute(live.since.as_deref())));
        if live.until.is_some() {
            fields.push(("until", minute(live.until.as_deref())));
        }
        let record = &entry.record;
        fields.push((
            "by",
            format!(
                "{}, entry {}: {}",
                who(record),
                record.sequence,
                what(entry)
            ),
        ));
        fields.extend(record.by.run_url.clone().map(|url| ("run", url)));
        let decisions = record.decisions.iter();
        fields.extend(decisions.map(|link| ("decision", decision(link))));
        fields.extend(remarks(entry));
    }
    fields.extend(live.remark.clone().map(|remark| ("note", remark)));
    fields
}

/// The fields of a lineage.
pub(super) fn version_fields(version: &super::VersionRecord) -> Vec<(&'static str, String)> {
    let mut fields = Vec::new();
    if !version.exists {
        fields.push((
            "note",
            "the registry has no such version (any more)".to_owned(),
        ));
    }
    let aliases = version.aliases.join(", ");
    let aliases = if aliases.is_empty() {
        "none".to_owned()
    } else {
        aliases
    };
    fields.push(("aliases", aliases));
    if let Some(registered) = &version.registered {
        let status = version.status.as_deref().unwrap_or("READY");
        let registered = minute(Some(registered));
        fields.push(("registered", format!("{registered}, {status}")));
    }
    fields.extend(version.source.clone().map(|source| ("source", source)));
    match (&version.run_id, &version.run) {
        (Some(id), Some(run)) => fields.extend(run_fields(id, run)),
        (Some(id), None) => fields.push(("run", format!("{id}, which this store does not hold"))),
        (None, _) => fields.push(("run", "none".to_owned())),
    }
    if let (Some(id), Some(place)) = (&version.logged_model, &version.artifact_location) {
        fields.push(("model", format!("{id} at {place}")));
    } else if let Some(id) = &version.logged_model {
        fields.push(("model", format!("{id}, which this store does not hold")));
    }
    let digests = version.model_digests.iter();
    fields.extend(digests.map(|digest| ("files", digest.clone())));
    fields.extend(
        version
            .decisions
            .iter()
            .map(|link| ("decision", decision(link))),
    );
    let serving = version.serving.iter();
    fields.extend(serving.map(|one| ("serving", one.line())));
    fields
}

fn run_fields(id: &str, run: &super::RunRecord) -> Vec<(&'static str, String)> {
    let deleted = if run.deleted { ", deleted" } else { "" };
    let ended = minute(run.ended.as_deref().or(run.started.as_deref()));
    let mut fields = vec![("run", format!("{id}, {} {ended}{deleted}", run.status))];
    let commit = run.commit.clone();
    fields.push((
        "commit",
        commit.unwrap_or_else(|| "not recorded".to_owned()),
    ));
    for input in &run.datasets {
        let context = input.context.as_deref().unwrap_or("no context");
        let (name, digest) = (&input.dataset.name, &input.dataset.digest);
        fields.push(("data set", format!("{name}, digest {digest} ({context})")));
    }
    fields
}
