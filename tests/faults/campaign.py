"""Kills, full disks and damage at random, one after another, each followed by the repair that the docs promise."""

from __future__ import annotations

import contextlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from funnelhouse.contracts.loader import load_contracts
from funnelhouse.limits import Limits
from funnelhouse.publish import reader
from funnelhouse.publish.meta_tables import read_changelog
from funnelhouse.reading.recognise_file import recognise_file
from funnelhouse.settings import Settings, load_settings
from tests.faults import child
from tests.faults.house import SPOTS, House, damage
from tests.unit.reading.conftest import GOOD

ADVICE = ("free some", "run again", "run it again", "restore", "put the", "wait for", "roll back", "look for", "stop")
"""A message that says what to do has one of them."""
KEPT_CYCLES = 30
"""After so many the raw layer starts anew: a cycle's cost grows with what there is to look at."""


@dataclass
class Line:
    """One row of the table."""

    tried: int = 0
    killed: int = 0
    lost: int = 0
    doubled: int = 0
    leftover: int = 0
    unadvised: int = 0
    crashed: int = 0
    examples: list[str] = field(default_factory=list)

    def count(self, looked: dict[str, Any] | None, what: str) -> None:
        """Add what was found after a repair; None if there was nothing to look at."""
        for name in ("lost", "doubled", "leftover"):
            if looked is not None and looked.get(name):
                setattr(self, name, getattr(self, name) + 1)
                self.examples.append(f"{what}: {name} {looked[name][:3]}")

    def said(self, message: str | None, what: str) -> None:
        """Add a message that a person would have got."""
        if message is not None and not any(word in message.lower() for word in ADVICE):
            self.unadvised += 1
            self.examples.append(f"{what}: {message}")

    def crash(self, ended: child.Ended, what: str) -> None:
        """Add a traceback that a person would have got."""
        if ended.crash is not None:
            self.crashed += 1
            self.examples.append(f"{what}: {ended.crash.strip()[-400:]}")


@dataclass
class Table:
    """The lines by what was done, and how the readers fared."""

    lines: dict[str, Line] = field(default_factory=dict)
    opened: int = 0
    refused: int = 0
    refusals: list[str] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)

    def line(self, name: str) -> Line:
        """The line of one kind of fault."""
        return self.lines.setdefault(name, Line())

    @property
    def kills(self) -> int:
        """Processes that were killed."""
        return sum(line.killed for line in self.lines.values())


@contextlib.contextmanager
def readers(settings: Settings, table: Table) -> Iterator[None]:
    """A process that opens the published file all the while, as a tool would, and checks what it gets."""
    told = settings.home.parent / "readers.json"
    ready, say_ready = os.pipe()
    pid = os.fork()
    if not pid:
        _read_until_stopped(settings, told, say_ready)
    os.read(ready, 1)  # it can be asked to end from now on
    try:
        yield
    finally:
        os.kill(pid, signal.SIGTERM)
        os.waitpid(pid, 0)
        said = json.loads(told.read_text(encoding="utf-8"))
        table.opened, table.refused, table.refusals = said["opened"], said["refused"], said["refusals"]


def _read_until_stopped(settings: Settings, told: Path, say_ready: int) -> None:
    ended: list[int] = []
    signal.signal(signal.SIGTERM, lambda *_: ended.append(1))
    os.write(say_ready, b".")
    opened = refused = 0
    refusals: list[str] = []
    while not ended:
        if settings.published_file.is_symlink():
            opened += 1
            try:
                ((rows, kept),) = reader.query(
                    settings, "select (select count(*) from marts.mart_spend), "
                              "(select row_count from meta.mart_status where mart = 'mart_spend')"
                )[1]  # fmt: skip
                if rows != kept:
                    raise AssertionError(f"{rows} rows of {kept}")
            except Exception as error:  # noqa: BLE001 - whatever it is, a reader was refused
                refused += 1
                refusals.append(f"{type(error).__name__}: {error}"[:300])
        time.sleep(0.1)
    told.write_text(json.dumps({"opened": opened, "refused": refused, "refusals": refusals[:5]}), encoding="utf-8")
    os._exit(0)


