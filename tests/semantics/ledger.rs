//! The chain of promotions: what became of each entry, who was live, and every fault at the entry
//! that was touched.

use gatewright::evidence::{ENTRY_TAG, Ledger};
use gatewright::promotion::{Action, ApprovalRecord, Chain, Gravity, Outcome, Record, too_long};
use proptest::prelude::*;

use super::support::ledger::{HOUR_MS, START_MS, Written};

fn read(written: &Written) -> Chain {
    Chain::read("m", &written.ledger)
}

fn faults(ledger: &Ledger) -> Vec<String> {
    let chain = Chain::read("m", ledger);
    chain.faults().iter().map(ToString::to_string).collect()
}

fn outcomes(chain: &Chain) -> Vec<Outcome> {
    chain.links().iter().map(|link| link.outcome).collect()
}

/// Three versions go live, one after the other.
fn three() -> Written {
    let mut written = Written::of("m", 1..=3);
    written.promote("champion", 1);
    written.promote("champion", 2);
    written.promote("champion", 3);
    written
}

#[test]
fn an_empty_ledger_is_whole_and_the_first_entry_follows_nothing() {
    let mut written = Written::of("m", [1]);
    written.ledger.aliases.insert("champion".to_owned(), 1);
    let chain = read(&written);
    assert!(chain.faults().is_empty());
    assert_eq!(chain.head(), None);
    assert_eq!(
        (chain.next_place().sequence, &chain.next_place().previous),
        (1, &None)
    );
    assert_eq!(chain.live("champion"), None);
    assert_eq!(chain.untold(), [("champion", 1)].into());
}

#[test]
fn a_ledger_tells_who_is_live_who_was_and_who_was_before() {
    let written = three();
    let chain = read(&written);
    assert_eq!(faults(&written.ledger), Vec::<String>::new());
    assert_eq!(chain.live("champion").map(|record| record.version), Some(3));
    assert_eq!(chain.pending("champion"), None);
    assert_eq!(chain.before("champion", 3), Some(2));
    assert!(chain.was_live("champion", 1) && !chain.was_live("champion", 4));
    assert!(!chain.was_live("shadow", 1));
    let at = |ms| {
        chain
            .live_at("champion", START_MS + ms)
            .map(|link| link.record.version)
    };
    assert_eq!(
        [
            at(-1),
            at(0),
            at(HOUR_MS - 1),
            at(HOUR_MS),
            at(i64::MAX / 2)
        ],
        [None, Some(1), Some(1), Some(2), Some(3)]
    );
    let head = chain.head().unwrap();
    assert_eq!((head.sequence, chain.next_place().sequence), (3, 4));
    assert_eq!(chain.next_place().previous.as_ref(), Some(&head.digest));
    assert!(chain.untold().is_empty());
}

#[test]
fn going_back_twice_does_not_lead_forward_again() {
    let mut written = three();
    written.roll_back("champion", 2);
    assert_eq!(read(&written).before("champion", 2), Some(1));
    written.promote("champion", 4);
    assert_eq!(read(&written).before("champion", 4), Some(2));
    written.roll_back("champion", 1);
    assert_eq!(read(&written).before("champion", 1), None);
}

#[test]
fn the_version_from_before_the_ledger_is_one_to_go_back_to() {
    let mut written = Written::of("m", 1..=2);
    written.ledger.aliases.insert("champion".to_owned(), 1);
    written.promote("champion", 2);
    let chain = read(&written);
    assert_eq!(chain.before("champion", 2), Some(1));
    assert!(chain.was_live("champion", 1));
    assert!(chain.faults().is_empty());
}

#[test]
fn an_entry_that_was_not_carried_out_waits_until_it_is_finished_or_overtaken() {
    let mut written = three();
    written.note("champion", 4, |_| {});
    let chain = read(&written);
    assert_eq!(
        chain.pending("champion").map(|record| record.version),
        Some(4)
    );
    assert_eq!(chain.live("champion"), None);
    assert_eq!(chain.before("champion", 3), Some(2));
    assert!(!chain.was_live("champion", 4));
    assert_eq!(chain.faults()[0].gravity(), Gravity::Unfinished);
    insta::assert_snapshot!(faults(&written.ledger).join("\n"), @"entry 4 was not carried out, or the alias was moved back outside of gatewright: it says that `champion` points to version 4, and it points to version 3");
    let mut finished = written.clone();
    finished.ledger.aliases.insert("champion".to_owned(), 4);
    assert!(read(&finished).faults().is_empty());
    written.promote("champion", 5);
    let chain = read(&written);
    assert!(chain.faults().is_empty());
    assert_eq!(outcomes(&chain)[3], Outcome::Abandoned);
    assert_eq!(chain.before("champion", 5), Some(3));
}

