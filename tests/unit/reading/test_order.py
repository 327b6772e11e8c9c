"""The same files in any order, at once or one by one: the same raw rows, batches and current rows."""

from __future__ import annotations

import itertools
import json
from pathlib import Path
from typing import Any

import duckdb
import pytest

from funnelhouse.settings import load_settings
from tests.fuzz.dress import zipped
from tests.unit.reading.conftest import GOOD, HEADER, Home

FILES = {
    "google_ads/1/Daily 2026-10-03.csv": GOOD.encode(),
    "google_ads/1/Daily 2026-10-09.csv": (HEADER + "2026-10-02,Brand,101,EUR,21.75,510,6\n").encode(),
    # The same bytes under a name that says another time: which name counts must not depend on which came first.
    "google_ads/1/copy 2026-10-05.csv": GOOD.encode(),
    "google_ads/1/all 2026-10-08.zip": zipped(
        {"b.csv": (HEADER + "2026-10-02,Brand,101,EUR,21.00,505,6\n2026-10-03,Brand,101,EUR,3.00,9,1\n").encode()}
    ),
}
ORDERS = [order for number, order in enumerate(itertools.permutations(FILES)) if number % 5 == 0]
CURRENT = """
select date::varchar, campaign_id, spend::varchar, impressions from (
    select *, row_number() over (
        partition by source, account_id, date, campaign_id order by _exported_at desc, _batch_id desc, _row_number desc
    ) as place from read_parquet('{}')
) where place = 1 order by all
"""


def result(folder: Path, order: tuple[str, ...], *, one_by_one: bool) -> tuple[Any, ...]:
    settings = load_settings(folder)
    settings.make_folders()
    home = Home(settings)
    for name in order:
        home.drop(name, FILES[name])
        if one_by_one:
            home.load()
    home.load()
    alive = {batch["batch_id"] for batch in home.batches()}
    paths = [path for path in (settings.raw / "ads_performance").glob("*.parquet") if path.stem in alive]
    # The digests are of files that hold when they were loaded.
    dated = ("loaded_at", "outputs", "seal", "rejected_sha256")
    batches = [
        {name: value for name, value in batch.items() if name not in dated}
        | {"outputs": [(output["entity"], output["rows"]) for output in batch["outputs"]]}
        for batch in home.batches()
    ]
    with duckdb.connect() as connection:
        rows = connection.execute(
            "select * exclude (_loaded_at) from read_parquet($1) order by all", [[str(path) for path in paths]]
        ).fetchall()
        current = connection.execute(CURRENT.format(settings.raw / "ads_performance" / "*.parquet")).fetchall()
    return rows, current, sorted(json.dumps(batch, sort_keys=True, default=str) for batch in batches)


def test_the_order_of_arrival_changes_nothing(tmp_path: Path) -> None:
    first = result(tmp_path / "first", ORDERS[0], one_by_one=False)
    # 2 October was exported three times; the newest export is that of 9 October.
    assert first[1] == [
        ("2026-10-01", "101", "1234.500000", 1000),
        ("2026-10-02", "101", "21.750000", 510),
        ("2026-10-03", "101", "3.000000", 9),
    ]
    for number, order in enumerate(ORDERS):
        assert result(tmp_path / str(number), order, one_by_one=True) == first, order


@pytest.mark.parametrize("name", sorted(FILES))
def test_a_file_that_comes_again_changes_nothing(home: Home, name: str) -> None:
    home.drop(name, FILES[name]).load()
    before = home.rows("ads_performance", "*"), home.batches()
    home.drop(name, FILES[name]).load()
    assert (home.rows("ads_performance", "*"), home.batches()) == before
