"""Ledgers as gatewright writes them: an entry, the head, the alias."""

import hashlib
import json

from mlflow import MlflowClient

START_MS = 1_793_491_200_000
HOUR_MS = 3_600_000


def promote(client: MlflowClient, model: str, alias: str, version: int) -> None:
    """Move an alias on the record."""
    found = client.get_registered_model(model)
    head = json.loads(found.tags.get("gatewright.ledger", '{"sequence": 0, "digest": null}'))
    sequence = head["sequence"] + 1
    replaces = found.aliases.get(alias)
    entry = {
        "format": "gatewright-promotion/1",
        "sequence": sequence,
        "previous": head["digest"],
        "action": "promote",
        "model": model,
        "alias": alias,
        "version": version,
        "replaces": None if replaces is None else int(replaces),
        "at_ms": START_MS + HOUR_MS * (sequence - 1),
        "project": "taxi-fare",
        "environment": None,
        "by": {"actor": "mara", "user": None, "run_url": None},
        "commit": None,
        "dirty": None,
        "spec": {"path": "gatewright.yaml", "digest": "sha256:00"},
        "run_id": None,
        "source": "models:/m-1",
        "model_digest": None,
        "decisions": [],
        "approvals": [],
        "reason": None,
        "forced": False,
        "waived": [],
        "copied_from": None,
    }
    text = json.dumps(entry, separators=(",", ":"))
    digest = "sha256:" + hashlib.sha256(text.encode()).hexdigest()
    tag = f"gatewright.promotion.{sequence}"
    client.set_model_version_tag(model, str(version), tag, text)
    head = json.dumps({"sequence": sequence, "digest": digest}, separators=(",", ":"))
    client.set_registered_model_tag(model, "gatewright.ledger", head)
    client.set_registered_model_alias(model, alias, str(version))
