//! What was measured during one step.
//!
//! The one decision here: only what was measured wholly within the step counts. Databricks tells
//! the numbers of single minutes: gauges in spite of their names, each with the minute they are
//! about. They are added up, every minute once; where an endpoint says that it counts up for ever,
//! differences count.

use std::collections::{BTreeMap, BTreeSet};

use super::exposition::{Exposition, Sample};
use crate::evidence::Reading;

/// The names of Databricks' metrics.
const REQUESTS: &str = "request_count_total";
const CLIENT_ERRORS: &str = "request_4xx_count_total";
const SERVER_ERRORS: &str = "request_5xx_count_total";
const LATENCY: &str = "request_latency_ms_bucket";
const LATENCY_SUM: &str = "request_latency_ms_sum";
const LATENCY_COUNT: &str = "request_latency_ms_count";

/// How long the minutes of an endpoint are, in milliseconds.
const MINUTE_MS: i64 = 60_000;

/// What an endpoint tells about its metrics.
#[derive(Debug, Clone, PartialEq)]
pub enum Measurement {
    /// Numbers of the whole endpoint, to be taken apart by route and added up.
    Text(Exposition),
    /// The metrics of each route since the step began, ready to be judged.
    Values(BTreeMap<String, BTreeMap<String, f64>>),
}

/// Everything that was measured since a step began.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Window {
    since_ms: i64,
    routes: BTreeSet<String>,
    /// The numbers of each minute, or the last ones where they count up, by route and minute.
    minutes: BTreeMap<(String, i64), Counts>,
    /// By route: what the counters showed first, and what was added since.
    counted: BTreeMap<String, (Counts, Counts)>,
    /// What was told as it is to be judged.
    values: BTreeMap<String, BTreeMap<String, f64>>,
    /// Whether a text named none of the routes.
    is_nameless: bool,
}

