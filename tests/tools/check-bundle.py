"""check-bundle.py FILE...: every resource of every target, merged as the command line merges them,
read by Databricks' own types (PyPI `databricks-bundles`): unknown fields, missing ones, wrong
values. FILE... are the files of bundles; a bundle is a databricks.yml and the files beside it.

Prints `FILE:LINE:COL: message`; exit 0 none, 1 findings. The faults of canary.yml are always among
them: a type that is content with anything proves nothing.
"""

import sys
from pathlib import Path

import yaml
from databricks.bundles.experiments import MlflowExperiment
from databricks.bundles.jobs import Job
from databricks.bundles.model_serving_endpoints import ModelServingEndpoint
from databricks.bundles.quality_monitors import QualityMonitor
from databricks.bundles.registered_models import RegisteredModel

TYPES = {
    "experiments": MlflowExperiment,
    "jobs": Job,
    "model_serving_endpoints": ModelServingEndpoint,
    "quality_monitors": QualityMonitor,
    "registered_models": RegisteredModel,
}
# The lists that are merged item by item, by these keys.
KEYS = ("task_key", "job_cluster_key", "name")

FAULTY = {
    "jobs": {
        "field": {"name": "a", "shedule": {}},
        "value": {"name": "a", "schedule": {"quartz_cron_expression": "x", "timezone_id": "UTC", "pause_status": "OFF"}},
        "missing": {"name": "a", "tasks": [{"notebook_task": {"notebook_path": "a.py"}}]},
    },
    "registered_models": {"grant": {"name": "a", "grants": [{"principal": "b", "privileges": ["ALL"]}]}},
    "experiments": {"nothing": None},
}


def merged(into, other):
    if isinstance(into, dict) and isinstance(other, dict):
        return into | {key: merged(into[key], value) if key in into else value for key, value in other.items()}
    if isinstance(into, list) and isinstance(other, list):
        result = list(into)
        for item in other:
            key = next((key for key in KEYS if isinstance(item, dict) and key in item), None)
            same = [index for index, known in enumerate(result) if key and known.get(key) == item[key]]
            if same:
                result[same[0]] = merged(result[same[0]], item)
            else:
                result.append(item)
        return result
    return other


def targets(bundle, files):
    """Each target of a bundle, with its resources."""
    documents = [yaml.safe_load(Path(file).read_text(encoding="utf-8")) for file in files]
    names = yaml.safe_load(Path(bundle).read_text(encoding="utf-8"))["targets"]
    for name in names:
        resources = {}
        for document in documents:
            resources = merged(resources, document.get("resources") or {})
        for document in documents:
            own = (document.get("targets") or {}).get(name) or {}
            resources = merged(resources, own.get("resources") or {})
        yield name, resources


def findings(resources):
    for kind, all_of_kind in resources.items():
        for key, value in all_of_kind.items():
            try:
                if not isinstance(value, dict):
                    raise TypeError(f"is {value!r}, not a resource")
                TYPES[kind].from_dict(value)
            except (KeyError, TypeError, ValueError) as error:
                yield f"{kind}.{key}: {type(error).__name__}: {error}"


def main(files):
    found = [f"canary.yml:1:1: {finding}" for finding in findings(FAULTY)]
    if len(found) != sum(map(len, FAULTY.values())):
        sys.exit("the types are content with a faulty resource: " + "; ".join(found))
    for bundle in files:
        if Path(bundle).name != "databricks.yml":
            continue
        beside = [file for file in files if Path(file).parent == Path(bundle).parent / "resources"]
        resources = 0
        for target, all_of_target in targets(bundle, [bundle, *beside]):
            resources += sum(map(len, all_of_target.values()))
            found += [f"{bundle}:1:1: {target}: {finding}" for finding in findings(all_of_target)]
        if not resources:
            sys.exit(f"{bundle} deploys nothing")
    print("\n".join(found))
    return 1


sys.exit(main([file for file in sys.argv[1:] if file != "canary.yml"]))
