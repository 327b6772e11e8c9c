"""What a published file says of its tables: descriptions, the contract of each, and what changed."""

from __future__ import annotations

import pytest

from funnelhouse.publish import reader
from funnelhouse.publish.errors import PublishRefused
from funnelhouse.publish.meta_tables import read_changelog
from funnelhouse.publish.publisher import publish, versions
from funnelhouse.settings import REPOSITORY, Settings
from tests.unit.publish.publish_factory import GOOD, change_build, dbt_manifest, small_build


def test_tables_no_model_writes_stay_behind_and_descriptions_travel(settings: Settings) -> None:
    small_build(settings)
    dbt_manifest(settings, GOOD)
    version = publish(settings)
    assert version.tables == {"mart_spend": 2}
    rows = reader.query(
        settings,
        "select column_name, data_type, description, unit, grain from meta.data_dictionary order by position limit 2",
    )[1]
    assert rows == [
        (None, None, "Spend per day. One row per day and channel.", None, "day, channel"),
        ("day", "DATE", "about day", "USD", None),
    ]
    comments = reader.query(settings, "select comment from duckdb_columns() where column_name = 'spend'")[1]
    assert comments == [("about spend",)]


def test_the_dictionary_says_of_a_rate_what_its_definition_says(settings: Settings) -> None:
    small_build(settings)
    per_thousand = {"rate": "click_rate", "numerator": "clicks", "denominator": "sent", "factor": 1000,
                    "where": "sent > 9", "label": "Clicks per 1,000", "direction": "up"}  # fmt: skip
    dbt_manifest(settings, GOOD, {"owner": "Marketing", "rates": [per_thousand]})
    publish(settings)
    rows = reader.query(
        settings,
        "select column_name, label, direction, formula, owner from meta.data_dictionary "
        "where column_name in ('click_rate', 'spend') order by 1",
    )[1]
    assert rows == [
        ("click_rate", "Clicks per 1,000", "up", "1000 x clicks / sent where sent > 9", "Marketing"),
        ("spend", None, None, None, "Marketing"),
    ]


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({**GOOD, "spend": "double"}, r"marts\.mart_spend\.spend is DECIMAL\(18,6\), its contract promises DOUBLE"),
        ({**GOOD, "clicks": "bigint"}, r"marts\.mart_spend has no column clicks"),
        ({"day": "date", "channel": "text", "spend": "numeric(18,6)"}, r"click_rate is not in its contract"),
        ({**GOOD, "spend": "money"}, r"'money' in a model's contract is not a type"),
    ],
)
def test_a_broken_contract_is_refused(settings: Settings, columns: dict[str, str], message: str) -> None:
    small_build(settings)
    dbt_manifest(settings, columns)
    with pytest.raises(PublishRefused, match=message):
        publish(settings)
    assert versions(settings) == []


def test_a_model_without_its_table_is_refused(settings: Settings) -> None:
    small_build(settings)
    dbt_manifest(settings, GOOD)
    change_build(settings, "drop table marts.mart_spend")
    with pytest.raises(PublishRefused, match=r"no table marts\.mart_spend"):
        publish(settings)


def test_a_build_without_marts_is_refused(settings: Settings) -> None:
    small_build(settings)
    change_build(settings, "drop schema marts cascade")
    with pytest.raises(PublishRefused, match="no marts"):
        publish(settings)


def test_every_change_of_published_tables_is_told_whole_and_once() -> None:
    """A YAML mapping keeps the last of two equal keys: a lost dash between two entries would lose the first of them."""
    text = (REPOSITORY / "docs" / "changelog_marts.yml").read_text(encoding="utf-8")
    entries = read_changelog()
    assert len(entries) == text.count("object_name:")
    assert all(value for entry in entries for value in entry.values())