#[test]
fn a_crash_between_entry_and_head_is_told_from_damage() {
    let mut written = three();
    let head = written.ledger.head.clone();
    written.note("champion", 4, |_| {});
    written.ledger.head = head;
    let chain = read(&written);
    assert_eq!(chain.damage(), None);
    assert_eq!(chain.next_place().sequence, 5);
    assert_eq!(chain.head().map(|head| head.sequence), Some(3));
    insta::assert_snapshot!(faults(&written.ledger).join("\n"), @r"
    the head says that entry 3 is the last, and entry 4 is there
    entry 4 was not carried out, or the alias was moved back outside of gatewright: it says that `champion` points to version 4, and it points to version 3
    ");
}

#[test]
fn an_alias_that_was_moved_by_hand_is_told() {
    let mut written = three();
    written.ledger.aliases.insert("champion".to_owned(), 1);
    assert_eq!(read(&written).faults()[0].gravity(), Gravity::Moved);
    insta::assert_snapshot!(faults(&written.ledger).join("\n"), @"`champion` was moved outside of gatewright: entry 3 says that it points to version 3, and it points to version 1");
    written.promote("champion", 2);
    let chain = read(&written);
    assert!(chain.faults().is_empty());
    assert_eq!(outcomes(&chain)[2], Outcome::Overruled { found: Some(1) });
    insta::assert_snapshot!(chain.notes()[0], @"`champion` was moved to version 1 outside of gatewright, between entries 3 and 4");
    assert_eq!(chain.before("champion", 2), Some(1));
}

#[test]
fn an_entry_that_went_with_its_version_is_a_gap_and_no_damage() {
    let mut written = three();
    written.ledger.entries.remove(1);
    written.ledger.versions.remove(&2);
    let chain = read(&written);
    assert_eq!(chain.damage(), None);
    assert_eq!(chain.before("champion", 3), Some(1));
    insta::assert_snapshot!(faults(&written.ledger).join("\n"), @"entry 2 is missing; it may have gone with a version that was deleted");
    // The same entry of a version that is still there was taken away.
    written.ledger.versions.insert(2);
    assert!(read(&written).damage().is_some());
    // The last one: MLflow removed the alias too.
    let mut written = three();
    written.promote("champion", 2);
    written.promote("champion", 3);
    for gone in [4, 2] {
        written.ledger.entries.remove(gone);
    }
    written.ledger.versions.remove(&3);
    written.ledger.versions.insert(4);
    written.ledger.aliases.clear();
    let chain = read(&written);
    assert_eq!(chain.damage(), None);
    assert_eq!(chain.next_place().sequence, 6);
    assert_eq!(
        outcomes(&chain),
        [Outcome::CarriedOut, Outcome::Unclear, Outcome::Unclear]
    );
    insta::assert_snapshot!(faults(&written.ledger).join("\n"), @r"
    entry 3 is missing; it may have gone with a version that was deleted
    entry 5 is missing; it may have gone with a version that was deleted
    ");
}

#[test]
fn entries_that_were_copied_with_a_version_of_another_model_do_not_count() {
    let mut written = Written::of("m", 1..=2);
    let mut other = Written::of("staging.m", 1..=9);
    other.promote("live", 8);
    other.promote("live", 9);
    let mut copies = other.ledger.entries;
    for copy in &mut copies {
        copy.version = 1;
    }
    written.ledger.entries = copies.clone();
    assert!(read(&written).faults().is_empty());
    assert_eq!(read(&written).next_place().sequence, 1);
    written.promote("champion", 1);
    let chain = read(&written);
    assert_eq!(faults(&written.ledger), Vec::<String>::new());
    assert_eq!(chain.links().len(), 1);
    insta::assert_snapshot!(chain.notes()[0], @"the tag `gatewright.promotion.2` of version 1 is a copy from the ledger of `staging.m`");
}

#[test]
fn a_model_that_was_renamed_keeps_its_ledger() {
    let chain = Chain::read("renamed", &three().ledger);
    assert!(chain.faults().is_empty());
    assert_eq!(chain.links().len(), 3);
}

#[test]
fn every_fault_is_told_at_its_entry() {
    let touched = |touch: &dyn Fn(&mut Ledger)| {
        let mut ledger = three().ledger;
        touch(&mut ledger);
        faults(&ledger).join("\n")
    };
    let text = |ledger: &mut Ledger, place: usize, from: &str, to: &str| {
        let text = ledger.entries[place].text.replacen(from, to, 1);
        assert_ne!(text, ledger.entries[place].text);
        ledger.entries[place].text = text;
    };
    let told = [
        touched(&|ledger| text(ledger, 1, "mara", "nobody")),
        touched(&|ledger| {
            text(
                ledger,
                1,
                "\"previous\":\"sha256:",
                "\"previous\":\"sha256:0",
            );
        }),
        touched(&|ledger| text(ledger, 0, "\"previous\":null", "\"previous\":\"sha256:0\"")),
        touched(&|ledger| text(ledger, 1, "promotion/1", "promotion/9")),
        touched(&|ledger| text(ledger, 1, "\"sequence\":2", "\"sequence\":7")),
        touched(&|ledger| text(ledger, 1, "{", "[")),
        touched(&|ledger| text(ledger, 2, "mara", "nobody")),
        touched(&|ledger| ledger.entries[1].version = 3),
        touched(&|ledger| ledger.entries[1].tag = format!("{ENTRY_TAG}02")),
        touched(&|ledger| {
            let mut twice = ledger.entries[1].clone();
            twice.version = 1;
            twice.text = twice.text.replace("mara", "nobody");
            ledger.entries.push(twice);
        }),
        touched(&|ledger| ledger.head = None),
        touched(&|ledger| ledger.head = Some("{}".to_owned())),
        touched(&|ledger| ledger.head = Some(r#"{"sequence":1,"digest":"x"}"#.to_owned())),
        touched(&|ledger| ledger.head = Some(r#"{"sequence":5,"digest":"x"}"#.to_owned())),
        touched(&|ledger| ledger.entries.clear()),
        touched(&|ledger| {
            let huge = format!("{ENTRY_TAG}{}", u64::MAX);
            ledger.entries[1].tag = huge;
        }),
    ];
    insta::assert_snapshot!(told.join("\n--\n"), @r"
    entry 2 was changed: the entry after it follows another text
    --
    entry 2 was changed: the entry after it follows another text
    entry 2 does not follow the entry before it
    --
    entry 1 was changed: the entry after it follows another text
    entry 1 does not follow the entry before it
    --
    entry 2 has an unknown form: `gatewright-promotion/9`
    entry 2 was changed: the entry after it follows another text
    --
    entry 7 is in the place of entry 2
    --
    entry 2, on version 2, cannot be read: expected `,` or `]` at line 1 column 10
    --
    entry 3 was changed, or the head was: the head has another digest
    --
    entry 2 is on version 3, and it is about version 2
    --
    entry 2 is missing
    the tag `gatewright.promotion.02` of version 2 does not end in a number
    --
    entry 2 is there more than once, on versions 2, 1
    --
    nothing says that entry 3 is the last: the head is missing
    --
    the head cannot be read: missing field `sequence` at line 1 column 2
    --
    the head says that entry 1 is the last, and entry 3 is there
    --
    entries 4 to 5 are missing
    --
    entries 1 to 3 are missing
    --
    entry 2 is missing
    entries 4 to 18446744073709551614 are missing
    entry 2 is in the place of entry 18446744073709551615
    the head says that entry 3 is the last, and entry 18446744073709551615 is there
    ");
}

/// What was done to an entry.
#[derive(Debug, Clone)]
enum Touch {
    Nothing,
    Remove(usize),
    Edit(usize, usize, char),
    Garble(usize),
    Swap(usize, usize),
}

fn any_touch() -> impl Strategy<Value = Touch> {
    let place = || any::<prop::sample::Index>().prop_map(|index| index.index(1 << 20));
    prop_oneof![
        Just(Touch::Nothing),
        place().prop_map(Touch::Remove),
        (place(), place(), any::<char>()).prop_map(|(at, byte, to)| Touch::Edit(at, byte, to)),
        place().prop_map(Touch::Garble),
        (place(), place()).prop_map(|(one, other)| Touch::Swap(one, other)),
    ]
}

/// A ledger of some aliases, with rollbacks and entries that were not carried out.
fn grown(steps: &[(u8, u64, u8)]) -> Written {
    let mut written = Written::of("m", 1..=6);
    for (alias, version, kind) in steps {
        let alias = if *alias == 0 { "champion" } else { "shadow" };
        let live = written.ledger.aliases.get(alias).copied();
        if live == Some(*version) {
            continue;
        }
        match kind {
            0 => written.note(alias, *version, |_| {}),
            1 => written.roll_back(alias, *version),
            _ => written.promote(alias, *version),
        };
    }
    // The last entry of each alias is carried out.
    for alias in ["champion", "shadow"] {
        let version = if written.ledger.aliases.get(alias) == Some(&7) {
            8
        } else {
            7
        };
        written.promote(alias, version);
    }
    written
}

/// Does it, and says which entries it was done to.
fn touch(ledger: &mut Ledger, touch: &Touch) -> Vec<u64> {
    let count = ledger.entries.len();
    let number = |place: usize| u64::try_from(place).unwrap() + 1;
    match *touch {
        Touch::Nothing => vec![],
        Touch::Remove(at) => {
            ledger.entries.remove(at % count);
            vec![number(at % count)]
        }
        Touch::Edit(at, place, to) => {
            let entry = &mut ledger.entries[at % count];
            let mut letters: Vec<char> = entry.text.chars().collect();
            let place = place % letters.len();
            if letters[place] == to {
                return vec![];
            }
            letters[place] = to;
            entry.text = letters.into_iter().collect();
            vec![number(at % count)]
        }
        Touch::Garble(at) => {
            "{}".clone_into(&mut ledger.entries[at % count].text);
            vec![number(at % count)]
        }
        Touch::Swap(one, other) => {
            let (one, other) = (one % count, other % count);
            if one == other {
                return vec![];
            }
            let text = ledger.entries[one].text.clone();
            let into = std::mem::replace(&mut ledger.entries[other].text, text);
            ledger.entries[one].text = into;
            vec![number(one.min(other)), number(one.max(other))]
        }
    }
}

proptest! {
    #[test]
    fn what_was_touched_is_reported_and_nothing_else(
        steps in prop::collection::vec((0..2_u8, 1..=6_u64, 0..4_u8), 0..12),
        done in any_touch(),
    ) {
        let mut ledger = grown(&steps).ledger;
        let expected = touch(&mut ledger, &done);
        let chain = Chain::read("m", &ledger);
        let mut told: Vec<_> = chain
            .faults()
            .iter()
            .filter_map(gatewright::promotion::Fault::sequence)
            .collect();
        told.dedup();
        prop_assert_eq!(told, expected, "{:?}", chain.faults());
    }

    #[test]
    fn a_ledger_of_anything_is_read_without_a_panic(
        entries in prop::collection::vec(
            (any::<u64>(), "[0-9]{0,21}|.{0,9}", ".{0,40}|\\{\"previous\":(null|\"x\")\\}"),
            0..9,
        ),
        head in prop::option::of("\\{\"sequence\":[0-9]{1,21},\"digest\":\"x\"\\}|.{0,20}"),
    ) {
        let mut ledger = Ledger { head, ..Ledger::default() };
        for (version, tag, text) in entries {
            let tag = format!("{ENTRY_TAG}{tag}");
            ledger.entries.push(gatewright::evidence::Entry { version, tag, text });
        }
        let chain = Chain::read("m", &ledger);
        prop_assert_eq!(chain.faults().is_empty(), ledger.entries.is_empty() && ledger.head.is_none());
    }
}

#[test]
fn an_entry_reads_back_as_it_was_written() {
    let mut written = Written::of("m", [1]);
    written.entry("champion", 1, |record| {
        record.action = Action::Rollback;
        record.reason = Some("line\n\u{202e}\u{1b}[31m\"".to_owned());
    });
    let chain = read(&written);
    let record: &Record = &chain.links()[0].record;
    assert_eq!(record.text(), written.ledger.entries[0].text);
    assert!(!record.text().contains('\n'));
}

#[test]
fn a_record_that_is_too_long_says_what_of_it_can_be_made_shorter() {
    let record = Written::of("m", [1]).next("champion", 1);
    assert_eq!(too_long(&record), None);
    let help = |change: &dyn Fn(&mut Record)| {
        let mut record = record.clone();
        change(&mut record);
        too_long(&record).unwrap().help
    };
    let id = "every-slice-of-region-within-two-percent".to_owned();
    let waivers = |record: &mut Record| record.waived = vec![id.clone(); 100];
    insta::assert_snapshot!(help(&|record| record.reason = Some("x".repeat(4500))), @"give a shorter `--reason`");
    insta::assert_snapshot!(help(&waivers), @"give the checks that are waived shorter ids (`id:` in the spec), or let fewer waivers stand");
    let all = help(&|record| {
        waivers(record);
        record.reason = Some("x".repeat(300));
        record.source = format!("s3://{}", "x".repeat(5000));
    });
    insta::assert_snapshot!(all, @"keep the model's files at a shorter path; or give the checks that are waived shorter ids (`id:` in the spec), or let fewer waivers stand; or give a shorter `--reason`");
    let approval = serde_json::json!({"kind": "github", "about": "prod", "by": "ana", "at": null});
    let approval: ApprovalRecord = serde_json::from_value(approval).unwrap();
    insta::assert_snapshot!(help(&|record| record.approvals = vec![ApprovalRecord::clone(&approval); 100]), @"let fewer gates and approvals go on one record: promote with the gates of one environment (`--env`)");
}

#[test]
fn an_entry_that_was_changed_does_not_say_that_a_version_was_live() {
    let mut written = three();
    let text = &mut written.ledger.entries[1].text;
    *text = text.replace("\"replaces\":1", "\"replaces\":9");
    let chain = read(&written);
    assert!(chain.damage().is_some());
    assert!(!chain.was_live("champion", 9));
    assert!(chain.was_live("champion", 2), "the next entry replaced it");
}
