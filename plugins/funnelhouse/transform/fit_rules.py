"""Rules for how well a lead fits: YAML that a marketer writes, as rows of seed fit_rules.

`fit_rules.yml` beside this module has the rules that the warehouse comes with, and says what can be written.
"""

from __future__ import annotations

import re
from pathlib import Path

import yaml

from funnelhouse.transform.influence import composed, pairs_of, said_at

FIT_TEMPLATE = Path(__file__).with_name("fit_rules.yml")
"""The rules that the warehouse comes with; seed fit_rules holds the same."""

LISTED = ("industry", "country", "segment", "channel", "lead_source")
"""Fields that are one of some values."""
WORDED = ("title",)
"""Fields that have one of some words."""
COUNTED = ("employees", "forms", "answers", "clicks")
"""Fields that are numbers."""
BOUNDS = ("at_least", "at_most")

Row = dict[str, str]


def read_fit_rules(path: Path) -> tuple[list[Row], list[str]]:
    """Rows (rule, field, condition, value, points) of a file of rules, and what is wrong: path, line, what to do."""
    document, broken = composed(path)
    if broken:
        return [], broken
    rows: list[Row] = []
    faults: list[str] = []
    parts = {str(key.value).strip(): value for key, value in pairs_of(document, "`grades:` and `rules:`", faults)}
    for name in sorted({"grades", "rules"} - set(parts)) if not faults else ():
        faults.append(f"line 1: `{name}:` is missing. Copy it from {FIT_TEMPLATE.name}")
    if "grades" in parts:
        for grade, points in pairs_of(parts["grades"], "grades with points, like `A: 40`", faults):
            if (number := _whole(points, f"points of grade {grade.value}", faults)) is not None:
                rows.append(_row(str(grade.value), "grade", "at_least", "", number))
    if "rules" in parts:
        for rule, meant in pairs_of(
            parts["rules"], "rules, like `Big: {employees: {at_least: 50}, points: 20}`", faults
        ):
            rows += _rows_of_rule(rule, meant, faults)
    return rows, [f"{path}, {fault}" for fault in faults]


def _rows_of_rule(rule: yaml.Node, meant: yaml.Node, faults: list[str]) -> list[Row]:
    name = str(rule.value).strip()
    conditions: list[tuple[str, str, str]] = []
    points: str | None = None
    given = pairs_of(meant, "conditions and points, like `{industry: [Software], points: 15}`", faults)
    for field, value in given:
        word = str(field.value).strip()
        if word == "points":
            points = _whole(value, f"points of {name}", faults)
        elif word in LISTED or word in WORDED:
            conditions.append((word, "words" if word in WORDED else "any_of", "|".join(_texts(word, value, faults))))
        elif word in COUNTED:
            for bound, number in pairs_of(value, f"`{word}: {{at_least: 50}}`", faults):
                if str(bound.value) not in BOUNDS:
                    faults.append(said_at(bound, f"{bound.value!r} is unknown. Write at_least or at_most"))
                elif (limit := _whole(number, f"{bound.value} of {word}", faults)) is not None:
                    conditions.append((word, str(bound.value), limit))
        else:
            known = ", ".join((*LISTED, *WORDED, *COUNTED, "points"))
            faults.append(said_at(field, f"{word!r} is unknown. Write one of {known}"))
    if given and "points" not in {str(field.value).strip() for field, _ in given}:
        faults.append(said_at(rule, f"rule {name!r} has no points. Add `points: 10`"))
    if given and len(given) < 2:
        faults.append(said_at(rule, f"rule {name!r} has no condition. Add one, like `industry: [Software]`"))
    return [_row(name, *condition, points) for condition in conditions] if points is not None else []


def _row(rule: str, field: str, condition: str, value: str, points: str) -> Row:
    return {"rule": rule.strip(), "field": field, "condition": condition, "value": value, "points": points}


def _texts(field: str, node: yaml.Node, faults: list[str]) -> list[str]:
    items = node.value if isinstance(node, yaml.SequenceNode) else [node]
    found = []
    for item in items:
        text = str(item.value).strip().lower() if isinstance(item, yaml.ScalarNode) else ""
        if not text or "|" in text:
            faults.append(said_at(item, f"{field} needs texts without `|`, like `{field}: [one, two]`"))
        elif field == "country" and not re.fullmatch("[a-z]{2}", text):
            faults.append(said_at(item, f'country {item.value!r} is no code. Write two letters, like US (quote "NO")'))
        else:
            found.append(text)
    return found


def _whole(node: yaml.Node, what: str, faults: list[str]) -> str | None:
    if isinstance(node, yaml.ScalarNode) and re.fullmatch(r"[+-]?\d{1,9}", str(node.value)):
        return str(int(node.value))
    said = repr(node.value) if isinstance(node, yaml.ScalarNode) else "a list"
    faults.append(said_at(node, f"{what}: {said}. Write a whole number, like 20 or -5"))
    return None
