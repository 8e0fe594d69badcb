"""Stage `train`: fit a model, log it, register it, and call the new version the challenger."""

import os
from importlib.metadata import version
from typing import NamedTuple

import mlflow
import pandas as pd
from mlflow.models import infer_signature
from sklearn.ensemble import GradientBoostingRegressor

from taxi_fare.data import TARGET, features, training_trips
from taxi_fare.tracking import CANDIDATE_ALIAS, MODEL_NAME, connect

REQUIREMENTS = ["pandas", "scikit-learn", "skops"]
TRUSTED_TYPES = ["sklearn.tree._tree.Tree"]


class Settings(NamedTuple):
    """What a pipeline or a curious person may change without touching code."""

    trips: int
    trees: int
    learning_rate: float


def settings() -> Settings:
    """The settings of this environment, with defaults that work."""
    return Settings(
        trips=int(os.environ.get("TAXI_TRIPS") or 20_000),
        trees=int(os.environ.get("TAXI_TREES") or 150),
        learning_rate=float(os.environ.get("TAXI_LEARNING_RATE") or 0.08),
    )


def fit(trips: pd.DataFrame, trees: int, learning_rate: float) -> GradientBoostingRegressor:
    """A fitted model; the same trips and settings give the same one."""
    model = GradientBoostingRegressor(
        n_estimators=trees,
        learning_rate=learning_rate,
        max_depth=4,
        min_samples_leaf=10,
        subsample=0.5,
        random_state=0,
    )
    return model.fit(features(trips), trips[TARGET])


def register(model: GradientBoostingRegressor, trips: pd.DataFrame) -> str:
    """Log the model to the active run as a new version, and return that version."""
    examples = features(trips).head(100)
    logged = mlflow.sklearn.log_model(
        model,
        name="model",
        registered_model_name=MODEL_NAME,
        signature=infer_signature(examples, model.predict(examples)),
        # skops, unlike pickle, runs no code when a model is loaded: it asks which types to trust.
        serialization_format="skops",
        skops_trusted_types=TRUSTED_TYPES,
        # Said, not inferred: inference loads the model in a second process and takes seconds.
        pip_requirements=[f"{name}=={version(name)}" for name in REQUIREMENTS],
    )
    return str(logged.registered_model_version)


def main() -> None:
    """Train on this environment's settings."""
    connect()
    chosen = settings()
    trips = training_trips(chosen.trips)
    with mlflow.start_run():
        mlflow.log_params(chosen._asdict())
        dataset = mlflow.data.from_pandas(trips, name="taxi-trips", targets=TARGET)
        mlflow.log_input(dataset, context="training")
        model = fit(trips, chosen.trees, chosen.learning_rate)
        new = register(model, trips)
    mlflow.MlflowClient().set_registered_model_alias(MODEL_NAME, CANDIDATE_ALIAS, new)
    print(f"{MODEL_NAME} version {new} is the {CANDIDATE_ALIAS}")


if __name__ == "__main__":
    main()
