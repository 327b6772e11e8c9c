"""The pages alone on 127.0.0.1, for people without an Airflow login."""

from __future__ import annotations

from collections.abc import Callable

from fastapi import FastAPI

from funnelhouse.pages.app import Connect, create_app
from funnelhouse.pages.kept import Kept
from funnelhouse.pages.login import Login
from funnelhouse.publish import reader
from funnelhouse.settings import Settings

HOST = "127.0.0.1"


def guarded_app(load: Callable[[], Settings], login: Login, connect: Connect = reader.connect) -> FastAPI:
    """The application behind its own login."""
    app = create_app(load, [login.guard], connect)
    # Before the pages' own `/{name}`, which would take it for a page.
    app.router.routes[:0] = login.routes().routes
    return app


def serve(load: Callable[[], Settings], login: Login, port: int) -> None:
    """Serve until interrupted."""
    import uvicorn

    uvicorn.run(
        guarded_app(load, login, Kept().connect),
        host=HOST,
        port=port,
        log_level="warning",
        access_log=False,
        server_header=False,
    )
