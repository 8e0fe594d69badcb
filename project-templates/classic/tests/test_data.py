"""The trips: the same every time, and plausible."""

import pandas as pd

from taxi_fare.data import (
    FEATURES,
    HOLDOUT_TRIPS,
    TARGET,
    features,
    holdout_trips,
    is_rush_hour,
    make_trips,
    training_trips,
)


def test_the_same_seed_makes_the_same_trips():
    pd.testing.assert_frame_equal(make_trips(500, seed=1), make_trips(500, seed=1))


def test_another_seed_makes_other_trips():
    assert not make_trips(500, seed=1).equals(make_trips(500, seed=2))


def test_trips_are_complete_and_plausible():
    trips = make_trips(5_000, seed=3)
    assert not trips.isna().any().any()
    assert trips[TARGET].between(4, 250).all()
    assert trips["hour"].between(0, 23).all()
    assert trips["passengers"].between(1, 6).all()
    assert 0.05 < trips["airport"].mean() < 0.15


def test_a_longer_trip_costs_more():
    trips = make_trips(5_000, seed=3)
    assert trips["distance_km"].corr(trips[TARGET]) > 0.8


def test_rush_hour_is_on_workdays_only():
    hours = pd.Series([8, 8, 12, 17])
    weekdays = pd.Series([0, 6, 0, 4])
    assert is_rush_hour(hours, weekdays).tolist() == [True, False, False, True]


def test_the_model_never_sees_the_fare():
    assert TARGET not in FEATURES
    assert list(features(make_trips(10, seed=1)).columns) == FEATURES


def test_no_holdout_trip_is_trained_on():
    holdout = holdout_trips()
    assert len(holdout) == HOLDOUT_TRIPS
    shared = holdout.merge(training_trips(5_000), on=[*FEATURES, TARGET])
    assert shared.empty
