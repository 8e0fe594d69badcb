"""Where MLflow is, and what things are called there: one place, so that all stages agree."""

import os

import mlflow

MODEL_NAME = "taxi-fare"
CANDIDATE_ALIAS = "challenger"


def connect() -> None:
    """Point MLflow at the store and experiment of this environment.

    A pipeline passes a variable that is not set as an empty string, hence `or`.
    """
    mlflow.set_tracking_uri(os.environ.get("MLFLOW_TRACKING_URI") or "sqlite:///mlflow.db")
    mlflow.set_experiment(os.environ.get("MLFLOW_EXPERIMENT_NAME") or "taxi-fare")
