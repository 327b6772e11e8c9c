"""One small query per construct that is rewritten: what it has to become, and tables to run it over on both engines.

The rows are ordinary, with what decides: halves, NULLs, an empty text, accents, the last day of a month, equal values.
"""

from __future__ import annotations

from typing import NamedTuple

TABLES = {
    "sales": """
        select * from (values
            (1, 'a', 10.25::decimal(18, 2), date '2026-01-31', timestamp '2026-01-31 23:59:58.5', 0.285e0, 7, true,
             'Café Zoë', ['x', 'y']),
            (2, 'a', -2.50, date '2026-02-28', timestamp '2026-02-28 00:00:00', 2.5e0, -7, false, 'fixed: 5%', ['z']),
            (3, 'b', 3.50, date '2026-03-01', timestamp '2026-03-01 12:30:00', 1.005e0, 5, true, '', []),
            (4, 'b', null, null, null, null, null, null, null, null),
            (5, 'c', 0.05, date '2025-12-31', timestamp '2025-12-31 12:30:00', -3.5e0, 3, false, 'a|b|c', ['x'])
        ) as t (id, key, amount, paid_on, paid_at, share, units, is_won, note, tags)
    """,
    "rates": """
        select * from (values
            ('a', timestamp '2026-01-01 00:00:00', 1.1::decimal(9, 4)), ('a', timestamp '2026-02-01 00:00:00', 1.2),
            ('b', timestamp '2026-03-01 12:30:00', 2.0)
        ) as t (key, valid_from, rate)
    """,
}


class Construct(NamedTuple):
    """A query of DuckDB's, and a part of the text it has to become."""

    name: str
    sql: str
    becomes: str
