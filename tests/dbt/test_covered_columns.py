"""Every column of a mart is compared with a number somebody worked out, or stands in a list that only gets shorter."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
LISTED = Path(__file__).with_name("uncovered_columns.txt")
SAME_EVERYWHERE = {"data_as_of"}
"""Columns of every table, tested where they are made."""


def _project() -> tuple[dict[str, list[str]], dict[str, str]]:
    """The columns of each mart, and the text of its unit tests' expectations, data tests and rates."""
    columns: dict[str, list[str]] = {}
    compared: dict[str, str] = {}
    for path in sorted((ROOT / "dbt_project" / "models" / "marts").rglob("*.yml")):
        content: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
        for model in content.get("models", []):
            columns[model["name"]] = [column["name"] for column in model.get("columns", [])]
            meta = model.get("config", {}).get("meta", {})
            said = [
                model.get("data_tests", []),
                meta.get("rates", {}),
                meta.get("grain", {}),
                meta.get("intervals", {}),
            ]
            compared[model["name"]] = compared.get(model["name"], "") + json.dumps(said, default=str)
        for test in content.get("unit_tests", []):
            compared[test["model"]] = compared.get(test["model"], "") + json.dumps(test["expect"], default=str)
    return columns, compared


def _queries() -> list[str]:
    """Every text of the Python tests: where one names a mart, it compares columns of it."""
    found = []
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        found += [
            node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)
        ]
    return [text for text in found if re.search(r"\bfrom\b", text, re.IGNORECASE)]


def uncovered() -> list[str]:
    """`mart.column` of each column that no unit test, data test, rate or compared query names."""
    columns, compared = _project()
    queries = _queries()
    found = []
    for mart, names in columns.items():
        text = compared[mart] + " ".join(query for query in queries if re.search(rf"\b{mart}\b", query))
        known = {*re.findall(r"\w+", text), *SAME_EVERYWHERE}
        found += [f"{mart}.{name}" for name in names if name not in known]
    return sorted(found)


def test_columns_without_a_comparison_are_listed_and_become_fewer() -> None:
    listed = LISTED.read_text(encoding="utf-8").split()
    found = uncovered()
    new, covered = sorted(set(found) - set(listed)), sorted(set(listed) - set(found))
    assert new == [], "compare these columns in a unit test, with the truth or by a data test"
    assert covered == [], f"these are compared now, or gone: take them out of {LISTED.name}"
