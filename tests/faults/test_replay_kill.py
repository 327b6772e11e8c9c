"""kill -9 at every step of a replay: readers have the old batches of a file or the new ones; again, and it is done."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from funnelhouse.extract.replay import Selection, replay
from funnelhouse.files import TEMPORARY_MARK, remove_leftovers
from funnelhouse.settings import REPOSITORY, Settings, load_settings
from funnelhouse.store.batches import announced, read_batches
from tests.unit.extract.test_replay import RADIO, SPOTS
from tests.unit.reading.conftest import GOOD, Home
from tests.unit.reading.test_bad_input import zipped

OLD, NEW = {"radio": "14.5", "google_ads": "1254.75"}, {"radio": "17.4", "google_ads": "1254.75"}
CLAIMED = {**NEW, "tv": "14.5"}
STEPS = 40
"""More than there are; every other one is killed at."""

CHILD = """
import os, shutil, signal, sys
sys.path[:0] = [{plugins!r}, {repository!r}]
from funnelhouse.extract.replay import Selection, replay
from funnelhouse.settings import load_settings
from funnelhouse.contracts.loader import load_contracts

load_contracts()  # read once, not in every child

def deadly(original, number, calls):
    def wrapper(*arguments, **named):
        calls.append(1)
        if len(calls) == number:
            os.kill(os.getpid(), signal.SIGKILL)
        return original(*arguments, **named)
    return wrapper

for number in range(1, {steps}, 2):
    home = {folder!r} + f"/{{number}}"
    shutil.copytree({home!r}, home, symlinks=True)
    child = os.fork()
    if not child:
        calls = []
        for name in ("replace", "unlink", "link"):
            setattr(os, name, deadly(getattr(os, name), number, calls))
        replay(load_settings(home), Selection())
        os._exit(0)
    status = os.waitpid(child, 0)[1]
    if not os.WIFSIGNALED(status):
        sys.exit(0 if status == 0 else 1)
sys.exit(2)
"""


def _sums(settings: Settings) -> dict[str, str]:
    found = [(batch.source, batch.sums["spend"]) for batch in read_batches(settings.raw)]
    assert len(dict(found)) == len(found), "a file's old and new batches were seen together"
    return dict(found)


@pytest.fixture
def changed(settings: Settings) -> Home:
    """A home where a replay has a zip of two tables to read again, and a refused file that a new contract claims."""
    home = Home(settings)
    contract = settings.user_contracts / "radio__spots.yml"
    contract.write_text(RADIO % "Paid", encoding="utf-8")
    home.drop("both.zip", zipped({"spots.csv": SPOTS.encode(), "google.csv": GOOD.encode()}))
    home.drop("tv.csv", SPOTS.replace("Aired on", "Shown on")).load()
    assert _sums(settings) == OLD
    contract.write_text(RADIO % "Paid with tax", encoding="utf-8")
    tv = (RADIO % "Paid").replace("Aired on", "Shown on").replace("source: radio", "source: tv")
    (settings.user_contracts / "tv__spots.yml").write_text(tv, encoding="utf-8")
    return home


def test_at_every_step_readers_see_the_old_or_the_new_batches(changed: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []

    def watched(original):  # type: ignore[no-untyped-def]
        def wrapper(*arguments: object, **named: object) -> object:
            seen.append(_sums(changed.settings))
            try:
                return original(*arguments, **named)
            finally:
                seen.append(_sums(changed.settings))

        return wrapper

    with monkeypatch.context() as patch:
        for name in ("replace", "unlink", "link"):
            patch.setattr(os, name, watched(getattr(os, name)))
        replay(changed.settings, Selection())
    states = [state for position, state in enumerate(seen) if position == 0 or state != seen[position - 1]]
    # Files are taken by their hash, so which of the two comes first does not matter here; nothing else is in between.
    between = {"radio": "14.5", "google_ads": "1254.75", "tv": "14.5"}
    assert states in ([OLD, NEW, CLAIMED], [OLD, between, CLAIMED])


@pytest.mark.slow
def test_a_replay_killed_anywhere_is_completed_by_the_next(changed: Home, tmp_path: Path) -> None:
    code = CHILD.format(
        plugins=str(REPOSITORY / "plugins"), repository=str(REPOSITORY), folder=str(tmp_path / "killed"),
        home=str(changed.settings.home), steps=STEPS,
    )  # fmt: skip
    (tmp_path / "killed").mkdir()
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    homes = sorted((tmp_path / "killed").iterdir(), key=lambda path: int(path.name))
    assert len(homes) > 10, "too few steps to be killed at"
    unharmed = load_settings(homes[-1])
    expected = {batch.batch_id for batch in read_batches(unharmed.raw)}
    between = {"radio": "14.5", "google_ads": "1254.75", "tv": "14.5"}
    for path in homes:
        settings = load_settings(path)
        state = _sums(settings)
        assert state in (OLD, NEW, CLAIMED, between), path.name
        assert state == OLD or announced(settings.raw) == ["ads"], path.name
        remove_leftovers(settings.home)
        replay(settings, Selection())
        assert _sums(settings) == CLAIMED, path.name
        assert {batch.batch_id for batch in read_batches(settings.raw)} == expected
        assert not list(settings.home.rglob(f"*{TEMPORARY_MARK}*"))
        shutil.rmtree(path)
