"""Marts that are published in Spark's catalogue and in no file. Spark itself is asked by `make spark-check`."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from funnelhouse.publish import catalogue, reader
from funnelhouse.publish.errors import PublishRefused
from funnelhouse.publish.publisher import publish, rollback
from funnelhouse.settings import Settings
from tests.unit.publish.publish_factory import SPEND, change_build, small_build


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, dict[str, Any]]]:
    """What dbt was asked to run, in order."""
    calls: list[tuple[str, dict[str, Any]]] = []

    def run_dbt(settings: Settings, arguments: list[str], **_: object) -> list[object]:
        assert settings.engine == "spark"
        calls.append((arguments[1], json.loads(arguments[3])))
        return []

    monkeypatch.setattr(catalogue, "run_dbt", run_dbt)
    return calls


def schema(version: str) -> str:
    return "published_" + version.lower().replace("-", "_")


def test_a_table_of_the_catalogue_is_in_no_file(settings: Settings, asked: list[tuple[str, dict[str, Any]]]) -> None:
    settings = replace(settings, engine="spark", catalogue_tables=("mart_spend",))
    small_build(settings)
    change_build(settings, "create macro marts.spend_of(one) as table select * from marts.mart_spend where day = one")
    change_build(settings, "create macro marts.known(one) as table select * from marts.dim_channel where channel = one")
    version = publish(settings)
    assert version.tables == {"dim_channel": 1}
    assert not (settings.published / "parquet" / "mart_spend.parquet").exists()
    # A function of the file that reads the table could not answer.
    functions = "select distinct function_name from duckdb_functions() where schema_name = 'marts' and not internal"
    assert reader.query(settings, functions)[1] == [("known",)]
    own = schema(version.version)
    assert asked == [
        ("snapshot_tables", {"schema": own, "tables": ["mart_spend"]}),
        ("switch_tables", {"schema": own, "tables": ["mart_spend"], "keep": [own]}),
    ]


def test_a_change_of_such_a_table_alone_is_a_new_version_and_a_rollback_switches_back(
    settings: Settings, asked: list[tuple[str, dict[str, Any]]]
) -> None:
    settings = replace(settings, engine="spark", catalogue_tables=("mart_spend",))
    small_build(settings)
    first = publish(settings)
    small_build(settings, SPEND[:1])
    second = publish(settings)
    assert first.version != second.version
    rollback(settings)
    name, arguments = asked[-1]
    assert (name, arguments["schema"]) == ("switch_tables", schema(first.version))
    assert arguments["keep"] == sorted([schema(first.version), schema(second.version)])


def test_a_publication_killed_before_the_views_moved_is_finished_by_the_next(
    settings: Settings, asked: list[tuple[str, dict[str, Any]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = replace(settings, engine="spark", catalogue_tables=("mart_spend",))
    small_build(settings)
    with monkeypatch.context() as broken:
        broken.setattr(catalogue, "switch_to", lambda *_, **__: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            publish(settings)
    version = publish(settings)
    assert asked[-1][0] == "switch_tables" and asked[-1][1]["schema"] == schema(version.version)


def test_a_rollback_that_spark_did_not_follow_can_be_repeated(
    settings: Settings, asked: list[tuple[str, dict[str, Any]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = replace(settings, engine="spark", catalogue_tables=("mart_spend",))
    small_build(settings)
    first = publish(settings)
    small_build(settings, SPEND[:1])
    publish(settings)
    settings.build_file.unlink()  # as in a home that was restored
    with monkeypatch.context() as broken, pytest.raises(ConnectionError):
        broken.setattr(catalogue, "switch_to", lambda *_, **__: (_ for _ in ()).throw(ConnectionError))
        rollback(settings, first.version)
    assert rollback(settings, first.version).version == first.version
    assert asked[-1][1]["schema"] == schema(first.version)


def test_tables_that_went_back_to_the_file_leave_the_catalogue_although_no_version_is_kept(
    settings: Settings, asked: list[tuple[str, dict[str, Any]]]
) -> None:
    settings = replace(settings, engine="spark", catalogue_tables=("mart_spend",), keep_versions=1)
    small_build(settings)
    publish(settings)
    version = publish(replace(settings, catalogue_tables=()))
    own = schema(version.version)
    assert asked[-1] == ("switch_tables", {"schema": own, "tables": [], "keep": [own]})


def test_only_marts_can_be_named_and_only_with_spark(settings: Settings) -> None:
    small_build(settings)
    with pytest.raises(PublishRefused, match="there is no mart mart_spent"):
        publish(replace(settings, engine="spark", catalogue_tables=("mart_spent",)))
    with pytest.raises(PublishRefused, match="FUNNELHOUSE_ENGINE is duckdb"):
        publish(replace(settings, catalogue_tables=("mart_spend",)))
