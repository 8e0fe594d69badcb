"""Make the store behind `gatewright demo`: four versions of the taxi-fare model, really trained.

The numbers in the demo are therefore ones a reader can get again, by the code that the demo
writes. Run from the root of the repository:

    python -m venv /tmp/demo-venv
    /tmp/demo-venv/bin/pip install mlflow==3.17.2 scikit-learn pandas
    /tmp/demo-venv/bin/python demo/make_store.py

It trains in /tmp/taxi-fare as the user `demo`, so that the store tells nothing about the machine
that made it, and writes `demo/mlflow.db.gz`. Model files are not shipped: a gate reads none.
"""

import getpass
import gzip
import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
PROJECT = ROOT / "project-templates" / "classic"
OUTPUT = ROOT / "demo" / "mlflow.db.gz"
FOLDER = Path("/tmp/taxi-fare")
MODEL = "taxi-fare"
METRICS = ["rmse", "mae", "r2", "rmse.rush_hour", "rmse.airport", "latency_p95_ms"]

# A mistake people make: the table of fares is joined again, one trip finds no partner,
# and nothing complains.
LOSE_A_FARE = """
from taxi_fare import evaluate
from taxi_fare.data import TARGET

score = evaluate.score


def score_after_a_join(trips, predicted):
    return score(trips.assign(**{TARGET: trips[TARGET].mask(trips.index == 2)}), predicted)


evaluate.score = score_after_a_join
evaluate.main()
"""


class Version(NamedTuple):
    """One version of the demo: how it was trained, and by what it was evaluated."""

    run_name: str
    settings: dict[str, str]
    evaluation: tuple[str, ...] = ("-m", "taxi_fare.evaluate")


VERSIONS = [
    Version("first-model", {"TAXI_TRIPS": "6000", "TAXI_TREES": "40"}),
    # A debugging setting that stayed in: too few trips to learn from.
    Version("debug-setting-left-in", {"TAXI_TRIPS": "400"}),
    Version("more-trips-more-trees", {}),
    Version("lost-a-fare", {"TAXI_TRIPS": "30000"}, ("evaluate_after_a_join.py",)),
]


def main() -> None:
    """Train the versions, set the aliases, and pack the store."""
    prepare_folder()
    try:
        for number, version in enumerate(VERSIONS, start=1):
            python("-m", "taxi_fare.train", version=version)
            python(*version.evaluation, version=version)
            print(f"made version {number}: {version.run_name}", file=sys.stderr)
        store = FOLDER / "mlflow.db"
        tell_the_story(store)
        relocate(store)
        pack(store)
    finally:
        shutil.rmtree(FOLDER)
    print(f"demo/{OUTPUT.name}: {OUTPUT.stat().st_size} bytes")


def prepare_folder() -> None:
    """A copy of the project in a folder whose name may be known to everyone."""
    if FOLDER.exists():
        sys.exit(f"{FOLDER} is in the way: move or remove it first")
    shutil.copytree(PROJECT, FOLDER, ignore=shutil.ignore_patterns("__pycache__", ".*"))
    (FOLDER / "evaluate_after_a_join.py").write_text(LOSE_A_FARE)


def python(*arguments: str, version: Version) -> None:
    """Run a stage as a pipeline would: in its folder, told everything by its environment."""
    inherited = {key: os.environ[key] for key in ("PATH", "HOME") if key in os.environ}
    environment = {
        **inherited,
        **version.settings,
        "USER": "demo",
        "LOGNAME": "demo",
        "PYTHONPATH": "src",
        "MLFLOW_DISABLE_TELEMETRY": "true",
    }
    subprocess.run(
        [sys.executable, *arguments], cwd=FOLDER, env=environment, check=True
    )


def tell_the_story(store: Path) -> None:
    """Set names and aliases as the demo needs them, and print what a gate will read."""
    from mlflow import MlflowClient

    client = MlflowClient(f"sqlite:///{store}")
    client.set_registered_model_alias(MODEL, "champion", "1")
    client.set_registered_model_alias(MODEL, "challenger", "3")
    print(" ".join(["version", *METRICS]))
    for number, version in enumerate(VERSIONS, start=1):
        run_id = client.get_model_version(MODEL, str(number)).run_id
        client.update_run(run_id, name=version.run_name)
        metrics = client.get_run(run_id).data.metrics
        print(number, *(f"{metrics[name]:.4f}" for name in METRICS))


def relocate(store: Path) -> None:
    """Make the places of artifacts relative, so that the store may be anywhere."""
    places = {
        "experiments": ["artifact_location"],
        "runs": ["artifact_uri"],
        "logged_models": ["artifact_location"],
        "model_versions": ["storage_location"],
    }
    with closing(sqlite3.connect(store)) as database, database:
        for table, columns in places.items():
            for column in columns:
                database.execute(
                    f"UPDATE {table} SET {column} = replace({column}, ?, '')",
                    (f"{FOLDER}/",),
                )


def pack(store: Path) -> None:
    """Compact and compress the store; the same store gives the same bytes."""
    with closing(sqlite3.connect(store)) as database:
        database.execute("VACUUM")
        (integrity,) = database.execute("PRAGMA integrity_check").fetchone()
        (strangers,) = database.execute(
            "SELECT count(*) FROM tags WHERE key = 'mlflow.user' AND value <> 'demo'"
        ).fetchone()
    content = store.read_bytes()
    told = [path for path in private_paths() if path.encode() in content]
    if integrity != "ok" or strangers or told:
        sys.exit(
            f"not packed: integrity {integrity}, {strangers} other users, paths {told}"
        )
    OUTPUT.write_bytes(gzip.compress(content, compresslevel=9, mtime=0))


def private_paths() -> list[str]:
    """What would tell where the store was made."""
    return [str(Path.home()), str(ROOT), sys.prefix, f"/{getpass.getuser()}/"]


if __name__ == "__main__":
    main()
