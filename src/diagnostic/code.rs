//! Every kind of diagnostic, with what it means.

use crate::codes::codes;

codes! {
    /// The kind of a diagnostic. Its name is stable: scripts and editors may rely on it.
    pub enum Code {
        /// The spec file cannot be read: it is missing, a folder, not permitted, or too large.
        Unreadable = "unreadable",
        /// The spec is not UTF-8 text.
        NotText = "not-text",
        /// The spec holds nothing but white space and comments.
        EmptySpec = "empty-spec",
        /// The text is not YAML.
        YamlSyntax = "yaml-syntax",
        /// The YAML is nested deeper, or expands to more, than any spec needs.
        YamlLimit = "yaml-limit",
        /// The YAML uses a feature that has no place in a spec: merge keys, tags, several documents, keys that are not strings.
        YamlFeature = "yaml-feature",
        /// A key stands twice in the same mapping; YAML readers disagree on which one counts.
        DuplicateKey = "duplicate-key",
        /// YAML readers disagree on this scalar: `no` is false to some, `3.10` is 3.1 to all.
        AmbiguousScalar = "ambiguous-scalar",
        /// The spec knows no such key here.
        UnknownKey = "unknown-key",
        /// A required key is missing.
        MissingKey = "missing-key",
        /// A value is of another type than its key takes.
        WrongType = "wrong-type",
        /// A value is of the right type and not one that its key takes.
        InvalidValue = "invalid-value",
        /// The spec is of a version that this gatewright does not read.
        UnsupportedVersion = "unsupported-version",
        /// The project uses another version of gatewright than the one that runs.
        ToolVersion = "tool-version",
        /// A name that nothing in the spec has.
        UnknownReference = "unknown-reference",
        /// Stages that need each other in a circle.
        DependencyCycle = "dependency-cycle",
        /// Two things whose names clash where they are used.
        NameClash = "name-clash",
        /// A `${...}` that is not a reference to an environment variable.
        InvalidReference = "invalid-reference",
        /// A password in a URL, or a value that looks like a credential; the spec holds references, never secrets.
        SecretInSpec = "secret-in-spec",
        /// A check that cannot be read.
        InvalidCheck = "invalid-check",
        /// A check whose direction is wrong for a metric of that name.
        InvertedCheck = "inverted-check",
        /// A check that can never fail, whatever the model: its bound lies outside of what the metric can be.
        ToothlessCheck = "toothless-check",
        /// A check that can never pass, whatever the model.
        ImpossibleCheck = "impossible-check",
        /// Two checks of a gate that no value satisfies together.
        ContradictingChecks = "contradicting-checks",
        /// A check that holds wherever another one of the gate does, so that it says nothing of its own.
        ImpliedCheck = "implied-check",
        /// A statistical test whose settings leave it no way to tell: a confidence outside of 0.5 to 1, too few measurements or resamples, no margin.
        WeakTest = "weak-test",
        /// A gate without a single check that could block.
        ToothlessGate = "toothless-gate",
        /// A gate that no environment asks for.
        UnreachableGate = "unreachable-gate",
        /// An environment that is deployed without any gate.
        UngatedEnvironment = "ungated-environment",
        /// An environment that is deployed while its store is a file on the runner, gone with the job and with what was promoted there.
        EphemeralStore = "ephemeral-store",
        /// Two deployed environments that move the same alias of the same model in one registry: what goes live in one is live in the other.
        SharedAlias = "shared-alias",
        /// A command or value that the CI system would rewrite before the shell sees it.
        UnsafeExpansion = "unsafe-expansion",
        /// A schedule that a CI system would not read, or would never keep.
        InvalidSchedule = "invalid-schedule",
        /// A step of a rollout that is over before the endpoint tells what it measured.
        ShortBake = "short-bake",
        /// The pipelines cannot be laid out as the spec asks.
        InvalidPlan = "invalid-plan",
    }
}

impl std::fmt::Display for Code {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}
