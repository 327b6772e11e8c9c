"""mart_lead_journey, mart_stuck_leads and mart_funnel_bottleneck against counting by hand, one lead at a time."""

from __future__ import annotations

import math
from collections import Counter
from datetime import date
from itertools import pairwise
from statistics import median
from typing import Any

import pytest

from tests.dbt.funnel import story
from tests.dbt.funnel.conftest import Told
from tests.dbt.funnel.test_velocity import quantile

pytestmark = pytest.mark.slow

AGES = (0, 7, 30, 90, 180)
SLA = {"Lead": 7, "MQL": 3, "SAL": 14, "Opportunity": 60}
STEPS = [("Lead", "MQL"), ("MQL", "SAL"), ("SAL", "Opportunity"), ("Opportunity", "Customer")]
# Cohorts had 30 days by 31 July 2026: April to June are the newest three, January to March are what there is before.
RECENT = (date(2026, 4, 1), date(2026, 6, 30))
BASELINE = (date(2026, 1, 1), date(2026, 3, 31))


def won_deals(life: story.Life) -> list[story.Deal]:
    return [deal for deal in life.deals if deal.closed and deal.closed[1] == "Won"]


def test_each_lead_is_one_journey_with_all_its_deals(told: Told) -> None:
    rows = {row["person_id"]: row for row in told.raw.rows("select * from marts.mart_lead_journey")}
    assert set(rows) == {life.person_id for life in told.lives}
    for life in told.lives:
        row, reached, path = rows[life.person_id], story.first_entries(life), story.recorded_path(life)
        assert [row["mql_at"], row["sal_at"], row["opportunity_at"], row["customer_at"]] == [
            reached.get(stage) for stage in ("MQL", "SAL", "Opportunity", "Customer")
        ]
        assert (row["current_stage"], row["current_stage_entered_at"]) == (path[-1][1], path[-1][0])
        assert row["days_in_current_stage"] == pytest.approx(story.age(path[-1][0]))
        assert row["times_recycled"] == sum(stage == "Recycled" for _, stage in path)
        deals = sorted(life.deals, key=lambda deal: (deal.created_at, deal.key))
        assert row["opportunity_ids"] == ("; ".join(f"salesforce:{deal.key}" for deal in deals) or None)
        assert row["opportunities_won"] == len(won_deals(life))
        assert row["won_amount_reporting"] == sum(deal.amount for deal in won_deals(life))
        assert (row["contacted_at"], row["contact_attempts"]) == (min(life.calls, default=None), len(life.calls))
        assert row["responses"] == len(life.campaigns)


def stuck_people(told: Told) -> list[dict[str, Any]]:
    """Everybody who stands in an open stage: whether stuck, and what at risk."""
    lives = {life.person_id: story.recorded_path(life) for life in told.lives}
    usual = {}
    worth = {}
    for stage in SLA:
        finished = [days for life in told.lives for days in story.finished_stays(life, stage)]
        usual[stage] = quantile(finished, 0.9) if len(finished) >= 30 else math.inf
        stays = [(life, story.first_stay(life, stage)) for life in told.lives if stage in story.first_entries(life)]
        for age in AGES:
            mine = [life for life, days in stays if days >= age]
            if len(mine) >= 30:
                brought = sum(deal.amount for life in mine for deal in won_deals(life))
                worth[stage, age] = round(brought / len(mine) + 1e-9, 2)
    found = []
    for life in told.lives:
        at, stage = lives[life.person_id][-1]
        if stage not in SLA:
            continue
        still_open = [deal.amount for deal in life.deals if not deal.closed]
        found.append({
            "life": life, "stage": stage, "age": story.age(at),
            "over_p90": story.age(at) > usual[stage], "over_sla": story.age(at) > SLA[stage],
            "value": sum(still_open) if still_open else worth.get((stage, max(a for a in AGES if story.age(at) >= a))),
        })  # fmt: skip
    return found


