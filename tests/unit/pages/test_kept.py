"""The version that a server keeps open: always the current one, and only as long as it is."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import duckdb
import pytest
from fastapi.testclient import TestClient

from funnelhouse.pages.app import create_app
from funnelhouse.pages.kept import AT_ONCE, Kept
from funnelhouse.publish.errors import NothingPublished
from funnelhouse.publish.publisher import publish, rollback
from funnelhouse.settings import Settings
from tests.unit.publish.publish_factory import SPEND, small_build

DAYS = "select count(*) from marts.mart_spend"


def days(kept: Kept, settings: Settings) -> int:
    with kept.connect(settings) as connection:
        [(count,)] = connection.execute(DAYS).fetchall()
        return int(count)


def test_each_request_gets_the_version_that_is_current_then(settings: Settings) -> None:
    kept = Kept()
    with pytest.raises(NothingPublished, match="make run"), kept.connect(settings):
        pass
    small_build(settings)
    publish(settings)
    assert days(kept, settings) == len(SPEND)
    small_build(settings, SPEND[:1])
    with kept.connect(settings) as before:
        publish(settings)
        assert days(kept, settings) == 1
        assert before.execute(DAYS).fetchall() == [(2,)]  # who began on the old one ends on it
    rollback(settings)
    assert days(kept, settings) == 2


def test_a_version_is_let_go_when_a_newer_one_was_asked_for(settings: Settings) -> None:
    kept = Kept()
    small_build(settings)
    old = publish(settings).path
    days(kept, settings)
    small_build(settings, SPEND[:1])
    publish(settings)
    with pytest.raises(duckdb.ConnectionException, match="different configuration"):
        duckdb.connect(str(old), read_only=True).close()  # still held, with the settings of the pages
    days(kept, settings)
    duckdb.connect(str(old), read_only=True).close()


def test_no_more_pages_are_made_at_once_than_help(settings: Settings) -> None:
    small_build(settings)
    publish(settings)
    kept, inside, most, lock = Kept(), 0, 0, threading.Lock()
    full = threading.Barrier(AT_ONCE)

    def request(_: int) -> None:
        nonlocal inside, most
        with kept.connect(settings):
            with lock:
                inside += 1
                most = max(most, inside)
            full.wait(timeout=30)  # as many as may be inside are inside
            with lock:
                inside -= 1

    with ThreadPoolExecutor(4 * AT_ONCE) as pool:
        list(pool.map(request, range(4 * AT_ONCE)))
    assert (inside, most) == (0, AT_ONCE)


def test_a_request_that_failed_gives_its_turn_back(settings: Settings) -> None:
    def everybody() -> None:
        """Let everybody in."""

    client = TestClient(create_app(lambda: settings, [everybody], Kept().connect))
    assert [client.get("/overview").status_code for _ in range(AT_ONCE + 1)] == [503] * (AT_ONCE + 1)
    assert client.get("/health.json").json() == {"published": False}
