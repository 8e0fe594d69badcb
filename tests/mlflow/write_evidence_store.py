"""Write a store with every kind of evidence that a gate reads, by whatever MLflow runs this.

    python tests/mlflow/write_evidence_store.py sqlite:////tmp/evidence.db
    python tests/mlflow/write_evidence_store.py http://127.0.0.1:5000

The store must be new. Runs with MLflow 2.22 to 3.17, also as `mlflow-skinny` with pandas. The
story: a model `m` sorts taxi trips. Version 1 is live, version 2 was a try with a broken metric,
version 3 is the candidate: a little better on the whole and much worse for one region, with a
column that nobody sends yet, and judged by a judge that failed on some rows. Everything random
is seeded, so the numbers are the same in every store; ids and times are MLflow's own.

What a version of MLflow cannot do is left out and said in `skipped`. Standard output is one JSON
document with the ids and the numbers; "nan" and "inf" are strings.
"""

import json
import math
import random
import sys
from contextlib import redirect_stdout
from typing import Any, NamedTuple

import mlflow
import pandas as pd
from mlflow import MlflowClient
from mlflow.entities import Metric, Param
from mlflow.models import ModelSignature
from mlflow.types import ColSpec, ParamSchema, ParamSpec, Schema

MODEL = "m"
EXPERIMENT = "evidence"
START_MS = 1_750_000_000_000
ROWS = 200
REGIONS = ["airport", "city", "suburb"]
QUESTIONS = 20
HAS_LOGGED_MODELS = not mlflow.__version__.startswith("2.")


class Version(NamedTuple):
    """A version of the model: how good it is by region, and what is odd about it."""

    name: str
    commit: str
    hits: dict[str, float]
    columns: list[ColSpec]
    histories: dict[str, list[float]]
    rows_the_judge_fails_on: int
    answers_until_a_wrong_one: int


VERSIONS = [
    Version(
        "live",
        "a" * 40,
        {"airport": 0.90, "city": 0.80, "suburb": 0.80},
        [ColSpec("double", "distance"), ColSpec("long", "passengers")],
        {"loss": [1.0, 0.5, 0.25], "val_loss": [1.1, 0.6, 0.7]},
        0,
        5,
    ),
    # Takes what version 1 took. `drift` ends as NaN, `val_loss` only passed through one. (A NaN
    # at step 0 is more than MLflow 3.9 can take: `log_model` writes that step a second time.)
    Version(
        "tried",
        "b" * 40,
        {"airport": 0.90, "city": 0.85, "suburb": 0.80},
        [
            ColSpec("double", "distance"),
            ColSpec("long", "passengers"),
            ColSpec("string", "hotel", required=False),
        ],
        {
            "loss": [1.0, 0.4, 0.2],
            "val_loss": [1.0, math.nan, 0.5],
            "drift": [0.1, math.nan],
        },
        0,
        10,
    ),
    # Wants a column that nobody sent to version 1, and has another type for one.
    Version(
        "candidate",
        "c" * 40,
        {"airport": 0.75, "city": 0.95, "suburb": 0.95},
        [
            ColSpec("float", "distance"),
            ColSpec("long", "passengers"),
            ColSpec("boolean", "night"),
        ],
        {"loss": [1.0, 0.3, 0.1], "val_loss": [0.9, 0.5, 0.4], "cost": [2.0, math.inf]},
        6,
        10,
    ),
]


class Sorter(mlflow.pyfunc.PythonModel):
    """The model that is logged: a gate reads its signature and never runs it."""

    def predict(self, context, model_input, params=None):
        return [1] * len(model_input)


