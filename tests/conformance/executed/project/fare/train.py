"""Fit a model, and register it as the challenger."""

import os
from pathlib import Path

from mlflow import MlflowClient
from mlflow.exceptions import MlflowException

from fare.fit import TRAINING, fit, recipe


def main() -> None:
    """Leave a run, and a version of the model that it made."""
    client = MlflowClient()
    name = os.environ.get("MODEL_NAME", "fare")
    experiment = client.get_experiment_by_name(os.environ["MLFLOW_EXPERIMENT_NAME"])
    if experiment is None:
        number = client.create_experiment(os.environ["MLFLOW_EXPERIMENT_NAME"])
    else:
        number = experiment.experiment_id
    run = client.create_run(number)
    model = fit(TRAINING, recipe()["regress"])
    client.log_dict(run.info.run_id, model, "model/model.json")
    try:
        client.create_registered_model(name)
    except MlflowException:
        pass  # it is there already
    source = f"{run.info.artifact_uri}/model"
    version = client.create_model_version(name, source, run.info.run_id)
    client.set_registered_model_alias(name, "challenger", version.version)
    Path("run.txt").write_text(run.info.run_id)
    print(f"{name} version {version.version}: {model}")


if __name__ == "__main__":
    main()
