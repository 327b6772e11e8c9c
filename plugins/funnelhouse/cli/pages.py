"""Commands of the pages."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from funnelhouse.cli.parts import Home, chosen, console, honest, prepared


def pages(
    port: Annotated[int | None, typer.Option(help="Port on 127.0.0.1 (default 8090, or a free one)")] = None,
    home: Home = None,
) -> None:
    """Serve the pages on this machine with a login that is printed. Ctrl-C stops it."""
    from funnelhouse.pages.login import USER, Login
    from funnelhouse.pages.server import HOST, serve
    from funnelhouse.running.services import free_port

    with honest():
        settings = prepared(home)
        login = Login(settings)
        chosen = free_port(port, 8090, "funnelhouse pages --port 8095")
        console.print(f"Pages: [bold]http://{HOST}:{chosen}/[/]   user {USER}   password {login.password}")
        console.print("Ctrl-C stops it.")
        serve(lambda: settings, login, chosen)


def site(
    folder: Annotated[Path, typer.Argument(help="Folder to write the pages to")],
    home: Home = None,
) -> None:
    """Write the pages of the published version as files that need no server and no network."""
    from funnelhouse.pages.site import write_site
    from funnelhouse.publish import reader

    with honest():
        settings = chosen(home)
        with reader.connect(settings) as connection:
            start = write_site(connection, settings, folder)
        console.print(f"Wrote {start}", highlight=False, soft_wrap=True)
