"""Great Expectations on a DuckDB file, in SQL and read-only: the one module that knows what must be bent for it.

Great Expectations 1.24 reads a result after it has given the connection back, which DuckDB answers with nothing,
and it knows no regular expressions of DuckDB. Both are corrected here, for this process; a canary test fails when an
upgrade makes the correction needless or wrong. Nothing is ever written: no table in the file, no project on disk.
"""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

from funnelhouse.settings import Settings

SOURCE_NAME = "build"
"""Name of the data source; it appears in Great Expectations' own results only."""


class _Dialect(str):
    """A dialect's name that also answers to `.value`, as Great Expectations' enumeration members do."""

    @property
    def value(self) -> str:
        """The name itself."""
        return str(self)


@contextmanager
def _spark_hidden() -> Iterator[None]:
    """Let nobody import PySpark meanwhile, where it is installed for builds.

    Great Expectations imports all of it if it can: seconds, and where Spark Connect's packages are missing PySpark 4.3
    takes a process without a main file (`python -c`) for its own test run and ends it, with exit code 0.
    """
    hidden = "pyspark" not in sys.modules
    if hidden:
        sys.modules["pyspark"] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        if hidden:
            del sys.modules["pyspark"]


@cache
def prepare_great_expectations() -> Any:
    """Import Great Expectations with DuckDB made known to it; the package. Costs seconds the first time."""
    os.environ.setdefault("GX_ANALYTICS_ENABLED", "false")
    with _spark_hidden():
        import great_expectations
    import sqlalchemy

    engine: Any = importlib.import_module("great_expectations.execution_engine.sqlalchemy_execution_engine")
    util: Any = importlib.import_module("great_expectations.expectations.metrics.util")
    engine._PERSISTED_CONNECTION_DIALECTS = (*engine._PERSISTED_CONNECTION_DIALECTS, _Dialect("duckdb"))
    original = util.get_dialect_regex_expression

    def regex_expression(column: Any, regex: str, dialect: Any, positive: bool = True) -> Any:
        inner = getattr(dialect, "dialect", dialect)
        if "duckdb" not in (
            getattr(inner, "name", ""),
            getattr(dialect, "__name__", ""),
        ) and "duckdb" not in str(dialect):
            return original(column, regex, dialect, positive)
        found = sqlalchemy.func.regexp_matches(column, sqlalchemy.literal(regex))
        return found if positive else sqlalchemy.not_(found)

    util.get_dialect_regex_expression = regex_expression
    metrics = "great_expectations.expectations.metrics.column_map_metrics"
    for name in ("column_values_match_regex", "column_values_not_match_regex"):
        module: Any = importlib.import_module(f"{metrics}.{name}")
        if hasattr(module, "get_dialect_regex_expression"):
            module.get_dialect_regex_expression = regex_expression
    return great_expectations


class DuckDBSource:
    """Validates expectations against tables of one DuckDB file. Get one from `duckdb_source`."""

    def __init__(self, source: Any) -> None:
        self._source = source

    def validate(self, table: str, expectations: list[dict[str, Any]], rows_by: list[str] | None = None) -> list[Any]:
        """Great Expectations' results for `table` (schema.table), in the order of `expectations`.

        With `rows_by`, each result carries `unexpected_index_query`, the SQL that selects the failing rows with
        these columns; that costs a second scan, so ask for it only for what has failed.
        """
        gx = prepare_great_expectations()
        name = f"{table}:{'rows' if rows_by else 'counts'}"
        asset = self._source.add_query_asset(name, query=table_query(table))
        try:
            batch = asset.add_batch_definition_whole_table("all").get_batch()
            # Great Expectations groups results by itself; the position in meta brings them back into order.
            numbered = [
                {**expectation, "meta": {**expectation.get("meta", {}), "position": position}}
                for position, expectation in enumerate(expectations)
            ]
            suite = gx.ExpectationSuite(name=name, expectations=numbered)
            if len(suite.expectations) != len(expectations):
                # Great Expectations only logs an expectation it cannot load, and the others would look like all.
                known = {expectation.meta["position"] for expectation in suite.expectations}
                lost = [e["type"] for place, e in enumerate(expectations) if place not in known]
                raise ValueError(f"Great Expectations cannot load {', '.join(lost)}: unknown type or wrong arguments")
            wanted: dict[str, Any] = {"result_format": "BASIC"}
            if rows_by:
                wanted = {"result_format": "COMPLETE", "unexpected_index_column_names": rows_by}
            results = batch.validate(suite, result_format=wanted).results
        finally:
            self._source.delete_asset(name)
        return sorted(results, key=lambda result: result.expectation_config.meta["position"])


def table_query(table: str) -> str:
    """The query that stands for `table` (schema.table) in Great Expectations."""
    schema, _, name = table.partition(".")
    return f'select * from "{schema}"."{name}"'


def index_query(table: str, query: str) -> str:
    """Great Expectations' `unexpected_index_query` as SQL that DuckDB runs: it forgets the parentheses."""
    inner = table_query(table)
    return query.rstrip().rstrip(";").replace(f"FROM {inner} \n", f"FROM ({inner}) AS batch \n")


@contextmanager
def duckdb_source(path: Path, settings: Settings) -> Iterator[DuckDBSource]:
    """Open `path` read-only for Great Expectations; every connection is closed when the block ends."""
    gx = prepare_great_expectations()
    from great_expectations.data_context.types.base import (
        DataContextConfig,
        InMemoryStoreBackendDefaults,
        ProgressBarsConfig,
    )

    # Without this Great Expectations leaves a folder for pages we never make in the system's temporary folder.
    nowhere = DataContextConfig(store_backend_defaults=InMemoryStoreBackendDefaults(init_temp_docs_sites=False))
    context = gx.get_context(mode="ephemeral", project_config=nowhere)
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    configuration = {
        "memory_limit": settings.memory_limit,
        "threads": settings.threads,
        "temp_directory": str(settings.build / "duckdb_temp"),
        "autoinstall_known_extensions": False,
    }
    source = context.data_sources.add_sql(
        SOURCE_NAME,
        connection_string=f"duckdb:///{quote(str(path))}",  # ?, # and $ mean something in it
        create_temp_table=False,
        kwargs={"connect_args": {"read_only": True, "config": configuration}},
    )
    try:
        yield DuckDBSource(source)
    finally:
        # Both hold the file: the engine of the checks and the one the data source tests its connection with.
        execution_engine = source.get_execution_engine()
        execution_engine.close()
        execution_engine.engine.dispose()
        source.get_engine().dispose()
