"""A small company in a home of its own, what it must hold, and what of that is lost, doubled or left over."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb

from funnelhouse.contracts.entities import channels
from funnelhouse.extract.extraction import extract_channel
from funnelhouse.extract.mend import mend_batches
from funnelhouse.extract.replay import Selection, replay
from funnelhouse.files import TEMPORARY_MARK, remove_leftovers
from funnelhouse.progress import Report, listening
from funnelhouse.publish.publisher import publish
from funnelhouse.receive.front_door import receive_exports
from funnelhouse.settings import Settings
from funnelhouse.space import full_disk_said
from funnelhouse.store.archive import archived_hashes
from funnelhouse.store.batches import announced, entity_path, read_batches
from funnelhouse.store.integrity import damaged_batches, remove_unreadable_records
from funnelhouse.store.versions import damaged_files
from tests.unit.extract.test_replay import RADIO
from tests.unit.publish.publish_factory import change_build, small_build
from tests.unit.reading.conftest import HEADER, OLD

SPOTS = "Aired on,Spot,Station,Paid,Paid with tax\n2026-10-01,Autumn {0},FM1,10,12\n2026-10-02,Autumn {0},FM1,4.5,5.4\n"


@dataclass
class House:
    """The home and what was put into it. Everything here that opens DuckDB is called in children only."""

    settings: Settings
    campaigns: set[str] = field(default_factory=set)
    spots: set[str] = field(default_factory=set)
    contents: set[str] = field(default_factory=set)
    with_tax: bool = False
    published: list[tuple[str, str, str]] = field(default_factory=list)
    count: int = 0

    def contract(self) -> None:
        """The contract of the radio spots as it is now: net, or with tax."""
        (self.settings.raw / "_batches").mkdir(exist_ok=True)  # or the small build would add a batch of its own
        text = RADIO % ("Paid with tax" if self.with_tax else "Paid")
        (self.settings.user_contracts / "radio__spots.yml").write_text(text, encoding="utf-8")

    def reset(self) -> None:
        """Forget what was received; what is published stays."""
        for folder in (self.settings.archive, self.settings.raw, self.settings.quarantine, self.settings.inbox):
            shutil.rmtree(folder)
        self.campaigns, self.spots, self.contents = set(), set(), set()
        self.settings.make_folders()
        self.contract()

    def drop(self) -> None:
        """Three exports: a report of two campaigns, one with a bad row, radio spots."""
        for _ in range(2):
            self.count += 1
            names = [f"{self.count}a", f"{self.count}b"]
            rows = "".join(f"2026-10-01,Campaign {name},{name},EUR,1.25,10,1\n" for name in names)
            bad = f"2026-10-02,Bad,bad{self.count},EUR,many,1,1\n" if self.count % 2 else ""
            self._put(f"report {self.count}.csv", HEADER + rows + bad)
            self.campaigns |= set(names)
        self._put(f"spots {self.count}.csv", SPOTS.format(self.count))
        self.spots.add(str(self.count))

    def _put(self, name: str, text: str) -> None:
        path = self.settings.inbox / name
        path.write_text(text, encoding="utf-8")
        os.utime(path, (OLD, OLD))
        self.contents.add(hashlib.sha256(text.encode()).hexdigest())

    # --- work, as the tasks of the DAGs do it ---

    def load(self) -> list[str]:
        """Receive and extract; the messages of files that could not be loaded for want of room."""
        said: list[str] = []

        def note(entry: Report) -> None:
            if entry.facts.get("reason") == "disk_full":
                said.append(str(entry.facts["message"]))

        with listening(note), full_disk_said(self.settings, "extract"):
            remove_leftovers(self.settings.home)
            remove_unreadable_records(self.settings.raw)
            receive_exports(self.settings)
            for channel in channels():
                extract_channel(self.settings, channel)
        return said

    def read_again(self) -> None:
        """Replay what the contracts of now read otherwise."""
        with full_disk_said(self.settings, "replay"):
            remove_leftovers(self.settings.home)
            replay(self.settings, Selection())

    def mend(self) -> list[str]:
        """What a build does before it reads the raw layer."""
        with full_disk_said(self.settings, "build"):
            self.load()
            return [found.wrong for found in mend_batches(self.settings)]

    def publish(self) -> str:
        """Write the marts of now into the build file and publish them."""
        with full_disk_said(self.settings, "publish"):
            self._build()
            return publish(self.settings).version

    def _build(self) -> None:
        """The marts of now. The views of the raw layer, half of the cost, are made once."""
        rows = ", ".join(f"(date '{day}', '{channel}', {amount}, 0.5)" for day, channel, amount in self.published)
        try:
            change_build(
                self.settings,
                "create or replace table marts.mart_spend as select day, channel, spend::decimal(18, 6) as spend, "
                f"click_rate::double as click_rate from (values {rows}) t(day, channel, spend, click_rate)",
            )
            change_build(self.settings, "from marts.dim_channel, raw._reporting_date")
        except duckdb.CatalogException:
            small_build(self.settings, self.published)

    # --- what is so ---

    def look(self) -> dict[str, Any]:
        """Counts of what is lost, doubled and left over, with examples."""
        settings = self.settings
        batches = read_batches(settings.raw)
        paths = [str(entity_path(settings.raw, o.entity, b.batch_id)) for b in batches for o in b.outputs if o.rows]
        rows: list[tuple[str, str]] = []
        if paths:
            with duckdb.connect() as connection:
                rows = connection.execute(
                    "select campaign_name, cast(sum(spend) as decimal(18, 2))::varchar, count(*) "
                    "from read_parquet($1, union_by_name = true) group by all",
                    [paths],
                ).fetchall()
        each, total = ("17.40", "with tax") if self.with_tax else ("14.50", "net")
        wanted = {f"Campaign {name}": ("1.25", 1) for name in self.campaigns}
        wanted |= {f"Autumn {name}": (each, 2) for name in self.spots}
        found = {name: (spend, count) for name, spend, count in rows}
        tables = Counter((b.file_sha256, b.table) for b in batches)
        lost = [name for name in wanted if name not in found] + sorted(self.contents - set(archived_hashes(settings)))
        other = [f"{name}: {found[name]}, not {wanted.get(name)} ({total})"
                 for name in found if name in wanted and found[name] != wanted[name]]  # fmt: skip
        doubled = [str(key) for key, count in tables.items() if count > 1] + other
        doubled += [name for name in found if name not in wanted]
        leftover = [str(p.relative_to(settings.home)) for p in settings.home.rglob(f"*{TEMPORARY_MARK}*")]
        leftover += [p.name for p in (settings.home / "work").glob("*")] if (settings.home / "work").exists() else []
        leftover += [p.name for p in settings.inbox.iterdir()] + [p.name for p in settings.raw.glob("_files/*.retry")]
        lost += [f"{key}: {value}" for key, value in damaged_batches(settings.raw).items()]
        return {"lost": lost, "doubled": doubled, "leftover": leftover, "announced": announced(settings.raw)}

    def look_at_published(self) -> dict[str, Any]:
        """The same of the published version."""
        folder = self.settings.published_file.resolve().parent
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        with duckdb.connect(str(folder / "warehouse.duckdb"), read_only=True) as connection:
            rows = connection.execute("select count(*), sum(spend)::varchar from marts.mart_spend").fetchone()
        counted = {table["name"]: table["rows"] for table in manifest["tables"]}["mart_spend"]
        wanted = len(self.published)
        assert rows is not None
        leftover = [p.name for p in self.settings.published.rglob(f"*{TEMPORARY_MARK}*")]
        parts = [p for p in (folder.parent).iterdir() if not (p / "manifest.json").exists()]
        return {
            "lost": ([f"{rows[0]} of {wanted} rows"] if rows[0] < wanted or counted < wanted else [])
            + damaged_files(self.settings, folder.name),
            "doubled": [f"{rows[0]} for {wanted} rows"] if rows[0] > wanted or counted > wanted else [],
            "leftover": leftover + [p.name for p in parts],
        }


def damage(settings: Settings, rng: Any) -> str:
    """Damage something of the raw layer at random; what was done."""
    paths = sorted(p for p in settings.raw.rglob("*") if p.is_file() and p.suffix in (".parquet", ".json"))
    paths = [p for p in paths if "_superseded" not in p.parts]
    path: Path = rng.choice(paths)
    content = bytearray(path.read_bytes())
    how = rng.choice(["bit", "bit", "cut", "gone", "zeros"])
    if how == "gone":
        path.unlink()
    elif how == "cut":
        path.write_bytes(content[: rng.randrange(len(content))])
    elif how == "zeros":
        start = rng.randrange(len(content))
        path.write_bytes(bytes(content[:start]) + bytes(len(content) - start))
    else:
        bit = rng.randrange(len(content) * 8)
        content[bit // 8] ^= 1 << bit % 8
        path.write_bytes(content)
    return f"{how} in {path.relative_to(settings.raw)}"
