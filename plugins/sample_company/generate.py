"""Writes a sample company's export files and the truth about them."""

from __future__ import annotations

import shutil
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sample_company import mess
from sample_company.firm import truth as firm_truth
from sample_company.firm import writers as firm_writers
from sample_company.shop import truth as shop_truth
from sample_company.shop import writers as shop_writers
from sample_company.story.crm import journeys
from sample_company.truth import write_counts, write_truth
from sample_company.world import World, make_world
from sample_company.writers import (
    aircall,
    ga4,
    google_ads,
    hubspot,
    klaviyo,
    linkedin_ads,
    linkedin_page,
    mailchimp,
    meta_ads,
    meta_content,
    microsoft_ads,
    plans,
    salesforce,
)
from sample_company.writers.output import Output, WrittenFile

_WRITERS = (
    google_ads.write,
    meta_ads.write,
    microsoft_ads.write,
    linkedin_ads.write,
    mailchimp.write,
    klaviyo.write,
    meta_content.write,
    linkedin_page.write,
    ga4.write,
    hubspot.write,
    aircall.write,
    plans.write,
)


_Writer = Callable[[World, Output, Path | None], None]


@dataclass(frozen=True)
class SampleSummary:
    """What was written: number of export files, of data rows in them, of bytes, and the list itself."""

    files: int
    rows: int
    bytes: int
    written: tuple[WrittenFile, ...]


def write_sample(
    folder: Path,
    truth: Path | None = None,
    *,
    company: str = "software",
    months: int = 24,
    end: date = date(2026, 10, 31),
    scale: float = 1.0,
    seed: int = 20261031,
) -> SampleSummary:
    """Write the export files below `folder` as `<source>/<account>/[<export day>/]<file>`; the truth below `truth`.

    The story is that of one of `COMPANIES`; it takes `months` calendar months, ends on `end`, and its volume grows with
    `scale` (1 is the demo). The same arguments give the same bytes on every machine. A folder that is new or empty
    appears complete or, if this call is killed, not at all; in a folder that holds something, files of the same names
    are overwritten and nothing is removed. Raises ValueError for months < 1, scale <= 0 or an unknown company.
    """
    world = make_world(months=months, end=end, scale=scale, seed=seed)
    if company not in COMPANIES:
        raise ValueError(f"company={company} is not one of {', '.join(COMPANIES)}")
    write = COMPANIES[company]
    target = folder.resolve()
    if target.is_mount() or (target.exists() and any(target.iterdir())):
        return _write_all(write, world, target, truth)
    unfinished = target.with_name(f".{target.name}.unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    summary = _write_all(write, world, unfinished, truth)
    unfinished.replace(target)
    return summary


def _write_all(write: _Writer, world: World, folder: Path, truth: Path | None) -> SampleSummary:
    folder.mkdir(parents=True, exist_ok=True)
    output = Output(folder)
    write(world, output, truth)
    if truth is not None:
        write_counts(world, truth, output.files)
    return SampleSummary(
        len(output.files),
        sum(one.rows for one in output.files),
        sum(one.bytes for one in output.files),
        tuple(output.files),
    )


def _software(world: World, output: Output, truth: Path | None) -> None:
    for write in _WRITERS:
        write(world, output)
    known = salesforce.write(world, output, journeys(world))
    if truth is None:
        deque(known, maxlen=0)
    else:
        write_truth(world, truth, known)
    mess.write(world, output)


def _firm(world: World, output: Output, truth: Path | None) -> None:
    firm_writers.write(world, output)
    if truth is not None:
        firm_truth.write_truth(world, truth)


def _shop(world: World, output: Output, truth: Path | None) -> None:
    shop_writers.write(world, output)
    if truth is not None:
        shop_truth.write_truth(world, truth)


COMPANIES: dict[str, _Writer] = {"software": _software, "firm": _firm, "shop": _shop}
"""The companies whose exports can be written: Brightloom, which sells software in three currencies from Salesforce,
Solarhof, a small German firm on HubSpot, and Wren & Row, web shops without a CRM."""
