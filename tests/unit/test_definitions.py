"""docs/definitions.md and the pages below it: every id means one thing, and what they name exists."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest
import yaml

from funnelhouse.commands.glossary import definitions
from funnelhouse.settings import REPOSITORY

DOCS = REPOSITORY / "docs"
PAGES = [DOCS / "definitions.md", *sorted((DOCS / "definitions").glob("*.md"))]
DEFINED = re.compile(r"^### ([RG]\d+) ", re.MULTILINE)
USED = re.compile(r"\b(R\d{3}|G[1-9]|G1\d)(?!\w)")
SPEAKERS = ("dbt_project", "plugins", "docs", "tests", "expectations", "dags")
SUFFIXES = {".sql", ".yml", ".py", ".md", ".json"}
TABLE = r"(?:dim|fct|mart)_\w+"


def _texts() -> dict[Path, str]:
    """Every text of the project that may name an id, without what tools generate."""
    paths = [path for folder in SPEAKERS for path in (REPOSITORY / folder).rglob("*") if path.suffix in SUFFIXES]
    paths += REPOSITORY.glob("*.md")
    generated = {"target", "logs", "node_modules", ".venv"}
    return {path: path.read_text(encoding="utf-8", errors="replace")
            for path in paths if path.is_file() and not generated & set(path.parts)}  # fmt: skip


@pytest.fixture(scope="module")
def pages() -> str:
    """All pages of definitions in one text."""
    return "\n".join(path.read_text(encoding="utf-8") for path in PAGES)


@pytest.fixture(scope="module")
def marts() -> dict[str, set[str]]:
    """Columns of every published table by its name."""
    found: dict[str, set[str]] = {}
    for path in (REPOSITORY / "dbt_project" / "models" / "marts").rglob("*.yml"):
        for model in (yaml.safe_load(path.read_text(encoding="utf-8")) or {}).get("models", []):
            if re.fullmatch(TABLE, model["name"]):
                found[model["name"]] = {column["name"] for column in model["columns"]}
    return found


def test_every_id_that_is_used_is_defined_exactly_once(pages: str) -> None:
    defined = Counter(DEFINED.findall(pages))
    assert not [name for name, times in defined.items() if times > 1]
    used = {name: path for path, text in _texts().items() for name in USED.findall(text)}
    assert len(used) > 100
    assert not {name: str(path) for name, path in used.items() if name not in defined}


def test_every_published_table_is_named_in_the_definitions(pages: str, marts: dict[str, set[str]]) -> None:
    assert len(marts) > 50
    assert not sorted(name for name in marts if f"`{name}`" not in pages and f"`{name}." not in pages)


def test_every_table_and_column_the_definitions_name_exists(pages: str, marts: dict[str, set[str]]) -> None:
    named = re.findall(rf"`({TABLE})(?:\.(\w+))?`", pages)
    assert len(named) > 200
    assert not [f"{table}.{column}" for table, column in named if column and column not in marts.get(table, set())]
    assert not [table for table, _ in named if table not in marts]


def test_every_model_seed_and_macro_the_definitions_name_exists(pages: str) -> None:
    project = REPOSITORY / "dbt_project"
    models = {path.stem for path in (project / "models").rglob("*.sql")}
    assert not [name for name in re.findall(r"`((?:int|stg)_\w+)`", pages) if name not in models]
    seeds = {path.stem for path in (project / "seeds").glob("*.csv")}
    macros = {path.stem for path in (project / "macros").glob("*.sql")}
    variables = yaml.safe_load((project / "dbt_project.yml").read_text(encoding="utf-8"))["vars"]
    known = {"seed": seeds, "macro": macros, "variable": {*variables, "as_of_date"}}
    for kind, names in known.items():
        found = re.findall(rf"{kind}\s+`(\w+)[`:]", pages)
        assert found
        assert not [name for name in found if name not in names], kind


def test_links_of_the_definitions_lead_to_their_headings() -> None:
    links = definitions(DOCS)
    assert links["R032"] == "definitions/funnel.md#r032-win-rate"
    assert links["G2"] == "definitions.md#g2-a-rate-is-a-fraction"
    assert len(links) == len(DEFINED.findall("\n".join(path.read_text(encoding="utf-8") for path in PAGES)))


def test_decisions_and_definitions_share_no_number() -> None:
    numbers = re.findall(r"^- \*\*([A-Z]-\d+)", (REPOSITORY / "DECISIONS.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert numbers
    assert not [number for number in numbers if number[0] in "RG"]
    cited = {number for text in _texts().values() for number in re.findall(r"\b([CDFLMSTV]-\d{2})\b", text)}
    assert cited <= set(numbers)


def test_every_file_the_recipes_name_exists() -> None:
    text = (DOCS / "changing-things.md").read_text(encoding="utf-8")
    named = re.findall(r"`((?:dbt_project|plugins|tests|expectations|docs)/[\w./]+)`", text)
    assert len(named) > 20
    assert not [name for name in named if not (REPOSITORY / name).exists()]
