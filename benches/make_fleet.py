"""Register many models over the runs of a store that `make_store.py` made.

    python benches/make_fleet.py DB --models 500

Copies, by SQL, what MLflow wrote for model `bench` (its versions and aliases) to `bench-0`,
`bench-1`, ...: through the client five hundred models take minutes.
"""

import argparse
import sqlite3
from contextlib import closing

TABLES = {
    "registered_models": "name",
    "model_versions": "name",
    "registered_model_aliases": "name",
}


def main() -> None:
    """Every row about `bench` again under each new name."""
    parser = argparse.ArgumentParser(description="Register many models.")
    parser.add_argument("database")
    parser.add_argument("--models", type=int, default=500)
    arguments = parser.parse_args()
    with closing(sqlite3.connect(arguments.database)) as database, database:
        for table, name in TABLES.items():
            copy(database, table, name, arguments.models)


def copy(
    database: sqlite3.Connection, table: str, name: str, models: int
) -> None:
    """The rows of one table."""
    columns = [row[1] for row in database.execute(f"PRAGMA table_info({table})")]
    rows = database.execute(
        f"SELECT {', '.join(columns)} FROM {table} WHERE {name} = 'bench'"
    ).fetchall()
    place = columns.index(name)
    database.executemany(
        f"INSERT OR IGNORE INTO {table} ({', '.join(columns)})"
        f" VALUES ({', '.join('?' * len(columns))})",
        (
            (*row[:place], f"bench-{number}", *row[place + 1 :])
            for number in range(models)
            for row in rows
        ),
    )


if __name__ == "__main__":
    main()
