"""Which loaded files count: a file that contradicts itself or its predecessor is suspended.

The exports before it go on counting then, because models never see its rows. A right export of the same kind, account
and period replaces it without anybody's help: a newer one, or the last good one if somebody drops it again.
`funnelhouse accept` says that it is right as it is, `funnelhouse withdraw` leaves out any other file. Which rows count
never depends on the order in which files arrived; only the mark that a suspended file is replaced does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby

from funnelhouse.store.batches import Batch
from funnelhouse.store.decisions import Decision

FEW_ROWS = 20
"""An export of fewer rows than this may lose any of them: one record is a large part of it."""

SUSPENDED_FOR = {
    "cut_off": "Its last row lacks cells, a quote is never closed, or its last line has no line end while the exports "
    "before it have one: rows are missing, or the last one is half.",
    "total_differs": "A total that the platform wrote into the file differs from its rows by more than rounding: rows "
    "are missing or were read wrongly.",
    "lost_records": "It takes the place of the export before it and lacks a large part of its records (`lost_share` in "
    "expectations/gate.yml): a filter left on, or a list cut off, looks like a collapse of the business.",
    "period_backwards": "The period that it states ends before it starts, so nobody knows which days it replaces.",
}
"""Why a file is suspended, by the code of the reason."""

ADVICE = {
    "suspended": "export it again and put the new file into the inbox; or, if it is right as it is: "
    "funnelhouse accept {file}",
    "replaced": "nothing: a right export counts instead",
    "withdrawn": "nothing; to let it count again: funnelhouse withdraw --undo {file}",
}
"""What to do about a file that does not count, by its standing."""


@dataclass(frozen=True)
class LeftOut:
    """A batch whose rows do not count.

    `standing`: suspended; replaced (suspended, and a right export that came later counts instead); withdrawn by a
    person. `reason` is a key of SUSPENDED_FOR, or withdrawn.
    """

    batch: Batch
    standing: str
    reason: str
    message: str

    @property
    def advice(self) -> str:
        """What a person can do about it."""
        return ADVICE[self.standing].format(file=self.batch.file_sha256[:12])


@dataclass(frozen=True)
class Arrival:
    """When a file was received last (ISO 8601 UTC text, empty if unknown), and whether it had been before."""

    last: str = ""
    is_again: bool = False


def _unknown(_: str) -> Arrival:
    return Arrival()


def judge(
    batches: Iterable[Batch], decisions: Mapping[str, Decision], lost_share: float,
    arrival: Callable[[str], Arrival] = _unknown,
) -> list[LeftOut]:  # fmt: skip
    """Which of the batches do not count.

    `lost_share`: an export that replaces all records, or the same period, must have more than 1 - this share of the
    rows of the last good one before it. `arrival` says when a file (sha256) arrived; only asked about kinds of export
    that have a suspended file.
    """
    ordered = sorted(batches, key=lambda batch: (*_kind(batch), batch.exported_at, batch.batch_id))
    found: list[LeftOut] = []
    for _, of_one_kind in groupby(ordered, _kind):
        found += _of_one_kind(list(of_one_kind), decisions, lost_share, arrival)
    return sorted(found, key=lambda one: one.batch.batch_id)


def _kind(batch: Batch) -> tuple[str, ...]:
    return (batch.source, batch.account_id, batch.scope, batch.contract)


def _of_one_kind(
    batches: list[Batch], decisions: Mapping[str, Decision], lost_share: float, arrival: Callable[[str], Arrival]
) -> list[LeftOut]:
    """The exports of one kind and account, oldest first: each is compared with the last good one before it."""
    suspended: list[tuple[Batch, str, str]] = []
    withdrawn: list[LeftOut] = []
    good: list[Batch] = []
    before: list[Batch] = []
    for _, export in groupby(batches, lambda batch: batch.exported_at):
        counting = []
        for batch in export:
            decision = decisions.get(batch.file_sha256)
            if decision and decision.verb == "withdraw":
                message = f"withdrawn by a person on {decision.decided_at[:10]}"
                withdrawn.append(LeftOut(batch, "withdrawn", "withdrawn", message))
            elif not decision and (doubt := _doubt(batch, before)):
                suspended.append((batch, *doubt))
            else:
                counting.append(batch)
        lost = _lost(counting, before, lost_share)
        accepted = [batch for batch in counting if batch.file_sha256 in decisions]
        if lost and not accepted:
            suspended += [(batch, "lost_records", lost) for batch in counting]
        elif counting:
            good += counting
            before = counting
    judged = [
        LeftOut(
            batch, "replaced" if any(_replaces(one, batch, arrival) for one in good) else "suspended", reason, message
        )
        for batch, reason, message in suspended
    ]
    return judged + withdrawn


def _doubt(batch: Batch, before: list[Batch]) -> tuple[str, str] | None:
    """Why a batch contradicts itself: code and words; None if it does not.

    Plans are written by hand, in editors that end a file as they like.
    """
    if batch.doubts:
        return "cut_off", "; ".join(batch.doubts)
    if batch.has_open_end and batch.channel != "plans" and before and not any(one.has_open_end for one in before):
        return "cut_off", "its last line has no line end, as the exports before it have: it may have been cut"
    differing = [
        f"its row {_called(total)} says {name} {_total(total, name)}, the rows of the file add up to {difference} less"
        for total in batch.totals
        for name, difference in (total.get("differences") or {}).items()
    ]
    if differing:
        return "total_differs", "; ".join(differing)
    if batch.period_start and batch.period_end and batch.period_start > batch.period_end:
        return "period_backwards", f"its period ends before it starts: {batch.period_start} to {batch.period_end}"
    return None


def _called(total: dict[str, object]) -> str:
    """What the row of totals is called; Meta's has no words, only the numbers."""
    label = str(total.get("label") or "")
    return repr(label) if any(char.isalpha() for char in label) else "of totals"


