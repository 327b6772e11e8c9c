"""The pages beside the marts they read, for three companies: every number shown stands where the page says."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from funnelhouse.pages.app import BOM, create_app
from funnelhouse.pages.catalogue import PAGES
from funnelhouse.pages.site import write_site
from funnelhouse.publish import reader
from funnelhouse.settings import Settings
from funnelhouse.words import LANGUAGES
from tests.integration.reading_pages import ShownPage, ShownTable

pytestmark = pytest.mark.slow
NAMES = [entry.name for entry in PAGES]
SHOWN = {
    "attribution": 100,
    "campaigns": 60,
    "channels": 100,
    "customers": 10,
    "funnel": 60,
    "overview": 20,
    "quality": 20,
}
"""Fewest numbers on some pages of the sample company, so that no test below passes on empty pages."""


class House:
    """A reader of one company's pages, beside its published tables."""

    def __init__(self, settings: Settings) -> None:
        def everybody() -> None:
            """Let everybody in."""

        self.settings = settings
        self.client = TestClient(create_app(lambda: settings, [everybody]))
        self.connection = reader.connect(settings)
        self._rows: dict[tuple[str, ...], set[tuple[str | None, ...]]] = {}

    def text(self, address: str, **filters: str) -> str:
        answer = self.client.get(f"/{address}", params=filters)
        assert answer.status_code == 200, (address, filters)
        return answer.text

    def page(self, name: str, **filters: str) -> ShownPage:
        return ShownPage(self.text(name, **filters))

    def rows(self, source: str, *columns: str) -> set[tuple[str | None, ...]]:
        """All different rows of these columns of a table, as texts."""
        if (source, *columns) not in self._rows:
            listed = ", ".join(f'"{column}"' for column in columns)
            found = self.connection.execute(f"select distinct {listed} from {source}").fetchall()
            self._rows[source, *columns] = {
                tuple(None if value is None else str(value) for value in row) for row in found
            }
        return self._rows[source, *columns]


@contextmanager
def house_of(settings: Settings) -> Iterator[House]:
    house = House(settings)
    yield house
    house.connection.close()


@pytest.fixture(scope="module", params=["sample", "firm", "shop"])
def house(request: pytest.FixtureRequest) -> Iterator[House]:
    with house_of(request.getfixturevalue(f"{request.param}_house")) as found:
        yield found


def untraced(house: House, table: ShownTable) -> list[object]:
    """Rows and cells of a table that its source does not have.

    Cells of a row that name different columns of the source stand in one row of it; others (a row per channel, a column
    per model) each stand in some row.
    """
    lost: list[object] = []
    for row in table.all_rows:
        cells = [cell for cell in row if cell.column]
        own = {cell.column: cell.value for cell in cells if "." not in str(cell.column)}
        if len(own) == sum("." not in str(cell.column) for cell in cells) and own and row is not table.total:
            if tuple(own.values()) not in house.rows(table.source, *map(str, own)):
                lost.append(own)
            cells = [cell for cell in cells if "." in str(cell.column)]
        for cell in cells:
            mart, _, column = (
                f"{table.source}.{cell.column}".rpartition(".")
                if "." not in str(cell.column)
                else str(cell.column).rpartition(".")
            )
            if cell.value is not None and (cell.value,) not in house.rows(mart, column):
                lost.append((mart, column, cell.value))
    return lost


@pytest.mark.parametrize("name", NAMES)
def test_every_number_is_in_the_column_that_the_page_names(house: House, name: str) -> None:
    page = house.page(name)
    assert page.failed == []
    assert {table.source: untraced(house, table) for table in page.tables if untraced(house, table)} == {}


@pytest.mark.parametrize("name", SHOWN)
def test_pages_of_the_sample_company_are_full_of_numbers(sample_house: Settings, name: str) -> None:
    with house_of(sample_house) as house:
        assert len(house.page(name).numbers) >= SHOWN[name]


@pytest.mark.parametrize("name", NAMES)
def test_every_value_of_every_filter_gives_a_page_of_that_value(house: House, name: str) -> None:
    options = house.page(name).options
    for filter_name, values in options.items():
        # Of goals and tables there are a hundred, all of them read by the same queries.
        for value in values if filter_name != "q" else values[::9]:
            page = house.page(name, **{filter_name: value})
            assert page.failed == [], (filter_name, value)
            assert page.options[filter_name] == values
            assert page.chosen.get(filter_name, "") == value
            assert [untraced(house, table) for table in page.tables if untraced(house, table)] == []


def test_pages_have_the_months_and_models_that_their_marts_have(sample_house: Settings) -> None:
    with house_of(sample_house) as house:
        months = house.rows("marts.mart_funnel_monthly", "month_start")
        assert {(month,) for month in house.page("funnel").options["period"]} == months
        models = house.rows("marts.mart_attribution_share", "model")
        assert {(model,) for model in house.page("attribution").options["model"]} == models
        assert len(months) >= 3 and len(models) >= 8


