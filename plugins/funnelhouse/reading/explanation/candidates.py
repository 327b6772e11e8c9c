"""Recognition, explained: which contracts were tried on a header, which fit, and what the near misses lack."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from funnelhouse.contracts.schema import Contract
from funnelhouse.reading.explanation.header import header_row
from funnelhouse.reading.masking import shown_text
from funnelhouse.reading.tables.head import Head
from funnelhouse.reading.tables.recognition import Binding, Names, matcher
from funnelhouse.text import label_key, label_keys

SHOWN_MISSES = 5


@dataclass
class NearMiss:
    """A contract that came close to a header and why it was not taken."""

    contract: str
    title: str
    row: int
    known_labels: int
    share: float
    missing: list[str]
    conditions: int
    why: str


def known_labels(contracts: Iterable[Contract]) -> set[str]:
    """Keys of every plain label of the contracts."""
    return {
        label_key(label)
        for contract in contracts
        for spec in contract.fields.values()
        for label in spec.all_labels()
        if not label.startswith("~")
    }


def explain_head(head: Head) -> dict[str, Any]:
    """Container, encoding, delimiter and recognition of one member or sheet, with the evidence."""
    names = head.names
    explained: dict[str, Any] = {
        "member": shown_text(names.member), "sheet": shown_text(names.sheet), "container": names.container,
        "contracts_tried": len(head.contracts),
    }  # fmt: skip
    if head.encoding is not None:
        explained["encoding"] = {"name": head.encoding.name, "evidence": head.encoding.evidence}
    if head.delimiter is not None:
        explained["delimiter"] = {"name": _shown(head.delimiter), "evidence": _delimiter_evidence(head)}
    if head.wrapped:
        explained["wrapped"] = "each row is one quoted cell that holds a whole row (csv inside csv)"
    chosen = head.bindings[0] if head.bindings else None
    if chosen is not None:
        explained["header_row"] = chosen.header_row + 1
        explained["chosen"] = {
            "contract": chosen.contract.contract, "title": chosen.contract.title, "language": chosen.language,
            "score": chosen.score, "why": _why(chosen, head.bindings),
        }  # fmt: skip
        explained["also_fit"] = [
            {"contract": other.contract.contract, "score": other.score, "why_not": _why_not(other, chosen)}
            for other in head.bindings[1:]
        ]
    else:
        explained["header"] = _unknown_header(head)
    explained["near_misses"] = [asdict(miss) for miss in near_misses(head, chosen)]
    return explained


def _unknown_header(head: Head) -> dict[str, Any]:
    row = header_row(head.rows, known_labels(head.contracts))
    if row is None:
        return {"row": None, "labels": [], "why": "no row looks like column labels; cells are not shown, they may be "
                "about people"}  # fmt: skip
    labels = [shown_text(label, 60) for label in head.rows[row] if label.strip()]
    return {"row": row + 1, "labels": labels, "why": "looks like the header, but no contract is satisfied by it"}


def _why(chosen: Binding, found: list[Binding]) -> str:
    contract = chosen.contract
    groups = [group if isinstance(group, str) else " or ".join(group) for group in contract.detect.required]
    asked = f"has all that it asks for ({', '.join(groups)})" if groups else "has one of the labels it looks for"
    labelled = len([label for label in chosen.labels if label.strip()])
    text = f"row {chosen.header_row + 1} {asked}; {len(set(chosen.columns.values()))} of {labelled} columns are known"
    if contract.refuse is not None and contract.detect.priority >= 0:
        text += "; a contract that refuses a kind goes before those that load"
    return text if len(found) == 1 else f"{text}; best of {len(found)} that fit"


def _why_not(other: Binding, chosen: Binding) -> str:
    if (other.contract.refuse is None) != (chosen.contract.refuse is None):
        return "a last resort, or behind a contract that refuses the kind"
    if other.score != chosen.score:
        return f"knows less of it (score {other.score} against {chosen.score}: known labels, and 2 per matching name)"
    if other.contract.detect.priority != chosen.contract.detect.priority:
        return "lower priority"
    return "fits equally well: choosing would be a guess"


def near_misses(head: Head, chosen: Binding | None) -> list[NearMiss]:
    """Contracts that know two labels or more of a row and were not satisfied by it, the nearest first."""
    fitting = {binding.contract.contract for binding in head.bindings}
    rows = head.rows if chosen is None else [head.rows[chosen.header_row]] if chosen.header_row < len(head.rows) else []
    best: dict[str, NearMiss] = {}
    for index, row in enumerate(rows):
        keys = label_keys(row)
        filled = len([key for key in keys if key])
        if filled < 2:
            continue
        place = index if chosen is None else chosen.header_row
        for contract in head.contracts:
            if contract.contract in fitting or contract.reading.layout != "table":
                continue
            hits = len(matcher(contract).columns(row, keys)[0])
            if hits >= 2 and (contract.contract not in best or hits > best[contract.contract].known_labels):
                miss = _miss(contract, row, keys, place, head.names, hits / filled)
                if miss is not None:
                    best[contract.contract] = miss
    ranked = sorted(
        best.values(), key=lambda miss: (2 * miss.conditions - miss.known_labels, -miss.share, miss.contract)
    )
    return ranked[: SHOWN_MISSES if chosen is None else 2]


def _miss(
    contract: Contract, row: list[str], keys: list[str], place: int, names: Names, share: float
) -> NearMiss | None:
    test, detect = matcher(contract), contract.detect
    found = test.columns(row, keys)[0]
    lacking = [group for group in test.required if not any(name in found for name in group)]
    missing = [" or ".join(_label(contract, name) for name in group[:3]) for group in lacking]
    reasons = []
    if missing:
        reasons.append(f"lacks {', '.join(missing)}")
    if detect.any_of and not any(name in found for name in detect.any_of):
        reasons.append(f"has none of {', '.join(_label(contract, name) for name in detect.any_of[:4])}")
    if forbidden := [
        label
        for label, ban in zip(detect.forbidden, test.forbidden, strict=True)
        if any(ban(key) for key in keys if key)
    ]:
        reasons.append(f"has {', '.join(map(repr, forbidden))}, which that export never has")
    if names.container not in detect.containers:
        reasons.append(f"is expected as {' or '.join(detect.containers)}, this is {names.container}")
    if place >= contract.reading.search_rows:
        reasons.append(f"its header is looked for in the first {contract.reading.search_rows} rows only")
    last = names.member.rsplit("/", 1)[-1] or names.file
    for kind, pattern, text in (("file", detect.file, names.file), ("member", detect.member, last),
                                ("sheet", detect.sheet, names.sheet)):  # fmt: skip
        if kind in detect.must_match and pattern and not re.search(pattern, text):
            reasons.append(f"the name of its {kind} is another ({shown_text(pattern, 60)})")
    if "preamble" in detect.must_match and not reasons:
        reasons.append("the lines above the header must match its pattern")
    if not reasons and detect.proof:
        reasons.append("nothing in it, around it or in its name says that it is this platform's")
    if not reasons:
        return None
    why, failed = "; ".join(reasons), len(reasons) + max(0, len(missing) - 1)
    return NearMiss(contract.contract, contract.title, place + 1, len(found), round(share, 2), missing, failed, why)


def _label(contract: Contract, name: str) -> str:
    """A field by its first plain label, else by its name."""
    plain = [label for label in contract.fields[name].all_labels() if not label.startswith("~")]
    return repr(plain[0]) if plain else name


def _delimiter_evidence(head: Head) -> str:
    if not head.tried:
        return "a `sep=` line, or no other delimiter occurs"
    cut = ", ".join(f"{_shown(mark)} {cells} cells" for mark, cells in head.tried.items())
    reason = "the one under which a contract fits best" if head.bindings else "no contract fits under any"
    return f"widest of the first rows under each: {cut}; {reason}"


def _shown(delimiter: str) -> str:
    return {"\t": "tab", ",": "comma", ";": "semicolon", "|": "bar"}.get(delimiter, repr(delimiter))
