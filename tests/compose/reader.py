"""A reader of the published file; fed to Python in a container, where it reads until /tmp/stop-reading exists.

Each time it opens the current version as a dashboard would and counts every table against the manifest beside it.
Prints one JSON line: how often, which versions, and whatever was wrong.
"""

import json
import os
import sys
import time
from pathlib import Path

import duckdb

CURRENT = Path("/data/published/current")
reads, versions, wrong = 0, [], []
while not Path("/tmp/stop-reading").exists():
    if CURRENT.exists():
        folder = Path(os.path.realpath(CURRENT))
        try:
            tables = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["tables"]
            with duckdb.connect(str(folder / "warehouse.duckdb"), read_only=True) as connection:
                for table in tables:
                    (counted,) = connection.execute(f'select count(*) from marts."{table["name"]}"').fetchone()
                    if counted != table["rows"]:
                        wrong.append(f"{folder.name}: {table['name']} has {counted} rows, not {table['rows']}")
        except Exception as error:  # noqa: BLE001
            wrong.append(f"{folder.name}: {error!r}")
        reads += 1
        if folder.name not in versions:
            versions.append(folder.name)
    time.sleep(0.2)
sys.stdout.write(json.dumps({"reads": reads, "versions": versions, "wrong": wrong[:20]}) + "\n")
