"""The interval of a campaign's share of revenue is the one that a bootstrap over the deals finds."""

from __future__ import annotations

import random
import shutil
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from tests.bare_build import BareBuild

pytestmark = pytest.mark.slow

Deal = tuple[int, dict[str, int]]
"""Amount of a deal in cents, and each campaign's part of it."""
QUERY = """select dimension_key, revenue_share, revenue_share_low, revenue_share_high, won_deals_influenced
    from marts.mart_attribution_share where model = 'linear' and dimension_type = 'campaign'"""


@pytest.fixture
def warehouse(bare_build: BareBuild, tmp_path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    copied = tmp_path / bare_build.empty.build_file.name
    shutil.copyfile(bare_build.empty.build_file, copied)
    with duckdb.connect(str(copied)) as connection:
        yield connection


def deals_of_chance(seed: int, number: int) -> list[Deal]:
    """Uneven amounts; campaign `often` in most deals, `part` with a third of each, `seldom` in one of twelve."""
    chance = random.Random(seed)
    made = []
    for _ in range(number):
        cents = round(chance.lognormvariate(8, 1))
        parts = {"part": cents // 3}
        other = "seldom" if chance.random() < 1 / 12 else "often" if chance.random() < 0.8 else "rest"
        parts[other] = cents - parts["part"]
        made.append((cents, parts))
    return made


def bootstrap(deals: list[Deal], campaign: str, draws: int = 2000) -> tuple[float, float]:
    """Middle 95 % of the share over as many deals drawn with replacement."""
    chance = random.Random(1)
    shares = []
    for _ in range(draws):
        drawn = chance.choices(deals, k=len(deals))
        shares.append(sum(parts.get(campaign, 0) for _, parts in drawn) / sum(cents for cents, _ in drawn))
    shares.sort()
    return shares[round(draws * 0.025)], shares[round(draws * 0.975)]


def fill(connection: duckdb.DuckDBPyConnection, deals: list[Deal]) -> None:
    connection.executemany(
        """insert into marts.fct_attribution (stage, conversion_id, model, touch_id, campaign_id, channel, department,
            status, weight, amount_reporting)
        values ('Won', $1, 'linear', $2, $2, 'Email', 'Marketing', 'won', $3, $4)""",
        [
            (f"d{number}", campaign, round(part / cents, 9), part / 100)
            for number, (cents, parts) in enumerate(deals)
            for campaign, part in parts.items()
        ],
    )


@pytest.mark.parametrize("seed", [1, 2])
def test_the_closed_form_is_the_bootstrap(
    bare_build: BareBuild, warehouse: duckdb.DuckDBPyConnection, seed: int
) -> None:
    deals = deals_of_chance(seed, 300)
    fill(warehouse, deals)
    bare_build.run(warehouse, "mart_attribution_share")
    found = {campaign: values for campaign, *values in warehouse.execute(QUERY).fetchall()}
    assert found.keys() == {"often", "part", "rest", "seldom"}
    for campaign in ("often", "rest", "seldom"):
        share, low, high, number = found[campaign]
        drawn = bootstrap(deals, campaign)
        assert low < share < high
        assert abs(low - drawn[0]) < 0.15 * (drawn[1] - drawn[0]), campaign
        assert abs(high - drawn[1]) < 0.15 * (drawn[1] - drawn[0]), campaign
        assert number == sum(campaign in parts for _, parts in deals)


def test_a_share_that_is_the_same_in_all_deals_is_as_sure_as_the_deals_are_even(
    bare_build: BareBuild, warehouse: duckdb.DuckDBPyConnection
) -> None:
    """A hundred equal deals and one as large as all of them are worth 200^2 / (100 x 1^2 + 100^2): not quite four."""
    deals: list[Deal] = [(100, {"part": 50, "rest": 50})] * 100 + [(10_000, {"part": 5_000, "rest": 5_000})]
    fill(warehouse, deals)
    bare_build.run(warehouse, "mart_attribution_share")
    _, low, high, _ = dict((row[0], row[1:]) for row in warehouse.execute(QUERY).fetchall())["part"]
    worth = 200**2 / (100 + 100**2)
    half = 1.959964 * (0.25 / worth + 1.959964**2 / 4 / worth**2) ** 0.5 / (1 + 1.959964**2 / worth)
    assert (low, high) == pytest.approx((0.5 - half, 0.5 + half), abs=1e-6)
