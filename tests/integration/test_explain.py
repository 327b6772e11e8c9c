"""`funnelhouse explain opportunity` on the sample company: the touches, the rules, and a sum that is the deal."""

from __future__ import annotations

import csv
import io
import json
import re
from collections import defaultdict
from decimal import Decimal
from typing import Any

import pytest

from funnelhouse.publish import reader
from funnelhouse.settings import Settings
from tests.integration.conftest import Command

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def deal(sample_house: Settings) -> tuple[str, Decimal, str]:
    """Id, amount and currency of the won deal with the longest path."""
    _, rows = reader.query(
        sample_house,
        """select opportunity_id, any_value(deals.amount_native), any_value(deals.currency)
        from marts.fct_opportunity as deals
        inner join marts.fct_conversion_path as path on path.conversion_id = opportunity_id and path.stage = 'Won'
        where status = 'won' and amount_native > 0 group by 1 order by count(*) desc, 1 limit 1""",
    )
    found: tuple[str, Decimal, str] = rows[0]
    return found


def _explained(funnelhouse: Command, home: Settings, deal: str, model: str) -> list[dict[str, Any]]:
    said = funnelhouse("explain", "opportunity", deal, "--model", model, "--format", "json", "--home", home.home)
    assert said.returncode == 0, said.stderr
    rows: list[dict[str, Any]] = json.loads(said.stdout)
    return rows


def test_points_are_shown_with_their_rules_and_give_the_shares(
    funnelhouse: Command, sample_house: Settings, deal: tuple[str, Decimal, str]
) -> None:
    rows = _explained(funnelhouse, sample_house, deal[0], "points")
    assert {row["model"] for row in rows} == {"influence_balanced", "influence_sourcing", "influence_account"}
    by_model: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        by_model[row["model"]].append(row)
    for touches in by_model.values():
        assert len(touches) > 1 and sum(Decimal(row["amount_native"] or 0) for row in touches) == deal[1]
        for row in touches:
            own, of_all = map(int, re.findall(r"(\d+) of (\d+) points$", row["rule"])[0])
            assert own == sum(int(points) for points in re.findall(r" ([+-]\d+)", row["rule"]))
            assert abs(Decimal(row["weight"]) - Decimal(own) / of_all) < Decimal("1e-8")


def test_every_model_explains_the_whole_deal(
    funnelhouse: Command, sample_house: Settings, deal: tuple[str, Decimal, str]
) -> None:
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for row in _explained(funnelhouse, sample_house, deal[0], "all"):
        sums[row["model"]] += Decimal(row["amount_native"] or 0)
        assert row["rule"]
    assert len(sums) == 14 and set(sums.values()) == {deal[1]}


def test_milestones_that_are_said_are_those_that_are_credited(
    funnelhouse: Command, sample_house: Settings, deal: tuple[str, Decimal, str]
) -> None:
    for row in (rows := _explained(funnelhouse, sample_house, deal[0], "full_path")):
        shares = [Decimal(share) for share in re.findall(r" (\d+(?:\.\d)?)(?: \+|$)", row["rule"])]
        others = re.findall(r"one of (\d+) others that share 10", row["rule"])
        row["points"] = Decimal(10) / int(others[0]) if others else sum(shares)
    whole = sum(row["points"] for row in rows)
    assert all(abs(Decimal(row["weight"]) - row["points"] / whole) < Decimal("1e-8") for row in rows)


def test_a_person_reads_touches_and_the_sum_and_a_machine_reads_csv(
    funnelhouse: Command, sample_house: Settings, deal: tuple[str, Decimal, str]
) -> None:
    bare = deal[0].split(":")[1]
    said = funnelhouse("explain", "opportunity", bare, "--model", "linear", "--home", sample_house.home)
    assert said.returncode == 0
    assert deal[0] in said.stdout and "100.0 %" in said.stdout and "one of" in said.stdout
    given = funnelhouse(
        "explain", "opportunity", bare, "--model", "linear", "--format", "csv", "--home", sample_house.home
    )
    rows = list(csv.DictReader(io.StringIO(given.stdout)))
    assert sum(Decimal(row["amount_native"]) for row in rows) == deal[1]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["0060000"], "There is no opportunity '0060000'"),
        (["{deal}", "--model", "guess"], "--model 'guess' is unknown; use points, all or one of"),
        (["{deal}", "--model", "markov"], "mart_attribution_markov"),
        (["{deal}", "--format", "xml"], "--format 'xml' is unknown"),
    ],
)
def test_what_cannot_be_explained_is_said(
    funnelhouse: Command, sample_house: Settings, deal: tuple[str, Decimal, str], arguments: list[str], said: str
) -> None:
    asked = [argument.format(deal=deal[0]) for argument in arguments]
    result = funnelhouse("explain", "opportunity", *asked, "--home", sample_house.home)
    assert result.returncode == 1
    assert said in " ".join(result.stderr.split())
