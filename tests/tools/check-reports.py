"""Reads reports of the gate as their readers do, and says what is wrong with each.

    check-reports.py FILE...

`*.xml` is held against the strict JUnit schema, `*.intoto.json` against in-toto's own library.
Exits 1 when there is something to say.
"""

import json
import pathlib
import sys

import xmlschema
from google.protobuf import json_format
from in_toto_attestation.predicates.test_result.v0 import test_result_pb2
from in_toto_attestation.v1 import statement_pb2
from in_toto_attestation.v1.resource_descriptor import ResourceDescriptor
from in_toto_attestation.v1.statement import Statement

# The library does not know the words of the enumeration.
RESULTS = {"PASSED", "WARNED", "FAILED"}


def junit(path):
    schema = xmlschema.XMLSchema(pathlib.Path(__file__).with_name("junit.xsd"))
    for error in schema.iter_errors(str(path)):
        yield f"{error.path}: {error.reason}"


def statement(path):
    document = json.loads(path.read_text(encoding="utf-8"))
    message = json_format.ParseDict(document, statement_pb2.Statement())
    Statement.copy_from_pb(message).validate()
    predicate = document["predicate"]
    result = json_format.ParseDict(predicate, test_result_pb2.TestResult())
    if result.result not in RESULTS:
        yield f"result {result.result!r}"
    if not result.configuration:
        yield "no configuration"
    for descriptor in result.configuration:
        ResourceDescriptor.copy_from_pb(descriptor).validate()
    for subject in document["subject"]:
        if len(bytes.fromhex(subject["digest"]["sha256"])) != 32:
            yield f"subject {subject}"


def check(path):
    try:
        if path.name.endswith(".intoto.json"):
            yield from statement(path)
        else:
            yield from junit(path)
    except Exception as error:  # whatever a reader stumbles over is a finding
        yield f"{type(error).__name__}: {error}"


findings = [f"{name}: {finding}" for name in sys.argv[1:] for finding in check(pathlib.Path(name))]
print("\n".join(findings), end="")
sys.exit(1 if findings else 0)
