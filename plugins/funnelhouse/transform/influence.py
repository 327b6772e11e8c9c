"""Points models of campaign influence: YAML that a marketer writes, as rows of seed influence_rules.

`influence_models.yml` beside this module has the models that the warehouse comes with, and says what can be written.
"""

from __future__ import annotations

import re
from pathlib import Path

import yaml

TEMPLATE = Path(__file__).with_name("influence_models.yml")
"""The models that the warehouse comes with; seed influence_rules holds the same."""

FLAGS = ("first_touch", "last_touch", "lead_touch", "mql_touch", "before_deal", "after_deal", "main_contact",
         "primary_contact")  # fmt: skip
"""Criteria that hold or do not: their points follow at once."""
LABELLED = ("response_status", "campaign_type", "channel", "within_days")
"""Criteria that compare: what they compare with follows, with its points."""
BUILT_IN_MODELS = ("first_touch", "last_touch", "last_non_direct", "linear", "position_40_20_40", "u_shaped",
                   "w_shaped", "full_path", "time_decay", "shapley", "markov", "crm")  # fmt: skip
"""Attribution models that no points make: an own model has another name."""
PEOPLE = ("deal", "account")
"""Whose touches a model counts for a deal: of those in it, or of everybody at its company."""

Pair = tuple[yaml.Node, yaml.Node]


def read_models(path: Path) -> tuple[list[dict[str, str]], list[str]]:
    """Rows (model, people, criterion, label, points) of a file of models, and what is wrong with it: path, line, fix.

    People are empty for a model that does not say them.
    """
    document, broken = composed(path)
    if broken:
        return [], broken
    rows: list[dict[str, str]] = []
    faults: list[str] = []
    for model, criteria in pairs_of(document, "models, like `my_model:`", faults):
        # With variable attribution_people: both, linear stands beside linear_account.
        if str(model.value).strip().removesuffix("_account") in BUILT_IN_MODELS:
            faults.append(said_at(model, f"model {model.value!r} is not made of points. Give your model another name"))
        people, lines = _people_of(pairs_of(criteria, "criteria with points, like `first_touch: 2`", faults), faults)
        if people and not lines:
            faults.append(said_at(model, f"model {model.value!r} has no points. Write criteria, like `first_touch: 2`"))
        for criterion, value in lines:
            name = str(criterion.value).strip()
            if name in FLAGS:
                found = [("", value)]
            elif name in LABELLED:
                labels = pairs_of(value, f"what {name} is compared with, like `{_example(name)}`", faults)
                found = [(str(label.value).strip(), points) for label, points in labels]
                faults += [fault for label, _ in labels if (fault := _fault_of_label(name, label))]
            else:
                known = ", ".join(("people", *FLAGS, *LABELLED))
                faults.append(said_at(criterion, f"criterion {name!r} is unknown. Write one of {known}"))
                found = []
            for label, points in found:
                if not isinstance(points, yaml.ScalarNode) or not re.fullmatch(r"[+-]?\d{1,6}", str(points.value)):
                    said = repr(points.value) if isinstance(points, yaml.ScalarNode) else "a list"
                    faults.append(said_at(points, f"points of {name} are {said}. Write a whole number, like 3 or -2"))
                    continue
                rows.append({
                    "model": str(model.value).strip(), "people": people, "criterion": name, "label": label.lower(),
                    "points": str(int(points.value)),
                })  # fmt: skip
    return rows, [f"{path}, {fault}" for fault in faults]


def _people_of(lines: list[Pair], faults: list[str]) -> tuple[str, list[Pair]]:
    """Whose touches a model counts, as it says itself, and its other lines."""
    said = [value for name, value in lines if str(name.value).strip() == "people"]
    people = str(said[0].value).strip().lower() if said and isinstance(said[0], yaml.ScalarNode) else ""
    if said and people not in PEOPLE:
        shown = repr(said[0].value) if isinstance(said[0], yaml.ScalarNode) else "a list"
        faults.append(said_at(
            said[0], f"people is {shown}. Write deal (everybody in the deal) or account (everybody at its company)"
        ))  # fmt: skip
    return people, [(name, value) for name, value in lines if str(name.value).strip() != "people"]


def composed(path: Path) -> tuple[yaml.Node | None, list[str]]:
    """The nodes of a YAML file, which know their lines, or what is wrong with it."""
    try:
        return yaml.compose(path.read_text(encoding="utf-8-sig"), Loader=yaml.SafeLoader), []
    except UnicodeDecodeError as problem:
        return None, [f"{path}: not a text in UTF-8 ({problem}). Save it in UTF-8"]
    except yaml.MarkedYAMLError as problem:
        line = problem.problem_mark.line + 1 if problem.problem_mark else 1
        return None, [f"{path}, line {line}: {problem.problem}. Write `name: value`, with the same indent on one level"]
    except yaml.YAMLError as problem:
        return None, [f"{path}: cannot be read ({problem})"]


def pairs_of(node: yaml.Node | None, meant: str, faults: list[str]) -> list[Pair]:
    """Names and values of a mapping; the same name twice is a fault."""
    if not isinstance(node, yaml.MappingNode):
        faults.append(said_at(node, f"{meant} should stand here") if node else f"line 1: {meant} should stand here")
        return []
    seen: dict[str, int] = {}
    found = []
    for key, value in node.value:
        name = str(key.value).strip().lower() if isinstance(key, yaml.ScalarNode) else ""
        if not name:
            faults.append(said_at(key, f"a name is missing: {meant} should stand here"))
        elif name in seen:
            faults.append(said_at(key, f"{name!r} stands in line {seen[name]} already. Remove one of them"))
        else:
            seen[name] = key.start_mark.line + 1
            found.append((key, value))
    return found


def _fault_of_label(criterion: str, label: yaml.Node) -> str | None:
    if criterion == "within_days" and not re.fullmatch(r"\d{1,4}", str(label.value).strip()):
        return said_at(label, f"within_days is {label.value!r}. Write a whole number of days")
    return None


def _example(criterion: str) -> str:
    return {"response_status": "Attended: 3", "campaign_type": "Webinar: 5", "channel": "Email: 2",
            "within_days": "30: 2"}[criterion]  # fmt: skip


def said_at(node: yaml.Node, said: str) -> str:
    """What is to be said of a node, with its line."""
    return f"line {node.start_mark.line + 1}: {said}"
