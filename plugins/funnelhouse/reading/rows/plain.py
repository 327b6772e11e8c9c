"""The shortest way to type a small table: without a pattern, for tables that hold nothing but plain cells.

To plan and to compile the patterns of the exact way costs more than a small table's rows. Here a row is loaded only if
each of its cells is beyond doubt; one that is not makes the whole table take the exact way.
"""

from __future__ import annotations

from funnelhouse.contracts.schema import Output
from funnelhouse.masks import EMAIL_HINTS, FEWEST_DIGITS
from funnelhouse.reading.cells.sql_values import first_characters
from funnelhouse.reading.rows.quick import Quick, asked_fields, shown_in, text_fields
from funnelhouse.reading.rows.typed_rows import Plan, tokens
from funnelhouse.sql import sql_name, sql_text

DOUBT = "doubt:"
"""The issue of a row that the exact way must look at."""
_WRAPPERS = "[='\""
"""What stands around ids."""


class Plain(Quick):
    """Numbers and days that the engine reads, names and ids that need no trim, no null and no mask."""

    def value(self, name: str) -> str:
        """SQL of a field; where it is not the exact one, the row is in doubt."""
        return sql_name("q_" + name) if name in self.asked else super().value(name)

    def issue(self, width: int) -> str:
        """SQL: why a row is not loaded; `DOUBT` if that is not beyond doubt."""
        return f"case when {self._fine()} then {self._quickly(width)} else '{DOUBT}' end"

    def written_bare(self, output: Output) -> list[str]:
        """Fields that a column of the output shows as they stand; no e-mail address is among them."""
        return [name for name in self.bare if shown_in(self.plan, output, name) == sql_name(name)]

    def _fine(self) -> str:
        found = [super()._fine()] if self.asked else []
        for name in self.bare:
            cell = self.plan.cell(name)
            found.append(f"({cell} is null or ({' and '.join(self._plain_text(name, cell))}))")
        return " and ".join(found) or "true"

    def _plain_text(self, name: str, cell: str) -> list[str]:
        known = ", ".join(sql_text(token) for token in tokens(self.plan, name, is_text=True))
        parts = [
            f"strlen({cell}) = length({cell})", f"ascii({cell}) > 32", f"ascii(right({cell}, 1)) > 32",
            *(f"not contains({cell}, {sql_text(hint)})" for hint in EMAIL_HINTS if hint.isascii()),
            f"lower({cell}) not in ({known})",
        ]  # fmt: skip
        if self._kind(name) != "id":
            parts.append(f"fh_digits({cell}) < {FEWEST_DIGITS}")
        if firsts := self._firsts_of_rules(cell):
            parts.append(f"ascii({cell}) not in ({', '.join(str(ord(first)) for first in sorted(firsts))})")
        if self._kind(name) == "id":
            parts.append(f"ascii({cell}) not in ({', '.join(str(ord(mark)) for mark in _WRAPPERS)})")
            # What a spreadsheet rounded begins and ends with a digit.
            parts.append(
                f"(not contains(lower({cell}), 'e') or ascii({cell}) > 57 or ascii({cell}) < 48 "
                f"or ascii(right({cell}, 1)) > 57 or ascii(right({cell}, 1)) < 48)"
            )
        return parts

    def _firsts_of_rules(self, cell: str) -> set[str]:
        """What a row to drop may begin with in this cell."""
        found: set[str] = set()
        for pattern in self._patterns_of(cell):
            found |= first_characters(pattern) or set()
        return found


def plain_plan(plan: Plan) -> Plain | None:
    """The plain way for a table; None if a rule that drops rows cannot be decided by first characters."""
    plain = Plain(plan, asked_fields(plan), text_fields(plan))
    patterns = {pattern for name in plain.bare for pattern in plain._patterns_of(plan.cell(name))}
    return None if any(first_characters(pattern) is None for pattern in patterns) else plain
