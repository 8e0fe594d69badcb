"""A reverse proxy that divides requests between versions of a model, and measures each of them.

    python3 proxy.py 8080 1=http://127.0.0.1:5001 2=http://127.0.0.1:5002

The first version gets all of the traffic. `GET /-/status` tells the shares and what was measured,
`PUT /-/traffic` with `{"2": 25}` gives a version its share; the first one gets the rest. Whoever
reaches this port can turn the traffic: keep it on loopback, as here, and let your own proxy stand
in front of it.
"""

import json
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

SERVERS = dict(word.split("=", 1) for word in sys.argv[2:])
FIRST = next(iter(SERVERS))
LOCK = threading.Lock()
# The version beside the first one, its share in percent, and how many requests there were.
STATE = {"version": FIRST, "share": 0, "count": 0}
# Per version: when a request came, how long it took, whether it went well. The last 100,000.
SEEN = {version: [] for version in SERVERS}


def choose():
    """Every hundred requests are divided exactly, and evenly."""
    with LOCK:
        STATE["count"] += 1
        before, after = ((STATE["count"] - n) * STATE["share"] // 100 for n in (1, 0))
        return STATE["version"] if after > before else FIRST


def measured(version, since_ms):
    with LOCK:
        seen = [one for one in SEEN[version] if one[0] >= since_ms]
    if not seen:
        return {"requests": 0}
    took = sorted(latency for _, latency, _ in seen)
    failed = sum(not well for _, _, well in seen)
    return {
        "requests": len(seen),
        "error_rate": failed / len(seen),
        "latency_p50_ms": took[int(0.50 * (len(took) - 1))],
        "latency_p95_ms": took[int(0.95 * (len(took) - 1))],
    }


class Proxy(BaseHTTPRequestHandler):
    def reply(self, status, body, kind="application/json"):
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def body(self):
        return self.rfile.read(int(self.headers.get("Content-Length", 0)))

    def do_GET(self):
        url = urllib.parse.urlsplit(self.path)
        since = urllib.parse.parse_qs(url.query).get("since_ms", ["0"])[0]
        shares = {version: 0 for version in SERVERS}
        with LOCK:
            shares[FIRST] = 100 - STATE["share"]
            shares[STATE["version"]] += STATE["share"]
        metrics = {version: measured(version, int(since)) for version in SERVERS}
        self.reply(200, json.dumps({"routes": shares, "metrics": metrics}).encode())

    def do_PUT(self):
        [(version, share)] = json.loads(self.body()).items()
        if version not in SERVERS or not 0 <= share <= 100:
            return self.reply(400, b'{"error": "no such version, or no such share"}')
        with LOCK:
            STATE.update(version=version, share=share)
        self.reply(200, b"{}")

    def do_POST(self):
        version, began, well = choose(), time.time(), False
        headers = {"Content-Type": self.headers.get("Content-Type", "application/json")}
        request = urllib.request.Request(SERVERS[version] + self.path, self.body(), headers)
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                status, body, well = answer.status, answer.read(), True
        except urllib.error.HTTPError as error:
            status, body = error.code, error.read()
        except OSError as error:
            status, body = 502, json.dumps({"error": str(error)}).encode()
        with LOCK:
            SEEN[version].append((began * 1000, (time.time() - began) * 1000, well))
            del SEEN[version][:-100_000]
        self.reply(status, body)

    def log_message(self, *_):
        pass


if __name__ == "__main__":
    ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Proxy).serve_forever()
