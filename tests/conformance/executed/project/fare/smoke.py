"""Ask the model that is live for a price."""

import os
import sys

from mlflow import MlflowClient
from mlflow.artifacts import load_dict

from fare.fit import price, recipe


def main() -> None:
    """Fail where the price is none."""
    live = MlflowClient().get_model_version_by_alias(os.environ["MODEL_NAME"], "champion")
    asked = price(load_dict(f"{live.source}/model.json"), 10.0)
    print(f"version {live.version} asks {asked:.2f} for ten kilometres")
    if not 0 < asked <= recipe()["most"]:
        sys.exit("that is no price")


if __name__ == "__main__":
    main()
