"""Functions of the build travel with its tables: for every reader, under any name, in the oldest storage format."""

from __future__ import annotations

import json

import duckdb
import pytest

from funnelhouse.publish import reader
from funnelhouse.publish.errors import PublishRefused
from funnelhouse.publish.publisher import publish, versions
from funnelhouse.settings import Settings
from tests.unit.publish.publish_factory import change_build, small_build

QUERY = "select sum(spend) as spend, max(day) as last_day from marts.mart_spend where day <= cast(until as date)"


def _build(settings: Settings, query: str = QUERY) -> None:
    small_build(settings)
    change_build(settings, f"create or replace macro marts.spent_until(until) as table ({query})")


@pytest.mark.parametrize("name", ["spent_until", "marts.spent_until"])
@pytest.mark.parametrize(("day", "spend"), [("2026-10-29", None), ("2026-10-30", 1.5), ("2026-10-31", 3.75)])
def test_a_function_answers_with_and_without_its_schema(
    settings: Settings, name: str, day: str, spend: float | None
) -> None:
    _build(settings)
    publish(settings)
    assert reader.query(settings, f"select spend::double from {name}(date '{day}')")[1] == [(spend,)]
    assert reader.query(settings, f"select spend::double from {name}('{day}')")[1] == [(spend,)]


def test_the_file_may_be_attached_under_another_name(settings: Settings) -> None:
    _build(settings)
    publish(settings)
    with duckdb.connect() as connection:
        connection.execute(f"attach '{settings.published_file.resolve()}' as other (read_only)")
        connection.execute("use other")
        assert connection.execute("select count(*) from spent_until(date '2026-10-30')").fetchone() == (1,)


def test_the_file_keeps_the_oldest_storage_format(settings: Settings) -> None:
    _build(settings)
    publish(settings)
    with duckdb.connect() as connection:
        connection.execute(f"attach '{settings.published_file.resolve()}' as published (read_only)")
        tags = connection.execute("select tags from duckdb_databases() where database_name = 'published'").fetchone()
    assert tags is not None
    assert "v1.0.0" in str(tags[0])


def test_another_answer_to_the_same_question_is_a_new_version(settings: Settings) -> None:
    _build(settings)
    first = publish(settings)
    _build(settings, QUERY.replace("<=", "<"))
    second = publish(settings)
    assert second.version != first.version
    assert reader.query(settings, "select spend::double from spent_until(date '2026-10-31')")[1] == [(1.5,)]


def test_excluded_columns_in_another_order_are_the_same_function(settings: Settings) -> None:
    _build(settings, "select * exclude (click_rate, channel) from marts.mart_spend where day <= until")
    first = publish(settings)
    _build(settings, "select * exclude (channel, click_rate) from marts.mart_spend where day <= until")
    assert publish(settings).version == first.version


def test_a_function_that_does_not_answer_is_not_published(settings: Settings) -> None:
    small_build(settings)
    change_build(settings, "create table marts.mart_gone as select 1 as a")
    change_build(settings, "create macro marts.lost() as table (select * from marts.mart_gone)")
    change_build(settings, "drop table marts.mart_gone")
    with pytest.raises((PublishRefused, duckdb.Error), match="mart_gone"):
        publish(settings)
    assert versions(settings) == []


def _describe(settings: Settings, *functions: str) -> None:
    """A dbt manifest with mart_spend and these functions."""
    nodes = {
        "mart_spend": {"materialized": "table"},
        **{name: {"materialized": "table_function"} for name in functions},
    }
    document = {
        "nodes": {
            name: {"resource_type": "model", "schema": "marts", "name": name, "config": config,
                   "description": f"about\n{name}"}
            for name, config in nodes.items()
        }
    }  # fmt: skip
    target = settings.build / "dbt_target"
    target.mkdir(parents=True, exist_ok=True)
    (target / "manifest.json").write_text(json.dumps(document))


def test_functions_of_the_project_travel_with_their_description_and_no_others(settings: Settings) -> None:
    _build(settings)
    change_build(settings, "create macro marts.left_behind() as table (select 1 as a)")
    _describe(settings, "spent_until")
    version = publish(settings)
    assert version.tables == {"mart_spend": 2}
    found = reader.query(
        settings,
        "select schema_name, function_name, comment from duckdb_functions() "
        "where function_type = 'table_macro' and not internal order by 1",
    )[1]
    assert found == [(schema, "spent_until", "about spent_until") for schema in ("main", "marts")]


def test_a_function_that_was_not_built_is_missed(settings: Settings) -> None:
    _build(settings)
    _describe(settings, "spent_until", "spent_since")
    with pytest.raises(PublishRefused, match=r"no function marts\.spent_since\(\): build the marts again"):
        publish(settings)
