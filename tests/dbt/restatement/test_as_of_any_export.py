"""What stood after any export is what a build of the exports up to it gives: random exports against the build itself.

The build's own restatement (macros row_outcomes and one_scope) knows no time; the versions (row_versions) do. Both
are run on the same batches: one on those exported by then, one on all.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest

from tests.dbt.restatement.replay import Replay

pytestmark = pytest.mark.slow

VERSION = "row_key, version_number, reported_from, reported_until, reported_on, replaced_on, ended_by"
MOMENTS = [f"2026-10-0{day}T{hour}:00:00" for day in range(1, 5) for hour in ("06", "18")]
RULES = ("upsert", "replace_period", "full", "snapshot")


def _day(dice: random.Random) -> int:
    return dice.randint(1, 4)


def _ad(dice: random.Random, level: str, names_only: bool) -> dict[str, Any]:
    campaign, nameless = dice.choice("123"), dice.random() < 0.1
    return {"level": level, "date": f"2026-09-0{_day(dice)}",
            "campaign_id": None if names_only or nameless else f"C{campaign}",
            "campaign_name": None if nameless else dice.choice([f"N{campaign}", f"N{campaign}", "Renamed"]),
            "spend": dice.choice(["1", "2"]),
            "ad_id": dice.choice(["a1", "a2"]) if level == "ad" else None, "currency": "USD",
            "breakdown": dice.choice(["", "", "row=1", "row=2", "device=phone"]), "result_type": ""}  # fmt: skip


def ads(dice: random.Random) -> tuple[str, list[dict[str, Any]]]:
    """Campaign or ad reports, by id or by name, whole or broken down."""
    level, names_only = dice.choice(["campaign", "campaign", "ad"]), dice.random() < 0.2
    return f"{level}{dice.choice(['', '|other'])}", [_ad(dice, level, names_only) for _ in range(dice.randint(1, 6))]


def web(dice: random.Random) -> tuple[str, list[dict[str, Any]]]:
    """Reports that name the channel, and ones by landing page that do not."""
    by_page = dice.random() < 0.4
    rows = [
        {"date": f"2026-09-0{_day(dice)}", "channel_group": dice.choice(["Direct", "Email", None]),
         "session_source": dice.choice([None, "news"]), "landing_page": dice.choice("ab") if by_page else None,
         "sessions": dice.randint(1, 2)}
        for _ in range(dice.randint(1, 6))
    ]  # fmt: skip
    return ("page" if by_page else "channel"), rows


def email(dice: random.Random) -> tuple[str, list[dict[str, Any]]]:
    """Sends with growing, shrinking or unchanged counters."""
    return "", [
        {"campaign_id": f"S{number}", "sent_at": "2026-09-01", "recipients": 100, "opens_unique": dice.randint(10, 12)}
        for number in dice.sample(range(4), dice.randint(1, 4))
    ]


def social(dice: random.Random) -> tuple[str, list[dict[str, Any]]]:
    """Metrics of one page."""
    return dice.choice(["posts", "page"]), [
        {"platform": "x", "page_id": "p", "metric": metric, "scope": "total", "date": f"2026-09-0{_day(dice)}",
         "value": dice.randint(1, 2)}
        for metric in dice.choices(["clicks", "shares"], k=dice.randint(1, 5))
    ]  # fmt: skip


def costs(dice: random.Random) -> tuple[str, list[dict[str, Any]]]:
    """Cost lines."""
    return dice.choice(["a", "b"]), [
        {"cost_id": f"K{number}", "period_start": "2026-09-01", "amount": dice.randint(1, 2), "currency": "USD"}
        for number in dice.sample(range(4), dice.randint(1, 4))
    ]


def goals(dice: random.Random) -> tuple[str, list[dict[str, Any]]]:
    """Goals, some of them emptied."""
    return dice.choice(["a", "b"]), [
        {"goal_id": f"G{number}", "goal_version": dice.choice([None, 1, 2]), "metric": dice.choice(["leads", None]),
         "target_value": dice.randint(1, 2), "start_date": "2026-09-01", "end_date": "2026-09-30"}
        for number in dice.sample(range(3), dice.randint(1, 3))
    ]  # fmt: skip


def deals(dice: random.Random) -> tuple[str, list[dict[str, Any]]]:
    """Deals, some flagged as deleted."""
    return dice.choice(["opportunity", "other"]), [
        {"record_id": f"O{number}", "opportunity_name": "Deal", "stage": dice.choice(["Prospecting", "Closed Won"]),
         "amount": dice.randint(1, 2), "currency": "USD", "is_deleted": dice.random() < 0.2,
         "created_at": "2026-09-01", "close_date": "2026-09-20"}
        for number in dice.sample(range(5), dice.randint(1, 5))
    ]  # fmt: skip


Maker = Callable[[random.Random], tuple[str, list[dict[str, Any]]]]
FAMILIES: dict[str, tuple[Maker, str, str, str, str]] = {
    "ads_performance": (ads, "stg_ads_performance", "stg_ads_versions", "* exclude (row_id)", "true"),
    "web_traffic": (web, "stg_web_traffic", "stg_web_versions", "* exclude (row_id)", "true"),
    "email_campaigns": (email, "stg_email_campaigns", "stg_email_versions", "*", "true"),
    "social_daily": (social, "stg_social_daily", "stg_social_page_versions", "*", "true"),
    "marketing_costs": (costs, "stg_marketing_costs", "stg_cost_versions", "*", "true"),
    "goals": (goals, "stg_goals", "stg_goal_versions",
              "goal_id, goal_version, metric, target_value, start_date, end_date", "true"),
    "crm_opportunities": (deals, "stg_crm_opportunities", "stg_crm_record_versions",
                          "record_id, status, stage, amount_native, close_date", "entity = 'crm_opportunities'"),
}  # fmt: skip
CURRENT = {"crm_opportunities": "opportunity_id, status, canonical_stage, amount_native, close_date"}


def _fill(replay: Replay, entity: str, make: Maker, dice: random.Random) -> list[str]:
    moments = set()
    for _ in range(dice.randint(4, 9)):
        scope, rows = make(dice)
        moment, rule = dice.choice(MOMENTS), dice.choice(RULES)
        first, last = sorted((_day(dice), _day(dice)))
        account = dice.choice(["A", "A", "A", "B"])
        replay.add(entity, rows, source="s", account_id=account, scope=scope, restatement=rule, exported_at=moment,
                   period=(f"2026-09-0{first}", f"2026-09-0{last}"))  # fmt: skip
        moments.add(moment)
    return sorted(moments)


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("entity", FAMILIES)
def test_versions_that_stood_then_are_the_build_of_then(replay: Replay, entity: str, seed: int) -> None:
    make, current, versions, columns, where = FAMILIES[entity]
    moments = _fill(replay, entity, make, random.Random(f"{entity} {seed}"))
    everything = replay.compute(versions)
    told = columns if columns != "*" else f"* exclude ({VERSION})"
    told = told.replace("(row_id)", f"(row_id, {VERSION})")
    for moment in moments:
        then = replay.compute(current, until=moment)
        expected = replay.ask(then, f"select {CURRENT.get(entity, columns)} from staging.{current}")
        stood = (
            f"select {told} from staging.{versions} where {where} and reported_from <= timestamp '{moment}' "
            f"and coalesce(reported_until, timestamp '9999-01-01') > timestamp '{moment}'"
        )
        assert replay.ask(everything, stood) == expected, moment


@pytest.mark.parametrize("entity", FAMILIES)
def test_a_version_differs_from_the_one_it_follows(replay: Replay, entity: str) -> None:
    """Only what changed has a version: identical content exported again goes on."""
    make, _, versions, columns, where = FAMILIES[entity]
    _fill(replay, entity, make, random.Random(f"{entity} again"))
    content = f"*columns({columns})" if columns.startswith("*") else columns
    content = content.replace("(*)", f"(* exclude ({VERSION}))").replace("(row_id)", f"(row_id, {VERSION})")
    rows = replay.ask(
        replay.compute(versions),
        f"select row_key, reported_from, reported_until, hash({content}) from staging.{versions} where {where}",
    )
    assert rows
    for before, after in pairwise(rows):
        if before[0] == after[0] and before[2] == after[1]:
            assert before[3] != after[3]
