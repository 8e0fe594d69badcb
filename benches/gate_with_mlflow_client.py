"""The gate as a team writes it today, with MlflowClient: what gatewright is timed against.

python benches/gate_with_mlflow_client.py DB [MODEL]
"""

import sys

from mlflow import MlflowClient


def main() -> int:
    """0 when the challenger may replace the champion, 1 when not."""
    client = MlflowClient(f"sqlite:///{sys.argv[1]}")
    model = sys.argv[2] if len(sys.argv) > 2 else "bench"
    candidate = metrics_of(client, model, "challenger")
    champion = metrics_of(client, model, "champion")
    passed = (
        candidate["r2"] >= champion["r2"] - 0.01
        and candidate["rmse"] <= 5.0
        and candidate["rmse"] <= champion["rmse"] * 1.02
    )
    print(
        f"{'pass' if passed else 'blocked'}: {candidate['rmse']=} {champion['rmse']=}"
    )
    return 0 if passed else 1


def metrics_of(client: MlflowClient, model: str, alias: str) -> dict[str, float]:
    """The latest metrics of the run behind an alias."""
    version = client.get_model_version_by_alias(model, alias)
    return client.get_run(version.run_id).data.metrics


if __name__ == "__main__":
    sys.exit(main())
