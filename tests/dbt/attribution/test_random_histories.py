"""Random histories: every model gives what a slow reading of its definition gives, and loses nothing."""

from __future__ import annotations

import random
import shutil
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise, permutations
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.bare_build import AS_OF, BareBuild
from tests.dbt.attribution.histories import (
    DAY,
    START,
    Conversion,
    History,
    Touch,
    largest_remainder,
    random_history,
    slow_credits,
)
from tests.dbt.attribution.test_removal_effects import slow_effects

pytestmark = pytest.mark.slow

CREDITS = """select stage, conversion_id, model, touch_id, weight, amount_native, amount_reporting
    from marts.fct_attribution where model <> 'crm'"""
SEEDS = range(7)


class Warehouse:
    """The tables of the project without rows; `credit` fills attribution from a history."""

    def __init__(self, bare: BareBuild, connection: duckdb.DuckDBPyConnection) -> None:
        self.bare, self.connection = bare, connection

    def credit(self, history: History, order: random.Random | None = None) -> set[tuple[Any, ...]]:
        history.fill(self.connection, order)
        for model in (
            "int_attribution_touch",
            "int_influence_match",
            "int_influence_points",
            "int_attribution_credit",
            "fct_attribution",
        ):
            self.bare.run(self.connection, model)
        return set(self.connection.execute(CREDITS).fetchall())


@pytest.fixture(scope="module")
def warehouse(bare_build: BareBuild, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warehouse]:
    copied: Path = tmp_path_factory.mktemp("attribution") / bare_build.empty.build_file.name
    shutil.copyfile(bare_build.empty.build_file, copied)
    with duckdb.connect(str(copied)) as connection:
        yield Warehouse(bare_build, connection)


@pytest.mark.parametrize("seed", SEEDS)
def test_every_model_credits_what_its_definition_says(warehouse: Warehouse, seed: int) -> None:
    history = random_history(seed)
    found = warehouse.credit(history)
    assert found == slow_credits(history)
    # Whatever the definitions say: each conversion is credited once, and its amount to the cent.
    sums: dict[tuple[str, str, str], list[Decimal]] = defaultdict(lambda: [Decimal(0)] * 3)
    for stage, conversion, model, _, *values in found:
        kept = sums[stage, conversion, model]
        sums[stage, conversion, model] = [a + (b or 0) for a, b in zip(kept, values, strict=True)]
    models = {model for _, _, model in sums}
    assert len(models) == 13
    for one in history.conversions:
        for model in models:
            assert sums[one.stage, one.id, model] == [1, one.native or 0, one.reporting or 0]


def test_amounts_beyond_64_bits_are_shared_as_exactly(warehouse: Warehouse) -> None:
    """Smallest units times points have twenty-three digits and more: integers of 64 bits have nineteen."""
    history = random_history(3)
    large = {"native": Decimal(98_765_432_101_234), "currency": "VND", "reporting": Decimal("-9876543210123.45")}
    deals = [replace(one, **large) if one.begun else one for one in history.conversions]
    history = replace(history, conversions=deals)
    assert warehouse.credit(history) == slow_credits(history)


def test_the_histories_hold_what_is_hard() -> None:
    """Ties of moments, several persons, no touch, one touch, no amount, deals that nobody is known of."""
    paths = [(one, history.path(one)) for history in map(random_history, SEEDS) for one in history.conversions]
    assert any(len({touch.at for touch in path}) < len(path) for _, path in paths)
    assert any(len(one.persons) > 2 and len(path) > 6 for one, path in paths)
    assert any(not path for _, path in paths) and any(len(path) == 1 for _, path in paths)
    assert any(one.begun and one.native is None for one, _ in paths)
    assert any(touch.id == "(deal)" for _, path in paths for touch in path)
    histories = map(random_history, SEEDS)
    wider = [(len(h.path(one)), len(h.path(one, "account"))) for h in histories for one in h.conversions]
    assert any(0 < own < of_all for own, of_all in wider) and any(own == 0 < of_all for own, of_all in wider)


def test_nothing_is_credited_for_nothing(warehouse: Warehouse) -> None:
    assert warehouse.credit(History()) == set()


def test_a_single_touch_has_all_under_every_model(warehouse: Warehouse) -> None:
    touch = Touch("t", "p", "c1", "Email", START, makes_lead=False)
    sale = Conversion(
        "Won", "d", ("p",), START, START + DAY, START, AS_OF, "won", Decimal("0.01"), "USD", Decimal("0.01")
    )
    found = warehouse.credit(History([touch], [sale]))
    assert {row[3:] for row in found} == {("t", 1, Decimal("0.01"), Decimal("0.01"))}
    assert len(found) == 13


@pytest.mark.parametrize("seed", SEEDS)
def test_neither_the_order_of_the_rows_nor_a_touch_after_the_end_changes_anything(
    warehouse: Warehouse, seed: int
) -> None:
    history = random_history(seed)
    before = warehouse.credit(history)
    late = [Touch(f"late {p}", p, "c1", "Email", START + 400 * DAY, makes_lead=False) for p in ("p0", "p1", "p2")]
    changed = replace(history, touches=[*late, *history.touches])
    assert warehouse.credit(changed, random.Random(seed)) == before


