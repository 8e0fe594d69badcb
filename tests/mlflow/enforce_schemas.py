"""For every pair of input schemas: does MLflow's own enforcement accept the data that callers of
the first send, when the model has the second? Prints one JSON object per pair."""

import copy
import json
import sys
import warnings

import numpy as np
import pandas as pd
from mlflow.models.utils import _enforce_schema
from mlflow.types.schema import AnyType, Array, ColSpec, DataType, Map, Object, Property, Schema, TensorSpec

warnings.simplefilter("ignore")

VALUES = {
    "boolean": np.array([True, False]),
    "integer": np.array([7, -5], dtype=np.int32),
    "long": np.array([2**40, 3], dtype=np.int64),
    "float": np.array([0.5, 1e30], dtype=np.float32),
    "double": np.array([0.1, 1e300]),
    "string": np.array(["a", "7"], dtype=object),
    "binary": np.array([b"a", b"\xff"], dtype=object),
    "datetime": np.array(["2026-01-01", "2026-06-01T01:02:03"], dtype="datetime64[ns]"),
}


def values(kind):
    """Two values of a type, the second one with what may be left out left out."""
    if isinstance(kind, DataType):
        return list(VALUES[kind.name])
    if isinstance(kind, Array):
        inner = values(kind.dtype)
        if isinstance(kind.dtype, DataType):
            return [VALUES[kind.dtype.name], VALUES[kind.dtype.name][:1]]
        return [inner, inner[:1]]
    if isinstance(kind, Map):
        inner = values(kind.value_type)
        return [{"k": inner[0], "other": inner[1]}, {"k": inner[1]}]
    if isinstance(kind, Object):
        whole = {p.name: values(p.dtype)[0] for p in kind.properties}
        least = {p.name: values(p.dtype)[1] for p in kind.properties if p.required}
        return [whole, least]
    return [{"any": [1, "x"]}, None]


def frames(column):
    """What callers may send for one column."""
    kind = column.type
    if isinstance(kind, DataType):
        cells = pd.Series(VALUES[kind.name])
    else:
        cells = pd.Series(values(kind), dtype=object)
    whole = pd.DataFrame({"always": ["here", "here"], column.name: cells})
    return [whole] if column.required else [whole, whole[["always"]]]


def tensors(spec):
    for length in (3, 5):
        shape = tuple(length if size == -1 else size for size in spec.shape)
        yield np.ones(shape, dtype=spec.type)


def accepted(data, schema):
    try:
        for sent in data:
            _enforce_schema(copy.deepcopy(sent), schema)
        return True
    except Exception:
        return False


def pairs(specs, data):
    for champion in specs:
        for candidate in specs:
            yield {
                "champion": json.dumps(Schema([champion]).to_dict()),
                "candidate": json.dumps(Schema([candidate]).to_dict()),
                "accepted": accepted(data(champion), Schema([candidate])),
            }


def types():
    scalars = list(DataType)
    yield from scalars
    yield AnyType()
    for inner in ("integer", "long", "double", "string"):
        yield Array(inner)
        yield Map(inner)
    yield Array(Array("long"))
    yield Array(AnyType())
    yield Map(AnyType())
    yield Map(Array("double"))
    for properties in (
        [Property("a", "integer")],
        [Property("a", "long")],
        [Property("a", "long"), Property("b", "string")],
        [Property("a", "long"), Property("b", "string", required=False)],
        [Property("a", "double", required=False)],
    ):
        yield Object(properties)
    yield Array(Object([Property("a", "integer")]))
    yield Array(Object([Property("a", "double"), Property("b", "string", required=False)]))


columns = [ColSpec(kind, "x", required=required) for kind in types() for required in (True, False)]
specs = [
    TensorSpec(np.dtype(dtype), shape)
    for dtype in ("float32", "float64", "int64")
    for shape in ((-1,), (-1, 2), (-1, -1), (3, 2), (-1, 2, 2))
]
for pair in pairs(columns, frames):
    print(json.dumps(pair))
for pair in pairs(specs, tensors):
    print(json.dumps(pair))
sys.stdout.flush()
