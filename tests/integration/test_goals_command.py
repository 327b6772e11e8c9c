"""`funnelhouse goals` on the sample company: how the goals stood on a day, and why one stands as it does."""

from __future__ import annotations

import json

import pytest

from funnelhouse.publish import reader
from funnelhouse.settings import Settings
from tests.integration.conftest import Command

pytestmark = pytest.mark.slow


def test_goals_are_printed_as_of_a_day_and_always_the_same(funnelhouse: Command, sample_house: Settings) -> None:
    asked = ("goals", "--as-of", "2026-10-20", "--format", "json", "--home", sample_house.home)
    first, second = funnelhouse(*asked), funnelhouse(*asked)
    assert first.returncode == 0, first.stderr
    assert first.stdout == second.stdout
    rows = {row["goal_id"]: row for row in json.loads(first.stdout)}
    _, marts = reader.query(
        sample_house,
        "select goal_id, actual, goal_status from marts.mart_goal_attainment where date_day = date '2026-10-20'",
    )
    assert marts
    for goal, actual, status in marts:
        assert rows[goal]["actual"] == actual
        assert rows[goal]["goal_status"] == status


def test_a_goal_is_explained_by_its_check_its_gap_and_its_deals(funnelhouse: Command, sample_house: Settings) -> None:
    said = funnelhouse("goals", "G01", "--home", sample_house.home)
    assert said.returncode == 0, said.stderr
    for words in ("Revenue of the quarter:", "Is it SMART?", "attainable", "volume", "ambition", "Its largest deals"):
        assert words in said.stdout


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--as-of", "2030-01-01"), "the data end on"),
        (("--as-of", "soon"), "'soon' is not a day"),
        (("G99",), "there is no goal 'G99'; there are G01"),
        (("--format", "xml"), "use table, csv or json"),
    ],
)
def test_what_cannot_be_answered_says_why(
    funnelhouse: Command, sample_house: Settings, arguments: tuple[str, ...], words: str
) -> None:
    said = funnelhouse("goals", *arguments, "--home", sample_house.home)
    assert said.returncode == 1
    assert words in said.stderr
