"""azure-scripts.py FILE...: the `bash:`, `script:` and `inlineScript:` blocks of Azure
pipelines, as JSON [[file, script], ...]. Runs in the lint environment, which has PyYAML.

Each script starts with as many empty lines as stand above it in its file, so that a
line number in a message is one in the file.
"""

import json
import re
import sys

import yaml

# `$(Build.BuildId)` is put in by the agent before the shell sees the line; to a shell it
# would be a command. `$(ls)` without a dot may be either, and is left for shellcheck.
MACRO = re.compile(r"\$\(\w+(?:\.\w+)+\)")
TEMPLATE = re.compile(r"\$\{\{.*?\}\}")


def scripts(node, seen):
    """Every scalar under a key that holds a script, wherever it stands."""
    if id(node) in seen:  # an anchor may be used twice
        return
    seen.add(id(node))
    if isinstance(node, yaml.SequenceNode):
        for item in node.value:
            yield from scripts(item, seen)
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value in ("bash", "script", "inlineScript") and isinstance(value, yaml.ScalarNode):
                yield value
            yield from scripts(value, seen)


def main(files):
    found = []
    for file in files:
        with open(file, encoding="utf-8") as stream:
            try:
                root = yaml.compose(stream)
            except yaml.YAMLError:
                continue  # four other checkers say what is wrong with it
        for node in scripts(root, set()):
            text = TEMPLATE.sub("TEMPLATE", MACRO.sub("MACRO", node.value))
            above = node.start_mark.line + (node.style in ("|", ">"))  # the line of the sign itself
            found.append([file, "\n" * above + text])
    json.dump(found, sys.stdout)


main(sys.argv[1:])
