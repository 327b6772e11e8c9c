"""fct_stage_interval and position_as_of against the slow and obvious reading of the same lives."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise

import pytest

from funnelhouse.publish import reader
from tests.dbt.funnel import story
from tests.dbt.funnel.conftest import Told

pytestmark = pytest.mark.slow


def test_the_lives_show_what_is_to_be_tested(told: Told) -> None:
    paths = [[stage for _, stage in story.recorded_path(life)] for life in told.lives]
    pairs = {pair for path in paths for pair in pairwise(path)}
    assert {("MQL", "Recycled"), ("Recycled", "MQL"), ("Lead", "SAL"), ("SAL", "MQL"), ("Opportunity", "Customer"),
            ("Opportunity", "Lost"), ("Lost", "Opportunity"), ("Customer", "MQL"), ("Customer", "Retained"),
            ("Customer", "Churned"), ("Retained", "Churned"), ("Churned", "Customer")} <= pairs  # fmt: skip
    assert any(len(life.deals) > 2 for life in told.lives)


def test_every_lead_is_where_its_history_says_on_every_day(told: Told) -> None:
    paths = {life.person_id: story.recorded_path(life) for life in told.lives}
    day = min(story.local_day(path[0][0]) for path in paths.values()) - timedelta(days=1)
    with reader.connect(told.raw.settings) as published:
        while day <= story.AS_OF:
            found = dict(
                published.execute(
                    "select entity_id, stage from position_as_of($day) where entity_type = 'person'", {"day": day}
                ).fetchall()
            )
            expected = {person: story.position(path, day) for person, path in paths.items()}
            assert found == {person: stage for person, stage in expected.items() if stage}, day
            day += timedelta(days=1)


def test_every_deal_is_where_its_history_says_on_every_day(told: Told) -> None:
    deals = {f"salesforce:{deal.key}": [(at, story.STEPS[step]) for at, step in deal.steps]
             for life in told.lives for deal in life.deals}  # fmt: skip
    day = min(story.local_day(steps[0][0]) for steps in deals.values()) - timedelta(days=1)
    with reader.connect(told.raw.settings) as published:
        while day <= story.AS_OF:
            found = dict(
                published.execute(
                    "select entity_id, stage from position_as_of($day) where entity_type = 'opportunity'", {"day": day}
                ).fetchall()
            )
            expected = {deal: story.position(steps, day) for deal, steps in deals.items()}
            assert found == {deal: stage for deal, stage in expected.items() if stage}, day
            day += timedelta(days=1)


def test_every_company_is_where_its_furthest_person_is_on_every_day(told: Told) -> None:
    people: dict[str, list[list[tuple[datetime, str]]]] = {}
    for life in told.lives:
        if life.company:
            people.setdefault(f"salesforce:{life.company}", []).append(story.recorded_path(life))
    assert max(map(len, people.values())) > 3
    day = min(story.local_day(path[0][0]) for paths in people.values() for path in paths) - timedelta(days=1)
    with reader.connect(told.raw.settings) as published:
        while day <= story.AS_OF:
            found = dict(
                published.execute(
                    "select entity_id, stage from position_as_of($day) where entity_type = 'account'", {"day": day}
                ).fetchall()
            )
            expected = {company: story.company_position(paths, day) for company, paths in people.items()}
            assert found == {company: stage for company, stage in expected.items() if stage}, day
            day += timedelta(days=1)


def test_nothing_is_said_about_days_that_have_not_come(told: Told) -> None:
    tomorrow = (story.AS_OF + timedelta(days=1)).isoformat()
    assert reader.query(told.raw.settings, f"from position_as_of(date '{tomorrow}')")[1] == []


def test_first_entries_with_skipped_stages_imputed(told: Told) -> None:
    rows = told.raw.rows(
        "select person_id, stage, min(entered_at) as entered_at from marts.fct_stage_interval "
        "where entity_type = 'person' and stage not in ('Lost', 'Recycled') group by all"
    )
    found: dict[str, dict[str, object]] = {}
    for row in rows:
        found.setdefault(row["person_id"], {})[row["stage"]] = row["entered_at"]
    assert found == {life.person_id: story.first_entries(life) for life in told.lives}