def test_stuck_people_by_campaign(told: Told) -> None:
    people = stuck_people(told)
    rows = told.raw.rows(
        "select * from marts.mart_stuck_leads where entity_type = 'person' and n_open > 0 order by stage, campaign_name"
    )
    expected = {
        (person["stage"], name) for person in people for name in (person["life"].campaigns or ["(none)"])
    }  # fmt: skip
    assert {(row["stage"], row["campaign_name"]) for row in rows} == expected
    for row in rows:
        stage = [person for person in people if person["stage"] == row["stage"]]
        mine = [person for person in stage if row["campaign_name"] in (person["life"].campaigns or ["(none)"])]
        stuck = [person for person in mine if person["over_p90"] or person["over_sla"]]
        assert (row["n_open"], row["n_stuck"]) == (len(mine), len(stuck))
        assert (row["n_over_p90"], row["n_over_sla"]) == (
            sum(person["over_p90"] for person in mine), sum(person["over_sla"] for person in mine)
        )  # fmt: skip
        assert row["others_n_open"] == len(stage) - len(mine)
        assert row["age_days_median"] == pytest.approx(median(person["age"] for person in mine))
        assert float(row["value_at_risk_reporting"] or 0) == pytest.approx(
            sum(person["value"] or 0 for person in stuck), abs=0.05
        )
        assert row["n_stuck_value_unknown"] == sum(person["value"] is None for person in stuck)
        assert row["n_not_contacted"] == sum(not person["life"].calls for person in mine)
        assert row["contact_attempts_mean"] == pytest.approx(
            sum(len(person["life"].calls) for person in mine) / len(mine)
        )


def test_why_deals_of_a_campaign_were_lost_unspecified_included(told: Told) -> None:
    rows = told.raw.rows("select * from marts.mart_stuck_leads where entity_type = 'opportunity' and n_given_up > 0")
    counted: dict[tuple[str, str], Counter[str]] = {}
    for life in told.lives:
        for deal in life.deals:
            steps = [story.STEPS[step] for _, step in deal.steps]
            left = {step for step, following in pairwise(steps) if following == "Lost" and step != "Won"}
            reason = (deal.reason if deal.closed and deal.closed[1] == "Lost" else None) or "Unspecified"
            for step in left:
                for name in life.campaigns or ["(none)"]:
                    counted.setdefault((step, name), Counter())[reason] += 1
    assert {(row["stage"], row["campaign_name"]) for row in rows} == set(counted)
    for row in rows:
        reasons = counted[row["stage"], row["campaign_name"]]
        ordered = sorted(reasons.items(), key=lambda item: (-item[1], item[0]))
        assert row["reason_mix"] == "; ".join(f"{reason} {number}" for reason, number in ordered)
        assert row["reason_unspecified_rate"] == pytest.approx(reasons["Unspecified"] / reasons.total())


def newcombe(k1: int, n1: int, k2: int, n2: int) -> tuple[float, float]:
    """95 % interval of k1 / n1 - k2 / n2 from the two Wilson intervals."""

    def wilson(k: int, n: int) -> tuple[float, float]:
        z = 1.959963984540054
        centre, half = k / n + z * z / 2 / n, z * math.sqrt(k / n * (1 - k / n) / n + z * z / 4 / n / n)
        return (centre - half) / (1 + z * z / n), (centre + half) / (1 + z * z / n)

    (low1, high1), (low2, high2), p1, p2 = wilson(k1, n1), wilson(k2, n2), k1 / n1, k2 / n2
    return (
        p1 - p2 - math.hypot(p1 - low1, high2 - p2),
        p1 - p2 + math.hypot(high1 - p1, p2 - low2),
    )


@pytest.mark.parametrize("step", STEPS, ids=lambda step: f"{step[0]} to {step[1]}")
def test_newest_complete_cohorts_against_those_before(told: Told, step: tuple[str, str]) -> None:
    counts = {}
    for name, (first, last) in (("recent", RECENT), ("baseline", BASELINE)):
        entered = gone_on = 0
        for life in told.lives:
            days = {stage: story.local_day(at) for stage, at in story.first_entries(life).items()}
            if step[0] in days and first <= days[step[0]] <= last:
                entered += 1
                gone_on += step[1] in days and (days[step[1]] - days[step[0]]).days <= 30
        counts[name] = (gone_on, entered)
    (row,) = told.raw.rows(
        f"select * from marts.mart_funnel_bottleneck where from_stage = '{step[0]}' and dimension_type = 'all'"
    )
    assert (row["recent_from"], row["recent_to"]) == RECENT
    assert (row["recent_numerator"], row["recent_denominator"]) == counts["recent"]
    assert (row["baseline_numerator"], row["baseline_denominator"]) == counts["baseline"]
    low, high = newcombe(*counts["recent"], *counts["baseline"])
    assert row["baseline_difference_low"] == pytest.approx(low, abs=1e-9)
    assert row["baseline_difference_high"] == pytest.approx(high, abs=1e-9)
    enough = min(counts["recent"][1], counts["baseline"][1]) >= 30
    assert (row["is_low_n"], row["is_below_baseline"]) == (not enough, enough and high < 0)
    shares = [numerator / denominator for numerator, denominator in counts.values()]
    assert row["relative_conversion"] == pytest.approx(shares[0] / shares[1])
    arrived = [life for life in told.lives if step[1] in story.first_entries(life)]
    worth = round(sum(deal.amount for life in arrived for deal in won_deals(life)) / len(arrived) + 1e-9, 2)
    lost = max(shares[1] * counts["recent"][1] - counts["recent"][0], 0)
    assert float(row["lost_value_reporting"]) == pytest.approx(lost * worth, abs=0.01 + 0.01 * lost)


