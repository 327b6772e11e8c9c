"""dbt's own documentation of the project as one page: models, columns, tests, exposures and their lineage."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

from funnelhouse.files import temporary_path, write_bytes
from funnelhouse.settings import REPOSITORY, Settings
from funnelhouse.store.locks import writer_lock
from funnelhouse.transform.dbt_runner import BuildFailed, as_of_date, run_dbt, target_folder

PAGE = "dbt-docs.html"


def write_dbt_docs(settings: Settings) -> Path:
    """Write `reports/dbt-docs.html`, which opens from a file and asks no network; paths of this machine are left out.

    The build file is only read, and what dbt keeps of the last build stays as it is. Raises BuildFailed.
    """
    page = settings.reports / PAGE
    if not (target_folder(settings) / "manifest.json").exists():
        raise BuildFailed("The warehouse was not built by dbt yet: `make run` builds it.")
    with writer_lock(settings, "docs"):
        scratch = temporary_path(settings.build / "dbt_docs")
        scratch.mkdir(parents=True)
        try:
            # What the last build parsed and compiled is good enough: making it again would take three times as long.
            for name in ("partial_parse.msgpack", "manifest.json"):
                shutil.copyfile(target_folder(settings) / name, scratch / name)
            arguments = ["docs", "generate", "--static", "--no-compile", "--target-path", str(scratch)]
            run_dbt(settings, arguments, stage="docs", as_of=as_of_date(settings))
            text = (scratch / "static_index.html").read_text(encoding="utf-8")
        finally:
            shutil.rmtree(scratch)
    write_bytes(page, _without_places(text, settings).encode())
    return page


def _without_places(text: str, settings: Settings) -> str:
    """The page without the folders of this machine: it is there to be passed on. Paths in the project stay."""
    text = re.sub(r'"(root|compiled|build)_path": "(?:[^"\\]|\\.)*"', r'"\1_path": null', text)
    for folder, name in ((settings.home, "home"), (REPOSITORY, ".")):
        for path in (str(folder), str(folder.resolve())):
            text = text.replace(json.dumps(path)[1:-1], name)
    return text
