//! Random numbers by integer arithmetic alone.
//!
//! The one decision here: every resample has a stream of its own, made from the seed and its number.
//! So a resample is the same whichever is drawn first, on every machine, in every version.
//!
//! Sources: SplitMix64, Steele, Lea and Flood, *Fast splittable pseudorandom number generators*,
//! OOPSLA 2014; xoshiro256++, Blackman and Vigna, *Scrambled linear pseudorandom number
//! generators*, ACM Transactions on Mathematical Software 47, 2021; unbiased ranges, Lemire, *Fast
//! random integer generation in an interval*, ACM Transactions on Modeling and Computer Simulation
//! 29, 2019.

/// The increment of SplitMix64.
const GOLDEN: u64 = 0x9e37_79b9_7f4a_7c15;

/// Stirs all bits of a number: the output function of SplitMix64.
fn stir(number: u64) -> u64 {
    let number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    number ^ (number >> 31)
}

/// A stream of random numbers: xoshiro256++.
#[derive(Debug, Clone)]
pub(super) struct Stream([u64; 4]);

impl Stream {
    /// Stream number `number` of a seed.
    pub(super) fn new(seed: u64, number: u64) -> Self {
        let start = stir(seed.wrapping_add(GOLDEN)).wrapping_add(stir(!number));
        let word = |steps: u64| stir(start.wrapping_add(GOLDEN.wrapping_mul(steps)));
        Self([word(1), word(2), word(3), word(4)])
    }

    /// 64 random bits.
    #[inline]
    pub(super) fn bits(&mut self) -> u64 {
        let Self([a, b, c, d]) = self;
        let result = a.wrapping_add(*d).rotate_left(23).wrapping_add(*a);
        let shifted = *b << 17;
        *c ^= *a;
        *d ^= *b;
        *b ^= *c;
        *a ^= *d;
        *c ^= shifted;
        *d = d.rotate_left(45);
        result
    }

    /// Two independent numbers below `bound`, all equally probable.
    #[inline]
    pub(super) fn two_below(&mut self, bound: Bound) -> (usize, usize) {
        const HALF: u64 = 0xffff_ffff;
        loop {
            let bits = self.bits();
            let (one, other) = ((bits & HALF) * bound.bound, (bits >> 32) * bound.bound);
            // Kept or thrown away together, which leaves the two independent.
            if (one & HALF).min(other & HALF) >= bound.rejected {
                let index = |product: u64| usize::try_from(product >> 32).unwrap_or(0);
                return (index(one), index(other));
            }
        }
    }

    /// How many of `tosses` fair coins show heads.
    #[inline]
    fn heads(&mut self, tosses: u64) -> u64 {
        let mut heads = 0;
        for _ in 0..tosses / 64 {
            heads += u64::from(self.bits().count_ones());
        }
        let rest = tosses % 64;
        if rest > 0 {
            heads += u64::from((self.bits() >> (64 - rest)).count_ones());
        }
        heads
    }

    /// How many of `draws` fall into `part` of a `whole`, each with probability part/whole: a
    /// binomial number, exactly, without floating point.
    ///
    /// A draw falls into the part when a uniform number is below part/whole. Both are compared bit
    /// by bit, all draws at once: a coin per draw is its next bit, long division gives the next
    /// bit of part/whole, and half of the draws are decided by each.
    pub(super) fn share(&mut self, draws: u64, part: u64, whole: u64) -> u64 {
        let (mut rest, mut open, mut inside) = (part, draws, 0);
        while open > 0 && rest > 0 {
            rest *= 2;
            let ones = self.heads(open);
            if rest >= whole {
                rest -= whole;
                inside += open - ones;
                open = ones;
            } else {
                open -= ones;
            }
        }
        inside
    }
}

/// A bound for random numbers, with what has to be thrown away for it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bound {
    bound: u64,
    rejected: u64,
}

impl Bound {
    /// `None` for 0 and for 2³² and more.
    pub(super) fn new(bound: usize) -> Option<Self> {
        let bound = u32::try_from(bound).ok().filter(|bound| *bound > 0)?;
        Some(Self {
            bound: u64::from(bound),
            rejected: u64::from(bound.wrapping_neg() % bound),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_generators_are_the_published_ones() {
        let mut stream = Stream([1, 2, 3, 4]);
        assert_eq!(
            [(); 4].map(|()| stream.bits()),
            [
                41_943_041,
                58_720_359,
                3_588_806_011_781_223,
                3_591_011_842_654_386
            ]
        );
        let start = 1_477_776_061_723_855_037_u64;
        assert_eq!(stir(start.wrapping_add(GOLDEN)), 1_985_237_415_132_408_290);
    }

    #[test]
    fn streams_of_one_seed_and_seeds_of_one_stream_differ() {
        let mut first: Vec<u64> = (0..40)
            .flat_map(|seed| (0..40).map(move |number| Stream::new(seed, number).bits()))
            .collect();
        first.sort_unstable();
        first.dedup();
        assert_eq!(first.len(), 1600);
    }

    #[test]
    fn numbers_below_a_bound_are_equally_probable() {
        let mut counts = [0_i32; 7];
        let mut stream = Stream::new(1, 0);
        for _ in 0..35_000 {
            let (one, other) = stream.two_below(Bound::new(7).unwrap());
            counts[one] += 1;
            counts[other] += 1;
        }
        // 10,000 each; five standard deviations are 463.
        assert!(
            counts.iter().all(|count| (count - 10_000).abs() < 463),
            "{counts:?}"
        );
        assert!(Bound::new(0).is_none());
    }

    #[test]
    fn shares_have_the_mean_and_the_spread_of_the_binomial() {
        for (draws, part, whole) in [
            (10, 1, 3),
            (1000, 999, 1000),
            (70_000, 3, 70_000),
            (64, 1, 2),
        ] {
            let mut stream = Stream::new(2, whole);
            let (mut sum, mut squares) = (0.0, 0.0);
            for _ in 0..20_000 {
                #[expect(clippy::cast_precision_loss, reason = "small")]
                let share = stream.share(draws, part, whole) as f64;
                sum += share;
                squares += share * share;
            }
            #[expect(clippy::cast_precision_loss, reason = "small")]
            let (draws, p) = (draws as f64, part as f64 / whole as f64);
            let (mean, variance) = (
                sum / 20_000.0,
                squares / 20_000.0 - (sum / 20_000.0).powi(2),
            );
            let expected = draws * p * (1.0 - p);
            assert!((mean - draws * p).abs() < 5.0 * (expected / 20_000.0).sqrt());
            assert!(
                (variance / expected - 1.0).abs() < 0.1,
                "{variance} {expected}"
            );
        }
        let mut stream = Stream::new(3, 0);
        assert_eq!((stream.share(9, 0, 5), stream.share(0, 2, 5)), (0, 0));
        assert_eq!(stream.share(9, 5, 5), 9);
    }
}
