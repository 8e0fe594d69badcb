//! The fuzz targets on their seeds, and on what a few thousand seeded changes make of them: what
//! `cargo fuzz` looks for without end, for as long as a test may take.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    unreachable_pub,
    reason = "a test stops where it stumbles"
)]

use std::path::Path;

#[path = "../fuzz/src/lib.rs"]
mod targets;

/// How many changed versions of each seed are tried.
const CHANGES: u64 = 300;

/// Bytes that mean something to some reader.
const MARKS: &[u8] = b"\"'{}[]:,.-+*/\\\n\0%<>=0e";

fn seeds(target: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("fuzz/seeds")
        .join(target);
    let mut paths: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    paths.sort();
    paths
        .iter()
        .map(|path| std::fs::read(path).unwrap())
        .collect()
}

/// `SplitMix64`, so that a failure can be repeated.
fn mixed(state: &mut u64) -> usize {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut mixed = *state;
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    usize::try_from((mixed ^ (mixed >> 31)) % (1 << 32)).unwrap()
}

/// A seed with some of its bytes changed, lost, doubled or moved.
fn changed(seed: &[u8], state: &mut u64) -> Vec<u8> {
    let mut bytes = seed.to_vec();
    for _ in 0..=mixed(state) % 3 {
        if bytes.is_empty() {
            break;
        }
        let (at, other) = (mixed(state) % bytes.len(), mixed(state) % bytes.len());
        let (from, to) = (at.min(other), at.max(other));
        match mixed(state) % 6 {
            0 => bytes[at] ^= 1 << (mixed(state) % 8),
            1 => drop(bytes.drain(from..to.min(from + 40))),
            2 => bytes.truncate(at),
            3 => {
                let part = bytes[from..to.min(from + 40)].to_vec();
                drop(bytes.splice(at..at, part));
            }
            4 => drop(bytes.splice(at..=at, *b"99999999999999999999")),
            _ => bytes[at] = MARKS[mixed(state) % MARKS.len()],
        }
    }
    bytes
}

#[test]
fn no_target_stumbles_over_its_seeds_or_over_what_becomes_of_them() {
    let mut state = 2026;
    for (name, target) in targets::TARGETS {
        let seeds = seeds(name);
        assert!(seeds.len() >= 3, "{name} has too few seeds");
        for seed in seeds {
            target(&seed);
            for _ in 0..CHANGES {
                target(&changed(&seed, &mut state));
            }
        }
    }
}
