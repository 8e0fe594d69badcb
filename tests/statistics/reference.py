"""What SciPy says about the measurements that `src/statistics` judges.

    echo '[{"method": "paired-t", "kind": "superiority", "margin": 0, "confidence": 0.95,
            "candidate": [1, 2, 4], "baseline": [0, 0, 0]}]' | python tests/statistics/reference.py

Input is a list of cases, output a list of {estimate, low, high, p} in the same order. Intervals of
ranks are found by asking SciPy's own test which ranks it rejects, Tango's interval by solving his
score equation with the likelihood maximised numerically, both without the formulae that
`src/statistics` uses. A bootstrap answers with `deviation` too, the standard deviation of the
resampled differences, from which the caller derives how far two bootstraps may be apart.
"""

import json
import sys

import numpy as np
from scipy import optimize, stats
from sklearn import metrics

RESAMPLE_BATCH = 2000


def main() -> None:
    """One answer per case."""
    print(json.dumps([METHODS[case["method"]](case) for case in json.load(sys.stdin)]))


def tail(case: dict) -> float:
    """The probability outside each end of the interval."""
    return round(1 - case["confidence"], 12)


def level(case: dict) -> float:
    """The level of the interval with that much outside each end."""
    return 1 - 2 * tail(case)


def claim_p(case: dict, p_value) -> float:
    """`p_value(threshold, alternative)` at the border, or borders, of the claim."""
    margin = case["margin"]
    if case["kind"] == "superiority":
        return p_value(margin, "greater")
    above = p_value(-margin, "greater")
    if case["kind"] == "non-inferiority":
        return above
    return max(above, p_value(margin, "less"))


def answer(estimate, low, high, p=None, **more) -> dict:
    """Plain floats, for JSON."""
    numbers = {"estimate": estimate, "low": low, "high": high, "p": p, **more}
    return {key: None if value is None else float(value) for key, value in numbers.items()}


def differences(case: dict) -> np.ndarray:
    return np.array(case["candidate"]) - np.array(case["baseline"])


def paired_t(case: dict) -> dict:
    sample = differences(case)
    ends = stats.ttest_1samp(sample, 0).confidence_interval(level(case))
    p = claim_p(case, lambda at, side: stats.ttest_1samp(sample, at, alternative=side).pvalue)
    return answer(sample.mean(), ends.low, ends.high, p)


def welch_t(case: dict) -> dict:
    x, y = np.array(case["candidate"]), np.array(case["baseline"])
    ends = stats.ttest_ind(x, y, equal_var=False).confidence_interval(level(case))

    def p_value(at, side):
        return stats.ttest_ind(x - at, y, equal_var=False, alternative=side).pvalue

    return answer(x.mean() - y.mean(), ends.low, ends.high, claim_p(case, p_value))


def depth(case: dict, p_of_statistic, most: int) -> int:
    """How many of the smallest values of a statistic its test rejects, by halving."""
    rejected, kept = -1, most
    while kept - rejected > 1:
        middle = (rejected + kept) // 2
        if p_of_statistic(middle) > tail(case) * (1 + 1e-12):
            kept = middle
        else:
            rejected = middle
    return kept


def signed_rank(case: dict) -> dict:
    sample = differences(case)
    count = len(sample)
    exact = count <= 50

    def p_of_sum(negative: int) -> float:
        signs = np.ones(count)
        for rank in range(count, 0, -1):
            if rank <= negative:
                signs[rank - 1], negative = -1, negative - rank
        method = "exact" if exact else "asymptotic"
        ranks = signs * np.arange(1, count + 1)
        return stats.wilcoxon(ranks, alternative="greater", correction=True, method=method).pvalue

    def p_value(at, side):
        moved = sample - at
        tied = len(set(np.abs(moved))) < count or np.any(moved == 0)
        method = "asymptotic"
        if exact:
            method = stats.PermutationMethod(n_resamples=np.inf) if tied else "exact"
        return stats.wilcoxon(moved, alternative=side, correction=True, method=method).pvalue

    means = np.sort([(a + b) / 2 for i, a in enumerate(sample) for b in sample[i:]])
    at = depth(case, p_of_sum, len(means))
    return answer(np.median(means), means[at - 1], means[-at], claim_p(case, p_value))


def rank_sum(case: dict) -> dict:
    x, y = np.array(case["candidate"]), np.array(case["baseline"])
    exact = len(x) + len(y) <= 60

    def p_of_wins(losses: int) -> float:
        """The p of x above y where so many pairs are lost."""
        beaten = np.zeros(len(x), dtype=int)
        for place in range(len(x)):
            beaten[place] = min(losses, len(y))
            losses -= beaten[place]
        mine = len(y) - beaten + 0.5 - np.arange(len(x)) * 1e-3
        method = "exact" if exact else "asymptotic"
        theirs = np.arange(1, len(y) + 1)
        return stats.mannwhitneyu(mine, theirs, alternative="greater", method=method).pvalue

    def p_value(at, side):
        pooled = np.concatenate([x - at, y])
        method = "exact" if exact else "asymptotic"
        if exact and len(set(pooled)) < len(pooled):
            method = stats.PermutationMethod(n_resamples=np.inf)
        return stats.mannwhitneyu(x - at, y, alternative=side, method=method).pvalue

    shifts = np.sort(np.subtract.outer(x, y).ravel())
    at = depth(case, p_of_wins, len(shifts))
    return answer(np.median(shifts), shifts[at - 1], shifts[-at], claim_p(case, p_value))


