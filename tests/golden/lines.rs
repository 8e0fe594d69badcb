//! One-line rules of every form, with hostile names, and lines that are no rules.

use gatewright::evidence::Reference;
use gatewright::gate::decimal;
use gatewright::gate::rule::{
    AgeRule, Comparator, CoverageRule, Margin, MetricRule, ParamRule, Rule, SignatureMode,
    SignatureRule, SliceKey, TagRule, Threshold,
};
use proptest::prelude::*;
use serde_json::Value as Json;

/// Names and values that look like something else.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        3 => "[a-z_]{1,8}(/[a-z]{1,4})?",
        1 => prop::sample::select(vec![
            "age", "tag", "param", "coverage", "signature", "dataset", "scorers", "champion",
            "previous", "warn", "warn:", "warn: x", "off:x", "x:", "*", "=", "<=", "5", "1e3", "-1",
            ".5", "80%", "\"", "\\", "'", "a b", " a", "a ", "[x]", "a]", "(", "a,b", "≤", "\n",
            "\u{0}", "\u{2028}", "é", "nan", "version(3)", "tag x", "\\u{41}", "$x", "#", "- x",
        ]).prop_map(str::to_owned),
        2 => any::<String>().prop_filter("not empty", |text| !text.is_empty()),
    ]
}

fn number() -> impl Strategy<Value = bigdecimal::BigDecimal> {
    prop_oneof![
        any::<f64>()
            .prop_filter("finite", |value| value.is_finite())
            .prop_map(|value| format!("{value:e}")),
        "-?[0-9]{1,20}(\\.[0-9]{1,20})?",
    ]
    .prop_map(|text| decimal::parse(&text).unwrap())
}

fn comparator() -> impl Strategy<Value = Comparator> {
    prop::sample::select(vec![
        Comparator::Less,
        Comparator::AtMost,
        Comparator::Greater,
        Comparator::AtLeast,
        Comparator::Equal,
        Comparator::NotEqual,
    ])
}

fn one_version() -> impl Strategy<Value = Reference> {
    prop_oneof![
        Just(Reference::Champion),
        Just(Reference::Previous),
        "[a-zA-Z_-]{2,8}"
            .prop_filter("reserved", |name| !name.eq_ignore_ascii_case("latest"))
            .prop_map(Reference::Alias),
        (1..=u64::MAX).prop_map(Reference::Version),
        "[a-z0-9][a-z0-9_-]{0,31}".prop_map(Reference::Run),
    ]
}

fn reference() -> impl Strategy<Value = Reference> {
    prop_oneof![
        4 => one_version(),
        1 => (1..=1000_u32).prop_map(Reference::Median),
        1 => (1..=1000_u32).prop_map(Reference::Best),
    ]
}

fn threshold() -> impl Strategy<Value = Threshold> {
    let margin = prop_oneof![
        number().prop_map(Margin::Absolute),
        number().prop_map(Margin::Percent),
        number().prop_map(Margin::PercentagePoints),
    ];
    prop_oneof![
        number().prop_map(Threshold::Absolute),
        (reference(), prop::option::of(margin))
            .prop_map(|(reference, margin)| Threshold::Relative { reference, margin }),
    ]
}

fn slice() -> impl Strategy<Value = Vec<SliceKey>> {
    let value =
        prop_oneof![1 => Just(None), 1 => Just(Some(String::new())), 4 => text().prop_map(Some)];
    prop::collection::btree_map(text(), value, 0..3).prop_map(|keys| {
        keys.into_iter()
            .map(|(key, value)| SliceKey { key, value })
            .collect()
    })
}

fn metric() -> impl Strategy<Value = Rule> {
    (text(), slice(), comparator(), threshold()).prop_map(
        |(metric, slice, comparator, threshold)| {
            Rule::Metric(MetricRule {
                slice,
                ..MetricRule::new(&metric, comparator, threshold)
            })
        },
    )
}

fn signature() -> impl Strategy<Value = Rule> {
    let mode = prop::sample::select(vec![
        SignatureMode::Backward,
        SignatureMode::Forward,
        SignatureMode::Exact,
    ]);
    (mode, one_version())
        .prop_map(|(mode, against)| Rule::Signature(SignatureRule { mode, against }))
}

fn param() -> impl Strategy<Value = Rule> {
    prop_oneof![
        (
            text(),
            any::<bool>(),
            prop_oneof![Just(String::new()), text()]
        )
            .prop_map(|(name, equal, value)| {
                let comparator = if equal {
                    Comparator::Equal
                } else {
                    Comparator::NotEqual
                };
                Rule::Param(ParamRule {
                    name,
                    comparator,
                    value,
                })
            }),
        (text(), comparator(), "-?[0-9]{1,5}(\\.[0-9]{1,5})?").prop_map(
            |(name, comparator, value)| Rule::Param(ParamRule {
                name,
                comparator,
                value
            })
        ),
    ]
}

/// A rule of any one-line form.
pub(crate) fn rule() -> impl Strategy<Value = Rule> {
    prop_oneof![
        6 => metric(),
        1 => signature(),
        1 => one_version().prop_map(Rule::Dataset),
        1 => one_version().prop_map(Rule::Scorers),
        1 => (text(), comparator(), 0..=10_000_u32).prop_map(|(judge, comparator, share)| {
            let percent = bigdecimal::BigDecimal::new(share.into(), 2);
            Rule::Coverage(CoverageRule { judge, comparator, percent })
        }),
        1 => (1..=50_000_000_u64).prop_map(|minutes| Rule::Age(AgeRule { at_most_seconds: minutes * 60 })),
        1 => (text(), any::<bool>(), prop_oneof![Just(String::new()), text()])
            .prop_map(|(name, equal, value)| Rule::Tag(TagRule { name, equal, value })),
        1 => param(),
    ]
}

