"""Facts of a file or table that are not in its columns (account, currency, period), and where each came from."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from funnelhouse.text import plain


@dataclass
class Facts:
    """Values by name, each with the place it came from.

    The first place that knows a fact wins: lines above the table, title of a block, label, file name, manifest, folder,
    defaults of the contract. A column wins over all of them, row by row.
    """

    values: dict[str, str] = field(default_factory=dict)
    places: dict[str, str] = field(default_factory=dict)

    def offer(self, place: str, found: dict[str, Any]) -> None:
        """Add what is not known yet."""
        for name, value in found.items():
            if value not in (None, "") and name not in self.values:
                self.values[name] = plain(str(value))
                self.places[name] = place

    def get(self, name: str) -> str | None:
        """The value, or None."""
        return self.values.get(name)

    def evidence(self) -> str:
        """One line for people: each fact with its place."""
        return "; ".join(f"{name} from {self.places[name]}" for name in sorted(self.values))
