"""Ask MLflow's own gate, `validate_evaluation_results`, about triples given as JSON.

    echo '[{"candidate": "nan", "baseline": 0.8, "threshold":
            {"min_relative_change": 0.01, "greater_is_better": true}}]' \\
        | python tests/mlflow/validator.py

Input is a list of {candidate, baseline, threshold}: the first two are numbers, "nan", "inf" or
"-inf"; null is an evaluation without the metric, and a missing `baseline` no baseline at all.
`threshold` holds the arguments of `MetricThreshold`. Output is a list of "pass", "fail" or
"error: ..." in the same order, which the tests hold against gatewright's own outcomes.
"""

import json
import logging
import sys

import mlflow
from mlflow import models

METRIC = "metric"


def main() -> None:
    """One answer per triple."""
    logging.getLogger("mlflow").setLevel(logging.ERROR)
    print(json.dumps([answer(triple) for triple in json.load(sys.stdin)], indent=1))


def answer(triple: dict) -> str:
    """What MLflow says; a crash of its code is an answer too, and a different one."""
    try:
        threshold = models.MetricThreshold(**numbers(triple["threshold"]))
        baseline = evaluation(triple["baseline"]) if "baseline" in triple else None
        candidate = evaluation(triple["candidate"])
        mlflow.validate_evaluation_results({METRIC: threshold}, candidate, baseline)
    except models.evaluation.validation.ModelValidationFailedException:
        return "fail"
    except (mlflow.MlflowException, ArithmeticError, TypeError) as error:
        return f"error: {type(error).__name__}: {error}"
    return "pass"


def evaluation(value: float | str | None) -> models.EvaluationResult:
    """An evaluation with this one metric, or with none."""
    metrics = {} if value is None else {METRIC: float(value)}
    return models.EvaluationResult(metrics=metrics, artifacts={})


def numbers(arguments: dict) -> dict:
    """The arguments with "nan" and "inf" as the floats they mean."""
    return {
        name: float(value) if isinstance(value, str) else value
        for name, value in arguments.items()
    }


if __name__ == "__main__":
    main()
