"""Suites of `expectations/`: which promises are checked where, how grave a broken one is, and why it is made.

A suite is a JSON file in the shape Great Expectations uses, about one table. `gate.yml` lists the suites of each
boundary. Everything is checked on load; an error names the file, the place and how to fix it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import yaml

from funnelhouse.errors import Verdict

Boundary = Literal["raw", "marts"]
BOUNDARIES: tuple[Boundary, ...] = ("raw", "marts")
SEVERITIES = ("critical", "warning", "info")
"""Gravest first. What each does is written in `gate.yml` for people; the gate itself acts on critical only."""
SIZES = ("row", "file", "warehouse")
"""What is wrong when a check fails: one row, one file, or the warehouse itself. Only the last may be critical."""


class SuiteError(Verdict):
    """A suite or gate.yml cannot be used; the message names file, place and how to fix it."""


@dataclass(frozen=True)
class Check:
    """One expectation. `name` is unique in its suite; `why` says who is hurt when it fails.

    `keep_aside`: rows of a raw table that fail it do not count (`transform.kept_aside`). `about` is the column that a
    query is about.
    """

    name: str
    type: str
    kwargs: dict[str, Any]
    severity: str
    why: str
    description: str
    size: str = "warehouse"
    keep_aside: bool = False
    about: str = ""

    @property
    def column(self) -> str:
        """The column or columns the check is about, as text; empty for a whole table or a query."""
        named = [self.kwargs.get(key) for key in ("column", "column_A", "column_B")]
        listed = self.kwargs.get("column_list") or []
        return ", ".join(str(name) for name in [*named, *listed] if name)

    def as_expectation(self) -> dict[str, Any]:
        """The shape Great Expectations loads."""
        return {
            "type": self.type,
            "kwargs": self.kwargs,
            "severity": self.severity,
            "meta": {"why": self.why},
        }


@dataclass(frozen=True)
class Suite:
    """Checks of one table (`schema.table`).

    `rows_by`: columns that lead a person to a failing row. `filled_from`: tables of which one with rows means that
    this one must have rows too.
    """

    name: str
    boundary: Boundary
    table: str
    checks: tuple[Check, ...]
    rows_by: tuple[str, ...] = ()
    filled_from: tuple[str, ...] = ()


@dataclass(frozen=True)
class RowDrop:
    """When fewer rows than in the published version stop a publish."""

    share: float
    severity: str
    min_rows: int
    allow: tuple[str, ...]


@dataclass(frozen=True)
class GateConfig:
    """`gate.yml`."""

    suites: dict[Boundary, tuple[str, ...]]
    row_count_drop: RowDrop
    raw_rows_severity: str
    lost_share: float
    parameters: dict[str, str] = field(default_factory=dict)


def load_gate(folder: Path) -> GateConfig:
    """Read `gate.yml` of the folder of suites. Raises SuiteError."""
    path = folder / "gate.yml"
    try:
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
        drop = document["row_count_drop"]
        gate = GateConfig(
            suites={boundary: tuple(document["suites"][boundary]) for boundary in BOUNDARIES},
            row_count_drop=RowDrop(
                share=float(drop["share"]),
                severity=_severity(str(drop["severity"]), f"{path}: row_count_drop"),
                min_rows=int(drop["min_rows"]),
                allow=tuple(drop.get("allow") or ()),
            ),
            raw_rows_severity=_severity(str(document["rows_as_in_lineage"]["severity"]), f"{path}: rows_as_in_lineage"),
            lost_share=float(document["lost_share"]),
            parameters={str(name): str(value) for name, value in (document.get("parameters") or {}).items()},
        )
    except (OSError, yaml.YAMLError) as error:
        raise SuiteError(f"{path} cannot be read: {error}") from error
    except (KeyError, TypeError, ValueError) as error:
        if isinstance(error, SuiteError):
            raise
        raise SuiteError(f"{path}: missing or unusable entry: {error!r}; see expectations/README.md") from error
    if not 0 < gate.row_count_drop.share <= 1:
        raise SuiteError(f"{path}: row_count_drop.share must be above 0 and at most 1")
    if not 0 < gate.lost_share < 1:
        raise SuiteError(f"{path}: lost_share must be above 0 and below 1")
    return gate


def load_suites(folder: Path, boundary: Boundary) -> list[Suite]:
    """Every suite that `gate.yml` lists for the boundary, in its order. Raises SuiteError."""
    return [load_suite(folder / boundary / f"{name}.json", boundary) for name in load_gate(folder).suites[boundary]]


def load_suite(path: Path, boundary: Boundary) -> Suite:
    """Read one suite. Raises SuiteError."""
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise SuiteError(f"gate.yml lists a suite that does not exist: {path}") from None
    except (OSError, ValueError) as error:
        raise SuiteError(f"{path} is not a JSON file: {error}") from error
    if not isinstance(document, dict) or "." not in str(document.get("table", "")):
        raise SuiteError(f'{path}: "table" must be schema.table')
    meta = document.get("meta") or {}
    checks = tuple(_check(entry, path, place) for place, entry in enumerate(document.get("expectations") or [], 1))
    names = [check.name for check in checks]
    if double := {name for name in names if names.count(name) > 1}:
        raise SuiteError(f"{path}: two expectations have the same meta.check: {', '.join(sorted(double))}")
    return Suite(
        name=f"{boundary}/{path.stem}",
        boundary=boundary,
        table=str(document["table"]),
        checks=checks,
        rows_by=tuple(meta.get("rows_by") or ()),
        filled_from=tuple(meta.get("filled_from") or ()),
    )


def _check(entry: dict[str, Any], path: Path, place: int) -> Check:
    where = f"{path}, expectation {place}"
    meta = entry.get("meta") or {}
    for key, value in (
        ("type", entry.get("type")),
        ("meta.check", meta.get("check")),
        ("meta.why", meta.get("why")),
    ):
        if not value:
            raise SuiteError(f"{where}: {key} is missing")
    kwargs = dict(entry.get("kwargs") or {})
    query = kwargs.get("unexpected_rows_query")
    if isinstance(query, list):  # a long query is written line by line
        kwargs["unexpected_rows_query"] = "\n".join(query)
    severity = _severity(str(entry.get("severity", "")), where)
    size, keep_aside = str(meta.get("size", "warehouse")), bool(meta.get("keep_aside"))
    if size not in SIZES:
        raise SuiteError(f"{where}: meta.size must be one of {', '.join(SIZES)}, not {size!r}")
    if size != "warehouse" and severity == "critical":
        raise SuiteError(f"{where}: only a check of size warehouse may be critical; a {size} never stops publication")
    if keep_aside and (size != "row" or path.parent.name != "raw"):
        raise SuiteError(f"{where}: meta.keep_aside is for checks of size row of raw tables")
    return Check(
        name=str(meta["check"]),
        type=str(entry["type"]),
        kwargs=kwargs,
        severity=severity,
        why=str(meta["why"]),
        description=str(entry.get("description") or str(meta["check"]).replace("_", " ")),
        size=size,
        keep_aside=keep_aside,
        about=str(meta.get("column", "")),
    )


def _severity(value: str, where: str) -> str:
    if value not in SEVERITIES:
        raise SuiteError(f"{where}: severity must be one of {', '.join(SEVERITIES)}, not {value!r}")
    return value


def filled_in(check: Check, parameters: dict[str, str]) -> dict[str, Any]:
    """The expectation of a check with `$name` replaced by the run's parameters, in every text of its kwargs."""
    return {
        **check.as_expectation(),
        "kwargs": {key: _fill(value, parameters) for key, value in check.kwargs.items()},
    }


def _fill(value: Any, parameters: dict[str, str]) -> Any:
    if isinstance(value, str):
        for name, replacement in parameters.items():
            value = value.replace(f"${name}", replacement)
        return value
    if isinstance(value, list):
        return [_fill(item, parameters) for item in value]
    return value
