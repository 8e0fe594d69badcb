"""Stage `evaluate`: score the challenger on trips it has never seen.

The metrics go into the run that made the version, so that whoever holds a version finds its
evidence; the holdout set is logged beside them, so that nobody compares two versions that were
judged by different trips.
"""

import time

import mlflow
import numpy as np
import pandas as pd
from mlflow.pyfunc import PyFuncModel

from taxi_fare.data import TARGET, features, holdout_trips
from taxi_fare.tracking import CANDIDATE_ALIAS, MODEL_NAME, connect

WARM_UP_CALLS = 20
LATENCY_CALLS = 300


def score(trips: pd.DataFrame, predicted: np.ndarray) -> dict[str, float]:
    """How far off the predictions are: overall, and where a mean would hide it."""
    fare = trips[TARGET].to_numpy()
    errors = predicted - fare
    slices = {
        "rush_hour": trips["rush_hour"] == 1,
        "off_peak": trips["rush_hour"] == 0,
        "airport": trips["airport"] == 1,
        "city": trips["airport"] == 0,
    }
    return {
        "rmse": rmse(errors),
        "mae": float(np.abs(errors).mean()),
        "r2": 1.0 - float((errors**2).sum() / ((fare - fare.mean()) ** 2).sum()),
        **{f"rmse.{name}": rmse(errors[rows.to_numpy()]) for name, rows in slices.items()},
    }


def rmse(errors: np.ndarray) -> float:
    """Root mean square, in the unit of the fare."""
    return float(np.sqrt((errors**2).mean()))


def latency_p95_ms(model: PyFuncModel, trips: pd.DataFrame) -> float:
    """Milliseconds that 95 of 100 single predictions stay below, as online serving makes them."""
    taken = []
    for row in range(WARM_UP_CALLS + LATENCY_CALLS):
        trip = features(trips.iloc[row : row + 1])
        start = time.perf_counter()
        model.predict(trip)
        taken.append((time.perf_counter() - start) * 1000.0)
    # The first calls pay for what all later ones reuse.
    return float(np.percentile(taken[WARM_UP_CALLS:], 95))


def main() -> None:
    """Evaluate the version that is the challenger now; a later one changes nothing."""
    connect()
    candidate = mlflow.MlflowClient().get_model_version_by_alias(MODEL_NAME, CANDIDATE_ALIAS)
    model = mlflow.pyfunc.load_model(f"models:/{MODEL_NAME}/{candidate.version}")
    trips = holdout_trips()
    dataset = mlflow.data.from_pandas(trips, name="taxi-holdout", targets=TARGET)
    metrics = score(trips, np.asarray(model.predict(features(trips))))
    metrics["latency_p95_ms"] = latency_p95_ms(model, trips)
    with mlflow.start_run(run_id=candidate.run_id):
        mlflow.log_input(dataset, context="evaluation")
        mlflow.log_metrics(metrics, dataset=dataset, model_id=model.model_id)
    for name, value in metrics.items():
        print(f"{name:16} {value:.4f}")


if __name__ == "__main__":
    main()
