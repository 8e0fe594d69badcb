"""Write a store with everything a gate reads, each part with its oddities, by MLflow alone.

    python tests/mlflow/write_odd_evidence.py sqlite:////tmp/odd.db
    MLFLOW_ALLOW_FILE_STORE=true python tests/mlflow/write_odd_evidence.py /tmp/odd/mlruns

The store must be new. `read_store.py` prints what MLflow reads back from it. Runs with MLflow
2.22 too, which has no logged models and no judges.
"""

import math
import sys
from typing import Any

import mlflow
import pandas as pd
from mlflow import MlflowClient
from mlflow.entities import Metric, Param

from ledger import promote

START_MS = 1_750_000_000_000
HAS_LOGGED_MODELS = not mlflow.__version__.startswith("2.")
# What a file store cannot keep is left out.
IS_FILE_STORE = "://" not in sys.argv[1]


def main() -> None:
    """Write every part; the names are part of what the tests rely on."""
    mlflow.set_tracking_uri(sys.argv[1])
    client = MlflowClient()
    experiment = client.create_experiment("odd evidence")
    mlflow.set_experiment(experiment_id=experiment)
    run_id = write_run(client, experiment)
    write_states(client, experiment)
    write_family(client, experiment)
    write_versions(client, run_id)
    if HAS_LOGGED_MODELS:
        write_logged_models(client, experiment)
        write_judged(client)


def write_run(client: MlflowClient, experiment: str) -> str:
    """Histories with NaN and infinities, names with spaces and slashes, data sets, odd texts."""
    with mlflow.start_run(run_name="odd") as run:
        run_id = run.info.run_id
        points = [
            *series("loss", [1.0, 0.5, math.nan, 0.25]),
            *series("broken", [0.1, math.nan]),
            *series("cost", [2.0, math.inf, -math.inf]),
            *series("a/b/c.d-e f_g", [5e-324, -0.0]),
            *series("précision", [0.1 + 0.2]),
            Metric("order", 1.0, START_MS, 5),
            Metric("order", 2.0, START_MS + 1, 5),
            Metric("order", 3.0, START_MS + 2, -4),
        ]
        client.log_batch(run_id, points)
        params = [Param("empty", ""), Param("a/b", "x"), Param("lines", "one\ntwo\n")]
        client.log_batch(run_id, [], params)
        for key, value in {
            "empty": "",
            "a/b": "é",
            "lines": "one\r\ntwo\n",
            "mlflow.source.git.commit": "c" * 40,
        }.items():
            client.set_tag(run_id, key, value)
        for context, number in (("training", 1), ("eval uation", 2), (None, 3)):
            frame = pd.DataFrame({"x": [1.0 * number]})
            data_set = mlflow.data.from_pandas(frame, name=f"data {number}")
            mlflow.log_input(data_set, context=context)
    return run_id


def series(name: str, values: list[float]) -> list[Metric]:
    """One point per step, a millisecond apart."""
    return [
        Metric(name, value, START_MS + step, step) for step, value in enumerate(values)
    ]


def write_states(client: MlflowClient, experiment: str) -> None:
    """Runs in every state, and a deleted one."""
    for status in ("RUNNING", "SCHEDULED", "FINISHED", "FAILED", "KILLED"):
        run_id = client.create_run(experiment).info.run_id
        client.update_run(run_id, status=status)
    client.delete_run(client.create_run(experiment).info.run_id)


def write_family(client: MlflowClient, experiment: str) -> None:
    """A parent with children: failed, deleted, with a child of its own, and one far away."""
    elsewhere = client.create_experiment("elsewhere")
    parent = client.create_run(experiment, tags={"family": "parent"}).info.run_id
    tags = {"mlflow.parentRunId": parent}
    for seed in range(3):
        run_id = client.create_run(experiment, tags=tags).info.run_id
        client.log_metric(run_id, "accuracy", 0.8 + seed / 100)
        client.set_terminated(run_id, "FAILED" if seed == 2 else "FINISHED")
    client.create_run(experiment, tags={"mlflow.parentRunId": run_id})
    client.delete_run(client.create_run(experiment, tags=tags).info.run_id)
    client.create_run(elsewhere, tags=tags)


def write_versions(client: MlflowClient, run_id: str) -> None:
    """Versions with tags, a deleted one, one without a run."""
    client.create_registered_model("odd")
    for number, stage in enumerate(["live", "candidate", "candidate", "candidate"], 1):
        client.create_model_version(
            "odd",
            "s3://nowhere/model",
            run_id=None if number == 2 else run_id,
            tags={"stage": stage, "empty": "", "note": f"it's {number}"},
        )
    client.delete_model_version("odd", "4")
    client.set_registered_model_alias("odd", "Champion", "3")
    for version in [1, 3, 1]:
        promote(client, "odd", "champion", version)