def tango_score(n: int, wins: int, losses: int, delta: float) -> float:
    """(b - c - n delta) over its standard error under the likeliest model with that difference."""
    agreed, span = n - wins - losses, (1 - abs(delta)) / 2

    if span <= 0:
        return np.copysign(np.inf, wins - losses - n * delta)

    # Both shares of discordant rows, from the smallest that fit; exact near differences of 1.
    def shares(more: float) -> tuple[float, float]:
        return max(delta, 0.0) + more, max(-delta, 0.0) + more

    def slope(more: float) -> float:
        won, lost = shares(more)
        return wins / won + losses / lost - agreed / (span - more)

    edge = span * 1e-13
    if slope(edge) <= 0:
        likeliest = 0.0
    elif slope(span - edge) >= 0:
        likeliest = span
    else:
        likeliest = optimize.brentq(slope, edge, span - edge, xtol=1e-18, rtol=1e-15)
    lost = shares(likeliest)[1]
    return (wins - losses - n * delta) / np.sqrt(n * (2 * lost + delta - delta**2))


def mcnemar(case: dict) -> dict:
    n, wins, losses = case["rows"], case["only_candidate"], case["only_baseline"]
    z, middle = stats.norm.isf(tail(case)), (wins - losses) / n

    def end(target: float, low: float, high: float) -> float:
        return optimize.brentq(
            lambda delta: tango_score(n, wins, losses, delta) - target, low, high, xtol=1e-15
        )

    def p_value(at, side):
        if case["margin"] == 0:
            return stats.binomtest(wins, wins + losses, 0.5, alternative=side).pvalue
        score = tango_score(n, wins, losses, at)
        return stats.norm.sf(score) if side == "greater" else stats.norm.cdf(score)

    # Never exactly at 0 or the middle, where the numeric likelihood divides by zero.
    step = 1e-9
    low = end(z, -1 + step, middle - step)
    high = end(-z, middle + step, 1 - step)
    return answer(middle, low, high, claim_p(case, p_value))


def wilson(case: dict) -> dict:
    share = stats.binomtest(case["successes"], case["rows"])
    ends = share.proportion_ci(level(case), method="wilson")
    return answer(case["successes"] / case["rows"], ends.low, ends.high)


def score_of(name: str, truth: np.ndarray):
    """The score of resamples along the last axis, and the same by scikit-learn for one."""
    if name == "rmse":
        return (
            lambda t, p: -np.sqrt(np.mean((t - p) ** 2, axis=-1)),
            lambda t, p: -metrics.root_mean_squared_error(t, p),
        )
    if name == "r2":
        return (
            lambda t, p: 1 - np.mean((t - p) ** 2, axis=-1) / np.var(t, axis=-1),
            metrics.r2_score,
        )
    if name == "mape":
        return (
            lambda t, p: -np.mean(np.abs((t - p) / t), axis=-1),
            lambda t, p: -metrics.mean_absolute_percentage_error(t, p),
        )
    if name == "f1-macro":
        return macro_f1, lambda t, p: metrics.f1_score(t, p, average="macro")
    if name == "f1":
        return (
            lambda t, p: f1_of(t, p, 1),
            lambda t, p: metrics.f1_score(t == 1, p == 1, pos_label=True),
        )
    if name == "precision":
        return (
            lambda t, p: share(np.sum((t == 1) & (p == 1), -1), np.sum(p == 1, -1)),
            lambda t, p: metrics.precision_score(t == 1, p == 1),
        )
    assert name == "mean", name
    return (lambda _, p: np.mean(p, axis=-1),) * 2


def share(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    """A share, which of nothing is 0."""
    return np.where(whole > 0, part / np.maximum(whole, 1), 0.0)


def f1_of(truth: np.ndarray, predicted: np.ndarray, label: int) -> np.ndarray:
    both = np.sum((truth == label) & (predicted == label), -1)
    return share(2 * both, np.sum(truth == label, -1) + np.sum(predicted == label, -1))


def macro_f1(truth: np.ndarray, predicted: np.ndarray) -> np.ndarray:
    labels = np.unique([truth, predicted])
    occurs = [np.any((truth == label) | (predicted == label), -1) for label in labels]
    return sum(f1_of(truth, predicted, label) for label in labels) / np.sum(occurs, axis=0)


def bootstrap(case: dict) -> dict:
    """The percentile bootstrap of the difference of a score."""
    candidate, baseline = np.array(case["candidate"]), np.array(case["baseline"])
    truth = np.array(case["truth"])
    score, plain = score_of(case["score"], truth)
    result = stats.bootstrap(
        (truth, candidate, baseline),
        lambda t, c, b, axis: score(t, c) - score(t, b),
        paired=True,
        vectorized=True,
        method="percentile",
        confidence_level=level(case),
        n_resamples=case["resamples"],
        batch=RESAMPLE_BATCH,
        rng=np.random.default_rng(1),
    )
    ends = result.confidence_interval
    return answer(
        plain(truth, candidate) - plain(truth, baseline),
        ends.low,
        ends.high,
        deviation=result.standard_error,
    )


METHODS = {
    "paired-t": paired_t,
    "welch-t": welch_t,
    "signed-rank": signed_rank,
    "rank-sum": rank_sum,
    "mcnemar": mcnemar,
    "wilson": wilson,
    "bootstrap": bootstrap,
}


if __name__ == "__main__":
    main()
