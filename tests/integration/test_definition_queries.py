"""Each query of docs/definitions runs on the published file in one statement and answers with rows."""

from __future__ import annotations

import re

import duckdb
import pytest

from funnelhouse.settings import REPOSITORY, Settings

pytestmark = pytest.mark.slow

ENTRY = re.compile(r"^### (R\d{3}) .*?(?=^##|\Z)", re.MULTILINE | re.DOTALL)
QUERY = re.compile(r"```sql\n(.*?)```", re.DOTALL)
ASKED = {"R001", "R012", "R022", "R027", "R029", "R030", "R039", "R040", "R042", "R044", "R048", "R050", "R058", "R060",
         "R072", "R076", "R083", "R084", "R087", "R089", "R091", "R107", "R111"}  # fmt: skip
"""Ids whose question a reader can ask in one statement."""


def queries() -> list[tuple[str, str]]:
    """Id and text of every query of the pages of definitions."""
    found = []
    for page in sorted((REPOSITORY / "docs" / "definitions").glob("*.md")):
        for entry in ENTRY.finditer(page.read_text(encoding="utf-8")):
            found += [(entry.group(1), query) for query in QUERY.findall(entry.group(0))]
    return found


def test_every_question_asked_has_a_query() -> None:
    assert ASKED - {name for name, _ in queries()} == set()


@pytest.mark.parametrize(("name", "query"), queries(), ids=[name for name, _ in queries()])
def test_the_query_answers_in_one_statement(
    name: str, query: str, sample_house: Settings, firm_house: Settings, shop_house: Settings
) -> None:
    assert len(duckdb.extract_statements(query)) == 1, name
    answers = []
    for house in (sample_house, firm_house, shop_house):
        with duckdb.connect(str(house.published_file.resolve()), read_only=True) as published:
            answers.append(len(published.execute(query).fetchall()))
    assert any(answers), f"{name}: no company of the tests has an answer"