def write_logged_models(client: MlflowClient, experiment: str) -> None:
    """NaN beside a true zero, by data set and by none; one that is pending, one deleted."""
    judging = client.create_run(experiment).info.run_id
    model = client.create_logged_model(
        experiment,
        params={"depth": "3"},
        tags={"team": "trips"},
        source_run_id=judging,
    )
    for name, value, data_set in (
        ("mae", math.nan, "holdout"),
        ("mae", 0.0, "last-week"),
        ("zero", 0.0, None),
        ("up", math.inf, None),
        ("rmse", 2.5, None),
    ):
        client.log_metric(
            judging,
            name,
            value,
            timestamp=START_MS + len(data_set or ""),
            step=0 if data_set == "holdout" else 3,
            dataset_name=data_set,
            dataset_digest=data_set and f"d-{data_set}",
            model_id=model.model_id,
        )
    client.finalize_logged_model(model.model_id, "READY")
    client.create_logged_model(experiment)
    gone = client.create_logged_model(experiment)
    client.delete_logged_model(gone.model_id)


def write_judged(client: MlflowClient) -> None:
    """Judges of every kind, an evaluation of traces that were there before, people's word."""
    from mlflow.entities import AssessmentSource, Feedback
    from mlflow.entities.assessment import AssessmentError
    from mlflow.genai import evaluate, scorer

    @scorer
    def correct(outputs, expectations):
        return outputs == expectations["answer"]

    @scorer
    def fails(inputs):
        if inputs["number"] < 2:
            raise RuntimeError("the judge is overloaded\nand says so at length")
        return "yes"

    @scorer
    def silent(inputs):
        return 0.5 if inputs["number"] % 2 else None

    @scorer
    def words(inputs):
        return ["No", "maybe", "a longer answer", "YES"][inputs["number"]]

    @scorer
    def numbers(inputs) -> Any:
        return [4, 0.1 + 0.2, -1e-7, 0][inputs["number"]]

    @scorer
    def errs(inputs):
        error = AssessmentError(error_code="RATE_LIMIT", error_message="")
        return Feedback(error=error) if inputs["number"] else Feedback(value=True)

    # Through the JSON of a server or a file store, a NaN loses the row's later answers; MLflow
    # 3.4 stumbles over it when all is judged.
    @scorer
    def zz_odd(inputs):
        return [math.nan, math.inf, {"b": 1, "a": 2}, [1, 2]][inputs["number"]]

    def answer(question, number):
        if number == 3:
            raise ValueError("no answer")
        return f"{number} miles"

    data = [
        {
            "inputs": {"question": f"how far is stop {number}?" + "x" * 300, "number": number},
            "expectations": {"answer": f"{number % 2} miles"},
        }
        for number in range(4)
    ]
    scorers = [correct, fails, silent, words, numbers, errs]
    if not IS_FILE_STORE and not mlflow.__version__.startswith("3.4."):
        scorers.append(zz_odd)
    with mlflow.start_run(run_name="judged") as run:
        evaluate(data=data, predict_fn=answer, scorers=scorers)
    traces = mlflow.search_traces(run_id=run.info.run_id, return_type="list")
    overrule(traces, AssessmentSource("HUMAN", "ada"))
    # Traces that were there before. A file store keeps no link between them and the second run,
    # and MLflow cannot hand traces with a NaN to a judge.
    if not IS_FILE_STORE:
        with mlflow.start_run(run_name="before") as before:
            evaluate(data=data, predict_fn=answer, scorers=[words])
        with mlflow.start_run(run_name="again"):
            evaluate(
                data=mlflow.search_traces(run_id=before.info.run_id), scorers=[words, errs]
            )


def overrule(traces: list, person: Any) -> None:
    """A person corrects one answer twice, and gives one of their own."""
    trace = next(trace for trace in traces if '"number": 2' in trace.data.request)
    given = {one.name: one for one in trace.info.assessments}["fails"]
    for value in ("no", "maybe"):
        given = mlflow.override_feedback(
            trace_id=trace.info.trace_id,
            assessment_id=given.assessment_id,
            value=value,
            source=person,
        )
    mlflow.log_feedback(
        trace_id=trace.info.trace_id, name="correct", value=False, source=person
    )


if __name__ == "__main__":
    main()
