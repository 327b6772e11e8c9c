"""kill -9 at every step of a publish: readers have the old version or the new one, and the next publish tidies up."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from funnelhouse.publish import reader
from funnelhouse.publish.publisher import publish, table_hashes, versions
from funnelhouse.settings import REPOSITORY, Settings
from funnelhouse.store.versions import damaged_files
from tests.unit.publish.publish_factory import SPEND, small_build

pytestmark = pytest.mark.slow  # a process per step

CHILD = """
import os, signal, sys
from pathlib import Path
sys.path[:0] = [{plugins!r}, {repository!r}]
from funnelhouse.settings import load_settings
from funnelhouse.publish.publisher import publish

calls = 0
def deadly(original):
    def wrapper(*arguments, **named):
        global calls
        calls += 1
        if calls == {number}:
            if {after}:
                original(*arguments, **named)
            os.kill(os.getpid(), signal.SIGKILL)
        return original(*arguments, **named)
    return wrapper

os.{function} = deadly(os.{function})
publish(load_settings({home!r}))
print("published, calls:", calls)
"""


def publish_and_die(home: Path, function: str, number: int, *, after: bool) -> bool:
    """Publish in a child that is killed at the n-th call of os.<function>; True if it died there."""
    code = CHILD.format(
        plugins=str(REPOSITORY / "plugins"), repository=str(REPOSITORY), home=str(home), function=function,
        number=number, after=after,
    )  # fmt: skip
    child = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120)
    if child.returncode == -signal.SIGKILL:
        return True
    assert child.returncode == 0, child.stderr
    return False


def steps(function: str, numbers: range) -> list[tuple[str, int, bool]]:
    return [(function, number, after) for number in numbers for after in (False, True)]


@pytest.mark.parametrize(
    ("function", "number", "after"),
    # A second publish renames: manifest, version folder, link, log (os.rename is replace here); the flushes are the
    # points in between, while files are being written.
    [*steps("replace", range(1, 5)), ("fsync", 1, False), ("fsync", 4, False), ("fsync", 8, True)],
)
def test_a_killed_publish_leaves_a_complete_version_and_no_leftovers(
    settings: Settings, function: str, number: int, after: bool
) -> None:
    small_build(settings)
    old = publish(settings)
    small_build(settings, [*SPEND, ("2026-10-31", "Email", "0.10")])
    assert publish_and_die(settings.home, function, number, after=after)

    # Between the kill and the next publish readers have one whole version.
    served = settings.published_file.resolve()
    rows = reader.query(settings, "select count(*) from marts.mart_spend")[1][0][0]
    assert rows == (2 if served == old.path else 3)
    assert (settings.published / "parquet").resolve().parent == served.parent
    assert (settings.published / "workbook.xlsx").resolve().parent == served.parent
    assert (settings.published / "manifest.json").resolve().parent == served.parent
    assert damaged_files(settings, served.parent.name) == []

    new = publish(settings)
    assert settings.published_file.resolve() == new.path
    assert table_hashes(new.path) == table_hashes(settings.build_file)
    assert [known.version for known in versions(settings)] == [new.version, old.version]
    assert [path.name for path in settings.published.rglob("*.tmp-*")] == []
    assert sorted(path.name for path in new.path.parents[1].iterdir()) == sorted([old.version, new.version])
    log = reader.query(settings, "select version from meta.publish_log where event = 'publish'")[1]
    assert log[0] == (old.version,) and len(log) == len(set(log))


@pytest.mark.parametrize("number", [1, 2, 4, 6])
def test_a_killed_first_publish_leaves_nothing_or_a_complete_version(settings: Settings, number: int) -> None:
    small_build(settings)
    assert publish_and_die(settings.home, "replace", number, after=False)
    if settings.published_file.exists():
        assert reader.query(settings, "select count(*) from marts.mart_spend")[1] == [(2,)]
    else:
        with pytest.raises(reader.NothingPublished):
            reader.connect(settings)
    new = publish(settings)
    assert [known.version for known in versions(settings)] == [new.version]
    assert [path.name for path in new.path.parents[1].iterdir()] == [new.version]
    assert [path.name for path in settings.published.rglob("*.tmp-*")] == []


def test_a_killed_publish_never_blocks_the_next(settings: Settings) -> None:
    """The lock dies with its process."""
    small_build(settings)
    assert publish_and_die(settings.home, "fsync", 1, after=False)
    assert publish(settings).is_current
