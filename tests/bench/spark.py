"""Chapter spark: what it costs to render every model for Spark.

Subject: `render` of the compiled SQL of every model, once, in a fresh process that holds the columns of an empty build. Reference
(1.0): the same texts through sqlglot alone, which asks for no columns and gives SQL that does not run. Both start Python and import.
"""

from __future__ import annotations

import json
from collections import defaultdict
from typing import Any

import duckdb
from rich.console import Console

from tests.bench.empty import filled_build
from tests.bench.measure import RESULTS, alternate, run_child, table
from tests.spark.compiled import compile_project, models

OURS = """
import json, sys
from duckdb_to_spark import render
work = json.load(open(sys.argv[1]))
for sql in work["models"].values():
    render(sql, lambda schema, table: work["columns"][f"{schema}.{table}"])
"""
ALONE = """
import json, sys
import sqlglot
for sql in json.load(open(sys.argv[1]))["models"].values():
    sqlglot.transpile(sql, read="duckdb", write="spark")
"""


def chapter(console: Console, runs: int) -> list[dict[str, Any]]:
    """All models, rendered and only transpiled."""
    _, file = filled_build("spark", 0, lambda connection, size: None)
    columns: defaultdict[str, dict[str, str]] = defaultdict(dict)
    with duckdb.connect(str(file), read_only=True) as connection:
        for table_name, name, kind in connection.execute(
            "select schema_name || '.' || table_name, column_name, data_type from duckdb_columns() "
            "where not internal order by table_name, column_index"
        ).fetchall():
            columns[table_name][name] = kind
    queries = {
        node["name"]: node["compiled_code"] for node in models(compile_project(RESULTS / "data" / "spark" / "target"))
    }
    work = RESULTS / "data" / "spark" / "work.json"
    work.write_text(json.dumps({"models": queries, "columns": columns}))
    ways = {"rendered": lambda _: run_child(OURS, work), "sqlglot alone": lambda _: run_child(ALONE, work)}
    title = f"{len(queries)} models for Spark"
    return [table(console, title, alternate(ways, runs), "sqlglot alone", sum(map(len, queries.values())) / 1e6)]
