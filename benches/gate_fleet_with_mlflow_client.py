"""The gates of a fleet as a script with MlflowClient: what `gate check --all` is timed against.

python benches/gate_fleet_with_mlflow_client.py DB MODELS
"""

import sys

from mlflow import MlflowClient


def main() -> int:
    """0 when every challenger may replace its champion."""
    client = MlflowClient(f"sqlite:///{sys.argv[1]}")
    blocked = 0
    for number in range(int(sys.argv[2])):
        model = f"bench-{number}"
        candidate = metrics_of(client, model, "challenger")
        champion = metrics_of(client, model, "champion")
        blocked += not (
            candidate["r2"] >= champion["r2"] - 0.01 and candidate["rmse"] <= 5.0
        )
    print(f"{blocked} blocked")
    return min(blocked, 1)


def metrics_of(client: MlflowClient, model: str, alias: str) -> dict[str, float]:
    """The latest metrics of the run behind an alias."""
    version = client.get_model_version_by_alias(model, alias)
    return client.get_run(version.run_id).data.metrics


if __name__ == "__main__":
    sys.exit(main())
