"""Writes the files of this folder with another hand: Python's `cryptography`, and DSSE and the
manifest as their specifications have them. The private keys are thrown away.

    python tests/files/attestations/make.py
"""

import base64
import hashlib
import json
import pathlib

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

FOLDER = pathlib.Path(__file__).parent
REPOSITORY = "https://github.com/gatewright/gatewright"
TYPE = "application/vnd.in-toto+json"
MODEL = {"MLmodel": b"flavors: {}\n", "data/ä b.bin": b"\x00\x01\x02", "data/model.pkl": b"weights"}


def sha256(data):
    return hashlib.sha256(data).hexdigest()


def write(name, text):
    (FOLDER / name).write_bytes(text if isinstance(text, bytes) else text.encode())


def pem(key):
    form = (serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    return key.public_key().public_bytes(*form)


def b64(data):
    return base64.b64encode(data).decode()


def envelope(payload, *signatures):
    return {
        "payloadType": TYPE,
        "payload": b64(payload),
        "signatures": [{"keyid": "", "sig": b64(signature)} for signature in signatures],
    }


def signed(payload):
    return b"DSSEv1 %d %s %d %s" % (len(TYPE), TYPE.encode(), len(payload), payload)


manifest = "".join(
    f"{sha256(data)}  {path}\n" for path, data in sorted(MODEL.items(), key=lambda item: item[0].encode())
)
model = sha256(manifest.encode())
spec = "sha256:" + "5" * 64
decision = json.dumps(
    {
        "$schema": "https://raw.githubusercontent.com/gatewright/gatewright/main/schemas/decision.v1.schema.json",
        "verdict": "pass",
        "environment": "prod",
        "gate": "promote",
        "model": "taxi-fare",
        "spec": {"path": "gatewright.yaml", "digest": spec},
        "candidate": {"version": 3, "files": {"digest": "sha256:" + model}},
    },
    indent=2,
)
statement = json.dumps(
    {
        "_type": "https://in-toto.io/Statement/v1",
        "subject": [{"name": "models:/taxi-fare/3", "digest": {"sha256": model}}]
        + [{"name": line[66:], "digest": {"sha256": line[:64]}} for line in manifest.splitlines()],
        "predicateType": "https://in-toto.io/attestation/test-result/v0.1",
        "predicate": {
            "result": "PASSED",
            "configuration": [],
            "passedTests": ["rmse-le-5.0"],
            f"{REPOSITORY}/decision/v1": {
                "model": "taxi-fare",
                "version": 3,
                "gate": "promote",
                "environment": "prod",
                "verdict": "pass",
                "spec": spec,
                "decision": "sha256:" + sha256(decision.encode()),
                "files": "sha256:" + model,
            },
        },
    }
).encode()

edwards = ed25519.Ed25519PrivateKey.generate()
curve = ec.generate_private_key(ec.SECP256R1())
by_edwards = edwards.sign(signed(statement))
by_curve = curve.sign(signed(statement), ec.ECDSA(hashes.SHA256()))

write("model.sha256", manifest)
write("decision.json", decision)
write("statement.json", statement)
write("ed25519.pem", pem(edwards))
write("other.pem", pem(ed25519.Ed25519PrivateKey.generate()))
write("p256.pem", pem(curve))
write("p384.pem", pem(ec.generate_private_key(ec.SECP384R1())))
write("rsa.pem", pem(rsa.generate_private_key(65537, 2048)))
write("ed25519.dsse.json", json.dumps(envelope(statement, by_edwards)))
write("p256.dsse.json", json.dumps(envelope(statement, by_curve), indent=1))
write("two.dsse.json", json.dumps(envelope(statement, by_edwards, by_curve)))
write("unsigned.dsse.json", json.dumps(envelope(statement)))
write("empty.dsse.json", json.dumps(envelope(statement, b"")))
# The payload signed as it is: a signature, and not of DSSE.
write("bare.dsse.json", json.dumps(envelope(statement, edwards.sign(statement))))
bundle = {
    "mediaType": "application/vnd.dev.sigstore.bundle.v0.3+json",
    "verificationMaterial": {"publicKey": {"hint": "x"}, "tlogEntries": []},
    "dsseEnvelope": envelope(statement, by_curve),
}
write("p256.bundle.json", json.dumps(bundle))
bundle["verificationMaterial"] = {"certificate": {"rawBytes": b64(b"x")}, "tlogEntries": []}
write("certified.bundle.json", json.dumps(bundle))
