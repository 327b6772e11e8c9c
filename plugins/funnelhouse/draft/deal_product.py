"""The product of a deal: deals have none themselves, so that a deal with one becomes a line of its own, too."""

from __future__ import annotations

from funnelhouse.draft.guess import Column, Guess
from funnelhouse.draft.sheet import Sheet, label
from funnelhouse.draft.vocabulary import words_of


def deal_product(found: Guess) -> Column | None:
    """The column that names what a deal is about, where one row is a deal; else None."""
    if found.entity is None or found.entity.name != "crm_opportunities":
        return None
    free = (column for column in found.columns if not column.meaning and not column.personal)
    return next((column for column in free if "product_name" in words_of(column.label)), None)


def product_field(sheet: Sheet, product: Column) -> None:
    """Lines under `fields`, with the question."""
    sheet.ask(f"is {product.label!r} the one product of the deal? Each deal then is also a line of "
              "crm_opportunity_lines with its whole amount", "  ")  # fmt: skip
    sheet.add(f"  product: {{labels: [{label(product.label)}], type: text}}")


def product_output(sheet: Sheet, found: Guess, made: dict[str, str]) -> None:
    """Lines under `outputs`; `made` are expressions of the deal's columns. None while it is asked what names a deal."""
    if not found.get("record_id") and "record_id" not in made:
        return
    key = made.get("record_id", "record_id")
    columns = {"record_id": key, "opportunity_id": key, "product_id": "product", "quantity": "{constant: 1}"}
    if found.get("amount"):
        columns |= {"unit_price": "amount", "total_price": "amount"}
    sheet.add("  - entity: crm_opportunity_lines", "    where_known: [product]", "    columns:",
              *(f"      {name}: {value}" for name, value in columns.items()))  # fmt: skip
