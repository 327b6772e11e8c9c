"""Finding people in what the house wrote: in clear, in other letters, encoded or hashed without a key.

Parquet pages and DuckDB blocks are compressed: their values are read through the engine, every column of every table.
"""

from __future__ import annotations

import base64
import binascii
import csv
import hashlib
import html
import re
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from urllib.parse import unquote_plus

import duckdb

_EMAIL = re.compile(r"[^\s@\"'<>()\[\]{},;:|=&\\/]+@[a-z0-9.-]+")
_EMAIL_BYTES = re.compile(rb"[A-Za-z0-9._%+'-]{1,64}@[A-Za-z0-9.-]{3,}")
_PHONE_BYTES = re.compile(rb"(?:\+|00)[0-9][0-9 ().-]{6,20}[0-9]")
_PHONE = re.compile(r"\d[\d ().\u00a0/-]{5,22}\d")
_WORD = re.compile(r"[^\W\d_]+(?:['\u2019-][^\W\d_]+)*")
_TOKEN = re.compile(r"[A-Za-z0-9+/_-]{16,}={0,2}")
_MIXED = re.compile(r"[a-z].*[A-Z]|[A-Z].*[a-z]")
_HEX = re.compile(r"(?:[0-9a-fA-F]{2})+")
_ESCAPE = re.compile(r"\\u([0-9a-fA-F]{4})")
SEPARATOR = "\n\x1f0\x1f\n"
"""Between values: no name is put together from two of them."""


@dataclass(frozen=True)
class People:
    """What must not be found: addresses in small letters, pairs of names, digits of phones, hashes without a key."""

    emails: frozenset[str]
    names: frozenset[tuple[str, str]]
    phones: frozenset[str]
    hashes: frozenset[str]

    @classmethod
    def read(cls, path: Path) -> People:
        """From the sample company's people.csv."""
        emails, names, phones = set(), set(), set()
        with path.open(encoding="utf-8", newline="") as handle:
            for row in csv.DictReader(handle):
                emails.add(row["email"].lower())
                words = tuple(_WORD.findall(f"{row['first_name']} {row['last_name']}".lower()))
                names |= {words[:2], words[-2:], (words[-1], words[0])}
                phones.add(re.sub(r"\D", "", row["phone"]))
        hashes = {
            form
            for text in [*emails, *(f"+{phone}" for phone in phones), *phones]
            for spelled in (text, text.upper(), text.title())
            for name in ("md5", "sha1", "sha256", "sha512")
            for digest in [hashlib.new(name, spelled.encode())]
            for form in (digest.hexdigest(), base64.b64encode(digest.digest()).decode().rstrip("="))
        }
        return cls(frozenset(emails), frozenset(names), frozenset(p for p in phones if p), frozenset(hashes))

    def found_in(self, text: str) -> set[str]:
        """Everything of anybody in a text, however it is written."""
        found = self._plain(text)
        for token in set(_TOKEN.findall(text)):
            bare = token.rstrip("=")
            if bare in self.hashes or bare.lower() in self.hashes:
                found.add(f"hash {token}")
            for decoded in _decoded(bare) if _MIXED.search(bare) or _HEX.fullmatch(bare) else ():
                found |= {f"encoded {hit}" for hit in self._plain(decoded)}
        for readable in (
            unquote_plus(text) if "%" in text else "",
            plain if (plain := text.replace("\\'", "'").replace("\\\\", "\\")) != text else "",  # inside of structs
            html.unescape(text) if "&" in text else "",
            _ESCAPE.sub(lambda match: chr(int(match[1], 16)), plain) if "\\u" in plain else "",
        ):
            found |= self._plain(readable)
        return found

    def _plain(self, text: str) -> set[str]:
        if not text:
            return set()
        small = text.lower()
        found = {hit for hit in _EMAIL.findall(small) if hit.strip(".") in self.emails} if "@" in small else set()
        present = set(_WORD.findall(small))
        close = any(one in present and other in present for one, other in self.names)
        for one, other in pairwise(_WORD.finditer(small) if close else ()):
            between = small[one.end() : other.start()]
            if len(between) <= 3 and SEPARATOR[1] not in between and (one[0], other[0]) in self.names:
                found.add(f"{one[0]} {other[0]}")
        for hit in _PHONE.findall(small):
            digits = re.sub(r"\D", "", hit)
            if digits in self.phones or digits.removeprefix("00") in self.phones:
                found.add(hit)
        return found

    def found_in_bytes(self, content: bytes) -> set[str]:
        """Addresses and phones in blocks of a database or of Parquet, freed ones included."""
        text = " ".join(hit.decode() for hit in (*_EMAIL_BYTES.findall(content), *_PHONE_BYTES.findall(content)))
        return self._plain(text)

    def found_in_file(self, path: Path) -> set[str]:
        """Everything of anybody in a file: values of Parquet and DuckDB, the text of all others, the name itself."""
        found = self.found_in(path.name)
        content = path.read_bytes()
        if path.suffix in (".parquet", ".duckdb"):
            return found | self.found_in_bytes(content) | self.found_in(SEPARATOR.join(values(path)))
        if path.suffix in (".msgpack", ".gpickle"):  # what dbt keeps of its models' code
            return found | self.found_in_bytes(content)
        for encoding in ("utf-8", "utf-16-le") if b"\0" in content else ("utf-8",):
            found |= self.found_in(content.decode(encoding, "replace"))
        return found


def _decoded(token: str) -> list[str]:
    """What a base64 or hexadecimal token may say, wherever in it the text begins."""
    found = []
    standard = token.replace("-", "+").replace("_", "/")
    for start in range(4):
        part = standard[start:]
        try:
            found.append(base64.b64decode(part[: len(part) // 4 * 4] or "", validate=True))
            found.append(base64.b64decode(part + "=" * (-len(part) % 4), validate=True))
        except (binascii.Error, ValueError):
            continue
    if _HEX.fullmatch(token):
        found.append(bytes.fromhex(token))
    return [text.decode("utf-8", "ignore") for text in found if b"@" in text or b" " in text or b"+" in text]


def values(path: Path) -> list[str]:
    """Every distinct value of every column that can hold text, of a Parquet file or of all tables of a database."""
    is_parquet = path.suffix == ".parquet"
    # Under its own name, which views of the build write before their tables.
    with duckdb.connect() if is_parquet else duckdb.connect(str(path), read_only=True) as connection:
        if is_parquet:
            relations = [f"read_parquet('{path}')"]
        else:
            relations = [
                f'"{schema}"."{table}"'
                for schema, table in connection.execute(
                    "select table_schema, table_name from information_schema.tables"
                ).fetchall()
            ]
        found: list[str] = []
        for relation in relations:
            described = connection.execute(f"describe select * from {relation}").fetchall()
            for name in (row[0] for row in described if re.search("CHAR|JSON|BLOB|STRUCT|MAP|\\[", row[1])):
                cast = f'cast("{name}" as varchar)'
                query = f"select distinct {cast} from {relation} where {cast} is not null"
                found += [value for (value,) in connection.execute(query).fetchall()]
    return found
