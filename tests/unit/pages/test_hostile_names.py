"""Names that strangers typed are shown as they are: nothing in them runs in a browser, a spreadsheet or a query."""

from __future__ import annotations

import csv
import io
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import duckdb
import pytest
from fastapi.testclient import TestClient

from funnelhouse.pages.app import BOM
from funnelhouse.pages.site import write_site
from funnelhouse.publish import reader
from funnelhouse.settings import Settings
from tests.unit.pages.little_house import HOSTILE


class Read(HTMLParser):
    """Elements of a page, its texts, and what its scripts hold."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, Any]]] = []
        self.texts: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def scripts(read: Read) -> list[dict[str, Any]]:
    return [attributes for tag, attributes in read.elements if tag == "script"]


def harmless(text: str) -> Read:
    """The page as a browser reads it, with none of the names as an element, attribute or script of its own."""
    read = Read(text)
    assert not [tag for tag, _ in read.elements if tag in ("img", "iframe", "object", "embed")]
    assert not [name for _, attributes in read.elements for name in attributes if name.startswith("on")]
    for attributes in scripts(read):
        assert "src" in attributes or attributes.get("type") == "application/json" or not attributes
    assert "alert(" not in "".join(part for part in text.split("<script>")[1:] for part in [part.split("</script>")[0]])
    return read


@pytest.mark.parametrize("page", ["campaigns", "quality", "overview"])
def test_names_are_text_in_the_page(client: TestClient, page: str) -> None:
    answer = client.get(f"/{page}")
    assert answer.status_code == 200
    read = harmless(answer.text)
    if page != "overview":
        assert set(HOSTILE) <= set(read.texts)
    assert not [one for one in scripts(read) if not one]  # the only scripts of live pages have an address


@pytest.mark.parametrize("name", HOSTILE)
def test_what_a_reader_types_is_text_in_the_page(client: TestClient, name: str) -> None:
    for address in ("/campaigns", "/dictionary"):
        answer = client.get(address, params={"campaign": name, "q": name, "model": name, "period": name})
        assert answer.status_code == 200
        read = harmless(answer.text)
        typed = [attributes["value"] for tag, attributes in read.elements if attributes.get("type") == "search"]
        assert typed == [name]
    assert client.get("/campaigns").text.count("<tr>") > len(HOSTILE)  # nothing was dropped


def test_the_search_finds_a_name_with_signs_of_patterns_in_it(client: TestClient) -> None:
    page = Read(client.get("/campaigns", params={"campaign": "@sum("}).text)
    assert [name for name in HOSTILE if name in page.texts] == ["@SUM(1+1)"]


def test_a_spreadsheet_executes_nothing_and_gets_every_number_as_it_is(client: TestClient) -> None:
    text = client.get("/campaigns/scores.csv").text
    assert text.startswith(BOM) and not text.startswith(BOM * 2)
    rows = list(csv.reader(io.StringIO(text.removeprefix(BOM))))
    assert rows[0][:4] == ["Campaign", "Verdict", "Why", "Cost"]
    assert {row[0] for row in rows[1:]} == {f"'{name}" if name[0] in "=@" else name for name in HOSTILE}
    assert not [cell for row in rows[1:] for cell in row if cell[:1] in ("=", "@", "+")]
    assert {tuple(row[3:8]) for row in rows[1:]} == {("300.00", "-100.00", "10", "2", "1234.50")}


def test_the_file_of_a_table_is_named_by_us_only(client: TestClient) -> None:
    answer = client.get("/campaigns/scores.csv", params={"campaign": '"; filename="x.exe'})
    assert answer.headers["content-disposition"] == 'attachment; filename="campaigns-scores.csv"'
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"


def test_names_are_text_in_the_site_too_and_its_policy_lets_nothing_out(little_house: Settings, tmp_path: Path) -> None:
    with reader.connect(little_house) as connection:
        write_site(connection, little_house, tmp_path / "site")
    pages = sorted((tmp_path / "site").rglob("*.html"))
    assert len(pages) > 30
    for path in pages:
        text = path.read_text(encoding="utf-8")
        harmless(text)
        if path.parent != tmp_path / "site":
            assert "default-src 'none'" in text and "form-action 'none'" in text


def test_queries_of_pages_are_never_made_of_what_was_typed(little_house: Settings, client: TestClient) -> None:
    client.get("/campaigns", params={"model": "'; drop table marts.mart_campaign_scorecard; --"})
    with duckdb.connect(str(little_house.published_file.resolve()), read_only=True) as connection:
        assert connection.execute("select count(*) from marts.mart_campaign_scorecard").fetchall() == [(len(HOSTILE),)]
