"""Renders the files of N projects with copier, all in one process.

    python render_projects_with_copier.py FOLDER N

FOLDER holds what gatewright generated for project-0; its files are the template. Nothing is read
back, compared or proven: the peer does less.
"""

import shutil
import sys
from pathlib import Path

import copier

folder, count = Path(sys.argv[1]), int(sys.argv[2])
template, target = folder / "copier-template", folder / "copier-target"
shutil.rmtree(template, ignore_errors=True)
shutil.rmtree(target, ignore_errors=True)
for provider in (".github/workflows", ".azure/pipelines"):
    (template / provider).mkdir(parents=True)
    for file in (folder / provider).glob("project-0-*.yml"):
        name = file.name.replace("project-0", "[[ project ]]")
        text = file.read_text().replace("project-0", "[[ project ]]")
        (template / provider / f"{name}.jinja").write_text(text)
# Delimiters that leave `${{ }}` alone.
(template / "copier.yml").write_text(
    "_envops:\n"
    "  variable_start_string: '[['\n  variable_end_string: ']]'\n"
    "  block_start_string: '[%'\n  block_end_string: '%]'\n"
    "  comment_start_string: '[#'\n  comment_end_string: '#]'\n"
    "project: {type: str}\n"
)
for number in range(count):
    copier.run_copy(
        str(template),
        target,
        data={"project": f"project-{number}"},
        defaults=True,
        overwrite=True,
        quiet=True,
    )
templates = sum(1 for file in template.rglob("*.jinja"))
written = sum(1 for file in target.rglob("*.yml"))
assert written == templates * count > 0, written
