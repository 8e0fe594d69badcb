"""Tests of the project."""

from fare.fit import TRAINING, fit, price


def test_a_longer_ride_costs_no_less():
    """Whatever the recipe."""
    for regress in (True, False):
        model = fit(TRAINING, regress)
        assert price(model, 2.0) >= price(model, 1.0)