@dataclass
class Campaign:
    """Runs the cheap cycles on one home. `room` is a folder on a small file system of its own, if there is one."""

    root: Path
    rng: random.Random
    table: Table
    house: House = field(init=False)
    usual: dict[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        settings = load_settings(self.root / "home")
        settings.make_folders()
        self.house = House(settings)
        self.house.contract()
        _warm_up(settings)
        self.house.published = [("2026-10-30", "Paid Search", "1.50")]
        self._repair("publish", self.house.publish, "the first publish")
        self.house.drop()
        self._repair("extract", self.house.load, "the first load")
        self._look("extract", "the first load")

    def cycle(self, number: int) -> None:
        """One fault of a random kind, the repair, and a look."""
        if number and number % KEPT_CYCLES == 0:
            self.house.reset()
            self.house.drop()
            self._repair("extract", self.house.load, f"{number} reset")
        kinds = [self._extract, self._replay, self._publish, self._damage]
        weights = [35, 20, 30, 10]
        if (self.root / "is a file system").exists():
            kinds.append(self._full)
            weights.append(10)
        self.rng.choices(kinds, weights)[0](f"cycle {number}")

    # --- the kinds ---

    def _extract(self, what: str) -> None:
        self.house.drop()
        self._kill("extract", self.house.load, what)
        self._repair("extract", self.house.load, what)
        self._look("extract", what)

    def _replay(self, what: str) -> None:
        self.house.with_tax = not self.house.with_tax
        self.house.contract()
        self._kill("replay", self.house.read_again, what)
        self._repair("replay", self.house.read_again, what)
        self._look("replay", what)

    def _publish(self, what: str) -> None:
        self.house.published.append(("2026-10-31", "Email", f"{len(self.house.published)}.25"))
        self._kill("publish", self.house.publish, what)
        self._repair("publish", self.house.publish, what)
        self._look_at_published("publish", what)

    def _damage(self, what: str) -> None:
        done = damage(self.house.settings, self.rng)
        if self.rng.random() < 0.3:
            self._kill("damage", self.house.mend, f"{what} {done}")
        else:
            self.table.line("damage").tried += 1
        self._repair("damage", self.house.mend, f"{what} {done}")
        self._look("damage", f"{what} {done}")

    def _full(self, what: str) -> None:
        """Leave a random number of bytes, work, then make room and work again."""
        line, house = self.table.line("full disk"), self.house
        line.tried += 1
        kind = self.rng.choice(["extract", "publish", "replay"])
        work: Callable[[], Any] = {"extract": house.load, "publish": house.publish, "replay": house.read_again}[kind]
        if kind == "extract":
            house.drop()
        elif kind == "publish":
            house.published.append(("2026-10-31", "Email", f"{len(house.published)}.25"))
        else:
            house.with_tax = not house.with_tax
            house.contract()
        filler = self.root / "filler"
        left = int(self.rng.choice([0, 20_000, 100_000, 500_000, 3_000_000]) * self.rng.random())
        _fill(filler, max(0, shutil.disk_usage(self.root).free - left))
        ended = child.run(work)
        filler.unlink()
        what = f"{what} {kind} with {left} bytes left"
        line.crash(ended, what)
        for message in [ended.message] if ended.message else ended.value if isinstance(ended.value, list) else []:
            line.said(message, what)
        self._repair("full disk", work, what)
        if kind == "publish":
            self._look_at_published("full disk", what)
        else:
            self._look("full disk", what)

    # --- parts of a cycle ---

    def _kill(self, name: str, work: Callable[[], Any], what: str) -> None:
        line = self.table.line(name)
        line.tried += 1
        ended = child.run(work, self.rng.random() * 1.05 * self.usual.get(name, 0.5))
        line.killed += ended.killed
        line.said(ended.message, what)
        line.crash(ended, what)

    def _repair(self, name: str, work: Callable[[], Any], what: str) -> None:
        """Once more, unharmed: the same command works."""
        ended = child.run(work)
        self.table.line(name).crash(ended, f"{what} (again)")
        if ended.message is not None:
            self.table.line(name).crashed += 1
            self.table.line(name).examples.append(f"{what} (again): {ended.message}")
        self.usual[name] = 0.8 * self.usual.get(name, ended.seconds) + 0.2 * ended.seconds

    def _look(self, name: str, what: str) -> None:
        ended = child.run(self.house.look)
        self.table.line(name).crash(ended, f"{what} (look)")
        self.table.line(name).count(ended.value, what)

    def _look_at_published(self, name: str, what: str) -> None:
        ended = child.run(self.house.look_at_published)
        self.table.line(name).crash(ended, f"{what} (look)")
        self.table.line(name).count(ended.value, what)


def _warm_up(settings: Settings) -> None:
    """Do in this process what every child would do again: imports, contracts and their patterns. No DuckDB: a
    connection's threads do not survive a fork."""
    threads = _threads()
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    import babel.numbers  # noqa: F401 - the decimals of a currency, in the workbook
    import pandas  # noqa: F401 - DuckDB's Python side imports it to bind a list
    import python_calamine  # noqa: F401
    import xlsxwriter  # noqa: F401

    read_changelog()
    contracts = load_contracts(settings.user_contracts, settings.cache)
    report = settings.home / "report.csv"
    for text in (GOOD, SPOTS):
        report.write_text(text, encoding="utf-8")
        recognise_file(report, report.name, None, contracts, settings.home, Limits())
    report.unlink()
    if _threads() > threads:
        raise RuntimeError("this process has started threads: its children may hang")


def _threads() -> int:
    return len(list(Path("/proc/self/task").iterdir())) if Path("/proc/self/task").exists() else 0


def _fill(path: Path, count: int) -> None:
    with path.open("wb") as handle, contextlib.suppress(OSError):
        os.posix_fallocate(handle.fileno(), 0, count) if count else None


@contextlib.contextmanager
def small_file_system(folder: Path, table: Table) -> Iterator[None]:
    """Mount a file system in memory over `folder`, so that it can be filled; without the right to, say so."""
    folder.mkdir(parents=True, exist_ok=True)
    mount = ["mount", "-t", "tmpfs", "-o", "size=96m,mode=755", "tmpfs", str(folder)]
    done = subprocess.run(mount, capture_output=True, text=True, check=False) if shutil.which("mount") else None
    if done is None or done.returncode:
        table.skipped.append(f"full disk: {done.stderr.strip() if done else 'no mount'} (needs root)")
        yield
        return
    (folder / "is a file system").touch()
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=False)


