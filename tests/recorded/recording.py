"""Read every fixture through the front door and put what became of it into a normal form.

A record holds the outcome in readable form and digests of what would be too long to keep: the typed rows of each
entity, the rejected rows, and the explanation. Batch ids and loading times are left out: they are not content.
"""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path
from typing import Any

import duckdb

from funnelhouse.contracts.entities import channels
from funnelhouse.contracts.loader import load_contracts
from funnelhouse.extract.check_file import check_file
from funnelhouse.extract.extraction import extract_channel
from funnelhouse.receive.front_door import receive_exports
from funnelhouse.settings import Settings

FILES = Path(__file__).parents[1] / "files"
OLD = 1_760_000_000
"""Modification time of every file: long ago, so that it counts as finished."""
PII_KEY = "00112233445566778899aabbccddeeff"
FACTS = {
    "account_id": "acct-1", "currency": "EUR", "timezone": "Europe/Berlin", "exported_at": "2026-11-02",
    "period_start": "2026-10-01", "period_end": "2026-10-31",
}  # fmt: skip
"""What a careful person writes into a manifest."""
MEGABYTE = 2**20
LONG = {
    "aircall/calls.csv": (2, 1.1),
    "brevo_recipients/campaign.csv": (2, 1.1),
    "ga4_report/traffic_by_day.csv": (2, 1.1),
    "google_ads_report_editor/Daily campaign report.csv": (2, 8.5),
    "google_ads_ui_table/Campaign report (1).csv": (1, 1.1),
    "hubspot/hubspot-crm-exports-all-deals-2026-10-31.csv": (2, 1.1),
    "klaviyo_flows/flows.csv": (1, 1.1),
    "linkedin_ads/account_508112233_creative_performance_report.csv": (2, 1.1),
    "linkedin_ads/nl.csv": (2, 1.1),
    "mailchimp_campaigns/campaigns.csv": (2, 1.1),
    "mailchimp_campaigns/resaved_macroman.csv": (2, 1.1),
    "meta_ads_manager/ar.csv": (1, 1.1),
    "meta_ads_manager/daily_2026.csv": (2, 8.5),
    "meta_ads_manager/es_resaved.csv": (2, 1.1),
    "microsoft_ads/api_daily.csv": (3, 1.1),
    "plans/kosten_2026.csv": (1, 1.1),
    "pipedrive/deals-12345-6.csv": (1, 1.1),
    "salesforce_weekly_export/Opportunity.csv": (2, 8.5),
    "salesforce_weekly_export/Lead.csv": (1, 1.1),
    "tiktok/Overview.csv": (2, 1.1),
    "x_analytics/account_overview_analytics.csv": (1, 1.1),
    "youtube/Totals.csv": (1, 1.1),
}
"""Fixtures that are also read long, since big tables are typed in other ways: lines of the end that come again and
again, and megabytes. Beyond eight a table is not read into memory."""

MOST_TOTALS = 5
"""Up to so many total rows are kept readable."""


def fixtures() -> list[str]:
    """Every fixture, as a path below tests/files."""
    found = (path for path in FILES.rglob("*") if path.is_file() and path.name != "README.md")
    return sorted(path.relative_to(FILES).as_posix() for path in found)


def lengthened(name: str) -> bytes:
    """A text fixture whose last lines come again and again until it is long."""
    count, megabytes = LONG[name]
    content = (FILES / name).read_bytes()
    encoding = "utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "latin-1"
    text = content.decode(encoding)
    end = text[-1:] if text.endswith("\n") else "\n"
    tail = "".join(f"{line}{end}" for line in text.rstrip("\n").split("\n")[-count:])
    return (text.rstrip("\n") + end + tail * int(megabytes * MEGABYTE / len(tail))).encode(encoding)


