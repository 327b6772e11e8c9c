"""Shopify's order export, written row by row, and a warehouse made of it through the public door."""

from __future__ import annotations

import csv
import io
import os
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from funnelhouse.settings import load_settings
from tests.bare_build import BareBuild
from tests.contracts.conftest import Exports
from tests.raw_factory import RawFactory

HEADER = (
    "Name", "Email", "Financial Status", "Paid at", "Fulfillment Status", "Currency", "Subtotal", "Shipping", "Taxes",
    "Total", "Discount Code", "Discount Amount", "Created at", "Lineitem quantity", "Lineitem name", "Lineitem price",
    "Lineitem sku", "Billing Name", "Billing Street", "Billing Country", "Billing Phone", "Shipping Name",
    "Shipping Country", "Notes", "Note Attributes", "Cancelled at", "Payment Method", "Refunded Amount", "Id", "Tags",
    "Source", "Lineitem discount",
)  # fmt: skip
Line = tuple[int, str, str, str]
"""Quantity, name, SKU, price."""
AS_OF = date(2026, 10, 31)


def order(number: str, email: str, lines: list[Line], *, repeated: bool = False, **cells: str) -> list[dict[str, str]]:
    """Rows of one order; its own cells stand in the first row, or in each. Names of `cells`: `_` for a blank."""
    own = {name.replace("_", " "): value for name, value in cells.items()}
    rows = []
    for place, (quantity, name, sku, price) in enumerate(lines):
        row = dict.fromkeys(HEADER, "")
        row |= {"Name": number, "Email": email, "Created at": own["Created at"]}
        row |= {"Lineitem quantity": str(quantity), "Lineitem name": name, "Lineitem sku": sku, "Lineitem price": price}
        if place == 0 or repeated:
            row |= {"Financial Status": "paid", "Paid at": own["Created at"], "Currency": "USD", "Shipping": "0.00"}
            row |= {"Taxes": "0.00", "Total": own["Subtotal"], "Discount Amount": "0.00", "Refunded Amount": "0.00"}
            row |= {"Billing Name": "Kim Roe", "Billing Street": "1 Elm St", "Billing Country": "US", "Source": "web"}
            row |= own
        rows.append(row)
    return rows


def text(rows: list[dict[str, str]]) -> bytes:
    """The export file of these rows."""
    stream = io.StringIO()
    writer = csv.DictWriter(stream, HEADER, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return stream.getvalue().encode()


class Shop:
    """A home that order exports are dropped into, by their day."""

    def __init__(self, home: Path, bare_build: BareBuild) -> None:
        self.settings = replace(load_settings(home), as_of=AS_OF, timezone="America/New_York")
        self.exports = Exports(self.settings)
        self.raw = RawFactory(self.settings)
        self._bare_build = bare_build

    def drop(self, content: str | bytes, name: str, day: str, folder: str = "shopify/mugs") -> None:
        """One export, written on `day`."""
        target = self.settings.inbox / folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        files = Path(__file__).parents[1] / "files"
        target.write_bytes((files / content).read_bytes() if isinstance(content, str) else content)
        written = (datetime.fromisoformat(day) + timedelta(hours=12)).timestamp()
        os.utime(target, (written, written))

    def build(self, *models: str, variables: dict[str, str] | None = None) -> None:
        """Load what waits and build these models, or everything with every data test (`variables`: BareBuild.build)."""
        self.exports.load()
        self._bare_build.build(self.settings, models, variables)

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Rows of a query on the warehouse."""
        return [tuple(row.values()) for row in self.raw.rows(query)]
