"""What equal bytes were delivered as: one content may be the export of two accounts, or of two days.

Copies of one delivery (`a.csv` and `a (1).csv`, a copy in a folder that says less) are one. Names that contradict each
other are not: another account, another platform or page, another period, another time of export.
"""

from __future__ import annotations

from funnelhouse.contracts.schema import Contract
from funnelhouse.reading.facts import date_in_name, match_facts
from funnelhouse.store.archive import ArrivedName, Record
from funnelhouse.text import plain

DISTINGUISHING = ("source", "account_id", "account_name", "platform", "page_id", "page_name", "property_name",
           "period_start", "period_end", "exported_at")  # fmt: skip
"""Facts that make two deliveries of one content. How it is to be read (currency, zone, language) does not."""


def deliveries(record: Record, contract: Contract | None) -> list[ArrivedName]:
    """One name for each delivery, the one with the most facts; its time is the earliest of its copies.

    `contract` says what a file's name tells. The order of arrival does not matter.
    """
    found: list[tuple[ArrivedName, dict[str, str]]] = []
    for name in sorted(record.names, key=ArrivedName.order):
        facts = _facts_of(name, contract)
        place = next((at for at, (_, known) in enumerate(found) if not _contradict(facts, known)), None)
        if place is None:
            found.append((name, facts))
            continue
        kept, known = found[place]
        copy = ArrivedName(kept.file_name, kept.folder, min(kept.mtime, name.mtime), kept.facts)
        found[place] = (copy, known)
    return [name for name, _ in found]


def _facts_of(name: ArrivedName, contract: Contract | None) -> dict[str, str]:
    facts = {**(match_facts(contract.names, [plain(name.file_name)]) if contract else {}), **name.facts.values}
    if "exported_at" not in facts and (moment := date_in_name(name.file_name, contract)):
        facts["exported_at"] = moment.removesuffix("T23:59:59")
    return {fact: facts[fact] for fact in DISTINGUISHING if fact in facts}


def _contradict(one: dict[str, str], other: dict[str, str]) -> bool:
    """True if both say something of the same fact, and not the same. A day does not contradict an hour of it."""
    return any(
        not one[fact].startswith(other[fact]) and not other[fact].startswith(one[fact])
        if fact == "exported_at"
        else one[fact] != other[fact]
        for fact in one.keys() & other.keys()
    )
