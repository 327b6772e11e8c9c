"""The pages in Airflow's own menu, behind Airflow's login.

Airflow imports this file in every process; what costs time is imported with the first request only.

Where there are several companies no page is shown here: whoever Airflow knows may look at everything in it, so a page
would show the numbers of one company to the people of another.
"""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable
from typing import Any

from airflow.plugins_manager import AirflowPlugin

PREFIX = "/marketing"
SEVERAL = bool(os.environ.get("FUNNELHOUSE_TENANTS"))
NOT_HERE = """No pages here: this installation works for several companies, and Airflow's users belong to none of them.
Serve those of one company, with a login of its own: funnelhouse --tenant NAME pages
"""


class Pages:
    """The application, made with its first request. Airflow does not guard what plugins serve: the guard is ours."""

    def __init__(self) -> None:
        self._app: Callable[..., Awaitable[None]] | None = None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer one request (ASGI)."""
        if self._app is None:
            self._app = pages_app()
        await self._app(scope, receive, send)


def pages_app() -> Callable[..., Awaitable[None]]:
    """The pages for whoever Airflow knows; any other request is answered with 401, with several companies with 403."""
    if SEVERAL:
        from fastapi.responses import PlainTextResponse

        return PlainTextResponse(NOT_HERE, status_code=403)
    from airflow.api_fastapi.core_api.security import get_user

    from funnelhouse.pages.app import create_app
    from funnelhouse.pages.kept import Kept
    from funnelhouse.settings import load_settings

    return create_app(load_settings, [get_user], Kept().connect)


class FunnelhousePlugin(AirflowPlugin):
    """Routes below /marketing and an entry of the menu."""

    name = "funnelhouse"
    fastapi_apps = [{"app": Pages(), "url_prefix": PREFIX, "name": "Funnelhouse"}]  # noqa: RUF012 (Airflow's own shape)
    external_views = [] if SEVERAL else [
        {
            "name": "Marketing", "href": "marketing/overview", "destination": "nav", "url_route": "marketing",
            "nav_top_level": True,
        }
    ]  # fmt: skip
