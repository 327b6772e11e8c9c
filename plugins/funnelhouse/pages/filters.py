"""What a reader asks for, from the query of an address. Whatever is not understood falls back to the default."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlencode

from funnelhouse.words import LANGUAGES

LONGEST = 200
"""Characters of one value; a longer one is not looked up."""
MOST = 30
"""Values of one filter."""
NAMES = ("period", "channel", "campaign", "team", "model", "scope", "q")


@dataclass(frozen=True)
class Filters:
    """Chosen values by filter, as they were given; each page looks them up among those there are."""

    language: str = "en"
    chosen: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def one(self, name: str) -> str:
        """The first value of a filter; empty if nothing was chosen."""
        return next(iter(self.chosen.get(name, ())), "")

    def many(self, name: str) -> list[str]:
        """All values of a filter."""
        return list(self.chosen.get(name, ()))

    def known(self, name: str, values: Sequence[str], default: str) -> str:
        """The chosen value if it is one of `values`, else the default."""
        return self.one(name) if self.one(name) in values else default

    def query(self, **changed: str) -> str:
        """The query of an address with these filters, some of them changed; begins with `?` unless empty."""
        pairs = [("lang", self.language)] if self.language != "en" and "lang" not in changed else []
        pairs += [(name, value) for name in NAMES if name not in changed for value in self.chosen.get(name, ())]
        pairs += [(name, value) for name, value in changed.items() if value]
        return "?" + urlencode(pairs) if pairs else ""


def read_filters(pairs: Sequence[tuple[str, str]], language: str = "en") -> Filters:
    """Filters from the pairs of a query."""
    chosen: dict[str, list[str]] = {}
    for name, value in pairs:
        clean = re.sub(r"[\x00-\x1f]", "", value).strip()
        if name == "lang" and clean in LANGUAGES:
            language = clean
        elif name in NAMES and clean and len(clean) <= LONGEST and len(chosen.get(name, ())) < MOST:
            chosen.setdefault(name, []).append(clean)
    return Filters(language, chosen)
