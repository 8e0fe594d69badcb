//! Ledgers as gatewright writes them, entry by entry.

use gatewright::evidence::{Entry, HEAD_TAG, Ledger};
use gatewright::promotion::{Action, Author, FORMAT, Head, Record};

use super::sqlite_store::SqliteStore;

/// When the first entry is written: 2026-11-01T00:00:00Z. Each further one is an hour later.
pub(crate) const START_MS: i64 = 1_793_491_200_000;
pub(crate) const HOUR_MS: i64 = 3_600_000;

/// A ledger that grows.
#[derive(Debug, Clone)]
pub(crate) struct Written {
    model: String,
    /// What it holds so far.
    pub(crate) ledger: Ledger,
    head: Option<Head>,
}

impl Written {
    /// The ledger of a model that has versions and no entry.
    pub(crate) fn of(model: &str, versions: impl IntoIterator<Item = u64>) -> Self {
        Self {
            model: model.to_owned(),
            ledger: Ledger {
                versions: versions.into_iter().collect(),
                ..Ledger::default()
            },
            head: None,
        }
    }

    /// A version goes live.
    pub(crate) fn promote(&mut self, alias: &str, version: u64) -> &mut Self {
        self.entry(alias, version, |_| {})
    }

    /// A version goes live again.
    pub(crate) fn roll_back(&mut self, alias: &str, version: u64) -> &mut Self {
        self.entry(alias, version, |record| {
            record.action = Action::Rollback;
            record.reason = Some("it was better".to_owned());
        })
    }

    /// A version goes live by an entry with some fields of its own.
    pub(crate) fn entry(
        &mut self,
        alias: &str,
        version: u64,
        change: impl FnOnce(&mut Record),
    ) -> &mut Self {
        self.note(alias, version, change);
        self.ledger.aliases.insert(alias.to_owned(), version);
        self
    }

    /// An entry is written, and the alias is not moved.
    pub(crate) fn note(
        &mut self,
        alias: &str,
        version: u64,
        change: impl FnOnce(&mut Record),
    ) -> &mut Self {
        let mut record = self.next(alias, version);
        change(&mut record);
        let text = record.text();
        let head = Head {
            sequence: record.sequence,
            digest: Record::digest_of(&text),
        };
        self.ledger.head = Some(head.text());
        self.head = Some(head);
        self.ledger.entries.push(Entry {
            version,
            tag: record.tag(),
            text,
        });
        self.ledger.versions.insert(version);
        self
    }

    /// The entry that comes next.
    pub(crate) fn next(&self, alias: &str, version: u64) -> Record {
        let before = self.head.as_ref().map_or(0, |head| head.sequence);
        Record {
            format: FORMAT.to_owned(),
            sequence: before + 1,
            previous: self.head.as_ref().map(|head| head.digest.clone()),
            action: Action::Promote,
            model: self.model.clone(),
            alias: alias.to_owned(),
            version,
            replaces: self.ledger.aliases.get(alias).copied(),
            at_ms: START_MS + HOUR_MS * i64::try_from(before).unwrap(),
            project: "taxi-fare".to_owned(),
            environment: Some("production".to_owned()),
            by: Author {
                actor: Some("mara".to_owned()),
                user: None,
                run_url: Some("https://ci.example/runs/7".to_owned()),
            },
            commit: Some("a48b01cb0271fb1bcf9369c7410a36513c0d8c8f".to_owned()),
            dirty: Some(false),
            spec: serde_json::from_str(r#"{"path": "gatewright.yaml", "digest": "sha256:00"}"#)
                .unwrap(),
            run_id: None,
            source: "models:/m-1".to_owned(),
            model_digest: None,
            decisions: Vec::new(),
            attestations: Vec::new(),
            approvals: Vec::new(),
            reason: None,
            forced: false,
            waived: Vec::new(),
            copied_from: None,
        }
    }

    /// Puts it all into a store that has the model.
    pub(crate) fn store(&self, store: &SqliteStore) {
        let write = |sql: &str, values: &[&dyn rusqlite::ToSql]| {
            store.connection.execute(sql, values).unwrap();
        };
        for number in &self.ledger.versions {
            let number = i64::try_from(*number).unwrap();
            let sql = "INSERT INTO model_versions (name, version, current_stage, source, run_id, status) \
                       SELECT ?1, ?2, 'None', 'models:/m-1', '', 'READY' WHERE NOT EXISTS \
                       (SELECT 1 FROM model_versions WHERE name = ?1 AND version = ?2)";
            write(sql, &[&self.model, &number]);
        }
        for entry in &self.ledger.entries {
            let number = i64::try_from(entry.version).unwrap();
            let sql = "INSERT OR REPLACE INTO model_version_tags (name, version, key, value) \
                       VALUES (?1, ?2, ?3, ?4)";
            write(sql, &[&self.model, &number, &entry.tag, &entry.text]);
        }
        for (alias, version) in &self.ledger.aliases {
            let number = i64::try_from(*version).unwrap();
            let sql = "INSERT OR REPLACE INTO registered_model_aliases (name, alias, version) \
                       VALUES (?1, ?2, ?3)";
            write(sql, &[&self.model, alias, &number]);
        }
        if let Some(head) = &self.ledger.head {
            let sql = "INSERT OR REPLACE INTO registered_model_tags (name, key, value) \
                       VALUES (?1, ?2, ?3)";
            write(sql, &[&self.model, &HEAD_TAG, head]);
        }
    }
}
