"""Runs gatewright as a task of a Databricks job.

A task succeeds only where gatewright says yes. Whatever else it says, or if it cannot be run, the
task fails, and the tasks that depend on it do not run.
"""

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from importlib import metadata
from pathlib import Path

MEANINGS = {
    1: "no: blocked",
    2: "the spec or the call is wrong",
    3: "the evidence could not be read",
    4: "hold: a person has to decide",
    5: "conflict: something moved meanwhile",
}


class NotYes(Exception):
    """gatewright did not say yes."""


def program():
    """The binary that the wheel brought along, wherever pip put it."""
    places = [file.locate() for file in metadata.files("gatewright") or []]
    places += [Path(sysconfig.get_path("scripts"), "gatewright"), shutil.which("gatewright") or ""]
    for place in map(Path, places):
        if place.stem == "gatewright" and place.is_file() and os.access(place, os.X_OK):
            return str(place)
    raise NotYes("the wheel of gatewright is installed, and its binary is not to be found")


def environment():
    """The variables of this process, with the identity of the job and no other."""
    from databricks.sdk.core import Config

    config = Config()
    scheme, _, token = config.authenticate().get("Authorization", "").partition(" ")
    if scheme != "Bearer" or not token or not config.host:
        raise NotYes("the job has no identity that gatewright could sign in with")
    kept = {name: value for name, value in os.environ.items() if not name.startswith("DATABRICKS_")}
    return kept | {"DATABRICKS_HOST": config.host, "DATABRICKS_TOKEN": token}


def run(arguments):
    """The exit code of gatewright; what it says goes to the output of the task."""
    done = subprocess.run(
        [program(), *arguments],
        env=environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        check=False,
    )
    print(done.stdout, flush=True)
    return done.returncode


def hand_over(key, value):
    """Gives a value to the tasks that depend on this one."""
    from databricks.sdk.runtime import dbutils

    dbutils.jobs.taskValues.set(key=key, value=value)


def gate(arguments):
    """Judges, and hands over which version it was about."""
    with tempfile.TemporaryDirectory() as folder:
        decision = Path(folder, "decision.json")
        code = run([*arguments, "-o", f"json={decision}"])
        if code == 0:
            version = json.loads(decision.read_text(encoding="utf-8"))["candidate"]["version"]
            if not isinstance(version, int):
                raise NotYes("the gate judged something that is no version of the model")
            hand_over("candidate", str(version))
    return code


def monitor(arguments):
    """Asks a monitor, and hands over whether there is a violation: an answer either way."""
    code = run(arguments)
    if code in (0, 1):
        hand_over("violated", "true" if code == 1 else "false")
        return 0
    return code


def main(arguments):
    asked = {("gate", "check"): gate, ("monitor", "check"): monitor}
    code = asked.get(tuple(arguments[:2]), run)(arguments)
    if code != 0:
        # Not sys.exit: an exception fails the task on every runtime.
        raise NotYes(f"gatewright exited with {code}: {MEANINGS.get(code, 'it did not end well')}")


if __name__ == "__main__":
    main(sys.argv[1:])
