"""Only plain files come in, and only their owner reads what came in."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from funnelhouse.publish.publisher import publish
from funnelhouse.receive.front_door import receive_exports
from funnelhouse.receive.inbox import pending
from funnelhouse.settings import Settings, load_settings
from tests.unit.publish.publish_factory import small_build
from tests.unit.reading.conftest import GOOD, OLD, Home


@pytest.fixture
def private(tmp_path: Path) -> Path:
    """A readable export outside of the inbox, so that following a link would succeed."""
    path = tmp_path / "private" / "secret.csv"
    path.parent.mkdir()
    path.write_text(GOOD)
    os.utime(path, (OLD, OLD))
    return path


def _device(path: Path) -> None:
    try:
        os.mknod(path, 0o600 | stat.S_IFCHR, os.makedev(1, 3))
    except PermissionError:
        pytest.skip("only root makes devices")


@pytest.mark.parametrize("kind", ["a link", "a link to a folder", "a dangling link", "a pipe", "a device"])
def test_what_is_no_plain_file_is_refused_by_name_and_left_alone(settings: Settings, private: Path, kind: str) -> None:
    home = Home(settings)
    place = settings.inbox / "report.csv"
    {
        "a link": lambda: place.symlink_to(private),
        "a link to a folder": lambda: place.symlink_to(private.parent),
        "a dangling link": lambda: place.symlink_to(private.parent / "none"),
        "a pipe": lambda: os.mkfifo(place),
        "a device": lambda: _device(place),
    }[kind]()
    home.drop("other.csv", GOOD.replace("Brand", "Other")).load()
    assert home.outcomes() == {"report.csv": ("refused", "not_a_file"), "other.csv": ("loaded", None)}
    message = home.ledger()["report.csv"]["message"]
    assert message.startswith(" ".join(kind.replace("dangling ", "").split()[:2])) and "Put a copy" in message
    assert os.path.lexists(place)
    assert not pending(settings)
    assert receive_exports(settings) == {}

    place.unlink()
    home.load()  # a run in between, that sees nothing in this place
    home.drop("report.csv", GOOD).load()
    assert home.outcomes() == {"report.csv": ("loaded", None), "other.csv": ("loaded", None)}


def test_a_file_that_becomes_a_link_while_it_is_looked_at_is_not_followed(
    settings: Settings, private: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = Home(settings).drop("report.csv", GOOD.replace("Brand", "Own"))

    def swapped(entries: list[object]) -> list[object]:
        (settings.inbox / "report.csv").unlink()
        (settings.inbox / "report.csv").symlink_to(private)
        return entries

    monkeypatch.setattr("funnelhouse.receive.front_door.finished", swapped)
    home.load()
    assert not list(settings.archive.glob("??/*/content"))


def test_a_manifest_that_is_a_link_is_not_followed(settings: Settings, private: Path) -> None:
    home = Home(settings).drop("report.csv", GOOD)
    private.write_text("account_id: someone-else\n")
    (settings.inbox / "_manifest.yml").symlink_to(private)
    home.load()
    assert home.outcomes() == {"report.csv": ("refused", "bad_manifest")}


@pytest.fixture(params=[0o000, 0o022, 0o077])
def umask(request: pytest.FixtureRequest) -> Iterator[None]:
    before = os.umask(request.param)
    yield
    os.umask(before)


@pytest.mark.usefixtures("umask")
def test_what_came_in_is_its_owners_and_what_is_published_everybodys_whatever_the_umask(tmp_path: Path) -> None:
    settings = load_settings(tmp_path / "home")
    settings.make_folders()
    bad = GOOD + "2026-10-03,Brand,101,EUR,many,1,1\n"
    Home(settings).drop("good.csv", bad).drop("mystery.csv", "a,b\n1,2\n").load()
    assert settings.pii_key
    own = [settings.home / "pii.key"]
    for folder in (settings.archive, settings.quarantine, settings.airflow):
        own += [folder, *(path for path in folder.rglob("*") if path.is_file())]
    assert len(own) > 8
    assert {str(path): oct(path.stat().st_mode) for path in own if path.stat().st_mode & 0o077} == {}

    small_build(settings)
    publish(settings)
    shown = [settings.home, settings.published, *settings.published.rglob("*")]
    for path in shown:
        if path.name != ".lock":
            wanted = 0o555 if path.is_dir() else 0o444
            assert path.stat().st_mode & wanted == wanted, path


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can look with the eyes of another user")
def test_another_user_reads_the_published_file_and_nothing_of_the_archive(tmp_path: Path) -> None:
    # The folders of tests are their user's alone; one worker of several has one more of them.
    for folder in (tmp_path, *(parent for parent in tmp_path.parents if parent.name.startswith(("pytest-", "popen-")))):
        folder.chmod(0o755)
    settings = load_settings(tmp_path / "home")
    settings.make_folders()
    Home(settings).drop("good.csv", GOOD).load()
    small_build(settings)
    publish(settings)
    (content,) = settings.archive.glob("??/*/content")
    code = "import os, sys; os.setuid(65534); open(sys.argv[1], 'rb').read()"
    look = [subprocess.run([sys.executable, "-c", code, str(path)], capture_output=True, check=False).returncode
            for path in (settings.published_file, content)]  # fmt: skip
    assert look == [0, 1]
