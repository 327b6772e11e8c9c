"""The mess of a real inbox: a duplicate, a damaged file, files of the wrong and of an unknown kind.

Restated days come from the overlapping exports themselves, the late file from the Google Ads writer.
"""

from __future__ import annotations

from sample_company.company import GOOGLE_US, MAILCHIMP
from sample_company.world import World
from sample_company.writers.output import MANIFEST, Output, csv_line, quoted_line


def write(world: World, output: Output) -> None:
    """Add the files that must not change any number."""
    _duplicate(world, output)
    _truncated_zip(world, output)
    _wrong_kind(world, output)
    _unknown(world, output)


def _newest(output: Output, source: str, suffix: str) -> str:
    return max(one.path for one in output.files if one.path.startswith(f"{source}/") and one.path.endswith(suffix))


def _duplicate(world: World, output: Output) -> None:
    """The newest Klaviyo file once more, byte for byte, under a browser's second name."""
    original = output.root / _newest(output, "klaviyo", "campaigns.csv")
    path = original.with_name("campaigns (1).csv")
    output.write(path, original.read_bytes(), rows=0, exported=world.exported, note="duplicate: already loaded")


def _truncated_zip(world: World, output: Output) -> None:
    """A Mailchimp zip whose download broke off half-way."""
    original = output.root / _newest(output, "mailchimp", ".zip")
    content = original.read_bytes()
    folder = output.root / MAILCHIMP.source / MAILCHIMP.account_id / "broken download"
    path = folder / original.name
    folder.mkdir(parents=True, exist_ok=True)
    (folder / MANIFEST).write_bytes((original.parent / MANIFEST).read_bytes())
    half = content[: len(content) // 2]
    output.write(path, half, rows=0, exported=world.exported, note="damaged: truncated zip")


def _wrong_kind(world: World, output: Output) -> None:
    """A bulk-upload template of Google Ads that has the name of a report."""
    folder = output.folder(GOOGLE_US, has_currency=False)
    lines = [
        csv_line(["Row Type", "Action", "Campaign status", "Campaign", "Ad group", "Keyword", "Match type"]),
        csv_line(["Keyword", "Add", "Enabled", "US Search Brand", "Brand", "brightloom", "Exact match"]),
        csv_line(["Keyword", "Add", "Enabled", "US Search Generic", "CRM", "crm software", "Phrase match"]),
    ]
    content = "".join(lines).encode()
    output.write(folder / "Campaign report.csv", content, rows=0, exported=world.exported, note="wrong kind")


def _unknown(world: World, output: Output) -> None:
    """A file nobody can place."""
    content = "".join(quoted_line(row) for row in (("Room", "Plants", "Watered"), ("Kitchen", "3", "yes"))).encode()
    path = output.root / "office plants.csv"
    output.write(path, content, rows=0, exported=world.exported, note="unknown kind")
