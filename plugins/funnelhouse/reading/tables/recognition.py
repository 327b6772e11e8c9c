"""Which contract a table belongs to, by its header labels, with the names around it as a help.

The header is the first of the first rows that satisfies a contract, so preambles may have any length.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache

from funnelhouse.contracts.schema import Contract
from funnelhouse.reading.bounds import current_limits
from funnelhouse.reading.facts import match_facts
from funnelhouse.text import label_key, label_keys, plain

HINT_WEIGHT = 2
"""A matching name counts like two known labels."""
LIKENESS = 0.34
"""Share of its labels that an unknown table must have in common with a kind to be compared with it."""


@dataclass(frozen=True)
class Names:
    """Names around a table, for hints and facts; the source a person named, and the last lines of a text."""

    file: str = ""
    member: str = ""
    sheet: str = ""
    container: str = "text"
    source: str = ""
    tail: str = ""

    @property
    def last(self) -> str:
        """Name of the member inside a zip, else of the file."""
        return self.member.rsplit("/", 1)[-1] if self.member else self.file


def candidates(contracts: dict[str, Contract], source: str | None) -> list[Contract]:
    """Contracts to try: those of the named source if there is one, else all."""
    known = list(contracts.values())
    mine = [contract for contract in known if contract.source == source]
    return mine or known


@dataclass
class Binding:
    """A contract bound to one header: field -> column index."""

    contract: Contract
    header_row: int
    labels: list[str]
    columns: dict[str, int]
    language: str
    label_facts: dict[str, str] = field(default_factory=dict)
    score: int = 0

    @property
    def unknown(self) -> list[int]:
        """Indexes of labelled columns that no field claims."""
        used = set(self.columns.values())
        return [index for index, label in enumerate(self.labels) if label.strip() and index not in used]


@dataclass(frozen=True)
class _Hit:
    """A label of a field, and its place among the labels of that language."""

    field: str
    language: str
    place: int


class _Matcher:
    """One contract's labels, ready to compare."""

    def __init__(self, contract: Contract) -> None:
        self.contract = contract
        self.exact: dict[str, list[_Hit]] = {}
        self.patterns: list[tuple[re.Pattern[str], _Hit]] = []
        for name, spec in contract.fields.items():
            for language, labels in spec.by_language().items():
                for place, label in enumerate(labels):
                    hit = _Hit(name, language, place)
                    if label.startswith("~"):
                        self.patterns.append((re.compile(label[1:], re.IGNORECASE), hit))
                    else:
                        self.exact.setdefault(label_key(label), []).append(hit)
        self.forbidden = [_label_test(label) for label in contract.detect.forbidden]
        shown = contract.detect.proof.labels if contract.detect.proof else []
        self.proof = [[_label_test(label) for label in ([one] if isinstance(one, str) else one)] for one in shown]
        self.required = [(group,) if isinstance(group, str) else tuple(group) for group in contract.detect.required]

    def bind(self, labels: list[str], keys: list[str], row: int) -> Binding | None:
        """The binding if this header satisfies the contract, else None."""
        columns, languages, facts = self.columns(labels, keys)
        if not all(any(name in columns for name in group) for group in self.required):
            return None
        if self.contract.detect.any_of and not any(name in columns for name in self.contract.detect.any_of):
            return None
        if any(test(key) for test in self.forbidden for key in keys if key):
            return None
        language = max(languages, key=lambda code: (languages[code], code == "en"), default="en")
        return Binding(self.contract, row, labels, columns, language, facts, score=len(columns))

    def columns(self, labels: list[str], keys: list[str]) -> tuple[dict[str, int], dict[str, int], dict[str, str]]:
        """Fields found, hits per language, and facts in labels.

        Where two columns answer to one field, the label that the contract names first wins, else the first column.
        """
        chosen: dict[str, tuple[int, int]] = {}  # field -> place of its label, column
        waiting = [index for index, key in reversed(list(enumerate(keys))) if key]
        hits = {index: self._hits(labels[index], keys[index]) for index in waiting}
        while waiting:
            index = waiting.pop()
            for hit, _ in hits[index]:
                place, rival = chosen.get(hit.field, (hit.place + 1, -1))
                if hit.place < place:
                    chosen[hit.field] = (hit.place, index)
                    if rival >= 0:
                        waiting.append(rival)
                    break
        columns = {name: index for name, (_, index) in sorted(chosen.items(), key=lambda item: item[1][1])}
        languages: dict[str, int] = {}
        facts: dict[str, str] = {}
        for name, index in columns.items():
            mine = [(hit, found) for hit, found in hits[index] if hit.field == name]
            for language in {hit.language for hit, _ in mine}:
                languages[language] = languages.get(language, 0) + 1
            facts.update(mine[0][1])
        for name, spec in self.contract.fields.items():
            if spec.same_as in columns:
                columns.setdefault(name, columns[spec.same_as])
        return columns, languages, facts

    def _hits(self, label: str, key: str) -> list[tuple[_Hit, dict[str, str]]]:
        """Fields a column may be, in the contract's order, with facts in its label; patterns are the last resort."""
        if exact := self.exact.get(key):
            return [(hit, {}) for hit in exact]
        text = " ".join(label.split())
        return [
            (hit, {name: value for name, value in match.groupdict().items() if value})
            for pattern, hit in self.patterns
            if (match := pattern.fullmatch(text))
        ]

    def has_proof(self, keys: list[str]) -> bool:
        """True if labels stand in the header that no other platform uses."""
        return any(all(any(test(key) for key in keys if key) for test in group) for group in self.proof)

    def missing(self, keys: set[str]) -> list[str]:
        """English labels of the required groups that the header lacks, quoted; of a choice the first three."""
        columns, _, _ = self.columns(sorted(keys), sorted(keys))
        lacking = [group for group in self.required if not any(name in columns for name in group)]
        return [
            " or ".join(repr(_shown_label(name, self.contract.fields[name].all_labels())) for name in group[:3])
            for group in lacking
        ]