def _total(total: dict[str, object], name: str) -> object:
    values = total.get("values")
    return values.get(name, "") if isinstance(values, dict) else ""


def _lost(export: list[Batch], before: list[Batch], lost_share: float) -> str:
    """How much of the last good export is missing in one that takes its place; empty if little or nothing is."""
    if not export or not before:
        return ""
    is_whole = all(batch.restatement == "full" for batch in [*export, *before])
    is_same_period = all(batch.restatement == "replace_period" for batch in [*export, *before]) and (
        _period(export) == _period(before)
    )
    rows, rows_before = (sum(batch.rows_loaded for batch in part) for part in (export, before))
    if not (is_whole or is_same_period) or rows_before < FEW_ROWS or rows > (1 - lost_share) * rows_before:
        return ""
    return f"it has {rows} rows, the export before it ({before[0].file_name}) had {rows_before}"


def _period(export: list[Batch]) -> tuple[str, str]:
    return (
        min(batch.period_start or "" for batch in export),
        max(batch.period_end or "" for batch in export),
    )


def _replaces(good: Batch, suspended: Batch, arrival: Callable[[str], Arrival]) -> bool:
    """True if a good export says everything that the suspended one was to say, and was exported or dropped later."""
    if good.exported_at <= suspended.exported_at and not _came_later(good, suspended, arrival):
        return False
    if good.restatement == "full":
        return True
    if not suspended.period_start or not suspended.period_end:
        return good.rows_loaded >= suspended.rows_loaded
    return (good.period_start or "9") <= suspended.period_start and (good.period_end or "") >= suspended.period_end


def _came_later(good: Batch, suspended: Batch, arrival: Callable[[str], Arrival]) -> bool:
    """True for a good export of the same moment that came after the suspended one, or an older one dropped again.

    A platform that has nothing new to say exports the same bytes once more.
    """
    ours, theirs = arrival(good.file_sha256), arrival(suspended.file_sha256)
    is_later = ours.last > theirs.last
    if good.exported_at == suspended.exported_at:
        return is_later or good.loaded_at > suspended.loaded_at
    return ours.is_again and is_later
