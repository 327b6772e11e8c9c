"""What a build selects reaches everything that may differ (module `due`), and dbt needs nothing of ours to build."""

from __future__ import annotations

import json
from typing import Any

import pytest

from funnelhouse.settings import Settings
from funnelhouse.transform.dbt_runner import target_folder
from funnelhouse.transform.due import RECORD_ENTITIES
from tests.bare_build import AS_OF, BareBuild

pytestmark = pytest.mark.slow  # dbt parses and builds the project

STOCK = {"table", "view", "incremental", "ephemeral", "seed", "table_function", "test"}
"""Materializations that dbt-core and dbt-duckdb come with."""


@pytest.fixture(scope="module")
def manifest(prepared_home: Settings) -> dict[str, Any]:
    parsed: dict[str, Any] = json.loads((target_folder(prepared_home) / "manifest.json").read_text())
    return parsed


def nodes(manifest: dict[str, Any]) -> dict[str, Any]:
    return {key: node for key, node in manifest["nodes"].items() if node["resource_type"] in ("model", "seed")}


def sources_read(manifest: dict[str, Any], key: str) -> set[str]:
    """Raw relations a node reads by itself, or through ephemeral models, which become a part of it."""
    found: set[str] = set()
    for parent in manifest["nodes"][key]["depends_on"].get("nodes", []):  # a seed has none
        if parent.startswith("source."):
            found.add(parent.split(".")[-1])
        elif manifest["nodes"][parent]["config"]["materialized"] == "ephemeral":
            found |= sources_read(manifest, parent)
    return found


def upstream(manifest: dict[str, Any], key: str) -> set[str]:
    """Ids of everything a node is made of, sources included."""
    found: set[str] = set()
    waiting = [key]
    while waiting:
        for parent in manifest["nodes"].get(waiting.pop(), {}).get("depends_on", {}).get("nodes", []):
            if parent not in found:
                found.add(parent)
                waiting.append(parent)
    return found


def named(manifest: dict[str, Any], name: str) -> str:
    return next(key for key, node in nodes(manifest).items() if node["name"] == name)


def incremental(manifest: dict[str, Any]) -> list[str]:
    return [key for key, node in nodes(manifest).items() if node["config"]["materialized"] == "incremental"]


def test_only_materializations_that_dbt_comes_with_are_used(manifest: dict[str, Any]) -> None:
    assert {node["config"]["materialized"] for node in manifest["nodes"].values()} <= STOCK
    ours = [macro["name"] for macro in manifest["macros"].values() if macro["package_name"] == "funnelhouse"]
    assert not [name for name in ours if name.startswith(("materialization_", "get_incremental_"))]


def test_models_whose_sql_names_the_day_are_dated_or_downstream_of_one_that_is(
    manifest: dict[str, Any], bare_build: BareBuild
) -> None:
    dated = {key for key, node in manifest["nodes"].items() if "dated" in node["tags"]}
    with_day = {
        key
        for key, node in bare_build.nodes.items()
        if node["resource_type"] == "model" and f"'{AS_OF}'" in bare_build._sql(node, {})
    }
    assert with_day
    assert not [key for key in with_day if key not in dated and not upstream(manifest, key) & dated]


def test_who_reads_batches_of_an_entity_reads_the_entity(manifest: dict[str, Any]) -> None:
    readers = {
        node["name"]: sources_read(manifest, key) - {"_batches"}
        for key, node in nodes(manifest).items()
        if "_batches" in sources_read(manifest, key)
    }
    assert readers.pop("stg_batches") == set()
    assert readers
    assert not [name for name, entities in readers.items() if not entities]


def test_whatever_reaches_an_incremental_model_is_looked_at_by_what_says_who_is_touched(
    manifest: dict[str, Any],
) -> None:
    staging = {key for key in incremental(manifest) if manifest["nodes"][key]["fqn"][1] == "staging"}
    people = set(incremental(manifest)) - staging - {named(manifest, "int_lookup_version")}
    assert people

    def raw(keys: set[str]) -> set[str]:
        return {key.split(".")[-1] for key in keys if key.startswith("source.")}

    touched = raw(upstream(manifest, named(manifest, "int_touched")))
    # Rates decide amounts only, and only deals have amounts: their rows are built whole every time.
    # Activities and calls give names of representatives (lookups); lines of deals reach no person.
    without = {"fx_rates"}
    assert not {entity for key in people for entity in raw(upstream(manifest, key))} - touched - without


def test_entities_kept_by_their_records_are_those_that_touch_records(manifest: dict[str, Any]) -> None:
    touched = sources_read(manifest, named(manifest, "stg_crm_touched"))
    assert {entity for entity in touched if not entity.startswith("_")} == RECORD_ENTITIES
    read = {entity for key in incremental(manifest) for entity in sources_read(manifest, key)}
    assert {entity for entity in read if not entity.startswith("_")} <= RECORD_ENTITIES