def record_all(
    settings: Settings, inbox: Path, facts: dict[str, str], *, is_long: bool = False, is_full: bool = False
) -> dict[str, dict[str, Any]]:  # fmt: skip
    """Load the fixtures into an empty home, all under the same facts; fixture -> what became of it.

    `is_long` takes the fixtures of `LONG` at their long size, unexplained; `is_full` adds what is digested.
    `settings` must have the key `PII_KEY`, `inbox` is an empty folder for copies.
    """
    names = sorted(LONG) if is_long else fixtures()
    digests: dict[str, str] = {}
    for name in names:
        target = inbox / "files" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(lengthened(name) if is_long else (FILES / name).read_bytes())
        os.utime(target, (OLD, OLD))
        digests[name] = hashlib.sha256(target.read_bytes()).hexdigest()
    if facts:
        (inbox / "_manifest.yml").write_text(json.dumps(facts), encoding="utf-8")
    receive_exports(settings, inbox, drain=False)
    for channel in channels():
        extract_channel(settings, channel)
    contracts = load_contracts(settings.user_contracts, settings.cache)
    found = {}
    for name in names:
        found[name] = _outcome(settings, digests[name])
        explanation = None if is_long else check_file(settings, inbox / "files" / name, dict(facts), contracts)
        if explanation is not None:
            found[name]["explanation"] = _digest(explanation)
        if is_full:
            found[name] |= {"typed": _rows(settings, digests[name]), "explained": explanation}
    return found


def _outcome(settings: Settings, sha256: str) -> dict[str, Any]:
    entry = json.loads((settings.raw / "_files" / f"{sha256}.json").read_text(encoding="utf-8"))
    found = {name: entry.get(name) for name in ("outcome", "reason", "message", "channel") if entry.get(name)}
    batches = [_batch(settings, document) for document in _batches(settings, sha256)]
    return {**found, "tables": batches} if batches else found


def _batches(settings: Settings, sha256: str) -> list[dict[str, Any]]:
    documents = [json.loads(path.read_text(encoding="utf-8")) for path in (settings.raw / "_batches").glob("*.json")]
    mine = [document for document in documents if document["file_sha256"] == sha256]
    return sorted(mine, key=lambda document: (document["table"], document["contract"]))


def _batch(settings: Settings, document: dict[str, Any]) -> dict[str, Any]:
    batch = document["batch_id"]
    left_out = ("batch_id", "file_sha256", "file_name", "loaded_at", "contract_hash", "contract_version", "outputs",
                "rejected_sha256", "seal")  # fmt: skip
    kept = {name: value for name, value in document.items() if name not in left_out and value not in (None, [], {})}
    paths = {output["entity"]: settings.raw / output["entity"] / f"{batch}.parquet" for output in document["outputs"]}
    rejected = settings.raw / "_rejected_rows" / f"{batch}.parquet"
    if rejected.exists():
        paths["_rejected_rows"] = rejected
    quarantined = settings.quarantine / "rows" / f"{batch}.csv"
    if quarantined.exists():
        kept["quarantined"] = hashlib.sha256(quarantined.read_bytes()).hexdigest()[:16]
    if len(kept.get("totals", [])) > MOST_TOTALS:
        kept["totals"] = _digest(kept["totals"])
        kept["notes"] = [note for note in kept["notes"] if not note.startswith("total ")]
    return {**kept, "rows": {name: _digest(_typed(path)) for name, path in sorted(paths.items())}}


def _rows(settings: Settings, sha256: str) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for document in _batches(settings, sha256):
        for output in document["outputs"]:
            path = settings.raw / output["entity"] / f"{document['batch_id']}.parquet"
            found.setdefault(output["entity"], []).extend(_typed(path))
    return found


def _typed(path: Path) -> list[dict[str, Any]]:
    """Rows of a batch as texts beside their types, without the columns that hold nothing but when they were loaded.

    A column without a value says nothing: whether it is in the file depends on the way the rows were typed.
    """
    with duckdb.connect() as connection:
        described = connection.execute("describe from read_parquet(?)", [str(path)]).fetchall()
        types = {row[0]: row[1] for row in described if row[0] not in ("_batch_id", "batch_id", "_loaded_at")}
        listed = ", ".join(f'cast("{name}" as varchar)' for name in sorted(types))
        rows = connection.execute(f"select {listed} from read_parquet(?)", [str(path)]).fetchall()
    names = [f"{name} {types[name]}" for name in sorted(types)]
    found = [{name: value for name, value in zip(names, row, strict=True) if value is not None} for row in rows]
    return sorted(found, key=lambda row: json.dumps(row, sort_keys=True))


def _digest(document: Any) -> str:
    return hashlib.sha256(json.dumps(document, sort_keys=True, default=str).encode()).hexdigest()[:16]