def _shown_label(name: str, labels: list[str]) -> str:
    """A label to look for: one that is not a pattern, else what a pattern begins with, else the field."""
    begins = (re.split(r"[^\w ]", label.removeprefix("~"), maxsplit=1)[0].strip() for label in labels)
    return next((label for label in labels if not label.startswith("~")), next(filter(None, begins), name))


def _label_test(label: str):  # type: ignore[no-untyped-def]
    if label.startswith("~"):
        pattern = re.compile(label[1:], re.IGNORECASE)
        return lambda key: pattern.fullmatch(key) is not None
    wanted = label_key(label)
    return lambda key: key == wanted


@lru_cache(maxsize=512)
def _matcher(name: str, version: int, identity: int) -> _Matcher:
    return _Matcher(_known[identity])


_known: dict[int, Contract] = {}


def matcher(contract: Contract) -> _Matcher:
    """The matcher of a contract, made once."""
    return _matcher(contract.contract, contract.version, id(_remembered(contract)))


def _remembered(contract: Contract) -> Contract:
    """The contract itself, kept alive, so that no other one gets its id."""
    _known[id(contract)] = contract
    return contract


def _needed(contract: Contract) -> list[set[str]]:
    """Sets of label keys; a header without any key of one of them does not satisfy the contract.

    Most contracts are ruled out by these few labels. To make a matcher of all labels and patterns of a contract costs
    as much as reading a small file.
    """
    return _needed_by(contract.contract, contract.version, id(_remembered(contract)))


@lru_cache(maxsize=512)
def _needed_by(name: str, version: int, identity: int) -> list[set[str]]:
    contract = _known[identity]
    found = []
    for group in contract.detect.required:
        fields = [contract.fields[name] for name in ((group,) if isinstance(group, str) else group)]
        labels = [label for spec in fields for label in spec.all_labels()]
        if not any(spec.same_as for spec in fields) and not any(label.startswith("~") for label in labels):
            found.append({label_key(label) for label in labels})
    return found


def bind_row(row: list[str], index: int, contracts: list[Contract], names: Names) -> list[Binding]:
    """Bindings of every contract that this row satisfies as a header, in no order."""
    filled = sum(bool(cell.strip()) for cell in row)
    if not filled:
        return []
    keys = label_keys(row)
    known, found = set(keys), []
    for contract in contracts:
        if names.container not in contract.detect.containers or contract.reading.layout != "table":
            continue
        if index >= contract.reading.search_rows or any(map(known.isdisjoint, _needed(contract))):
            continue
        if binding := matcher(contract).bind(row, keys, index):
            found.append(binding)
    return found


def find_header(rows: list[list[str]], contracts: list[Contract], names: Names) -> list[Binding]:
    """Bindings at the header row, best first; empty if no contract is satisfied by any row."""
    for index, row in enumerate(rows):
        preamble = [" ".join(cell for cell in line if cell) for line in rows[:index]]
        found = [binding for binding in bind_row(row, index, contracts, names) if _hint(binding, names, preamble)]
        if found:
            return ranked(found)
    return []


def ranked(found: list[Binding]) -> list[Binding]:
    """Best first: a contract made to refuse the kind, then known labels and hints, then priority.

    A refusing contract of negative priority is the last resort: it comes after every loading one.
    """
    return sorted(found, key=lambda b: (*_fit(b), b.contract.contract))


def _fit(binding: Binding) -> tuple[int, int, int]:
    contract = binding.contract
    place = 1 if contract.refuse is None else 2 if contract.detect.priority < 0 else 0
    return place, -binding.score, -contract.detect.priority


def is_tie(found: list[Binding]) -> bool:
    """True if the two best fit equally well, so that choosing would be a guess."""
    return len(found) > 1 and _fit(found[0]) == _fit(found[1])


