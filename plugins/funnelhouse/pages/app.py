"""The pages as a web application. Every route asks for a login; nothing can be changed through it."""

from __future__ import annotations

import io
import logging
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import Any

import duckdb
from fastapi import Depends, FastAPI, HTTPException, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from funnelhouse.pages.ask import Ask
from funnelhouse.pages.catalogue import BY_NAME, PAGES
from funnelhouse.pages.filters import Filters, read_filters
from funnelhouse.pages.library import library
from funnelhouse.pages.links import Links
from funnelhouse.pages.parts import N_, Table
from funnelhouse.pages.render import render_page, render_state, static
from funnelhouse.pages.warehouse import Warehouse
from funnelhouse.publish import reader
from funnelhouse.safe_csv import write_csv
from funnelhouse.settings import Settings
from funnelhouse.words import Words

log = logging.getLogger(__name__)
Connect = Callable[[Settings], AbstractContextManager[duckdb.DuckDBPyConnection]]
BOM = "\ufeff"
"""Spreadsheets take a file for UTF-8 only with it."""
ASSETS = {"pages.css": "text/css", "pages.js": "text/javascript", "echarts.min.js": "text/javascript"}
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'self'"
    ),
    "X-Content-Type-Options": "nosniff",
    # Not no-referrer: browsers then send a form with `Origin: null`, and nobody could log in.
    "Referrer-Policy": "same-origin",
    "Cache-Control": "private, no-store",
}


def create_app(
    load: Callable[[], Settings], guards: Sequence[Callable[..., Any]], connect: Connect = reader.connect
) -> FastAPI:
    """The application. `load` gives the settings of a request; `guards` are dependencies that refuse who may not look.

    `connect` gives a connection to the current version; a server keeps it open between requests (kept.py).

    A guard raises HTTPException; without any guard nothing is served.
    """
    if not guards:
        raise ValueError("pages are never served without a login: give at least one guard")
    app = FastAPI(
        title="Funnelhouse", docs_url=None, redoc_url=None, openapi_url=None,
        dependencies=[Depends(guard) for guard in guards],
    )  # fmt: skip

    @app.middleware("http")
    async def _headers(request: Request, answer: Callable[[Request], Any]) -> Response:
        response: Response = await answer(request)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        return response

    # Plain functions run in a thread of their own: a query never holds up other requests.
    @app.get("/")
    def _home(request: Request) -> Response:
        # Relative, since a prefix before this address is known to the browser only.
        here = "" if request.url.path.endswith("/") else f"{request.url.path.rsplit('/', 1)[-1]}/"
        return RedirectResponse(f"{here}overview", status_code=303)

    @app.get("/health.json")
    def _health() -> dict[str, Any]:
        return health(load(), connect)

    @app.get("/assets/{name}")
    def _asset(name: str) -> Response:
        if name not in ASSETS:
            raise HTTPException(404, "There is no such file.")
        text = library() if name == "echarts.min.js" else static(name)
        return Response(text, media_type=ASSETS[name], headers={"Cache-Control": "private, max-age=300"})

    @app.get("/{name}")
    def _page(name: str, request: Request) -> Response:
        filters = read_filters(request.query_params.multi_items())
        return page(load(), name, filters, connect)

    @app.get("/{name}/{table}.csv")
    def _csv(name: str, table: str, request: Request) -> Response:
        filters = read_filters(request.query_params.multi_items())
        return table_file(load(), name, table, filters, connect)

    return app


def page(settings: Settings, name: str, filters: Filters, connect: Connect = reader.connect) -> Response:
    """A page of the current version; a second try if the version was replaced while it was read."""
    words = Words(filters.language, settings.currency)
    if name not in BY_NAME:
        return _said(words, 404, words.text(N_("There is no such page.")), [", ".join(entry.name for entry in PAGES)])

    def make(ask: Ask) -> Response:
        return HTMLResponse(render_page(BY_NAME[name], ask, Links(filters)))

    return _answered(settings, filters, words, make, connect)


def table_file(
    settings: Settings, name: str, table: str, filters: Filters, connect: Connect = reader.connect
) -> Response:
    """All rows of a table of a page as CSV, with the numbers as they are in the mart."""
    words = Words(filters.language, settings.currency)

    def make(ask: Ask) -> Response:
        card = find_table(ask, name, table)
        if card is None:
            return _said(words, 404, words.text(N_("There is no such table.")), [])
        return Response(
            csv_text(card, ask.words), media_type="text/csv; charset=utf-8",
            headers={"Content-Disposition": f'attachment; filename="{name}-{card.key}.csv"'},
        )  # fmt: skip

    return _answered(settings, filters, words, make, connect, all_rows=True)


def _answered(
    settings: Settings, filters: Filters, words: Words, make: Callable[[Ask], Response], connect: Connect,
    *, all_rows: bool = False,
) -> Response:  # fmt: skip
    for attempt in (1, 2):
        try:
            with connect(settings) as connection:
                return make(Ask(Warehouse(connection, settings), filters, words, all_rows))
        except reader.NothingPublished as nothing:
            return _said(words, 503, words.text(N_("Nothing is published yet")), [str(nothing)])
        except duckdb.Error:
            if attempt == 2:
                log.exception("a page could not be read")
    return _said(
        words, 503, words.text(N_("The published file could not be read")),
        [words.text(N_("It may be replaced at this moment: try again. If that does not help, the log says why."))],
    )  # fmt: skip


def _said(words: Words, status: int, title: str, lines: list[str]) -> Response:
    return HTMLResponse(render_state(words, title, lines), status_code=status)


def find_table(ask: Ask, name: str, key: str) -> Table | None:
    """A table of a page by its key; None if there is none of that name."""
    if name not in BY_NAME:
        return None
    cards = BY_NAME[name].build(ask).cards
    return next((card for card in cards if isinstance(card, Table) and card.key == key), None)


def csv_text(table: Table, words: Words) -> str:
    """A table as CSV for spreadsheets: labels of the reader's language, numbers as in the mart, nothing executable."""
    sink = io.StringIO()
    sink.write(BOM)
    rows = [*table.rows, *([table.total] if table.total else [])]
    write_csv(
        sink, [words.text(column.label) for column in table.columns],
        [["" if row.get(column.key) is None else row.get(column.key) for column in table.columns] for row in rows],
    )  # fmt: skip
    return sink.getvalue()


def health(settings: Settings, connect: Connect = reader.connect) -> dict[str, Any]:
    """Whether something is published, how new it is and what its checks said, for monitoring."""
    try:
        with connect(settings) as connection:
            data = Warehouse(connection, settings)
            status = data.row(
                """select count(*) as tables, count(*) filter (where dq_status = 'fail') as failed,
                    count(*) filter (where dq_status = 'warn') as warned
                from meta.mart_status"""
            )
            return {
                "published": True, "version": data.version["version"], "data_as_of": str(data.as_of),
                "published_at": data.published_at.isoformat(timespec="seconds") + "Z",
                "gate": data.version["gate_status"], **status, "stale_sources": len(data.stale),
            }  # fmt: skip
    except reader.NothingPublished:
        return {"published": False}
