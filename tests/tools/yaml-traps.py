"""yaml-traps.py FILE...: unquoted scalars that mean something else than they look like,
`python-version: 3.10` before all: to YAML that is the number 3.1. No other checker sees
it. Runs in the lint environment, which has PyYAML (YAML 1.1, the most easily fooled).

Prints `FILE:LINE:COL: message`; exit 0 none, 1 findings.
"""

import re
import sys

import yaml

# What an unquoted scalar may safely be besides text: a count, true, false, empty.
SAFE = re.compile(r"0|[1-9][0-9]*|true|false|on|")


def traps(file):
    with open(file, encoding="utf-8") as stream:
        try:
            for event in yaml.parse(stream):
                if not isinstance(event, yaml.ScalarEvent) or event.style is not None:
                    continue
                tag = yaml.resolver.Resolver().resolve(yaml.ScalarNode, event.value, (True, False))
                kind = tag.rpartition(":")[2]
                if kind != "str" and not SAFE.fullmatch(event.value):
                    mark = event.start_mark
                    yield f"{file}:{mark.line + 1}:{mark.column + 1}: {event.value} is a {kind} to YAML: quote it"
        except yaml.YAMLError:
            return  # the other checkers say what is wrong with it


found = [trap for file in sys.argv[1:] for trap in traps(file)]
print("\n".join(found))
sys.exit(1 if found else 0)
