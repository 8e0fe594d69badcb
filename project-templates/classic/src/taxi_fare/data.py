"""Taxi trips: made by code, so that the project runs anywhere and twice the same.

To use real data, keep the three functions at the end and replace what is above them.
"""

import numpy as np
import pandas as pd

FEATURES = ["distance_km", "hour", "weekday", "passengers", "rush_hour", "airport"]
TARGET = "fare"

TRAINING_SEED = 7
HOLDOUT_SEED = 2024
HOLDOUT_TRIPS = 4_000

# How many trips start in each hour of the day, from midnight: few at four, most at six.
TRIPS_BY_HOUR = np.array(
    [14, 10, 7, 5, 4, 6, 13, 25, 31, 28, 25, 26, 28, 28, 29, 30, 32, 37, 40, 38, 34, 30, 26, 20],
    dtype=float,
)


def make_trips(count: int, seed: int) -> pd.DataFrame:
    """`count` trips with their fares; the same `seed` gives the same trips."""
    rng = np.random.default_rng(seed)
    airport = rng.random(count) < 0.09
    trips = pd.DataFrame(
        {
            "distance_km": _distances(rng, airport),
            "hour": rng.choice(24, size=count, p=TRIPS_BY_HOUR / TRIPS_BY_HOUR.sum()),
            "weekday": rng.integers(0, 7, size=count),
            "passengers": rng.choice(6, size=count, p=[0.70, 0.15, 0.06, 0.04, 0.03, 0.02]) + 1,
            "airport": airport,
        }
    )
    trips["rush_hour"] = is_rush_hour(trips["hour"], trips["weekday"])
    trips[TARGET] = _fares(rng, trips)
    return trips.astype(float)[[*FEATURES, TARGET]]


def is_rush_hour(hour: pd.Series, weekday: pd.Series) -> pd.Series:
    """Monday (0) to Friday, 7 to 10 in the morning and 16 to 19 in the evening."""
    busy = hour.between(7, 9) | hour.between(16, 18)
    return busy & (weekday < 5)


def _distances(rng: np.random.Generator, airport: np.ndarray) -> np.ndarray:
    """Kilometres: most trips are short, airport trips are all about as long."""
    city = rng.lognormal(mean=1.2, sigma=0.65, size=airport.size).clip(0.5, 30.0)
    out_of_town = rng.normal(21.0, 3.5, size=airport.size).clip(12.0, 35.0)
    return np.where(airport, out_of_town, city).round(2)


def _fares(rng: np.random.Generator, trips: pd.DataFrame) -> np.ndarray:
    """Meter, time lost in traffic, surcharges; and what no feature explains."""
    night = (trips["hour"] >= 22) | (trips["hour"] < 6)
    minutes_per_km = np.select([trips["rush_hour"], night], [4.2, 1.7], default=2.6)
    minutes = trips["distance_km"] * minutes_per_km * rng.lognormal(0.0, 0.22, size=len(trips))
    meter = 3.2 + 1.55 * trips["distance_km"] + 0.38 * minutes
    surcharges = 1.5 * night + 2.5 * trips["rush_hour"] + 4.0 * (trips["passengers"] > 4)
    tolls = 6.5 * trips["airport"]
    detours = rng.normal(0.0, 0.8, size=len(trips))
    return (meter + surcharges + tolls + detours).clip(4.0).round(2).to_numpy()


def training_trips(count: int) -> pd.DataFrame:
    """Trips to learn from."""
    return make_trips(count, TRAINING_SEED)


def holdout_trips() -> pd.DataFrame:
    """Trips to judge by: always the same ones, or versions could not be compared."""
    return make_trips(HOLDOUT_TRIPS, HOLDOUT_SEED)


def features(trips: pd.DataFrame) -> pd.DataFrame:
    """The columns a model may see."""
    return trips[FEATURES]
