"""What lint-github, lint-azure and lint-databricks share: calling a checker and never mistaking its
silence for approval.

A checker that exits with an unknown code, or says "findings" without naming one, or
"no findings" while naming some, has failed; so has one that is content with the canary,
a file with a fault for every checker. The caller then exits with 2.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

HERE = Path(__file__).resolve().parent
TOOLS = Path(os.environ.get("GATEWRIGHT_TOOLS") or HERE.parents[1] / "target/tools").resolve()
LINT = TOOLS / "lint/bin"
PRETTIER = TOOLS / "node/node_modules/.bin/prettier"

# The default rules, except: GitHub's key `on` is not a boolean, prettier puts one space
# before a comment, one document needs no marker, and a pinned action needs 100 columns.
YAMLLINT_RULES = """\
extends: default
rules:
  line-length: {max: 120}
  truthy: {check-keys: false}
  comments: {min-spaces-from-content: 1}
  document-start: disable
"""

# Badly spaced, an unquoted variable for shellcheck, a number that was meant as a version.
CANARY = """\
on: push
jobs:
  a:
    runs-on:   ubuntu-24.04
    env: {PYTHON: 3.10}
    steps:
      - run: cat $GITHUB_OUTPUT
"""


class CheckerFailed(Exception):
    """The checker did not do its work, so nothing is known about the files."""


def main(checks, folder, patterns):
    """Runs `checks` over a copy of `folder` below the directory given as the argument."""
    if len(sys.argv) != 2:
        sys.exit(_problem(f"usage: {Path(sys.argv[0]).name} DIR"))
    source = Path(sys.argv[1]) / folder
    # In a copy of its own no ignore file or configuration of a folder above has a say.
    with tempfile.TemporaryDirectory(prefix="lint-") as temporary:
        copy = Path(temporary)
        if source.is_dir():
            shutil.copytree(source, copy / folder, dirs_exist_ok=True)
        (copy / ".git").mkdir(exist_ok=True)  # what actionlint and zizmor know a repository by
        files = sorted(str(path.relative_to(copy)) for pattern in patterns for path in copy.glob(pattern))
        (copy / "canary.yml").write_text(CANARY)
        if not files:
            sys.exit(_problem(f"no file matches {' or '.join(patterns)} in {sys.argv[1]}"))
        sys.exit(_run_all(checks, copy, files))


def _run_all(checks, copy, files):
    findings, failures = set(), []

    def attempt(check):
        try:
            findings.update(check(copy, files))
        except Exception as error:
            failures.append(f"{check.__name__}: {type(error).__name__}: {error}")

    with ThreadPoolExecutor(max_workers=2) as pool:
        list(pool.map(attempt, checks))
    for finding in sorted(findings):
        print(finding)
    for failure in failures:
        _problem(failure)
    return 2 if failures else 1 if findings else 0


def _problem(message):
    print(f"{Path(sys.argv[0]).name}: {message}", file=sys.stderr)
    return 2


def run(program, *arguments, cwd, codes):
    """The finished process, whose exit code is one of `codes`."""
    if not os.access(program, os.X_OK):
        raise CheckerFailed(f"{program} is missing: run tests/tools/provision")
    # Little environment: a developer's settings and tokens must not change the result.
    kept = {name: os.environ[name] for name in ("HOME", "TMPDIR") if name in os.environ}
    environment = kept | {
        "PATH": f"{LINT}:{os.environ['PATH']}",
        "LANG": "C.UTF-8",
        "NO_COLOR": "1",
        "GATEWRIGHT_TOOLS": str(TOOLS),
    }
    done = subprocess.run(
        [program, *arguments],
        cwd=cwd, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=300,
    )  # fmt: skip
    if done.returncode not in codes:
        raise CheckerFailed(f"{Path(program).name} exited with {done.returncode}: {done.stdout}{done.stderr}")
    done.stdout = done.stdout.replace(f"{cwd}/", "")  # the temporary folder is nobody's business
    return done


def line_findings(name, done, in_canary=""):
    """The findings of a checker that prints one per line and exits with 1 for any."""
    lines = [text for text in done.stdout.splitlines() if text]
    odd = [text for text in lines if not re.fullmatch(r"\S+?:\d+:\d+: .+", text)]
    if odd or bool(lines) != (done.returncode != 0):
        raise CheckerFailed(f"exit code {done.returncode} with the output {done.stdout!r} {done.stderr!r}")
    return without_canary([tagged(name, text) for text in lines], in_canary)


def without_canary(findings, expected=""):
    """The findings, of which one about the canary has to be and to contain `expected`."""
    about_canary = [text for text in findings if text.startswith("canary.")]
    if not any(expected in text for text in about_canary):
        raise CheckerFailed(f"found no fault {expected} in a faulty file, so its other answers count for nothing")
    return [text for text in findings if text not in about_canary]


def tagged(name, text):
    """`PATH:LINE:COL: message` with the checker's name before the message."""
    place, colon, message = text.partition(": ")
    return f"{place}{colon}{name}: {message}"


def check_jsonschema(copy, files, schema, *flags):
    done = run(LINT / "check-jsonschema", "--builtin-schema", schema, *flags, "--output-format", "json", *files,
               cwd=copy, codes={0, 1})  # fmt: skip
    if not done.stdout.startswith("{"):
        raise CheckerFailed(f"no report: {done.stderr}")  # it crashes with 1, the code for findings
    report = json.loads(done.stdout)
    findings = [f"{error['filename']}: check-jsonschema: {error['message']}" for error in report.get("parse_errors", [])]
    for error in report["errors"]:
        # The outermost error only says "not valid under any of the schemas".
        best = error.get("best_deep_match", error)
        findings.append(f"{error['filename']}: check-jsonschema: {best['path']}: {best['message'][:300]}")
    if (report["status"] == "ok") != (not findings) or (done.returncode == 0) != (not findings):
        raise CheckerFailed(f"contradicts itself: {done.stdout}")
    return findings


def yamllint(copy, files):
    """Warnings count: --strict."""
    done = run(LINT / "yamllint", "--strict", "-f", "parsable", "-d", YAMLLINT_RULES, "canary.yml", *files,
               cwd=copy, codes={0, 1, 2})  # fmt: skip
    return line_findings("yamllint", done)


def prettier(copy, files):
    done = run(PRETTIER, "--check", "--no-config", "--no-editorconfig", "canary.yml", *files, cwd=copy, codes={0, 1, 2})
    said = done.stdout + done.stderr
    findings = [f"{file}: prettier: not formatted" for file in ["canary.yml", *files] if f"[warn] {file}\n" in said]
    for file, message in re.findall(r"^\[error\] (\S+): (SyntaxError: .*)$", said, re.MULTILINE):
        findings.append(f"{file}: prettier: {message}")
    if (done.returncode == 0) != (not findings):
        raise CheckerFailed(f"exit code {done.returncode}: {said}")
    return without_canary(findings)


def language_service(script, copy, files):
    return line_findings(script, run(HERE / script, "canary.yml", *files, cwd=copy, codes={0, 1}))


def yaml_traps(copy, files):
    done = run(LINT / "python", "-B", HERE / "yaml-traps.py", "canary.yml", *files, cwd=copy, codes={0, 1})
    return line_findings("yaml-traps", done)
