"""The steps of docs/adding-a-source.md, run as they are written there."""

from __future__ import annotations

import re
from pathlib import Path

import duckdb

from funnelhouse.extract.extraction import extract_channel
from funnelhouse.extract.inspect import inspect_file
from funnelhouse.receive.front_door import receive_exports
from funnelhouse.settings import REPOSITORY, Settings
from funnelhouse.transform.raw_views import expose_raw


def _block(language: str) -> str:
    text = (REPOSITORY / "docs" / "adding-a-source.md").read_text(encoding="utf-8")
    found = re.search(rf"```{language}\n(.*?)```", text, re.DOTALL)
    assert found is not None
    return found.group(1)


def test_one_yaml_file_makes_rows_of_an_unknown_platforms_export(settings: Settings, tmp_path: Path) -> None:
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    export = inbox / "adlantis daily.csv"
    export.write_text(_block("csv"), encoding="utf-8")
    before = inspect_file(settings, export, {})
    assert (before["outcome"], before["reason"]) == ("refused", "unknown_kind")

    (settings.user_contracts / "adlantis__daily.yml").write_text(_block("yaml"), encoding="utf-8")
    after = inspect_file(settings, export, {})
    assert after["outcome"] == "loaded"
    assert after["contract"] == "adlantis__daily"

    receive_exports(settings, inbox)
    assert extract_channel(settings, "ads").new_batches == 1
    expose_raw(settings.build_file, settings.raw)
    with duckdb.connect(str(settings.build_file), read_only=True) as connection:
        rows = connection.execute(
            "select date::varchar, account_id, campaign_id, currency, spend::varchar, impressions, clicks, "
            "purchases::varchar from raw.ads_performance order by _row_number"
        ).fetchall()
    # 1.204,50 is a decimal comma with a point between thousands; the row "Sum" is no data.
    assert rows == [
        ("2026-10-03", "7781", "C-1", "EUR", "1204.500000", 10000, 212, "4.000000"),
        ("2026-10-04", "7781", "C-1", "EUR", "998.100000", 9250, 180, "2.000000"),
        ("2026-10-04", "7781", "C-2", "EUR", "55.000000", 700, 9, "0.000000"),
    ]
