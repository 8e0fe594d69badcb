"""Training: settings come from the environment, and the model learns something."""

import pytest

from taxi_fare.data import features, make_trips
from taxi_fare.evaluate import score
from taxi_fare.train import fit, settings


def test_settings_come_from_the_environment(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("TAXI_TRIPS", "500")
    monkeypatch.setenv("TAXI_TREES", "")
    assert settings().trips == 500
    assert settings().trees == 150


def test_a_small_model_beats_guessing_the_mean():
    model = fit(make_trips(2_000, seed=1), trees=50, learning_rate=0.1)
    unseen = make_trips(500, seed=2)
    assert score(unseen, model.predict(features(unseen)))["r2"] > 0.9


def test_training_twice_gives_the_same_model():
    trips = make_trips(1_000, seed=1)
    first, second = (fit(trips, trees=20, learning_rate=0.1) for _ in range(2))
    assert (first.predict(features(trips)) == second.predict(features(trips))).all()
