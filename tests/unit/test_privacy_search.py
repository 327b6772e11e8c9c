"""The search that proves privacy finds a person in every dress it claims to see through."""

from __future__ import annotations

import base64
import hashlib
import html
import json
from pathlib import Path
from urllib.parse import quote, quote_plus

import duckdb
import pytest

from tests.privacy import People

EMAIL, NAME, PHONE = "rené.o'neil.2@eichen-moebel.example", "René O'Neil", "+493023125154"
NOTE = f"call {EMAIL} today"


@pytest.fixture(scope="module")
def people(tmp_path_factory: pytest.TempPathFactory) -> People:
    path = tmp_path_factory.mktemp("people") / "people.csv"
    path.write_text(f"first_name,last_name,email,phone\nRené,O'Neil,{EMAIL},{PHONE}\n", encoding="utf-8")
    return People.read(path)


FORMS = {
    "in clear": NOTE,
    "capitals": NOTE.upper(),
    "inside a link": f"https://x.example/?to={quote(EMAIL)}&x=1",
    "escaped JSON": json.dumps({"who": NOTE}),
    "escaped HTML": f"<td>{html.escape(NAME)}</td>",
    "base64": base64.b64encode(NOTE.encode()).decode(),
    "base64 for links": base64.urlsafe_b64encode(NOTE.encode()).decode(),
    "base64 within more": "xx" + base64.b64encode(NOTE.encode()).decode(),
    "hexadecimal": NOTE.encode().hex(),
    "md5 without key": hashlib.md5(EMAIL.encode(), usedforsecurity=False).hexdigest(),
    "sha256 without key": hashlib.sha256(EMAIL.encode()).hexdigest().upper(),
    "sha256 of capitals": hashlib.sha256(EMAIL.upper().encode()).hexdigest(),
    "sha256 as base64": base64.b64encode(hashlib.sha256(EMAIL.encode()).digest()).decode(),
    "name": f"Lead: {NAME} (new)",
    "name the other way round": "O'NEIL, RENÉ",
    "name in a link": quote_plus(NAME),
    "phone": f"tel {PHONE}.",
    "phone with blanks": "+49 (30) 231 251-54",
    "phone with zeros": "00493023125154",
    "hash of the phone": hashlib.sha1(PHONE.encode(), usedforsecurity=False).hexdigest(),
}


@pytest.mark.parametrize("form", FORMS)
def test_found_in_text_in_parquet_and_in_a_database(people: People, form: str, tmp_path: Path) -> None:
    text = FORMS[form]
    (tmp_path / "log.txt").write_text(f"one\n{text}\ntwo", encoding="utf-8")
    with duckdb.connect(str(tmp_path / "house.duckdb")) as connection:
        connection.execute("create schema marts")
        # Three thousand neighbours, so that dictionary and page compression really happen.
        connection.execute(
            "create table marts.t as select {'note': [case when i = 1500 then ? else 'plain ' || i end]} as said "
            "from range(3000) r(i)",
            [text],
        )
        connection.execute(f"copy marts.t to '{tmp_path / 'rows.parquet'}' (format parquet, compression zstd)")
    for name in ("log.txt", "rows.parquet", "house.duckdb"):
        assert people.found_in_file(tmp_path / name), name


@pytest.mark.parametrize(
    "text", ["René visited O'Neil Ltd", "someone@else.example", "+4930231251549", hashlib.sha256(b"x").hexdigest(), ""]
)
def test_others_are_not_found(people: People, text: str) -> None:
    assert people.found_in(text) == set()
