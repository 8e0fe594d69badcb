"""Write a store full of awkward versions, by MLflow alone, and print what MLflow reads back.

    python tests/mlflow/write_store.py sqlite:////tmp/awkward.db
    python tests/mlflow/write_store.py http://127.0.0.1:5000

The store must be new. The conformance tests read the same one with gatewright and must see the
same numbers. Each version of model `m` has one oddity, so that a test that fails names it.
Standard output is one JSON document; floats are their shortest round trip, and "nan", "inf",
"-inf" are strings.
"""

import json
import math
import sys
from contextlib import redirect_stdout
from typing import NamedTuple

import mlflow
from mlflow import MlflowClient

START_MS = 1_750_000_000_000
ESCAPED_NAME = "50% été & more+?#1"
GOOD = {"rmse": 3.0, "r2": 0.80}
BETTER = {"rmse": 2.5, "r2": 0.88}

Point = tuple[str, float, int]


class Case(NamedTuple):
    """A version: why it is there, and the metrics of its run in the order they are written."""

    why: str
    points: list[Point]
    run_deleted: bool = False


def once(metrics: dict[str, float]) -> list[Point]:
    """Each metric written one time, at step 0."""
    return [(name, value, 0) for name, value in metrics.items()]


ODD_NAMES_AND_SIZES = {
    "rmse": 5e-324,
    "r2": 0.88,
    "smallest normal": 2.2250738585072014e-308,
    "huge": 1e308,
    "largest": 1.7976931348623157e308,
    "most negative": -1.7976931348623157e308,
    "negative zero": -0.0,
    "sum of 0.1 and 0.2": 0.1 + 0.2,
    "2 to the 53 and 1": 9007199254740993.0,
    "val/rmse": 2.25,
    "a/b/c.d-e f_g": 1.0,
    "rmse.rush_hour": 3.5,
    "top-5 accuracy": 0.99,
    "größe": 1.5,
    "精度": 0.75,
    "R2": 0.1,
    "champion": 0.2,
}

CASES = [
    Case(
        "good; the last point written is not the highest step",
        [
            ("rmse", 6.0, 0),
            ("rmse", GOOD["rmse"], 10),
            ("rmse", 9.9, 5),
            ("r2", 0.5, 0),
            ("r2", GOOD["r2"], 10),
            ("r2", 0.1, 5),
        ],
    ),
    Case("better", once(BETTER)),
    Case("rmse is NaN", once(BETTER | {"rmse": math.nan})),
    Case("rmse is +inf", once(BETTER | {"rmse": math.inf})),
    Case("r2 is -inf", once(BETTER | {"r2": -math.inf})),
    Case("no rmse", once({"r2": BETTER["r2"]})),
    Case("exactly champion + 0.05 in r2", once({"rmse": 3.0, "r2": 0.85})),
    Case("odd sizes and names", once(ODD_NAMES_AND_SIZES)),
    Case("no run", []),
    Case("its run was deleted", once(BETTER), run_deleted=True),
    Case(
        "same step twice: the later timestamp counts",
        [("rmse", 9.0, 7), ("rmse", 2.0, 7), ("r2", 0.88, 7)],
    ),
    Case("NaN at the highest step", [*once(BETTER), ("rmse", math.nan, 1)]),
    Case(
        "NaN before the highest step",
        [("rmse", math.nan, 0), ("rmse", 2.5, 1), ("r2", 0.88, 1)],
    ),
    Case("negative steps", [("rmse", 2.5, -1), ("rmse", 9.0, -5), ("r2", 0.88, 0)]),
]


def main() -> None:
    """Write every model, then read everything back."""
    mlflow.set_tracking_uri(sys.argv[1])
    client = MlflowClient()
    # With a server, MLflow prints a link for each finished run: not into our document.
    with redirect_stdout(sys.stderr):
        write_models(client, client.create_experiment("awkward"))
    document = {"mlflow": mlflow.__version__, "models": read_models(client)}
    print(json.dumps(document, indent=1, ensure_ascii=False, allow_nan=False))


def write_models(client: MlflowClient, experiment: str) -> None:
    """All of them; the names are part of what the tests rely on."""
    write_awkward_versions(client, experiment)
    write_lonely(client, experiment)
    write_same(client, experiment)
    write_escaped(client, experiment)
    write_judged_later(client, experiment)


def write_awkward_versions(client: MlflowClient, experiment: str) -> None:
    """Model `m`: version n is the n-th case."""
    client.create_registered_model("m")
    for case in CASES:
        run_id = write_run(client, experiment, case.points) if case.points else None
        add_version(client, "m", run_id, case.why)
        if run_id and case.run_deleted:
            client.delete_run(run_id)
    client.set_registered_model_alias("m", "champion", "1")
    client.set_registered_model_alias("m", "challenger", "2")


def write_lonely(client: MlflowClient, experiment: str) -> None:
    """A first version: nothing is live yet."""
    client.create_registered_model("lonely")
    run_id = write_run(client, experiment, once(GOOD))
    add_version(client, "lonely", run_id, "no champion")
    client.set_registered_model_alias("lonely", "challenger", "1")