def _hint(binding: Binding, names: Names, preamble: list[str]) -> bool:
    """Add the names' weight to the score; False if a name that must match does not."""
    detect = binding.contract.detect
    tests = {
        "file": (_one(detect.file), [names.file]),
        "member": (_one(detect.member), [names.last]),
        "sheet": (_one(detect.sheet), [names.sheet]),
        # Titles that say what a block is are said once: they are what it is recognised by, too.
        "preamble": (
            _one(detect.preamble) or [item.pattern for item in binding.contract.reading.block_titles], preamble
        ),
    }  # fmt: skip
    for kind, (patterns, texts) in tests.items():
        if not patterns:
            continue
        if any(re.search(pattern, text) for text in texts for pattern in patterns):
            binding.score += HINT_WEIGHT
        elif kind in detect.must_match or (kind == "preamble" and not _has_all(binding)):
            return False
    return is_proven(binding, names, preamble)


def _one(pattern: str | None) -> list[str]:
    return [pattern] if pattern else []


def is_proven(binding: Binding, names: Names, preamble: list[str]) -> bool:
    """True if something says whose export it is: a person, the lines or names around it, or the header itself."""
    contract, detect = binding.contract, binding.contract.detect
    proof = detect.proof
    if proof is None or names.source == contract.source:
        return True
    texts = (
        (detect.preamble, preamble), (proof.above, preamble), (proof.below, [names.tail]),
        (detect.member, [names.last]), (proof.name, [names.file, names.last]),
    )  # fmt: skip
    if any(pattern and any(re.search(pattern, text) for text in found) for pattern, found in texts):
        return True
    return (
        any(name in binding.columns for name in proof.fields)
        or bool(match_facts(contract.preamble, [plain(line) for line in preamble if line]))
        or matcher(contract).has_proof(label_keys(binding.labels))
    )


def _has_all(binding: Binding) -> bool:
    """True if the header has what a table without the platform's own lines above it must have."""
    groups = binding.contract.detect.required_without_preamble
    return all(any(name in binding.columns for name in group) for group in groups)


def key_value_header(rows: list[list[str]], contracts: list[Contract], names: Names) -> list[Binding]:
    """Bindings of contracts whose file is `label, value` rows: the labels are the first cells."""
    labels = [row[0].rstrip(": ") if row else "" for row in rows]
    found = []
    for contract in contracts:
        if contract.reading.layout == "key_value" and names.container in contract.detect.containers:
            binding = matcher(contract).bind(labels, label_keys(labels), 0)
            if binding and _hint(binding, names, [" ".join(row) for row in rows[:5]]):
                found.append(binding)
    return ranked(found)


def unproven(rows: list[list[str]], contracts: list[Contract]) -> list[Contract]:
    """Contracts that the first fitting row satisfies, although nothing says that it is their platform's."""
    widest = current_limits().columns
    for index, row in enumerate(rows):
        found = bind_row(row[:widest], index, [contract for contract in contracts if contract.detect.proof], Names())
        if found := [binding for binding in found if _has_all(binding)]:
            return [binding.contract for binding in ranked(found) if binding.contract.refuse is None]
    return []


def nearest(
    rows: list[list[str]], contracts: list[Contract], likeness: float = LIKENESS
) -> tuple[Contract, list[str]] | None:
    """The contract that comes closest to an unknown table and the columns it lacks, if there is one.

    `likeness` is the least share of its labels that a contract must know.
    """
    best: tuple[float, tuple[Contract, list[str]] | None] = (0.0, None)
    widest = current_limits().columns
    for row in rows:
        keys = {key for key in label_keys(row[:widest]) if key}
        if len(keys) < 2:
            continue
        for contract in contracts:
            test = matcher(contract)
            hits = len(set(test.columns(sorted(keys), sorted(keys))[0].values()))
            missing = test.missing(keys)
            # What is known, less what is missing, of what is there: a few common words are not enough.
            score = (hits - 0.5 * len(missing)) / len(keys)
            is_like = hits >= 2 and 0 < len(missing) <= hits and hits >= likeness * len(keys)
            if is_like and score > best[0] and contract.refuse is None:
                best = (score, (contract, missing))
    return best[1]


def claimed(rows: list[list[str]], contracts: list[Contract]) -> str:
    """Advice for a table whose platform the lines above it name, while its columns fit no kind; may be empty."""
    lines = [plain(" ".join(filter(None, row))) for row in rows]
    best: tuple[int, str] = (0, "")
    for contract in contracts:
        detect = contract.detect
        titles = [found for found in (detect.preamble, detect.proof.above if detect.proof else None) if found]
        if contract.refuse is not None or not any(re.search(title, line) for title in titles for line in lines):
            continue
        facts = match_facts(contract.preamble, lines)
        if len(facts) > best[0]:
            tables = [{key for key in label_keys(row) if key} for row in rows if sum(map(bool, row)) > 1]
            lacking = [missing for keys in tables if (missing := matcher(contract).missing(keys))]
            if lacking:
                fewest = min(map(len, lacking))
                listed = ", ".join(next(missing for missing in lacking if len(missing) == fewest))
                best = (len(facts), f"by the lines above it is {contract.title!r}, but it lacks the columns {listed}")
    return best[1]
