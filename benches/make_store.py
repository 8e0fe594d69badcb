"""Make a big MLflow store for benchmarks: real schema, many runs, many metric rows.

    python benches/make_store.py OUT.db [--runs 10000] [--metric-rows 1000000]

MLflow itself makes the schema, the experiment, the registered model, its versions and its
aliases; only runs and metrics are written by SQL, because through the client a million of them
take an hour. The store has model `bench` with a champion and a challenger that passes the gate
in `gate_with_mlflow_client.py`.
"""

import argparse
import random
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from mlflow import MlflowClient

MODEL = "bench"
VERSIONS = 20
CHAMPION, CHALLENGER = 19, 20
STEPS = 3
START_MS = 1_750_000_000_000
TRAINING_KEYS = [f"train/loss_{number}" for number in range(10)]
EVALUATION_KEYS = ["rmse", "r2", *(f"eval/metric_{number:03}" for number in range(100))]
MINIMUM_ROWS = VERSIONS * STEPS * len(EVALUATION_KEYS)
LAST_VALUES = {
    CHAMPION: {"rmse": 3.10, "r2": 0.90},
    CHALLENGER: {"rmse": 3.05, "r2": 0.905},
}

MetricRow = tuple[str, float, int, str, int, int]


def main() -> None:
    """Schema, runs and metrics, then the registry on top of them."""
    arguments = parse_arguments()
    client = MlflowClient(f"sqlite:///{arguments.out.resolve()}")
    experiment = client.create_experiment(MODEL, artifact_location="s3://bench/runs")
    random.seed(0)
    runs = [f"{random.getrandbits(128):032x}" for _ in range(arguments.runs)]
    # Spread over the table, as versions are in a store that has grown.
    versioned = runs[:: len(runs) // VERSIONS][:VERSIONS]
    with closing(sqlite3.connect(arguments.out)) as database:
        fill(database, experiment, runs, versioned, arguments.metric_rows)
    register(client, versioned)


def parse_arguments() -> argparse.Namespace:
    """Command line; refuses to touch a store that exists."""
    parser = argparse.ArgumentParser(description="Make a big MLflow store.")
    parser.add_argument("out", type=Path)
    parser.add_argument("--runs", type=int, default=10_000)
    parser.add_argument("--metric-rows", type=int, default=1_000_000)
    arguments = parser.parse_args()
    if arguments.out.exists():
        parser.error(f"{arguments.out} exists")
    if arguments.runs <= VERSIONS or arguments.metric_rows < MINIMUM_ROWS:
        parser.error(f"at least {VERSIONS + 1} runs and {MINIMUM_ROWS} metric rows")
    return arguments


def fill(
    database: sqlite3.Connection,
    experiment: str,
    runs: list[str],
    versioned: list[str],
    total: int,
) -> None:
    """Write runs and metrics in one transaction, and what follows from them."""
    database.execute("PRAGMA synchronous = OFF")
    with database:
        database.executemany(
            "INSERT INTO runs (run_uuid, name, source_type, source_name, user_id, status,"
            " start_time, end_time, lifecycle_stage, artifact_uri, experiment_id)"
            " VALUES (?, ?, 'LOCAL', 'train.py', 'bench', 'FINISHED', ?, ?, 'active', ?, ?)",
            run_rows(runs, int(experiment)),
        )
        database.executemany(
            "INSERT INTO metrics (key, value, timestamp, run_uuid, step, is_nan)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            metric_rows(runs, versioned, total),
        )
        database.execute(LATEST_METRICS)


# The rule of MLflow's SqlAlchemyStore: the largest (step, timestamp, value) is the latest.
LATEST_METRICS = """
    INSERT INTO latest_metrics (key, value, timestamp, step, is_nan, run_uuid)
    SELECT key, value, timestamp, step, is_nan, run_uuid
    FROM (
        SELECT *, row_number() OVER (
            PARTITION BY run_uuid, key ORDER BY step DESC, timestamp DESC, value DESC
        ) AS place
        FROM metrics
    )
    WHERE place = 1
"""


def run_rows(runs: list[str], experiment: int) -> Iterator[tuple]:
    """One finished run per minute."""
    for number, run in enumerate(runs):
        start = START_MS + number * 60_000
        artifacts = f"s3://bench/runs/{run}/artifacts"
        yield run, f"run-{number}", start, start + 50_000, artifacts, experiment


def metric_rows(
    runs: list[str], versioned: list[str], total: int
) -> Iterator[MetricRow]:
    """Exactly `total` rows: evaluations for versions, learning curves for the rest."""
    for version, run in enumerate(versioned, start=1):
        yield from evaluation(run, LAST_VALUES.get(version, {}))
    with_version = set(versioned)
    others = [run for run in runs if run not in with_version]
    each, extra = divmod(total - MINIMUM_ROWS, len(others))
    for number, run in enumerate(others):
        yield from learning_curves(run, each + (number < extra))


def evaluation(run: str, last_values: dict[str, float]) -> Iterator[MetricRow]:
    """Every evaluation metric at every step; the last step as told, where told."""
    for key in EVALUATION_KEYS:
        for step in range(STEPS):
            value = random.uniform(5.0, 9.0)
            if step == STEPS - 1:
                value = last_values.get(key, value)
            yield key, value, START_MS + step * 1000, run, step, 0


def learning_curves(run: str, count: int) -> Iterator[MetricRow]:
    """Losses that fall, now and then interrupted by NaN (stored as 0 with a flag)."""
    for number in range(count):
        step, key = divmod(number, len(TRAINING_KEYS))
        is_nan = int(random.random() < 0.0005)
        value = 0.0 if is_nan else random.random() / (1 + step)
        yield TRAINING_KEYS[key], value, START_MS + step * 1000, run, step, is_nan


def register(client: MlflowClient, versioned: list[str]) -> None:
    """Versions and aliases, by MLflow itself."""
    client.create_registered_model(MODEL)
    for run in versioned:
        source = f"s3://bench/runs/{run}/artifacts/model"
        client.create_model_version(MODEL, source, run_id=run)
    client.set_registered_model_alias(MODEL, "champion", str(CHAMPION))
    client.set_registered_model_alias(MODEL, "challenger", str(CHALLENGER))
    chosen = client.get_model_version_by_alias(MODEL, "challenger")
    metrics = client.get_run(chosen.run_id).data.metrics
    print(
        f"challenger: version {chosen.version}, {len(metrics)} metrics", file=sys.stderr
    )


if __name__ == "__main__":
    main()