@pytest.mark.parametrize("seed", SEEDS)
def test_a_longer_look_back_only_adds_touches_before_the_others(warehouse: Warehouse, seed: int) -> None:
    history = random_history(seed)
    paths = []
    for days in (0, 20, 60):
        longer = [replace(one, first=one.first - days * DAY) for one in history.conversions]
        replace(history, conversions=longer).fill(warehouse.connection)
        warehouse.bare.run(warehouse.connection, "int_attribution_touch")
        found: dict[tuple[str, str], list[str]] = defaultdict(list)
        for stage, conversion, touch in warehouse.connection.execute(
            """select stage, conversion_id, touch_id from intermediate.int_attribution_touch where people <> 'account'
            order by 1, 2, position"""
        ).fetchall():
            found[stage, conversion].append(touch)
        paths.append(found)
    for shorter, longer_paths in pairwise(paths):
        assert all(longer_paths[key][len(longer_paths[key]) - len(path) :] == path for key, path in shorter.items())


@pytest.mark.parametrize("seed", SEEDS)
def test_shapley_is_the_mean_contribution_over_all_orders(warehouse: Warehouse, seed: int) -> None:
    """The value of a set of campaigns is the number of conversions whose path has no other; every order is walked."""
    history = random_history(seed)
    sets = [frozenset(t.campaign or t.channel for t in history.path(one)) for one in history.conversions]
    sets = [one for one in sets if one]
    players = sorted(frozenset().union(*sets))
    expected = dict.fromkeys(players, Fraction(0))
    orders = list(permutations(players))
    for order in orders:
        for position, player in enumerate(order):
            before, after = frozenset(order[:position]), frozenset(order[: position + 1])
            expected[player] += sum(one <= after for one in sets) - sum(one <= before for one in sets)
    warehouse.credit(history)
    found = dict(
        warehouse.connection.execute(
            """select case when campaign_id = '(none)' then channel else campaign_id end, sum(weight)
            from marts.fct_attribution where model = 'shapley' and touch_id <> '(none)' group by 1"""
        ).fetchall()
    )
    assert found.keys() == expected.keys()
    for player, value in expected.items():
        assert abs(Fraction(found[player]) - value / len(orders)) < Fraction(len(sets), 10**8)


@pytest.mark.parametrize("seed", SEEDS)
def test_markov_shares_by_the_effects_of_all_journeys(warehouse: Warehouse, seed: int) -> None:
    history = random_history(seed)
    warehouse.credit(history)
    for model in ("int_journey_step", "int_journey_transition", "int_removal_effect", "mart_attribution_markov"):
        warehouse.bare.run(warehouse.connection, model)
    found = {
        (stage, key): (credited, amount)
        for stage, key, credited, amount in warehouse.connection.execute(
            """select stage, dimension_key, conversions_credited, amount_reporting from marts.mart_attribution_markov
            where dimension_type = 'channel' and dimension_key <> '(none)'"""
        ).fetchall()
    }
    expected = {}
    for stage in ("Lead", "MQL", "SAL", "Opportunity", "Won"):
        converted = [one for one in history.conversions if one.stage == stage and history.path(one)]
        journeys = [(tuple(t.channel for t in history.path(one)), True) for one in converted]
        journeys += [(tuple(t.channel for t in path), False) for path in _without(history, stage)]
        places = sorted({place for path, _ in journeys for place in path})
        effects = slow_effects(journeys) if converted else dict.fromkeys(places, Fraction(0))
        if not converted:
            continue  # nothing to share: no rows
        points = [Fraction(round(float(effects[place]), 9)).limit_denominator(10**9) for place in places]
        whole = largest_remainder(len(converted) * 10**9, points)
        amounts = [one.reporting for one in converted if one.reporting is not None]
        cents = largest_remainder(int(sum(amounts) * 100), points) if amounts else None
        for position, place in enumerate(places):
            expected[stage, place] = (
                Decimal(whole[position]) / 10**9, Decimal(cents[position]) / 100 if cents else None,
            )  # fmt: skip
    assert found.keys() == expected.keys()
    for key, (credited, amount) in expected.items():
        assert abs(found[key][0] - credited) <= Decimal("0.000000002"), key
        assert found[key][1] == amount or abs((found[key][1] or 0) - (amount or 0)) <= Decimal("0.01"), key


def _without(history: History, stage: str) -> list[list[Touch]]:
    """The paths that led to no conversion of a stage."""
    if stage == "Won":
        found = []
        for one in history.conversions:
            if one.stage == "Opportunity" and one.status == "lost" and one.closed_on and one.begun:
                last = START + (one.closed_on - START.date()) + DAY - timedelta(microseconds=1)
                found.append(history.path(replace(one, last=last)))
        return [path for path in found if path]
    converted = {person for one in history.conversions if one.stage == stage for person in one.persons}
    waiting = sorted({touch.person for touch in history.touches} - converted)
    found = []
    for person in waiting:
        touches = sorted((t for t in history.touches if t.person == person), key=lambda t: (t.at, t.id))
        last = touches[-1].at
        if last.date() + 90 * DAY <= AS_OF:
            found.append([t for t in touches if t.at >= last - 90 * DAY])
    return found