def write_same(client: MlflowClient, experiment: str) -> None:
    """The candidate has been promoted already."""
    client.create_registered_model("same")
    run_id = write_run(client, experiment, once(GOOD))
    add_version(client, "same", run_id, "champion and challenger at once")
    client.set_registered_model_alias("same", "champion", "1")
    client.set_registered_model_alias("same", "challenger", "1")


def write_escaped(client: MlflowClient, experiment: str) -> None:
    """A name that a URL cannot hold as it is."""
    client.create_registered_model(ESCAPED_NAME)
    for alias, metrics in (("champion", GOOD), ("challenger", BETTER)):
        run_id = write_run(client, experiment, once(metrics))
        version = add_version(client, ESCAPED_NAME, run_id, alias)
        client.set_registered_model_alias(ESCAPED_NAME, alias, version)


def write_judged_later(client: MlflowClient, experiment: str) -> None:
    """MLflow 3: the metrics are on the logged model, put there by a later run, per data set.

    The challenger's `mae` is NaN, which the logged model in an SQL store keeps as 0.
    """
    client.create_registered_model("judged-later")
    for alias, rmse, mae in (("champion", 3.0, 2.0), ("challenger", 2.5, math.nan)):
        training = write_run(client, experiment, once({"train_rmse": 1.0}))
        model = client.create_logged_model(experiment, source_run_id=training)
        judging = client.create_run(experiment).info.run_id
        for data_set, shift in (("holdout", 0.0), ("last-week", 0.5)):
            for name, value in (("rmse", rmse + shift), ("mae", mae + shift)):
                client.log_metric(
                    judging,
                    name,
                    value,
                    timestamp=START_MS + int(shift * 1000),
                    dataset_name=data_set,
                    dataset_digest=f"digest-of-{data_set}",
                    model_id=model.model_id,
                )
        client.set_terminated(judging)
        version = client.create_model_version(
            "judged-later",
            f"models:/{model.model_id}",
            run_id=training,
            model_id=model.model_id,
        ).version
        client.set_registered_model_alias("judged-later", alias, version)


def write_run(client: MlflowClient, experiment: str, points: list[Point]) -> str:
    """A finished run; each point a millisecond after the one before."""
    run_id = client.create_run(experiment).info.run_id
    for number, (name, value, step) in enumerate(points):
        client.log_metric(run_id, name, value, timestamp=START_MS + number, step=step)
    client.set_terminated(run_id)
    return run_id


def add_version(client: MlflowClient, name: str, run_id: str | None, why: str) -> str:
    """A version whose files live nowhere: a gate never opens them."""
    source = f"s3://nowhere/{run_id or 'imported'}/model"
    version = client.create_model_version(name, source, run_id=run_id, description=why)
    return str(version.version)


def read_models(client: MlflowClient) -> dict[str, dict]:
    """Every registered model as the client sees it."""
    models = {}
    for found in client.search_registered_models():
        model = client.get_registered_model(found.name)
        models[model.name] = {
            "aliases": {
                alias: str(version) for alias, version in model.aliases.items()
            },
            "versions": read_versions(client, model.name),
        }
    return models


def read_versions(client: MlflowClient, name: str) -> dict[str, dict]:
    """Versions of one model by number, from one upwards, until there is none."""
    versions: dict[str, dict] = {}
    while True:
        number = str(len(versions) + 1)
        try:
            version = client.get_model_version(name, number)
        except mlflow.MlflowException as error:
            if error.error_code == "RESOURCE_DOES_NOT_EXIST":
                return versions
            raise
        versions[number] = {
            "why": version.description or None,
            "source": version.source,
            "run_id": version.run_id or None,
            **read_run(client, version.run_id),
            "logged_model": read_logged_model(client, version.source),
        }


def read_run(client: MlflowClient, run_id: str | None) -> dict:
    """Latest metrics and full history ([step, timestamp, value]) of a run, if there is one."""
    if not run_id:
        return {"lifecycle_stage": None, "metrics": {}, "history": {}}
    run = client.get_run(run_id)
    return {
        "lifecycle_stage": run.info.lifecycle_stage,
        "metrics": {name: spelled(value) for name, value in run.data.metrics.items()},
        "history": {
            name: read_history(client, run_id, name) for name in run.data.metrics
        },
    }


def read_history(client: MlflowClient, run_id: str, name: str) -> list[list]:
    """All points of a metric, in an order that does not depend on the store."""
    points = client.get_metric_history(run_id, name)
    points.sort(key=lambda point: (point.step, point.timestamp))
    return [[point.step, point.timestamp, spelled(point.value)] for point in points]


def read_logged_model(client: MlflowClient, source: str) -> dict | None:
    """The logged model behind a version and its metrics per data set, if it has one."""
    if not source.startswith("models:/m-"):
        return None
    model = client.get_logged_model(source.removeprefix("models:/"))
    metrics = [
        {
            "name": metric.key,
            "value": spelled(metric.value),
            "step": metric.step,
            "run_id": metric.run_id,
            "dataset_name": metric.dataset_name,
            "dataset_digest": metric.dataset_digest,
        }
        for metric in model.metrics or []
    ]
    metrics.sort(key=lambda metric: (metric["name"], metric["dataset_name"] or ""))
    return {"model_id": model.model_id, "metrics": metrics}


def spelled(value: float) -> float | str:
    """JSON has no word for NaN and the infinities."""
    return value if math.isfinite(value) else repr(value)


if __name__ == "__main__":
    main()
