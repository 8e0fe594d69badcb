"""What gatewright runs to turn the traffic, and to hear about it: it asks the proxy."""

import json
import os
import urllib.request

PROXY = os.environ.get("PROXY", "http://127.0.0.1:8080")


def main():
    if os.environ["GATEWRIGHT_ACTION"] == "set":
        share = {os.environ["GATEWRIGHT_VERSION"]: int(os.environ["GATEWRIGHT_TRAFFIC"])}
        body = json.dumps(share).encode()
        request = urllib.request.Request(PROXY + "/-/traffic", body, method="PUT")
        urllib.request.urlopen(request, timeout=10).close()
    else:
        since = os.environ["GATEWRIGHT_SINCE_MS"]
        with urllib.request.urlopen(f"{PROXY}/-/status?since_ms={since}", timeout=10) as answer:
            print(answer.read().decode())


main()
