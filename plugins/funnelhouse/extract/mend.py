"""Batches that are missing or damaged are made again from the archive, before a build reads them."""

from __future__ import annotations

from dataclasses import dataclass

from funnelhouse.contracts.loader import load_contracts
from funnelhouse.contracts.reasons import NO_VERDICT
from funnelhouse.extract.extraction import ExtractSummary, extractor
from funnelhouse.files import sha256_of
from funnelhouse.progress import report
from funnelhouse.settings import Settings
from funnelhouse.store.archive import Record, content_path, load_record
from funnelhouse.store.batches import RawDamaged
from funnelhouse.store.integrity import damaged_batches


@dataclass(frozen=True)
class Mended:
    """A file whose batches were made again, and what was wrong with them."""

    file: str
    wrong: str


def mend_batches(settings: Settings) -> list[Mended]:
    """Compare every batch that counts with its digest and make the bad ones again; which those were.

    No build may read the raw layer meanwhile. Raises RawDamaged if the archive cannot give a batch back.
    """
    damaged = damaged_batches(settings.raw)
    if not damaged:
        return []
    mended: list[Mended] = []
    with extractor(settings, load_contracts(settings.user_contracts, settings.cache)) as work:
        for number, (sha256, wrong) in enumerate(damaged.items(), 1):
            record = _archived(settings, sha256, wrong)
            said = "; ".join(sorted(set(wrong.values())))
            report("mend", record.shown_name, number - 1, len(damaged))
            outcome = work.extract(record, ExtractSummary())
            if outcome.reason in NO_VERDICT:
                raise RawDamaged(f"{record.shown_name}: {said}; it could not be made again: {outcome.message}")
            report("mend", f"{record.shown_name}: {said}; read again from the archive", number, len(damaged), "warning")
            mended.append(Mended(record.shown_name, said))
    if still := damaged_batches(settings.raw):
        raise RawDamaged(
            f"batches of {len(still)} files stay damaged although they were made again ({_first(still)}); "
            "look for a faulty disk or memory"
        )
    return mended


def _archived(settings: Settings, sha256: str, wrong: dict[str, str]) -> Record:
    record = load_record(settings, sha256)
    path = content_path(settings, sha256)
    if record is None or not path.exists():
        raise RawDamaged(
            f"{next(iter(wrong.values()))} in the batch of file {sha256}, and the archive does not hold this file "
            "any more. Put the original export into the inbox, or restore archive/ from a backup, then run again."
        )
    if sha256_of(path) != sha256:
        raise RawDamaged(
            f"{record.shown_name}: {next(iter(wrong.values()))}, and the archived file is damaged, too. Restore "
            f"{path} from a backup, or delete its folder and put the original export into the inbox, then run again."
        )
    return record


def _first(damaged: dict[str, dict[str, str]]) -> str:
    return next(wrong for batches in damaged.values() for wrong in batches.values())
