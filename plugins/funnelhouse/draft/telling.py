"""What a column without a meaning seems to hold, in words for a question."""

from __future__ import annotations

import re

from funnelhouse.draft.guess import Column

_TELLING = {
    "money": r"(?i)amount|value|price|cost|spen[dt]|revenue|budget|fee|betrag|preis|kosten|wert|importe|valor|montant",
    "an owner": r"(?i)agent|owner|\brep\b|seller|salesperson|manager|besitzer|vendedor|commercial",
}


def telling(column: Column) -> str | None:
    """What a column that nothing claims seems to hold, where leaving it out changes what the warehouse says."""
    kind = column.evidence.kind
    if kind in ("date", "timestamp"):
        return "days"
    words = column.label.replace("_", " ")
    if kind in ("integer", "decimal") and re.search(_TELLING["money"], words):
        return "money"
    return "an owner" if kind == "text" and re.search(_TELLING["an owner"], words) else None


def described(column: Column) -> str:
    """Counts of the rows that were looked at: those at the beginning of the file."""
    evidence = column.evidence
    counts = f"{evidence.filled} filled, {evidence.different} different"
    return f"{evidence.kind}; of the first {evidence.rows} rows {counts}"
