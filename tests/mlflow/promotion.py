"""MLflow's side of the promotion story: training makes versions, and MLflow's client looks at them.

    python promotion.py URI

reads a command from each line of its input, and answers each with one line of JSON:

    train MODEL RMSE              the number of the new version, which is the challenger
    see MODEL                     aliases, tags, sources, and the decisions logged with the runs
    move MODEL ALIAS VERSION      nothing
"""

import json
import sys

import mlflow
from mlflow import MlflowClient
from mlflow.exceptions import MlflowException

DECISIONS = "gatewright/decisions"


def train(client: MlflowClient, model: str, rmse: str) -> str:
    """Register a version from a run with this metric."""
    run = client.create_run("0")
    client.log_metric(run.info.run_id, "rmse", float(rmse))
    client.log_text(run.info.run_id, "weights", "model/weights.txt")
    client.set_terminated(run.info.run_id)
    try:
        client.create_registered_model(model)
    except MlflowException:
        pass  # it is there already
    source = f"{run.info.artifact_uri}/model"
    version = client.create_model_version(model, source, run.info.run_id)
    client.set_registered_model_alias(model, "challenger", version.version)
    return str(version.version)


def see(client: MlflowClient, model: str) -> dict:
    """Everything that a promotion leaves, as MLflow's own client sees it."""
    found = client.get_registered_model(model)
    versions = {}
    for listed in client.search_model_versions(f"name = '{model}'"):
        version = client.get_model_version(model, listed.version)
        decisions = {}
        for file in client.list_artifacts(version.run_id, DECISIONS):
            place = f"runs:/{version.run_id}/{file.path}"
            decisions[place] = mlflow.artifacts.load_text(place)
        versions[str(version.version)] = {
            "tags": version.tags,
            "source": version.source,
            "decisions": decisions,
        }
    aliases = {alias: str(version) for alias, version in found.aliases.items()}
    return {"aliases": aliases, "tags": found.tags, "versions": versions}


def answer(client: MlflowClient, command: str, model: str, *rest: str) -> object:
    """Do what one line says."""
    if command == "train":
        return train(client, model, *rest)
    if command == "see":
        return see(client, model)
    return client.set_registered_model_alias(model, *rest)


def main() -> None:
    """Answer until the input ends."""
    mlflow.set_tracking_uri(sys.argv[1])
    client = MlflowClient()
    answers = sys.stdout
    sys.stdout = sys.stderr  # MLflow's own talk
    for line in sys.stdin:
        print(json.dumps(answer(client, *line.split())), file=answers, flush=True)


if __name__ == "__main__":
    main()
