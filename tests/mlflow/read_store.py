"""Print everything that a gate reads of a store, as MLflow's client sees it.

    python tests/mlflow/read_store.py sqlite:////tmp/odd.db

Standard output is one JSON document: models with versions, runs with all they logged and every
point of every metric, logged models, and the traces of each run with what was said about them.
"nan", "inf" and "-inf" are strings.
"""

import json
import math
import sys
from contextlib import redirect_stdout
from typing import Any

import mlflow
from mlflow import MlflowClient
from mlflow.entities import ViewType

MOST = 1000


def main() -> None:
    """Read all of it."""
    mlflow.set_tracking_uri(sys.argv[1])
    client = MlflowClient()
    with redirect_stdout(sys.stderr):
        experiments = [
            experiment.experiment_id
            for experiment in client.search_experiments(view_type=ViewType.ALL)
        ]
        runs = client.search_runs(experiments, run_view_type=ViewType.ALL, max_results=MOST)
        document = {
            "models": {
                model.name: read_model(client, model.name)
                for model in client.search_registered_models()
            },
            "runs": {run.info.run_id: read_run(client, run.info.run_id) for run in runs},
            "logged_models": read_logged_models(client, experiments),
            "traces": read_traces(client, experiments),
        }
    print(json.dumps(spelled(document), indent=1, ensure_ascii=False, allow_nan=False))


def read_model(client: MlflowClient, name: str) -> dict:
    """Aliases, and the versions that are not deleted."""
    model = client.get_registered_model(name)
    versions = client.search_model_versions(f"name='{name}'")
    return {
        "aliases": {alias: str(number) for alias, number in model.aliases.items()},
        "versions": {
            str(version.version): {
                "run_id": version.run_id or None,
                "source": version.source or "",
                "created_ms": version.creation_timestamp,
                "status": version.status,
                "tags": client.get_model_version(name, version.version).tags,
            }
            for version in versions
        },
    }


def read_run(client: MlflowClient, run_id: str) -> dict:
    """A run as `get_run` has it, with the history of each metric in the order of its steps."""
    run = client.get_run(run_id)
    inputs = run.inputs.dataset_inputs if run.inputs else []
    return {
        "experiment_id": run.info.experiment_id,
        "status": run.info.status,
        "lifecycle_stage": run.info.lifecycle_stage,
        "start_ms": run.info.start_time,
        "end_ms": run.info.end_time,
        "artifact_uri": run.info.artifact_uri or "",
        "metrics": run.data.metrics,
        "params": run.data.params,
        "tags": run.data.tags,
        "datasets": sorted(
            [one.dataset.name, one.dataset.digest, context_of(one)] for one in inputs
        ),
        "histories": {
            name: sorted(
                ([point.step, point.timestamp, point.value]
                for point in client.get_metric_history(run_id, name)),
                key=lambda point: point[:2],
            )
            for name in run.data.metrics
        },
    }


def context_of(data_input: Any) -> str:
    """What a data set was used for; an empty text where nothing was said."""
    tags = {tag.key: tag.value for tag in data_input.tags}
    return tags.get("mlflow.data.context", "")


def read_logged_models(client: MlflowClient, experiments: list[str]) -> dict:
    """Those that are not deleted: MLflow does not show the others."""
    if not hasattr(client, "search_logged_models"):
        return {}
    models = client.search_logged_models(experiment_ids=experiments)
    return {
        model.model_id: {
            "ready": str(model.status) == "READY",
            "source_run_id": model.source_run_id,
            "artifact_location": model.artifact_location,
            "params": model.params,
            "tags": model.tags,
            "metrics": [
                [
                    metric.key,
                    metric.value,
                    metric.step,
                    metric.timestamp,
                    metric.run_id,
                    metric.dataset_name,
                    metric.dataset_digest,
                ]
                for metric in client.get_logged_model(model.model_id).metrics or []
            ],
        }
        for model in models
    }


def read_traces(client: MlflowClient, experiments: list[str]) -> dict:
    """Every trace with its feedback, by run."""
    if mlflow.__version__.startswith("2."):
        return {}
    found: dict[str, dict] = {}
    runs = client.search_runs(experiments, max_results=MOST)
    for run in runs:
        # MLflow 3 finds the traces of a run by their metadata and by association.
        for trace in client.search_traces(
            locations=[run.info.experiment_id],
            run_id=run.info.run_id,
            include_spans=False,
            max_results=500,
        ):
            given = [read_feedback(one) for one in trace.info.assessments if one.feedback]
            found.setdefault(run.info.run_id, {})[trace.info.trace_id] = given
    return found


def read_feedback(one: Any) -> dict:
    """One feedback as the client has it."""
    return {
        "id": one.assessment_id,
        "judge": one.name,
        "value": one.feedback.value,
        "error_code": one.feedback.error and one.feedback.error.error_code,
        "error_message": one.feedback.error and one.feedback.error.error_message,
        "valid": one.valid is not False,
        "overrides": one.overrides,
        "run": (one.metadata or {}).get("mlflow.assessment.sourceRunId"),
        "digest": (one.metadata or {}).get("mlflow.assessment.scorerDigest"),
        "source_type": one.source.source_type,
        "source_id": one.source.source_id,
    }


def spelled(value: Any) -> Any:
    """JSON has no word for NaN and the infinities."""
    if isinstance(value, dict):
        return {key: spelled(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [spelled(part) for part in value]
    if isinstance(value, float) and not math.isfinite(value):
        return repr(value)
    return value


if __name__ == "__main__":
    main()
