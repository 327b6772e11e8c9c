"""Quoting of SQL: the one place where a text becomes part of a statement."""

from __future__ import annotations

import json
from collections.abc import Iterable


def sql_text(text: str) -> str:
    """A SQL string literal."""
    return "'" + text.replace("'", "''") + "'"


def sql_name(name: str) -> str:
    """A SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def sql_list(values: Iterable[object], kind: str) -> str:
    """A SQL list of values of one type. To bind one, the engine's Python side imports pandas: half a second."""
    return f"from_json({sql_text(json.dumps(list(values)))}, {sql_text(json.dumps([kind]))})"
