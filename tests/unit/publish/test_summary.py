"""The closing summary: what the published functions answer, and silence where one is not published."""

from __future__ import annotations

from decimal import Decimal

import pytest

from funnelhouse.publish.errors import NothingPublished
from funnelhouse.publish.publisher import publish
from funnelhouse.publish.summary import SECTIONS, published_summary
from funnelhouse.settings import Settings
from tests.unit.publish.publish_factory import change_build, small_build


def test_nothing_published_is_said(settings: Settings) -> None:
    with pytest.raises(NothingPublished):
        published_summary(settings)


def test_a_version_without_the_functions_gives_empty_sections_and_facts(settings: Settings) -> None:
    small_build(settings)
    version = publish(settings)
    summary = published_summary(settings)
    assert [rows for rows in summary.values() if isinstance(rows, list)] == [[]] * (len(SECTIONS) + 1)
    assert summary["as_of"] == "2026-10-31" and summary["version"] == version.version
    assert summary["published_file"] == str(settings.published_file)
    assert summary["checks"] == 0


FUNCTIONS = {
    "channel_summary(days)": "select * from (values ('Paid Search', 7.5::decimal(18, 6), 50::hugeint, 1.0 / 3), "
    "('Total', null, null, null)) as v (channel, spend, impressions, leads) where days = 30",
    "funnel_summary(days)": "select 'Lead' as stage, days as entered_recently, 6 as entered_to_date, 9 as in_stage_now",
    "refused_files()": "select 'bad' || chr(27) || '[31m.csv' as file, 'unrecognised' as reason",
}
"""Functions of the build with answers of their own; those of the project have dbt unit tests."""


def test_sections_are_the_answers_of_the_published_functions(settings: Settings) -> None:
    small_build(settings)
    for name, query in FUNCTIONS.items():
        change_build(settings, f"create macro marts.{name} as table ({query})")
    publish(settings)
    summary = published_summary(settings)
    assert summary["channels, last 30 days"] == [
        {"channel": "Paid Search", "spend": Decimal("7.50"), "impressions": 50, "leads": pytest.approx(1 / 3)},
        {"channel": "Total", "spend": None, "impressions": None, "leads": None},
    ]
    assert summary["channels, to date"] == []
    assert summary["funnel"] == [{"stage": "Lead", "entered_30_days": 30, "entered_to_date": 6, "in_stage_now": 9}]
    assert summary["goals"] == summary["files"] == []
    assert summary["refused files"] == [{"file": "bad [31m.csv", "reason": "unrecognised"}]
