//! Why a promotion may not take place.
//!
//! The one decision here: every ground says by itself whether `--force` gets over it. What `--force`
//! stands for is a person's judgement in the place of a gate's; it never stands for not looking at
//! what is there.

use crate::codes::codes;

/// What a refusal comes down to. The first one of several is the answer of the whole: what makes
/// the others meaningless comes before them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Meaning {
    /// The question was wrong: another spec, gate or model.
    Wrong,
    /// Something moved since the judgement, or the judgement is too old.
    Moved,
    /// The answer is no.
    No,
    /// A person decides.
    Hold,
}

codes! {
    /// The ground of a refusal. Its name is stable: programs may rely on it.
    pub enum Ground {
        /// The environment asks no gate, so that nobody judged.
        NoGate = "no-gate",
        /// A gate that has to pass has no decision.
        NoDecision = "no-decision",
        /// Two decisions of one gate.
        TwoDecisions = "two-decisions",
        /// A decision of a gate that is not asked.
        OtherGate = "other-gate",
        /// A decision about another project, model, environment or registry.
        OtherSubject = "other-subject",
        /// A decision by another spec, other waivers or other settings.
        OtherSpec = "other-spec",
        /// A decision about a run that is no version.
        Unregistered = "unregistered",
        /// The candidate is not the version that was judged.
        CandidateMoved = "candidate-moved",
        /// The version is there, and is not what was judged.
        CandidateChanged = "candidate-changed",
        /// Another version is live than the one that the candidate was compared with.
        ChampionMoved = "champion-moved",
        /// An alias is not where it was expected to be.
        Unexpected = "unexpected",
        /// The decision is too old, or from the future.
        Age = "decision-age",
        /// The gate blocked.
        Blocked = "blocked",
        /// The gate holds.
        Held = "held",
        /// The decision passes, and judged nothing.
        NotJudged = "not-judged",
        /// The registration of the version is not complete.
        NotReady = "not-ready",
        /// The tag that stands for a person's approval does not say so.
        NotApproved = "not-approved",
        /// The decision is not attested.
        NotAttested = "not-attested",
        /// The ledger does not say what was live before.
        NoLedger = "no-ledger",
        /// The alias is not where the ledger says.
        MovedOutside = "moved-outside",
        /// The version was never live.
        NeverLive = "never-live",
        /// The record would be larger than the registry keeps.
        TooLong = "too-long",
        /// Somebody else moved the alias first, or is about to.
        Conflict = "conflict",
    }
}

impl Ground {
    /// What it comes down to.
    #[must_use]
    pub fn meaning(self) -> Meaning {
        match self {
            Self::NoGate
            | Self::NoDecision
            | Self::TwoDecisions
            | Self::OtherGate
            | Self::OtherSubject
            | Self::OtherSpec
            | Self::Unregistered
            | Self::NoLedger
            | Self::TooLong => Meaning::Wrong,
            Self::CandidateMoved
            | Self::CandidateChanged
            | Self::ChampionMoved
            | Self::Unexpected
            | Self::MovedOutside
            | Self::Conflict
            | Self::Age => Meaning::Moved,
            Self::Blocked
            | Self::NotJudged
            | Self::NotReady
            | Self::NotAttested
            | Self::NeverLive => Meaning::No,
            Self::Held | Self::NotApproved => Meaning::Hold,
        }
    }

    /// Whether `--force` gets over it: a verdict, an age, a missing decision or attestation, and a
    /// version that was never live.
    #[must_use]
    pub fn can_be_forced(self) -> bool {
        matches!(
            self,
            Self::NoGate
                | Self::NoDecision
                | Self::Age
                | Self::Blocked
                | Self::Held
                | Self::NotAttested
                | Self::NeverLive
        )
    }
}

/// A refusal: its ground, with what was found and what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// Its ground.
    pub ground: Ground,
    /// What is the matter, in a lowercase sentence without a full stop.
    pub message: String,
    /// What to do next.
    pub help: String,
}

impl Refusal {
    /// A refusal.
    #[must_use]
    pub fn new(ground: Ground, message: impl Into<String>, help: impl Into<String>) -> Self {
        Self {
            ground,
            message: message.into(),
            help: help.into(),
        }
    }
}

/// What the rules say of a promotion.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ruling {
    /// What stands against it, the most telling first.
    pub refusals: Vec<Refusal>,
    /// What `--force` got over.
    pub forced: Vec<Refusal>,
}

impl Ruling {
    /// Sorts refusals, and takes out those that `--force` gets over where it was given.
    #[must_use]
    pub fn of(mut refusals: Vec<Refusal>, force: bool) -> Self {
        refusals.sort_by_key(|refusal| (refusal.ground.meaning(), refusal.ground));
        let (forced, refusals) = refusals
            .into_iter()
            .partition(|refusal| force && refusal.ground.can_be_forced());
        Self { refusals, forced }
    }

    /// What it comes down to; `None` where nothing stands against it.
    #[must_use]
    pub fn meaning(&self) -> Option<Meaning> {
        let meanings = self.refusals.iter().map(|refusal| refusal.ground.meaning());
        meanings.min()
    }
}
