"""A product of two decimals of up to 18 digits stays at 18 in DuckDB, and the build ends where it needs more.

With six digits behind the point, as prices and quantities have them, that is from a million on.
"""

from __future__ import annotations

import contextlib
import json
from collections import defaultdict

import duckdb
import pytest
from sqlglot import exp

from duckdb_to_spark import UnknownConstruct, render
from duckdb_to_spark.infer import RULES, type_of
from duckdb_to_spark.kinds import Type
from duckdb_to_spark.scope import Scope
from funnelhouse.settings import REPOSITORY, Settings
from funnelhouse.transform.dbt_runner import target_folder

pytestmark = pytest.mark.slow

DIGITS_OF_64_BITS = 18


def test_no_product_of_two_columns_overflows(empty_warehouse: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a column is multiplied with to change its unit, such as 100 for cents, may stay narrow."""
    columns: defaultdict[str, dict[str, str]] = defaultdict(dict)
    with duckdb.connect(str(empty_warehouse.build_file), read_only=True) as connection:
        for table, name, kind in connection.execute(
            "select schema_name || '.' || table_name, column_name, data_type from duckdb_columns() where not internal "
            "order by schema_name, table_name, column_index"
        ).fetchall():
            columns[table][name] = kind
    manifest = json.loads((target_folder(empty_warehouse) / "manifest.json").read_text(encoding="utf-8"))
    rule, narrow, seen, model = RULES[exp.Mul], set[str](), 0, ""

    def watched(node: exp.Expr, scope: Scope) -> Type:
        nonlocal seen
        factors = [node.this, node.expression]
        if all(factor.find(exp.Column) for factor in factors):
            seen += 1
            kinds = [type_of(factor, scope) for factor in factors]
            product = rule(node, scope)
            if product.name == "DECIMAL" and product.width == DIGITS_OF_64_BITS < sum(one.width for one in kinds):
                narrow.add(f"{model}: {node.sql('duckdb')}")
        return rule(node, scope)

    monkeypatch.setitem(RULES, exp.Mul, watched)
    for one in manifest["nodes"].values():
        if one["resource_type"] == "model" and one["language"] == "sql":
            model = one["name"]
            sql = (REPOSITORY / "dbt_project" / one["compiled_path"]).read_text(encoding="utf-8")
            with contextlib.suppress(UnknownConstruct):  # `make lint` says where that may be
                render(sql, lambda schema, name: columns[f"{schema}.{name}"])
    assert seen > 20
    assert narrow == set()