# --- whole processes: expensive, so few ------------------------------------------------------------------------------


def kill_runs(root: Path, inbox: Path, count: int, rng: random.Random, table: Table) -> None:
    """Kill `funnelhouse run` and its dbt at random moments, one on top of the other, then let it end."""
    home, line = root / "runs", table.line("run with dbt")
    command = [sys.executable, "-m", "funnelhouse.cli", "run", "--home", str(home), "--inbox", str(inbox)]
    log = root / "run.log"
    for number in range(count + 1):
        with log.open("wb") as said:
            process = subprocess.Popen(command, stdout=said, stderr=subprocess.STDOUT, start_new_session=True)
        try:
            process.wait(rng.uniform(2, 75) if number < count else 1800)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            line.killed += 1
        line.tried += number < count
        if process.returncode not in (0, -signal.SIGKILL):
            line.crashed += 1
            line.examples.append(f"run {number}: {log.read_text(errors='replace')[-600:]}")
    settings = load_settings(home)
    left = [str(path) for path in settings.home.rglob("*.tmp-*")] + [str(p) for p in (home / "airflow").glob("run")]
    line.count({"leftover": left, "lost": [] if settings.published_file.exists() else ["nothing published"]}, "runs")


def kill_services(root: Path, count: int, rng: random.Random, table: Table) -> None:
    """Kill `funnelhouse ui` at random moments while its services start and work; nothing of it may stay."""
    from funnelhouse.running.supervised import descendants

    line = table.line("services")
    command = [sys.executable, "-m", "funnelhouse.cli", "ui", "--home", str(root / "services")]
    for number in range(count):
        with (root / "ui.log").open("wb") as said:
            process = subprocess.Popen(command, stdout=said, stderr=subprocess.STDOUT, start_new_session=True)
        time.sleep(rng.uniform(1, 60))
        below = descendants(process.pid)
        line.tried += 1
        if process.poll() is None:
            line.killed += 1
            process.send_signal(rng.choice([signal.SIGKILL, signal.SIGTERM, signal.SIGHUP]))
        else:
            line.crashed += 1
            line.examples.append(f"services {number}: {(root / 'ui.log').read_text(errors='replace')[-600:]}")
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(60)
        deadline = time.monotonic() + 60
        while (left := [pid for pid in below if _is_running(pid)]) and time.monotonic() < deadline:
            time.sleep(0.2)
        line.count({"leftover": [str(pid) for pid in left]}, f"services {number}")


def _is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False