def main() -> None:
    """Write the story, and print what was written."""
    mlflow.set_tracking_uri(sys.argv[1])
    client = MlflowClient()
    document: dict[str, Any] = {"mlflow": mlflow.__version__, "model": MODEL}
    # MLflow talks on standard output, which is for our document alone.
    with redirect_stdout(sys.stderr):
        document["experiment_id"] = mlflow.set_experiment(EXPERIMENT).experiment_id
        client.create_registered_model(MODEL, tags={"owner": "trips"})
        document["versions"] = {
            str(number): write_version(client, number, version)
            for number, version in enumerate(VERSIONS, start=1)
        }
        client.set_registered_model_alias(MODEL, "champion", "1")
        client.set_registered_model_alias(MODEL, "challenger", "3")
    document["skipped"] = sorted(SKIPPED)
    print(json.dumps(spelled(document), indent=1, allow_nan=False))


SKIPPED: set[str] = set()


def write_version(client: MlflowClient, number: int, version: Version) -> dict:
    """The training run with all that hangs on it, the registered version, and its evaluations."""
    table = predictions(number, version)
    written: dict[str, Any] = {"name": version.name, "metrics": scores(table)}
    with mlflow.start_run(run_name=version.name) as run:
        written["run_id"] = run.info.run_id
        log_numbers(client, run.info.run_id, version, written["metrics"])
        written["datasets"] = log_data_sets(number)
        mlflow.log_table(table, "predictions.json")
        written["seeds"] = [log_seed(number, seed) for seed in range(5)]
        source, model_id = log_signed_model(version)
    written["source"], written["model_id"] = source, model_id
    client.create_model_version(
        MODEL,
        source,
        run_id=written["run_id"],
        tags={"stage": "live" if version.name == "live" else "candidate"},
        description=version.name,
        **({"model_id": model_id} if model_id else {}),
    )
    written["later_runs"] = judge_later(client, number, model_id)
    written["judged"] = judge_rows(version, model_id)
    return written


def predictions(number: int, version: Version) -> pd.DataFrame:
    """200 rows of the same trips for every version, and what this one says about each."""
    trips = random.Random(7)
    guesses = random.Random(number)
    rows = []
    for trip in range(ROWS):
        region, target = trips.choice(REGIONS), trips.randint(0, 1)
        is_hit = guesses.random() < version.hits[region]
        rows.append((trip, region, target, target if is_hit else 1 - target))
    return pd.DataFrame(rows, columns=["id", "region", "target", "prediction"])


def scores(table: pd.DataFrame) -> dict[str, float]:
    """Accuracy on the whole and by region, as anyone can recompute from the logged table."""
    hits = table.assign(hit=table["target"] == table["prediction"])
    by_region = {
        f"accuracy.region.{region}": float(part["hit"].mean())
        for region, part in hits.groupby("region")
    }
    return {"accuracy": float(hits["hit"].mean()), **by_region}


def log_numbers(
    client: MlflowClient, run_id: str, version: Version, metrics: dict[str, float]
) -> None:
    """Metrics with their histories (one point per step, in time), parameters and tags."""
    points = [Metric(name, value, START_MS, 0) for name, value in metrics.items()]
    points += [
        Metric(name, value, START_MS + step, step)
        for name, values in version.histories.items()
        for step, value in enumerate(values)
    ]
    params = [Param("learning_rate", "0.1"), Param("depth", str(len(version.columns)))]
    client.log_batch(run_id, points, params)
    client.set_tag(run_id, "mlflow.source.git.commit", version.commit)
    client.set_tag(run_id, "team", "trips")


def log_data_sets(number: int) -> dict[str, dict[str, str]]:
    """Trained on data of its own, evaluated on what all versions are evaluated on."""
    frames = {
        "training": pd.DataFrame({"distance": [1.0 * number, 2.0], "target": [0, 1]}),
        "evaluation": pd.DataFrame({"distance": [3.0, 4.0, 5.0], "target": [0, 1, 1]}),
    }
    written = {}
    for context, frame in frames.items():
        name = "trips" if context == "training" else "holdout"
        data_set = mlflow.data.from_pandas(frame, name=name, targets="target")
        mlflow.log_input(data_set, context=context)
        written[context] = {"name": name, "digest": data_set.digest}
    return written


