"""However an export is cut into files, whatever order they come in: the same sales. And every order adds up."""

from __future__ import annotations

import random
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import pytest

from tests.bare_build import BareBuild
from tests.orders.shop import Shop, order, text

pytestmark = pytest.mark.slow

MODELS = ("fct_order", "fct_sales_line", "fct_opportunity")
Row = dict[str, str]
Tables = dict[str, list[tuple[object, ...]]]
Warehouse = Callable[[list[list[Row]]], Tables]


def cents(amount: Decimal) -> Decimal:
    return amount.quantize(Decimal("0.01"), ROUND_HALF_UP)


def orders(chance: random.Random, count: int, *, repeated: bool) -> list[Row]:
    """Orders of one to six lines with discounts, shipping and taxes on top or in the prices, some paid back in part."""
    rows: list[Row] = []
    for number in range(count):
        lines = [
            (chance.randint(1, 3), f"Thing {item}", f"SKU-{item}", f"{chance.randint(1, 9999) / 100:.2f}")
            for item in chance.choices(range(8), k=chance.randint(1, 6))
        ]
        items = sum((quantity * Decimal(price) for quantity, _, _, price in lines), Decimal(0))
        discount = cents(items * chance.randint(0, 40) / 100)
        shipping, rate = Decimal(chance.choice(("0", "4.95"))), Decimal(chance.choice(("0", "0.07", "0.19")))
        subtotal = items - discount
        if chance.random() < 0.5:
            tax, total = cents((subtotal + shipping) * rate), subtotal + shipping + cents((subtotal + shipping) * rate)
        else:
            tax, total = cents((subtotal + shipping) * rate / (1 + rate)), subtotal + shipping
        rows += order(
            f"#{2000 + number}", f"buyer{chance.randint(1, 9)}@example.com", lines, repeated=repeated,
            Subtotal=str(subtotal), Discount_Amount=str(discount), Shipping=str(shipping), Taxes=str(tax),
            Total=str(total), Created_at=f"2026-10-{1 + number % 28:02d} 12:00:00 -0400",
            Refunded_Amount=str(cents(total * chance.choice((0, 0, 1, Decimal("0.3"))))),
        )  # fmt: skip
    return rows


@pytest.fixture
def warehouse(tmp_path: Path, bare_build: BareBuild, monkeypatch: pytest.MonkeyPatch) -> Warehouse:
    """The sales that a list of files becomes, written on one day."""
    made = iter(range(100))
    monkeypatch.setenv("FUNNELHOUSE_PII_KEY", "0123456789abcdef" * 4)

    def build(parts: list[list[Row]]) -> Tables:
        shop = Shop(tmp_path / str(next(made)), bare_build)
        for place, part in enumerate(parts):
            shop.drop(text(part), f"orders_export_{place}.csv", "2026-10-29")
        shop.build(*MODELS)
        return {model: shop.rows(f"select * from marts.{model} order by all") for model in MODELS}

    return build


@pytest.mark.parametrize("repeated", [False, True])
def test_a_cut_at_any_row_changes_nothing(warehouse: Warehouse, repeated: bool) -> None:
    rows = orders(random.Random(7), 3, repeated=repeated)
    whole = warehouse([rows])
    assert len(whole["fct_order"]) == 3
    for place in range(1, len(rows)):
        assert warehouse([rows[place:], rows[:place]] if place % 2 else [rows[:place], rows[place:]]) == whole, place


def test_months_apart_and_an_order_said_twice_change_nothing(warehouse: Warehouse) -> None:
    rows = orders(random.Random(11), 6, repeated=False)
    numbers = [f"#{2000 + number}" for number in range(6)]
    parts = [[row for row in rows if row["Name"] in some] for some in (numbers[3:], numbers[:4])]
    assert warehouse(parts) == warehouse([rows])


def test_every_order_adds_up_to_the_cent(tmp_path: Path, bare_build: BareBuild) -> None:
    """Lines = items less discount and the taxes in them; items + shipping + taxes on top = total; refunds as paid."""
    shop = Shop(tmp_path / "one", bare_build)
    shop.drop(text(orders(random.Random(3), 120, repeated=False)), "orders_export.csv", "2026-10-29")
    shop.build(*MODELS)
    assert shop.rows("""select count(*)::int, count(*) filter (where is_tax_included)::int between 20 and 100
        from marts.fct_order""") == [(120, True)]  # fmt: skip
    assert shop.rows("""select * from marts.fct_order where total_native <> items_native + shipping_native
        + case when is_tax_included then 0 else tax_native end""") == []  # fmt: skip
    assert shop.rows("""select order_id from marts.fct_order
        inner join (select opportunity_id, sum(amount_reporting) as amount, sum(list_reporting) as listed
            from marts.fct_sales_line group by 1) on order_id = opportunity_id
        where revenue_native <> amount
            or not is_tax_included and listed <> items_native + discount_native
            or revenue_native <> items_native - case when is_tax_included then cast(round(tax_native * items_native
                / (items_native + shipping_native), 2) as decimal(18, 2)) else 0 end""") == []  # fmt: skip
    # Of what was paid back revenue loses the same share; of all of it, all.
    assert shop.rows("""select orders.order_id from marts.fct_order as orders
        inner join marts.fct_opportunity as back on orders.order_id = back.order_id and back.is_refund
        where abs(-back.amount_native - refunded_native * revenue_native / total_native) > 0.005
            or refunded_native = total_native and -back.amount_native <> revenue_native""") == []  # fmt: skip