def test_the_whole_of_each_model_is_the_sum_of_its_channels(house: House) -> None:
    matrix = next(table for table in house.page("attribution").tables if table.key == "matrix")
    if not matrix.rows:  # the shop has no sales that models share out
        assert house.rows("marts.mart_attribution_share", "model") == set()
        return
    sums = house.connection.execute(
        "select sum(revenue_reporting) from marts.mart_attribution_share "
        "where dimension_type = 'channel' group by model"
    ).fetchall()
    whole = [Decimal(cell.value) for cell in matrix.total if cell.value is not None]
    assert Counter(whole) == Counter(value for (value,) in sums)
    for place, said in enumerate(whole, start=1):
        assert sum(Decimal(row[place].value or 0) for row in matrix.rows) == said


def test_the_whole_company_stands_below_the_channels_of_a_period(house: House) -> None:
    for period in ("last_30_days", house.page("channels").options["period"][-1]):
        table = next(one for one in house.page("channels", period=period).tables if one.key == "channels")
        kind, _, start = period.partition(":")
        found = house.connection.execute(
            "select count(*), sum(value), max(value) from marts.mart_period_comparison where scope_type = 'company' "
            "and metric = 'spend' and period_type = ? and (? = '' or period_start = try_cast(? as date))",
            [kind, start, start],
        ).fetchall()
        spend = next(cell.value for cell in table.total if cell.column == "value")
        assert found == [(1, *([None if spend is None else float(spend)] * 2))]


@pytest.mark.parametrize("name", NAMES)
def test_pages_ask_nobody_else_for_anything(house: House, name: str) -> None:
    outside = re.compile(r"\s*(https?:|//|javascript:|file:)", re.IGNORECASE)
    assert [one for one in house.page(name).addresses if outside.match(one)] == []


@pytest.mark.parametrize("name", NAMES)
def test_the_file_of_a_table_has_the_numbers_of_the_page(house: House, name: str) -> None:
    page = house.page(name, lang="vi")
    tables = {table.key: table for table in page.tables if table.key}
    assert len(page.files) == len(tables)
    for address in page.files:
        text = house.text(address)
        table = tables[re.sub(r"\.csv.*", "", address.rpartition("/")[2])]
        rows = list(csv.reader(io.StringIO(text.removeprefix(BOM))))[1:]
        assert text.startswith(BOM)
        for shown, filed in zip(table.rows, rows, strict=False):
            assert [cell.value or "" for cell in shown if cell.column] == [
                one for cell, one in zip(shown, filed, strict=True) if cell.column
            ]
        assert len(rows) >= len(table.all_rows)
        if table.total:
            assert [cell.value for cell in table.total if cell.value] == [
                one for cell, one in zip(table.total, rows[-1], strict=True) if cell.value
            ]


@pytest.mark.parametrize("name", NAMES)
def test_a_version_gives_the_same_page_every_time(house: House, name: str) -> None:
    assert house.text(name) == house.text(name)


def test_the_site_has_the_numbers_of_the_live_pages_in_every_language_and_asks_nobody(
    house: House, tmp_path: Path
) -> None:
    write_site(house.connection, house.settings, tmp_path)
    numbers = {name: house.page(name).numbers for name in NAMES}
    for language in LANGUAGES:
        for name in NAMES:
            text = (tmp_path / language / f"{name}.html").read_text(encoding="utf-8")
            page = ShownPage(text)
            assert page.numbers == numbers[name]
            assert [one for one in page.addresses if not re.fullmatch(r"data:,|#\w+|[\w./-]+", one)] == []
            for address in [*page.files, *(one for one in page.addresses if one.endswith(".html"))]:
                assert (tmp_path / language / address).is_file(), address
            assert re.search(r"<(?:script|link|img)[^>]+(?:src|href)=[\"']?(?:https?:)?//", text) is None
    for path in sorted((tmp_path / "en" / "csv").glob("*.csv")):
        name, _, key = path.stem.partition("-")
        assert path.read_bytes().decode("utf-8") == house.text(f"{name}/{key}.csv")


def test_the_site_of_a_version_has_the_same_bytes_every_time(sample_house: Settings, tmp_path: Path) -> None:
    for number in ("1", "2"):
        with reader.connect(sample_house) as connection:
            write_site(connection, sample_house, tmp_path / number)
    written = {
        number: {path.relative_to(tmp_path / number): path.read_bytes() for path in (tmp_path / number).rglob("*.*")}
        for number in ("1", "2")
    }
    assert len(written["1"]) > 100
    assert written["1"] == written["2"]
