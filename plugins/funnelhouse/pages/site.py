"""The pages as files: every page in every language, each one whole in itself, with the tables as CSV beside them."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb

from funnelhouse.pages.app import csv_text
from funnelhouse.pages.ask import Ask
from funnelhouse.pages.catalogue import PAGES
from funnelhouse.pages.filters import Filters
from funnelhouse.pages.library import library
from funnelhouse.pages.links import FileLinks
from funnelhouse.pages.parts import Table
from funnelhouse.pages.render import render_page
from funnelhouse.pages.warehouse import Warehouse
from funnelhouse.progress import report
from funnelhouse.settings import Settings
from funnelhouse.space import is_no_space
from funnelhouse.store.versions import DATABASE, SITE
from funnelhouse.words import LANGUAGES, Words

START = "index.html"

log = logging.getLogger(__name__)


def site_of_version(settings: Settings) -> Callable[[Path], None]:
    """What writes the site into the folder of a version that is being published.

    Numbers do not wait for their pictures: if a page cannot be written, the version has no site and the log says why.
    """

    def write(folder: Path) -> None:
        site = folder / SITE
        try:
            with duckdb.connect(str(folder / DATABASE), read_only=True) as connection:
                write_site(connection, settings, site)
        except Exception as error:
            shutil.rmtree(site, ignore_errors=True)
            if is_no_space(error):
                raise
            log.exception("the pages of this version could not be written; its tables are published without them")

    return write


def write_site(connection: duckdb.DuckDBPyConnection, settings: Settings, folder: Path) -> Path:
    """Write the site of the version that is connected into a folder; its first page. Files there are replaced."""
    scripts = library()
    data = Warehouse(connection, settings)
    for done, language in enumerate(LANGUAGES, 1):
        words = Words(language, settings.currency)
        for name, text in _files(Ask(data, Filters(language), words), scripts):
            path = folder / language / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="")
        report("site", f"pages in {words.locale.english_name}", done, len(LANGUAGES))
    start = folder / START
    start.write_text(_start(), encoding="utf-8")
    return start


def _files(ask: Ask, scripts: str) -> Iterator[tuple[str, str]]:
    for entry in PAGES:
        yield f"{entry.name}.html", render_page(entry, ask, FileLinks(ask.filters), scripts=scripts)
        for card in entry.build(Ask(ask.data, ask.filters, ask.words, all_rows=True)).cards:
            if isinstance(card, Table) and card.rows:
                yield f"csv/{entry.name}-{card.key}.csv", csv_text(card, ask.words)


def _start() -> str:
    links = "".join(
        f'<li><a href="{language}/overview.html" lang="{language}">{language}</a></li>' for language in LANGUAGES
    )
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Funnelhouse</title>'
        '<meta http-equiv="refresh" content="0; url=en/overview.html"></head>'
        f"<body><main><h1>Funnelhouse</h1><ul>{links}</ul></main></body></html>\n"
    )