def log_seed(number: int, seed: int) -> dict[str, Any]:
    """The same training again with another seed: a child run."""
    accuracy = round(
        0.80 + 0.02 * number + random.Random(10 * number + seed).uniform(-0.01, 0.01), 4
    )
    with mlflow.start_run(run_name=f"seed-{seed}", nested=True) as run:
        mlflow.log_param("seed", seed)
        mlflow.log_metric("accuracy", accuracy)
    return {"run_id": run.info.run_id, "accuracy": accuracy}


def log_signed_model(version: Version) -> tuple[str, str | None]:
    """The model's files with its signature: where a version points to, and MLflow 3's model id."""
    signature = ModelSignature(
        Schema(version.columns),
        Schema([ColSpec("long")]),
        ParamSchema([ParamSpec("threshold", "double", 0.5)]),
    )
    where = {"name": "model"} if HAS_LOGGED_MODELS else {"artifact_path": "model"}
    # Requirements are given, because MLflow would find them out in a process of its own.
    info = mlflow.pyfunc.log_model(
        python_model=Sorter(), signature=signature, pip_requirements=["mlflow"], **where
    )
    if HAS_LOGGED_MODELS:
        return f"models:/{info.model_id}", info.model_id
    return mlflow.get_artifact_uri("model"), None


def judge_later(
    client: MlflowClient, number: int, model_id: str | None
) -> dict[str, dict]:
    """MLflow 3: metrics of a later run, put on the logged model by data set."""
    if not model_id:
        SKIPPED.add("logged models: they came with MLflow 3")
        return {}
    written = {}
    for data_set, shift in (("holdout", 0.0), ("last-week", -0.05)):
        value = round(0.80 + 0.03 * number + shift, 4)
        with mlflow.start_run(run_name=f"judge-{data_set}") as run:
            client.log_metric(
                run.info.run_id,
                "f1",
                value,
                timestamp=START_MS,
                dataset_name=data_set,
                dataset_digest=f"digest-of-{data_set}",
                model_id=model_id,
            )
        written[data_set] = {"run_id": run.info.run_id, "f1": value}
    return written


def judge_rows(version: Version, model_id: str | None) -> dict[str, Any] | None:
    """Judges on rows: one that always answers, one that fails on some, one that has no opinion."""
    try:
        from mlflow.genai import evaluate, scorer
    except ImportError as error:
        SKIPPED.add(f"judges on rows: {error}")
        return None

    @scorer
    def correct(outputs, expectations):
        return outputs == expectations["answer"]

    @scorer
    def helpful(inputs):
        if inputs["number"] < version.rows_the_judge_fails_on:
            raise RuntimeError("the judge is overloaded")
        return "yes"

    @scorer
    def brief(inputs):
        return 0.5 if inputs["number"] % 2 else None

    data = [
        {
            "inputs": {"question": f"how far is stop {number}?", "number": number},
            "expectations": {"answer": f"{number} miles"},
        }
        for number in range(QUESTIONS)
    ]

    def answer(question, number):
        turn = number % version.answers_until_a_wrong_one
        return f"{number} miles" if turn else "no idea"

    with mlflow.start_run(run_name=f"judged-{version.name}") as run:
        try:
            result = evaluate(
                data=data,
                predict_fn=answer,
                scorers=[correct, helpful, brief],
                model_id=model_id,
            )
        except ImportError as error:
            SKIPPED.add(f"judges on rows: {error}")
            return None
    metrics = {name: float(value) for name, value in result.metrics.items()}
    return {"run_id": run.info.run_id, "rows": QUESTIONS, "metrics": metrics}


def spelled(value: Any) -> Any:
    """JSON has no word for NaN and the infinities."""
    if isinstance(value, dict):
        return {key: spelled(part) for key, part in value.items()}
    if isinstance(value, list):
        return [spelled(part) for part in value]
    if isinstance(value, float) and not math.isfinite(value):
        return repr(value)
    return value


if __name__ == "__main__":
    main()
