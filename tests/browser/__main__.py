"""`make test-browser`: serves the pages of a house and lets headless Chromium look at all of them.

HOUSE=dir looks at the pages of that home; otherwise the sample company is built in a folder that goes away again.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import uvicorn

from funnelhouse.pages.library import library
from funnelhouse.pages.login import Login
from funnelhouse.pages.server import HOST, guarded_app
from funnelhouse.pages.site import write_site
from funnelhouse.publish import reader
from funnelhouse.settings import REPOSITORY, Settings, load_settings

HERE = Path(__file__).parent
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
OUT = REPOSITORY / ".bench" / "browser"


def main() -> int:
    """Look at the pages; 0 if nothing is wrong with them."""
    parser = argparse.ArgumentParser(prog="make test-browser", description=__doc__)
    parser.add_argument("--house", type=Path, help="a home with a published version")
    asked = parser.parse_args()
    browser = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser is None or not library():
        sys.exit("Needs Chromium (on Debian: apt-get install chromium, or CHROMIUM=path) and `make setup`.")
    with tempfile.TemporaryDirectory(prefix="funnelhouse-browser-") as scratch:
        settings = load_settings(asked.house) if asked.house else _sample(Path(scratch))
        return _look(settings, Path(scratch), browser)


def _sample(folder: Path) -> Settings:
    from sample_company.generate import write_sample
    from tests import pipeline

    write_sample(folder / "inbox", folder / "truth", months=12, scale=0.2)
    settings = load_settings(folder / "home")
    pipeline.run(settings, folder / "inbox")
    return settings


def _look(settings: Settings, scratch: Path, browser: str) -> int:
    login = Login(settings)
    server = uvicorn.Server(
        uvicorn.Config(guarded_app(lambda: settings, login), host=HOST, port=0, log_level="warning")
    )
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started and thread.is_alive():
        time.sleep(0.05)
    port = server.servers[0].sockets[0].getsockname()[1]
    with reader.connect(settings) as connection:
        write_site(connection, settings, scratch / "site")
    command = ["node", "look.mjs", f"http://{HOST}:{port}/", login.password, str(scratch / "site"), str(OUT)]
    done = subprocess.run(command, cwd=HERE, env={**os.environ, "CHROMIUM": browser}, check=False)
    server.should_exit = True
    thread.join()
    return done.returncode


if __name__ == "__main__":
    raise SystemExit(main())
