"""Expressions of a contract: the small safe set that makes an entity's column out of fields and facts.

An expression is the name of a field, or a mapping with exactly one verb:

    {constant: x}  {fact: currency}  {coalesce: [a, b]}  {first_present: [a, b]}  {hash: [a, b]}
    {concat: [a, b], separator: "-"}
    {extract: "regex with one group", from: a}  {map: {from: to}, of: a, else: b}  {is_known: a}  {lower: a}
    {add: [a, b]}  {subtract: [a, b]}  {multiply: [a, b]}  {divide: [a, b]}  {is_utc: a}
    {replace: "regex", in: a, by: x}
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

Expression = str | dict[str, Any]

_COMPANIONS = {
    "constant": set(),
    "fact": set(),
    "coalesce": set(),
    "first_present": set(),
    "concat": {"separator"},
    "hash": set(),
    "extract": {"from"},
    "replace": {"in", "by"},
    "map": {"of", "else"},
    "is_known": set(),
    "is_utc": set(),
    "lower": set(),
    "add": set(),
    "subtract": set(),
    "multiply": set(),
    "divide": set(),
}  # fmt: skip
VERBS = tuple(_COMPANIONS)
_LISTS = {"coalesce", "first_present", "concat", "hash", "add", "subtract", "multiply", "divide"}
_LOOKAROUND = re.compile(r"\(\?<?[=!]|\\[1-9]")


def check_pattern(pattern: str) -> str:
    """The pattern, if both Python and the engine (RE2: no lookaround, no back references) can run it."""
    try:
        re.compile(pattern)
    except re.error as error:
        raise ValueError(f"{pattern!r} is not a regular expression: {error}") from None
    if _LOOKAROUND.search(pattern):
        raise ValueError(f"{pattern!r} uses lookaround or a back reference, which the engine lacks; rewrite it without")
    return pattern


def verb_of(expression: dict[str, Any]) -> str:
    """The one verb of a mapping. Raises ValueError if there is none, several, or an unknown companion key."""
    verbs = [key for key in expression if key in _COMPANIONS]
    if len(verbs) != 1:
        raise ValueError(f"{expression!r} needs exactly one of: {', '.join(VERBS)}")
    verb = verbs[0]
    if unknown := set(expression) - {verb} - _COMPANIONS[verb]:
        raise ValueError(f"{expression!r}: {sorted(unknown)} does not go with {verb!r}")
    return verb


def check_expression(expression: Expression) -> None:
    """Raise ValueError if the expression is not of the safe set. Field names are checked by the contract."""
    if isinstance(expression, str):
        return
    verb = verb_of(expression)
    value = expression[verb]
    if verb in _LISTS and (not isinstance(value, list) or not value):
        raise ValueError(f"{verb} needs a list, not {value!r}")
    if verb in {"extract", "replace"}:
        check_pattern(str(value))
    if verb == "extract" and (re.compile(value).groups != 1 or "from" not in expression):
        raise ValueError(f"extract needs a pattern with exactly one group and `from`: {expression!r}")
    if verb == "replace" and "in" not in expression:
        raise ValueError(f"replace needs `in`: {expression!r}")
    if verb == "map" and (not isinstance(value, dict) or "of" not in expression):
        raise ValueError(f"map needs a mapping and `of`: {expression!r}")
    for part in _parts(expression, verb):
        check_expression(part)


def fields_of(expression: Expression) -> Iterator[str]:
    """Names of all fields that the expression reads."""
    if isinstance(expression, str):
        yield expression
        return
    for part in _parts(expression, verb_of(expression)):
        yield from fields_of(part)


def _parts(expression: dict[str, Any], verb: str) -> Iterator[Expression]:
    if verb in _LISTS:
        yield from expression[verb]
    elif verb in {"is_known", "is_utc", "lower"}:
        yield expression[verb]
    for companion in ("from", "in", "of", "else"):
        if companion in expression and expression[companion] is not None:
            yield expression[companion]
