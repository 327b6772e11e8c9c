"""`funnelhouse accept` and `funnelhouse withdraw`: what only a person knows about a file."""

from __future__ import annotations

from fnmatch import fnmatch
from pathlib import Path

from funnelhouse.errors import Verdict
from funnelhouse.files import sha256_of
from funnelhouse.quality.files import left_out
from funnelhouse.settings import Settings
from funnelhouse.store.archive import Record, list_records
from funnelhouse.store.batches import announce, read_batches
from funnelhouse.store.decisions import Verb, decide, standing_decision, undo
from funnelhouse.store.standing import LeftOut


def decide_file(settings: Settings, verb: Verb, given: str, *, undone: bool = False) -> str:
    """Note the decision about one archived file, or undo it; what that means, as a sentence.

    `given` is a path, the name of an archived file, a pattern of names, or the beginning of its sha256. Raises Verdict
    if that is not exactly one file, or if the decision would change nothing.
    """
    record = _archived(settings, given)
    name = record.shown_name
    if undone:
        if not undo(settings, record.sha256, verb):
            raise Verdict(f"{name}: no decision to {verb} it holds, so there is nothing to undo")
    else:
        _check(settings, verb, record)
        if not decide(settings, record.sha256, verb):
            raise Verdict(f"{name}: that was decided already; to undo it: funnelhouse {verb} --undo {given}")
    announce(settings.raw, record.channel)
    return f"{name}: {_meaning(_standing(settings, record))}"


def _archived(settings: Settings, given: str) -> Record:
    records = list_records(settings)
    path = Path(given).expanduser()
    if path.is_file():
        sha256 = sha256_of(path)
        found = [record for record in records if record.sha256 == sha256]
    else:
        found = [record for record in records if _is_named(record, given)]
    if len(found) == 1:
        return found[0]
    if not found:
        raise Verdict(
            f"{given}: no such file was received; give a path, a name as `funnelhouse status` shows it, or the "
            "beginning of its sha256"
        )
    listed = "\n".join(f"  {record.sha256[:12]}  {record.shown_name}" for record in found[:20])
    raise Verdict(f"{given}: {len(found)} received files are called so; give the beginning of the sha256:\n{listed}")


def _is_named(record: Record, given: str) -> bool:
    if len(given) >= 6 and record.sha256.startswith(given):
        return True
    return any(
        given in (name, last) or fnmatch(name, given) or fnmatch(last, given)
        for name, last in ((f"{entry.folder}/{entry.file_name}".lstrip("/"), entry.file_name) for entry in record.names)
    )


def _standing(settings: Settings, record: Record) -> list[LeftOut]:
    return [one for one in left_out(settings) if one.batch.file_sha256 == record.sha256]


def _check(settings: Settings, verb: Verb, record: Record) -> None:
    """Raise Verdict if nothing was loaded from the file, or if it is not suspended and is to be accepted."""
    name = record.shown_name
    if not any(batch.file_sha256 == record.sha256 for batch in read_batches(settings.raw)):
        raise Verdict(f"{name}: nothing was loaded from it, so there is nothing to {verb}")
    standing = standing_decision(settings, record.sha256)
    if verb == "accept" and standing and standing.verb == "withdraw":
        raise Verdict(f"{name} is withdrawn; to let it count again: funnelhouse withdraw --undo {record.sha256[:12]}")
    if verb == "accept" and not standing and not _standing(settings, record):
        raise Verdict(f"{name} counts already: it is not suspended")


def _meaning(excluded: list[LeftOut]) -> str:
    if not excluded:
        return "counts from the next build on"
    first = excluded[0]
    if first.standing == "withdrawn":
        return "does not count from the next build on; older exports of the same kind and account do"
    return f"is {first.standing}: {first.message}"