/// Pieces of lines in any order, and text of any kind.
pub(crate) fn noise() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => prop::sample::select(vec![
            "rmse", "champion", "alias(", "version(3)", "median(5)", "coverage(", ")", "[", "]",
            "region=", "*", ",", "<=", ">=", "=", "=>", "≤", "==", "-", "+", "0.5", "1e999", "80%",
            "pp", "%", "age", "7d", "tag", "param", "signature", "exact", "dataset", "same", "warn:",
            "\"", "\\", "\"a b\"", " ", "  ", "\t", "\u{2212}", "×", "*", "0,8", "'",
        ]).prop_map(str::to_owned),
        1 => text(),
    ];
    prop_oneof![
        3 => prop::collection::vec(piece, 0..10).prop_map(|pieces| pieces.join(" ")),
        1 => any::<String>(),
    ]
}

/// Whether an item of `checks` says that it is off.
pub(crate) fn is_off(check: &Json) -> bool {
    let line = |text: &str| text.trim_start().starts_with("off:");
    check.as_str().is_some_and(line)
        || check.get("off").is_some()
        || check["level"] == "off"
        || check["check"].as_str().is_some_and(line)
}

fn scalar() -> impl Strategy<Value = Json> {
    let words = vec![
        "rmse",
        "rmse <= 5",
        "off: rmse <= 5",
        "champion",
        "run",
        "model",
        "latest",
        "mean",
        "warn",
        "off",
        "error",
        "region",
        "equivalence",
        "superiority",
        "t",
        "mcnemar",
        "rows",
        "judge",
        "runs",
        "history",
        "a.xml",
        "../a",
        "/a",
        ">= 95%",
        "<= 5",
        "true",
        "0.1",
        "1e999",
        "ignore",
        "",
        " ",
        "\u{0}",
    ];
    prop_oneof![
        8 => prop::sample::select(words).prop_map(Json::from),
        3 => prop::sample::select(vec![0.1, 0.0, -0.5, 1.0, 0.95, 2.5, 1e300]).prop_map(Json::from),
        3 => prop::sample::select(vec![0, 1, 5, 200, -1, i64::MAX]).prop_map(Json::from),
        1 => any::<bool>().prop_map(Json::from),
        1 => Just(Json::Null),
    ]
}

fn object(
    keys: &'static [&'static str],
    value: impl Strategy<Value = Json> + 'static,
    most: usize,
) -> impl Strategy<Value = Json> {
    let pairs = prop::collection::vec((prop::sample::select(keys), value), 0..most);
    pairs.prop_map(|pairs| {
        pairs
            .into_iter()
            .map(|(key, value)| (key.to_owned(), value))
            .collect::<serde_json::Map<_, _>>()
            .into()
    })
}

/// Items of `checks` that are right.
const RIGHT: &[&str] = &[
    r#""rmse <= 5""#,
    r#""warn: recall[region=*] >= 0.7""#,
    r#"{"off": "mae <= 5"}"#,
    r#"{"info": "age <= 7d"}"#,
    r#"{"check": "rmse <= 4", "level": "off"}"#,
    r#"{"check": "wer <= 4", "from": {"model": {}}, "step": "mean", "critical": true}"#,
    r#"{"metric": "loss", "test": {"kind": "superiority"}}"#,
    r#"{"metric": "tone", "test": {"kind": "equivalence", "margin": 0.1, "samples": "runs", "method": "t"}}"#,
    r#"{"metric": "recall", "slices": {"by": ["a"], "min": 0.5, "table": {}}}"#,
    r#"{"import": {"junit": "a.xml", "pass_rate": ">= 95%"}}"#,
    r#"{"import": {"json": "a.json", "pointer": "/a", "is": true}}"#,
];

/// The keys of an item.
const KEYS: &[&str] = &[
    "id", "level", "critical", "check", "metric", "from", "step", "slices", "test", "import",
    "error", "warn", "info", "off", "chek",
];

/// The keys of what is in it.
const INNER: &[&str] = &[
    "by",
    "min",
    "max",
    "max_gap",
    "min_n",
    "small",
    "count",
    "table",
    "kind",
    "against",
    "margin",
    "confidence",
    "method",
    "resamples",
    "seed",
    "samples",
    "pair_by",
    "larger_is_better",
    "junit",
    "sarif",
    "json",
    "promptfoo",
    "evidently",
    "pointer",
    "is",
    "pass_rate",
    "model",
    "run",
    "dataset",
    "path",
    "key",
    "score",
    "target",
    "prediction",
];

/// A right item, or one with a key more or another value, or one of keys and values that are known
/// in combinations that mostly are not.
pub(crate) fn item() -> impl Strategy<Value = Json> {
    let right =
        || prop::sample::select(RIGHT).prop_map(|text| serde_json::from_str::<Json>(text).unwrap());
    let list = prop::collection::vec(scalar(), 0..3).prop_map(Json::from);
    let inner = object(
        INNER,
        prop_oneof![6 => scalar(), 2 => list, 1 => object(INNER, scalar(), 3)],
        5,
    );
    let more = (
        right(),
        prop::sample::select(KEYS),
        prop_oneof![scalar(), object(INNER, scalar(), 2)],
    );
    let bent = more.prop_map(|(mut check, key, value)| {
        let inner = check.get_mut(key).and_then(Json::as_object_mut);
        if let Some((object, more)) = inner.zip(value.as_object()) {
            object.extend(more.clone());
        } else if check.is_object() {
            check[key] = value;
        } else {
            check = value;
        }
        check
    });
    prop_oneof![
        6 => right(),
        6 => bent,
        1 => scalar(),
        1 => object(KEYS, prop_oneof![2 => scalar(), 2 => inner], 5),
    ]
}