/// Numbers by what they count; the buckets of the latency by their bound.
type Counts = BTreeMap<Key, f64>;

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Key {
    Of(&'static str),
    /// The bits of the bound: for what is not negative they have the order of the numbers.
    Bucket(u64),
}

impl Window {
    /// An empty window for these routes, from this moment on.
    #[must_use]
    pub fn new(since_ms: i64, routes: impl IntoIterator<Item = String>) -> Self {
        Self {
            since_ms,
            routes: routes.into_iter().collect(),
            ..Self::default()
        }
    }

    /// When it began, in milliseconds since the Unix epoch.
    #[must_use]
    pub fn since_ms(&self) -> i64 {
        self.since_ms
    }

    /// Whether the endpoint tells numbers, and not which of them are whose.
    #[must_use]
    pub fn is_nameless(&self) -> bool {
        self.is_nameless
    }

    /// Adds what an endpoint told at a moment.
    pub fn add(&mut self, measurement: &Measurement, now_ms: i64) {
        match measurement {
            Measurement::Values(values) => self.values.clone_from(values),
            Measurement::Text(text) => self.add_text(text, now_ms),
        }
    }

    fn add_text(&mut self, text: &Exposition, now_ms: i64) {
        let mut now: BTreeMap<(String, i64), Counts> = BTreeMap::new();
        let mut of_requests = text.samples.iter().filter(|sample| sample.name == REQUESTS);
        let is_named = |sample: &Sample| self.route(sample).is_some();
        self.is_nameless = of_requests.clone().count() > 0 && !of_requests.any(is_named);
        for sample in &text.samples {
            let Some((route, key)) = self.route(sample).zip(key(sample)) else {
                continue;
            };
            let at_ms = sample
                .at_ms
                .unwrap_or(now_ms - now_ms.rem_euclid(MINUTE_MS));
            let counts = now.entry((route.to_owned(), at_ms)).or_default();
            // Several replicas, or codes, of one route.
            *counts.entry(key).or_insert(0.0) += sample.value;
        }
        if text.counts_up(REQUESTS) {
            for ((route, _), counts) in now {
                self.count_up(route, &counts);
            }
            return;
        }
        // Whether a minute is named by its beginning or by its end: it lies within the step.
        let first = self.since_ms.saturating_add(MINUTE_MS);
        let within = now.into_iter().filter(|((_, at_ms), _)| *at_ms >= first);
        self.minutes.extend(within);
    }

    /// The route that a sample is about: the one that any of its labels names.
    fn route(&self, sample: &Sample) -> Option<&str> {
        let mut values = sample.labels.values();
        values.find_map(|value| self.routes.get(value).map(String::as_str))
    }

    fn count_up(&mut self, route: String, counts: &Counts) {
        let Some((last, added)) = self.counted.get_mut(&route) else {
            self.counted.insert(route, (counts.clone(), Counts::new()));
            return;
        };
        for (key, value) in counts {
            let before = last.get(key).copied().unwrap_or(0.0);
            // A server that began anew counts from nothing.
            let more = if *value < before {
                *value
            } else {
                value - before
            };
            *added.entry(key.clone()).or_insert(0.0) += more;
        }
        last.clone_from(counts);
    }

    /// The metrics of a route, as a gate judges them: `requests`, `error_rate`,
    /// `error_4xx_rate`, `error_5xx_rate`, `latency_mean_ms`, `latency_p50_ms`, `latency_p95_ms`,
    /// `latency_p99_ms`; what was not measured is not among them.
    #[must_use]
    pub fn metrics(&self, route: &str) -> BTreeMap<String, Reading> {
        let told = self.values.get(route).into_iter().flatten();
        let mut metrics: BTreeMap<String, Reading> = told
            .map(|(name, value)| (name.clone(), reading(*value)))
            .collect();
        let counts = self.total(route);
        let of = |name| counts.get(&Key::Of(name)).copied();
        let mut add = |name: &str, value: f64| metrics.insert(name.to_owned(), reading(value));
        if let Some(requests) = of(REQUESTS) {
            add("requests", requests);
            let errors = of(CLIENT_ERRORS).zip(of(SERVER_ERRORS));
            if let Some((client, server)) = errors.filter(|_| requests > 0.0) {
                add("error_rate", (client + server) / requests);
                add("error_4xx_rate", client / requests);
                add("error_5xx_rate", server / requests);
            }
        }
        if let Some((sum, count)) = of(LATENCY_SUM).zip(of(LATENCY_COUNT))
            && count > 0.0
        {
            add("latency_mean_ms", sum / count);
        }
        for (name, share) in [
            ("latency_p50_ms", 0.50),
            ("latency_p95_ms", 0.95),
            ("latency_p99_ms", 0.99),
        ] {
            if let Some(bound) = quantile(&counts, share) {
                add(name, bound);
            }
        }
        metrics
    }

    fn total(&self, route: &str) -> Counts {
        if let Some((_, added)) = self.counted.get(route) {
            return added.clone();
        }
        let mut total = Counts::new();
        for (_, counts) in self.minutes.iter().filter(|((name, _), _)| name == route) {
            for (key, value) in counts {
                *total.entry(key.clone()).or_insert(0.0) += value;
            }
        }
        total
    }
}

fn key(sample: &Sample) -> Option<Key> {
    if sample.name == LATENCY {
        let bound = sample.labels.get("le")?;
        let bound = match bound.as_str() {
            "+Inf" => f64::INFINITY,
            other => other.parse().ok().filter(|bound| *bound >= 0.0)?,
        };
        return Some(Key::Bucket(bound.to_bits()));
    }
    let names = [
        REQUESTS,
        CLIENT_ERRORS,
        SERVER_ERRORS,
        LATENCY_SUM,
        LATENCY_COUNT,
    ];
    names
        .into_iter()
        .find(|name| *name == sample.name)
        .map(Key::Of)
}

/// The bound that a share of the requests stayed below, between the bounds of a bucket in
/// proportion, as Prometheus' `histogram_quantile` has it; infinite beyond the last bound.
fn quantile(counts: &Counts, share: f64) -> Option<f64> {
    let buckets: Vec<(f64, f64)> = counts
        .iter()
        .filter_map(|(key, count)| match key {
            Key::Bucket(bits) => Some((f64::from_bits(*bits), *count)),
            Key::Of(_) => None,
        })
        .collect();
    let (last, total) = *buckets.last()?;
    if last.is_finite() || total <= 0.0 || !total.is_finite() {
        return None;
    }
    let rank = share * total;
    let (mut low, mut below) = (0.0, 0.0);
    for (bound, count) in buckets {
        if count >= rank {
            let within = (rank - below) / (count - below);
            return Some(if bound.is_finite() {
                low + (bound - low) * within
            } else {
                bound
            });
        }
        (low, below) = (bound, count);
    }
    None
}

/// Reads a double as it is: an infinity is no number that a check could compare.
fn reading(value: f64) -> Reading {
    Reading::from_stored(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SINCE: i64 = 1_788_717_900_000;

    fn window() -> Window {
        Window::new(SINCE, ["fare-6".to_owned(), "fare-7".to_owned()])
    }

    fn add(window: &mut Window, text: &str) {
        let text = Measurement::Text(Exposition::read(text).unwrap());
        window.add(&text, SINCE + 5 * MINUTE_MS);
    }

    fn number(window: &Window, route: &str, name: &str) -> Option<f64> {
        Some(window.metrics(route).get(name)?.finite()?.get())
    }

    #[test]
    fn minutes_are_added_up_and_each_counts_once() {
        let mut window = window();
        for (minute, requests) in [(0, 500), (1, 10), (1, 10), (2, 30)] {
            let at = SINCE + minute * MINUTE_MS;
            add(
                &mut window,
                &format!(
                    "# TYPE request_count_total gauge\n\
                 request_count_total{{served_model_name=\"fare-7\"}} {requests} {at}\n\
                 request_4xx_count_total{{served_model_name=\"fare-7\"}} 1 {at}\n\
                 request_5xx_count_total{{served_model_name=\"fare-7\"}} 0 {at}\n"
                ),
            );
        }
        // The minute in which the step began is not wholly its own.
        assert_eq!(number(&window, "fare-7", "requests"), Some(40.0));
        assert_eq!(number(&window, "fare-7", "error_rate"), Some(0.05));
        assert_eq!(window.metrics("fare-6"), BTreeMap::new());
    }

    #[test]
    fn counters_count_by_their_difference_also_when_a_server_begins_anew() {
        let mut window = window();
        for requests in [100, 150, 20] {
            add(
                &mut window,
                &format!(
                    "# TYPE request_count_total counter\n\
                 request_count_total{{entity=\"fare-6\"}} {requests}\n"
                ),
            );
        }
        assert_eq!(number(&window, "fare-6", "requests"), Some(70.0));
    }

    #[test]
    fn quantiles_lie_between_the_bounds_of_their_bucket_and_beyond_the_last_they_are_infinite() {
        let mut window = window();
        let bucket = |bound: &str, count: u32| {
            let at = SINCE + MINUTE_MS;
            format!("request_latency_ms_bucket{{m=\"fare-7\",le=\"{bound}\"}} {count} {at}\n")
        };
        let text = [
            bucket("5", 0),
            bucket("10", 50),
            bucket("100", 96),
            bucket("+Inf", 100),
        ];
        add(&mut window, &text.concat());
        assert_eq!(number(&window, "fare-7", "latency_p50_ms"), Some(10.0));
        let p95 = number(&window, "fare-7", "latency_p95_ms").unwrap();
        assert!((p95 - 98.043_478).abs() < 1e-6, "{p95}");
        let p99 = window.metrics("fare-7")["latency_p99_ms"];
        assert_eq!(p99, Reading::PositiveInfinity);
    }

    #[test]
    fn an_endpoint_that_does_not_say_whose_numbers_they_are_is_noticed() {
        let mut window = window();
        add(&mut window, "request_count_total{endpoint=\"fare\"} 12\n");
        assert!(window.is_nameless());
        assert_eq!(window.metrics("fare-7"), BTreeMap::new());
    }

    #[test]
    fn no_requests_have_no_rates() {
        let mut window = window();
        let at = SINCE + MINUTE_MS;
        add(
            &mut window,
            &format!(
                "request_count_total{{m=\"fare-7\"}} 0 {at}\nrequest_4xx_count_total{{m=\"fare-7\"}} 0 {at}\n\
             request_5xx_count_total{{m=\"fare-7\"}} 0 {at}\nrequest_latency_ms_bucket{{m=\"fare-7\",le=\"+Inf\"}} 0 {at}\n"
            ),
        );
        let names: Vec<_> = window.metrics("fare-7").into_keys().collect();
        assert_eq!(names, ["requests"]);
    }
}
