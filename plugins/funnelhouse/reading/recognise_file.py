"""At the front door: which channel a file belongs to, read from its first recognised table."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from funnelhouse.contracts.reasons import Refused
from funnelhouse.contracts.schema import Contract
from funnelhouse.limits import Limits
from funnelhouse.reading.bounds import bounded, check_time
from funnelhouse.reading.container.members import Budget, Member, members
from funnelhouse.reading.container.workbook_head import head_of_workbook
from funnelhouse.reading.tables.find_tables import read_member
from funnelhouse.reading.tables.head import unseen
from funnelhouse.reading.tables.recognition import candidates
from funnelhouse.reading.trace import Trace


@dataclass(frozen=True)
class Recognised:
    """Channel and contract of a file's first table that can be loaded."""

    channel: str
    contract: str
    is_workbook: bool = False
    """The file itself is a workbook, and was found to be safe."""


def recognise_file(
    path: Path, file_name: str, source: str | None, contracts: dict[str, Contract], workspace: Path,
    limits: Limits | None = None, trace: Trace | None = None,
) -> Recognised:  # fmt: skip
    """Recognise a file by content; `trace` collects what an explanation needs.

    Raises Refused, with the most specific reason, if nothing in it can be loaded.
    """
    refusals: list[Refused] = []
    chosen = candidates(contracts, source)
    limits = limits or Limits()
    with bounded(limits):
        budget = Budget(limits)
        for member in members(path, workspace, budget):
            check_time()
            is_workbook = member.kind in ("xlsx", "xls") and not member.name
            if found := _in_head(member, file_name, source, chosen, workspace):
                return replace(found, is_workbook=is_workbook)
            try:
                saw = trace.saw_head if trace else unseen
                for table in read_member(member, file_name, chosen, workspace, source, saw):
                    contract = table.contract
                    if table.skipped:
                        refusals.append(Refused("not_used", table.skipped))
                    elif contract.refuse is None:
                        return Recognised(contract.kind_channel, contract.contract, is_workbook)
                    else:
                        refusals.append(Refused(contract.refuse.reason, f"{contract.title}: {contract.refuse.advice}"))
            except Refused as refusal:
                refusals.append(refusal)
    refusals += [refusal for _, refusal in budget.damaged]
    if not refusals:
        raise Refused("empty_file", "the archive holds no file with content; export it again")
    named = [refusal for refusal in refusals if refusal.reason != "unknown_kind"]
    # What lacks columns of one platform may be a whole table of another.
    is_sure = any(refusal.reason != "missing_columns" for refusal in named)
    if not is_sure and source and len(chosen) < len(contracts):
        raise _elsewhere(path, file_name, source, contracts, workspace, limits, trace) or (named or refusals)[0]
    raise (named or refusals)[0]


def _in_head(
    member: Member, file_name: str, source: str | None, chosen: list[Contract], workspace: Path
) -> Recognised | None:  # fmt: skip
    """What the first rows of a big workbook show; None if no kind that can be loaded fits, or they are not enough.

    Parsing a workbook is most of the cost of loading it, and extraction does it anyway.
    """
    if member.kind != "xlsx":
        return None
    target = workspace / f"{member.path.name}.head"
    try:
        if head_of_workbook(member.path, target):
            # This look is not traced: one at the whole workbook follows if it leads nowhere.
            for table in read_member(replace(member, path=target), file_name, chosen, workspace, source):
                if table.contract.reading.blocks == "stacked":
                    return None
                if not table.skipped and table.contract.refuse is None:
                    return Recognised(table.contract.kind_channel, table.contract.contract)
    except Refused:
        pass
    finally:
        target.unlink(missing_ok=True)
    return None


def recognise_tables(
    path: Path, file_name: str, source: str | None, contracts: dict[str, Contract], workspace: Path, limits: Limits
) -> list[tuple[str, str, str]]:  # fmt: skip
    """Every table that a contract claims, as `outcome.process` would list it: table, contract and its hash."""
    found: list[tuple[str, str, str]] = []
    chosen = candidates(contracts, source)
    with bounded(limits), suppress(Refused):
        for member in members(path, workspace, Budget(limits)):
            with suppress(Refused):
                for table in read_member(member, file_name, chosen, workspace, source):
                    if not table.skipped:
                        found.append((table.name, table.contract.contract, table.contract.content_hash))
                    if table.clean is not None:
                        table.clean.path.unlink(missing_ok=True)
    return found


def _elsewhere(
    path: Path, file_name: str, source: str, contracts: dict[str, Contract], workspace: Path, limits: Limits,
    trace: Trace | None,
) -> Refused | None:  # fmt: skip
    """The refusal for a file that lies in the folder of another platform, or None."""
    try:
        found = recognise_file(path, file_name, None, contracts, workspace, limits, trace)
    except Refused:
        return None
    title = contracts[found.contract].title
    return Refused(
        "wrong_kind",
        f"the folder or manifest says {source}, but the content is {title}; move it to the folder of "
        f"{contracts[found.contract].source}, or out of the sources' folders",
    )
