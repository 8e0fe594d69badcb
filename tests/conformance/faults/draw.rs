//! A small seeded generator, so that a run of faults can be repeated.

/// `SplitMix64` (Steele, Lea, Flood 2014).
pub(super) struct Draw(u64);

impl Draw {
    /// From the seed of the environment, or a fixed one.
    pub(super) fn seeded() -> Self {
        let seed = std::env::var("GATEWRIGHT_FAULT_SEED")
            .ok()
            .and_then(|seed| seed.parse().ok());
        Self(seed.unwrap_or(2026))
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `bound`, which is not 0.
    pub(super) fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(bound).unwrap()).unwrap()
    }

    /// A byte that is not 0.
    pub(super) fn flip(&mut self) -> u8 {
        u8::try_from(self.below(255)).unwrap() + 1
    }
}

/// How many runs a law makes of its share in a thousand.
pub(super) fn runs(share: usize) -> usize {
    let total: usize = std::env::var("GATEWRIGHT_FAULT_RUNS")
        .ok()
        .and_then(|runs| runs.parse().ok())
        .unwrap_or(500);
    (total * share / 1000).max(1)
}
