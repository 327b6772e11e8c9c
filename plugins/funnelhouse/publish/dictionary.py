"""The data dictionary and the column contract, from dbt's manifest."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field, replace
from typing import Any

import duckdb

from funnelhouse.publish.errors import PublishRefused
from funnelhouse.publish.tables import PublishedTable
from funnelhouse.settings import Settings
from funnelhouse.transform.dbt_runner import target_folder

DICTIONARY_COLUMNS = {
    "schema_name": "VARCHAR", "object_name": "VARCHAR", "column_name": "VARCHAR", "position": "INTEGER",
    "data_type": "VARCHAR", "label": "VARCHAR", "description": "VARCHAR", "unit": "VARCHAR", "direction": "VARCHAR",
    "formula": "VARCHAR", "grain": "VARCHAR", "owner": "VARCHAR", "requirements": "VARCHAR",
}  # fmt: skip
"""A row with column_name NULL describes the table. `direction`: up, down or NULL (which way is good)."""

UNITS = {
    "_reporting": "reporting currency",
    "_native": "currency of the row",
    "_days": "days",
    "_seconds": "seconds",
    "_rate": "fraction",
    "_share": "fraction",
}
"""Endings of column names and the unit they stand for."""


@dataclass(frozen=True)
class Described:
    """A model as dbt describes it: `columns` to their name, declared type, description and meta."""

    name: str
    description: str
    meta: dict[str, Any]
    columns: dict[str, dict[str, Any]] = field(default_factory=dict)


@dataclass(frozen=True)
class DbtManifest:
    """What the published file takes from dbt: models by name, functions as name to description.

    Both are None where the warehouse was not built by dbt. `glossary` has label, unit, direction and formula of each
    column that holds a metric, by table and column.
    """

    models: dict[str, Described] | None
    functions: dict[str, str] | None
    invocation_id: str | None
    lineage: list[tuple[str, str, str, str]] = field(default_factory=list)
    """Every table with each one it is made from: schema and name, schema and name."""
    glossary: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)


def read_dbt_manifest(settings: Settings) -> DbtManifest:
    """The models of schema `marts` by name. Raises PublishRefused if the manifest is there but unreadable."""
    path = target_folder(settings) / "manifest.json"
    if not path.exists():
        return DbtManifest(None, None, None)
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        lineage = _lineage(document)
        nodes = [
            node
            for node in document["nodes"].values()
            if node["resource_type"] == "model"
            and node["schema"] == "marts"
            and node["config"]["materialized"] != "ephemeral"
        ]
    except (OSError, ValueError, KeyError) as error:
        raise PublishRefused(f"{path} cannot be read ({error}); build the marts again") from error
    models: dict[str, Described] = {}
    functions: dict[str, str] = {}
    for node in nodes:
        described = _described(node)
        if node["config"]["materialized"] == "table_function":
            functions[described.name] = described.description
        else:
            models[described.name] = described
    invocation = document.get("metadata", {}).get("invocation_id")
    return DbtManifest(models, functions, invocation, lineage, _glossary(document))


def _lineage(document: dict[str, Any]) -> list[tuple[str, str, str, str]]:
    places = {
        key: (str(node["schema"]), str(node.get("alias") or node.get("identifier") or node["name"]))
        for key, node in {**document["nodes"], **document.get("sources", {})}.items()
        if node["resource_type"] in ("model", "seed", "snapshot", "source")
    }
    edges = {
        (*places[key], *places[parent])
        for key, node in document["nodes"].items()
        if key in places
        for parent in node.get("depends_on", {}).get("nodes", [])
        if parent in places
    }
    return sorted(edges)


GLOSSARY_UNITS = {"money": "reporting currency", "rate": "fraction"}
"""Units of the glossary that the dictionary has other words for."""


def _glossary(document: dict[str, Any]) -> dict[tuple[str, str], dict[str, Any]]:
    """Facts of the columns that hold one metric: a stored ratio, or what a metric adds up as it is."""
    measures = {
        measure["name"]: (model["model"].split("'")[1], measure["expr"] or measure["name"], measure["agg"])
        for model in document.get("semantic_models", {}).values()
        for measure in model["measures"]
    }
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for metric in document.get("metrics", {}).values():
        meta, parts = metric["config"]["meta"], metric["type_params"]
        if not meta.get("unit") or metric.get("filter"):
            continue
        column = (str(meta["mart"]), str(meta["column_name"]))
        is_ratio = bool(parts.get("numerator"))
        if not is_ratio and measures[parts["measure"]["name"]] != (*column, "sum"):
            continue
        found[column] = {
            "label": metric["label"],
            "unit": GLOSSARY_UNITS.get(meta["unit"], meta["unit"]),
            "direction": meta.get("direction"),
        }
    return found


def _described(node: dict[str, Any]) -> Described:
    columns = {
        column["name"]: {**column, "meta": {**(column.get("config") or {}).get("meta", {}), **column.get("meta", {})}}
        for column in node.get("columns", {}).values()
    }
    meta = {**(node["config"].get("meta") or {}), **(node.get("meta") or {})}
    return Described(str(node.get("alias") or node["name"]), node.get("description", ""), meta, columns)


def published_tables(
    connection: duckdb.DuckDBPyConnection, manifest: DbtManifest, tables: list[PublishedTable]
) -> list[PublishedTable]:
    """The tables that the manifest knows, after comparing names, order and types of their columns.

    Tables that no model writes any more stay behind. Raises PublishRefused naming the first difference.
    """
    if manifest.models is None:
        return tables
    built = {table.name: table for table in tables}
    types: dict[str, str] = {}  # a question to the database for each of some hundred columns would take half a second
    if missing := sorted(set(manifest.models) - set(built)):
        raise PublishRefused(
            f"the build has no table {', '.join(f'marts.{m}' for m in missing)}: build the marts again"
        )
    for name, model in manifest.models.items():
        declared = {column: facts for column, facts in model.columns.items() if facts.get("data_type")}
        if not declared:
            continue
        actual = dict(built[name].columns)
        for column, facts in declared.items():
            if column not in actual:
                raise PublishRefused(f"marts.{name} has no column {column}, which its contract promises")
            promised = types.get(said := str(facts["data_type"])) or _type_name(connection, said)
            types[said] = promised
            if promised != actual[column]:
                raise PublishRefused(f"marts.{name}.{column} is {actual[column]}, its contract promises {promised}")
        if undeclared := sorted(set(actual) - set(model.columns)):
            raise PublishRefused(
                f"marts.{name}.{undeclared[0]} is not in its contract: describe it in the model's YAML"
            )
    return [_with_key(built[name], manifest.models[name]) for name in sorted(manifest.models)]


def _with_key(table: PublishedTable, model: Described) -> PublishedTable:
    columns = dict(table.columns)
    key = tuple((model.meta.get("grain") or {}).get("columns", []))
    return replace(table, key=key if all(column in columns for column in key) else ())


def _type_name(connection: duckdb.DuckDBPyConnection, declared: str) -> str:
    try:
        row = connection.execute(f"select typeof(cast(null as {declared}))").fetchone()
    except duckdb.Error as error:
        raise PublishRefused(f"{declared!r} in a model's contract is not a type of DuckDB: {error}") from error
    return str(row[0]) if row else ""


def dictionary_rows(manifest: DbtManifest, tables: list[PublishedTable]) -> list[tuple[Any, ...]]:
    """Rows of `meta.data_dictionary`: each table, then its columns in order."""
    rows: list[tuple[Any, ...]] = []
    for table in tables:
        model = (manifest.models or {}).get(table.name) or Described(table.name, "", {})
        rates = {rate["rate"]: _rate_facts(rate) for rate in model.meta.get("rates", [])}
        rows.append(_row(table, None, 0, None, model.description, model.meta))
        for position, (column, kind) in enumerate(table.columns, 1):
            facts = model.columns.get(column, {})
            meta = {
                "owner": model.meta.get("owner"), **_same_column(manifest, table.name, column), **rates.get(column, {}),
                **facts.get("meta", {}),
            }  # fmt: skip
            rows.append(_row(table, column, position, kind, facts.get("description", ""), meta))
    return rows


def _same_column(manifest: DbtManifest, table: str, column: str) -> dict[str, Any]:
    """What the glossary says of a column. One of the same name and description in another table is the same thing."""
    if (table, column) in manifest.glossary:
        return manifest.glossary[table, column]
    models = manifest.models or {}
    described = models[table].columns.get(column, {}).get("description") if table in models else None
    for (other, name), facts in manifest.glossary.items():
        if name == column and described and models[other].columns[name].get("description") == described:
            return facts
    return {}


def _rate_facts(rate: dict[str, Any]) -> dict[str, Any]:
    """Label, direction and formula of a column from its entry in `meta: rates:`, the one place a rate is defined."""
    factor = f"{rate['factor']} x " if rate.get("factor", 1) != 1 else ""
    condition = f" where {rate['where']}" if "where" in rate else ""
    formula = f"{factor}{rate['numerator']} / {rate['denominator']}{condition}"
    return {"label": rate.get("label"), "direction": rate.get("direction"), "formula": formula}


def _row(
    table: PublishedTable, column: str | None, position: int, kind: str | None, description: str, meta: dict[str, Any]
) -> tuple[Any, ...]:
    def said(key: str) -> str | None:
        value = meta.get(key)
        return ", ".join(map(str, value)) if isinstance(value, list) else None if value is None else str(value)

    text = " ".join(description.split())
    key = (meta.get("grain") or {}).get("columns", [])
    grain = re.search(r"Grain: (.+?)\.(?: |$)", text)
    named = _definitions(text)
    return (
        table.schema, table.name, column, position, kind, said("label"), text or None,
        said("unit") or _unit(column, kind), said("direction"), said("formula"),
        None if column else grain.group(1) if grain else ", ".join(key) or None, said("owner"),
        said("requirements") or ", ".join(named) or None,
    )  # fmt: skip


def _definitions(text: str) -> list[str]:
    """Ids of docs/definitions.md in a description, sorted; R060-R064 names all five."""
    named = set(re.findall(r"\b[RG]\d{1,3}\b", text))
    for first, last in re.findall(r"\bR(\d{3})-R(\d{3})\b", text):
        named |= {f"R{number:03}" for number in range(int(first), int(last) + 1)}
    return sorted(named)


def _unit(column: str | None, kind: str | None) -> str | None:
    """Unit by the naming rule of published columns; None where the name has none of the endings."""
    if column is None or kind in ("BOOLEAN", "VARCHAR", "DATE", "TIMESTAMP"):
        return None
    unit = next((unit for ending, unit in UNITS.items() if column.endswith(ending)), None)
    return unit if unit != "fraction" or kind == "DOUBLE" else None  # fx_rate, or rows_without_rate