@pytest.mark.parametrize("stage", [step[0] for step in STEPS])
def test_time_in_a_stage_with_open_stays_as_old_as_they_are(told: Told, stage: str) -> None:
    stays: dict[str, list[float]] = {"recent": [], "baseline": []}
    for life in told.lives:
        path = story.recorded_path(life)
        ends = [at for at, _ in path[1:]] + [None]
        for (at, name), end in zip(path, ends, strict=True):
            day = story.local_day(at)
            if name == stage and BASELINE[0] <= day <= RECENT[1]:
                days = (end - at).total_seconds() / 86400 if end else story.age(at)
                stays["recent" if day >= RECENT[0] else "baseline"].append(days)
    (row,) = told.raw.rows(
        f"select * from marts.mart_funnel_bottleneck where from_stage = '{stage}' and dimension_type = 'all'"
    )
    assert (row["recent_stays"], row["baseline_stays"]) == (len(stays["recent"]), len(stays["baseline"]))
    before = median(stays["baseline"])
    assert row["recent_dwell_median"] == pytest.approx(median(stays["recent"]))
    assert row["baseline_dwell_median"] == pytest.approx(before)
    longer = [sum(days > before for days in stays[name]) for name in ("recent", "baseline")]
    low, _ = newcombe(longer[0], len(stays["recent"]), longer[1], len(stays["baseline"]))
    assert row["longer_difference_low"] == pytest.approx(low, abs=1e-9)
    assert row["recent_over_sla"] == sum(days > SLA[stage] for days in stays["recent"])


def test_peers_are_all_other_values_of_the_dimension(told: Told) -> None:
    rows = told.raw.rows(
        "select * from marts.mart_funnel_bottleneck where dimension_type = 'channel' and entity_type = 'person'"
    )
    assert rows
    for row in rows:
        (whole,) = told.raw.rows(
            f"select recent_numerator, recent_denominator from marts.mart_funnel_bottleneck "
            f"where metric = '{row['metric']}' and dimension_type = 'all'"
        )
        assert row["peers_numerator"] == whole["recent_numerator"] - row["recent_numerator"]
        assert row["peers_denominator"] == whole["recent_denominator"] - row["recent_denominator"]


def test_the_chance_to_win_by_stage_reached(told: Told) -> None:
    rows = told.raw.rows("select * from marts.mart_moment_of_truth where entity_type = 'person' order by stage_order")
    assert [row["stage"] for row in rows] == list(SLA)
    before = None
    for row in rows:
        decided = []
        for life in told.lives:
            reached = story.first_entries(life)
            is_open = story.recorded_path(life)[-1][1] in SLA
            if row["stage"] in reached and ("Customer" in reached or not is_open):
                decided.append("Customer" in reached)
        assert (row["n_reached"], row["n_won"]) == (len(decided), sum(decided))
        rate = sum(decided) / len(decided)
        if before is not None:
            assert row["win_lift"] == pytest.approx(rate - before)
        before = rate
    assert [row["stage"] for row in rows if row["is_moment_of_truth"]] == ["Opportunity"]


def test_where_stays_end(told: Told) -> None:
    order = {"Lead": 3, "MQL": 5, "SAL": 6, "Opportunity": 7, "Customer": 8, "Retained": 9, "Churned": 10}
    rows = {
        row["stage"]: row
        for row in told.raw.rows("select * from marts.mart_process_adherence where entity_type = 'person'")
    }
    for stage in SLA:
        ends: Counter[str] = Counter()
        for life in told.lives:
            path = story.recorded_path(life)
            for (_, name), (_, following) in pairwise([*path, (story.LAST, "")]):
                if name == stage:
                    kind = "open" if not following else "dropped" if following in ("Lost", "Recycled") else None
                    ends[kind or ("forward" if order[following] > order[stage] else "back")] += 1
        row = rows[stage]
        assert [row["n_open"], row["n_dropped"], row["n_forward"], row["n_back"]] == [
            ends[kind] for kind in ("open", "dropped", "forward", "back")
        ]
    # As a lead one contact is due: a call while the lead still is one.
    due = kept = 0
    for life in told.lives:
        path = story.recorded_path(life)
        for (at, name), (end, following) in pairwise(path):
            if name == "Lead" and order.get(following, 0) > 3:
                due += 1
                kept += any(at <= call < end for call in life.calls)
    assert (rows["Lead"]["n_due"], rows["Lead"]["n_compliant"]) == (due, kept)
