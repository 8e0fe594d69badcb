"""The paired bootstrap of `src/statistics` by SciPy: 10,000 resamples of 100,000 rows.

    python benches/bootstrap.py mean|f1

In batches that fit a CI runner's memory. The mean is that of differences made beforehand, which is
less work than resampling both sides. Prints the interval.
"""

import sys

import numpy as np
from scipy import stats

ROWS = 100_000
RESAMPLES = 10_000
BATCH = 50


def main() -> None:
    """Two models on the same rows, the candidate a little better."""
    random = np.random.default_rng(1)
    if sys.argv[1] == "mean":
        difference = random.normal(0.01, 1.0, ROWS)
        samples, statistic = (difference,), np.mean
    else:
        truth = random.random(ROWS) < 0.3
        candidate = truth ^ (random.random(ROWS) < 0.10)
        baseline = truth ^ (random.random(ROWS) < 0.11)
        samples, statistic = (truth, candidate, baseline), f1_difference
    interval = stats.bootstrap(
        samples,
        statistic,
        paired=len(samples) > 1,
        vectorized=True,
        n_resamples=RESAMPLES,
        batch=BATCH,
        confidence_level=0.9,
        method="percentile",
        rng=random,
    ).confidence_interval
    print(interval.low, interval.high)


def f1(truth: np.ndarray, predicted: np.ndarray, axis: int) -> np.ndarray:
    hits = np.sum(truth & predicted, axis=axis)
    return 2 * hits / (np.sum(truth, axis=axis) + np.sum(predicted, axis=axis))


def f1_difference(truth, candidate, baseline, axis=-1) -> np.ndarray:
    return f1(truth, candidate, axis) - f1(truth, baseline, axis)


if __name__ == "__main__":
    main()
