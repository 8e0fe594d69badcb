"""The metrics: right on numbers one can check by hand, and never quietly wrong."""

import math

import numpy as np
import pandas as pd
import pytest

from taxi_fare.evaluate import score

TRIPS = pd.DataFrame(
    {
        "fare": [10.0, 20.0, 30.0, 40.0],
        "rush_hour": [1.0, 1.0, 0.0, 0.0],
        "airport": [0.0, 0.0, 0.0, 1.0],
    }
)


def test_perfect_predictions_have_no_error():
    metrics = score(TRIPS, TRIPS["fare"].to_numpy())
    assert metrics["rmse"] == metrics["mae"] == 0.0
    assert metrics["r2"] == 1.0


def test_errors_are_measured_overall_and_per_slice():
    metrics = score(TRIPS, TRIPS["fare"].to_numpy() + np.array([3.0, 3.0, 0.0, 0.0]))
    assert metrics["mae"] == pytest.approx(1.5)
    assert metrics["rmse"] == pytest.approx(math.sqrt(4.5))
    assert metrics["r2"] == pytest.approx(1 - 18 / 500)
    assert metrics["rmse.rush_hour"] == pytest.approx(3.0)
    assert metrics["rmse.off_peak"] == 0.0


def test_a_missing_fare_is_not_skipped():
    trips = TRIPS.assign(fare=[10.0, 20.0, 30.0, None])
    assert math.isnan(score(trips, TRIPS["fare"].to_numpy())["rmse"])
