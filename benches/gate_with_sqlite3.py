"""The same gate with nothing but the standard library: the floor for any Python.

python benches/gate_with_sqlite3.py DB [MODEL]

It trusts what it reads (NaN comes back as 0, a schema may change), which is why it is a floor
and not an alternative.
"""

import sqlite3
import sys
from contextlib import closing
from urllib.parse import quote

METRICS_BY_ALIAS = """
    SELECT latest.key, latest.value
    FROM registered_model_aliases
    JOIN model_versions USING (workspace, name, version)
    JOIN latest_metrics AS latest ON latest.run_uuid = model_versions.run_id
    WHERE workspace = 'default' AND name = ? AND alias = ?
"""


def main() -> int:
    """0 when the challenger may replace the champion, 1 when not."""
    model = sys.argv[2] if len(sys.argv) > 2 else "bench"
    uri = f"file:{quote(sys.argv[1])}?mode=ro"
    with closing(sqlite3.connect(uri, uri=True)) as database:
        candidate = dict(database.execute(METRICS_BY_ALIAS, (model, "challenger")))
        champion = dict(database.execute(METRICS_BY_ALIAS, (model, "champion")))
    passed = (
        candidate["r2"] >= champion["r2"] - 0.01
        and candidate["rmse"] <= 5.0
        and candidate["rmse"] <= champion["rmse"] * 1.02
    )
    print(
        f"{'pass' if passed else 'blocked'}: {candidate['rmse']=} {champion['rmse']=}"
    )
    return 0 if passed else 1


if __name__ == "__main__":
    sys.exit(main())
