"""Rules of fit as a marketer writes them: what they become, and what is said, with its line, of wrong ones."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from funnelhouse.settings import REPOSITORY, Settings
from funnelhouse.transform.build_state import fingerprint
from funnelhouse.transform.fit_rules import COUNTED, FIT_TEMPLATE, LISTED, WORDED, read_fit_rules
from funnelhouse.transform.own_pipelines import PipelineError, own_pipelines

MINE = """
grades: {Gold: 30}
rules:
  Mid-size: {employees: {at_least: 50, at_most: 1000}, points: 20}
  Far away: {country: [VN, US], points: -5}
"""


def write(home: Settings, text: str) -> Path:
    path = home.own_pipelines / "fit_rules.yml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_rules_of_the_warehouse_are_the_template() -> None:
    rows, faults = read_fit_rules(FIT_TEMPLATE)
    with (REPOSITORY / "dbt_project" / "seeds" / "fit_rules.csv").open(encoding="utf-8", newline="") as file:
        assert (rows, faults) == (list(csv.DictReader(file)), [])
    said = FIT_TEMPLATE.read_text(encoding="utf-8")
    assert all(name in said for name in (*LISTED, *WORDED, *COUNTED))


def test_own_rules_take_the_place_of_those_there_are(home: Settings) -> None:
    before = fingerprint(home)
    write(home, MINE)
    with Path(own_pipelines(home)["fit_rules"]).open(encoding="utf-8", newline="") as file:
        assert [tuple(row.values()) for row in csv.DictReader(file)] == [
            ("Gold", "grade", "at_least", "", "30"),
            ("Mid-size", "employees", "at_least", "50", "20"),
            ("Mid-size", "employees", "at_most", "1000", "20"),
            ("Far away", "country", "any_of", "vn|us", "-5"),
        ]
    assert fingerprint(home) != before


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("grades: {A: 1}\n", 1, "`rules:` is missing"),
        ("grades: {A: much}\nrules: {}\n", 1, "points of grade A: 'much'. Write a whole number"),
        ("grades: {A: 1}\nrules:\n  Big: {employees: {over: 5}, points: 2}\n", 3, "'over' is unknown"),
        ("grades: {A: 1}\nrules:\n  Big: {employees: {at_least: many}, points: 2}\n", 3, "Write a whole number"),
        ("grades: {A: 1}\nrules:\n  Big:\n    colour: blue\n    points: 2\n", 4, "'colour' is unknown. Write one of"),
        ("grades: {A: 1}\nrules:\n  Big: {industry: [Software]}\n", 3, "rule 'Big' has no points"),
        ("grades: {A: 1}\nrules:\n  Big: {points: 5}\n", 3, "rule 'Big' has no condition"),
        ("grades: {A: 1}\nrules:\n  Far: {country: Vietnam, points: 5}\n", 3, "country 'Vietnam' is no code"),
        ("grades: {A: 1}\nrules:\n  Twice: {country: US, points: 5}\n  Twice: {country: US, points: 5}\n", 4,
         "stands in line 3 already"),
        ("grades: {A: 1}\nrules: [Big]\n", 2, "rules, like"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_with_its_line(home: Settings, text: str, line: int, said: str) -> None:
    path = write(home, text)
    with pytest.raises(PipelineError) as problem:
        own_pipelines(home)
    assert f"{path}, line {line}: " in str(problem.value)
    assert said in str(problem.value)
