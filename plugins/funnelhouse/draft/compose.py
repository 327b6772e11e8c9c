"""From guesses to the text of a contract: YAML with the reason of each guess, and questions where a person decides.

A question that must be answered before rows may load makes the draft refuse the file, with the question as advice.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from funnelhouse.contracts.entities import entities
from funnelhouse.contracts.schema import Contract
from funnelhouse.draft.deal_product import deal_product, product_field, product_output
from funnelhouse.draft.evidence import gather
from funnelhouse.draft.guess import CLEAR_LEAD, MONEY, TWINS, Column, Guess, currency_of, entity_column, known_levels
from funnelhouse.draft.look import Look
from funnelhouse.draft.sheet import Sheet, escaped, label, quoted
from funnelhouse.draft.split_date import SplitDate, date_fields, split_date, year_fact
from funnelhouse.draft.table_facts import Totals, date_order, decimal_style, period_line, preamble_patterns, totals_of
from funnelhouse.draft.telling import described, telling
from funnelhouse.draft.vocabulary import EXACT, currency_in
from funnelhouse.reading.masking import shown_text

NEEDS_CURRENCY = ("ads_performance", "crm_opportunities", "crm_opportunity_lines", "crm_subscriptions")
SNAPSHOTS = ("email_campaigns", "social_posts")
_KEYS_FROM = {
    "email_campaigns": ("campaign_name", "sent_at"),
    "email_events": ("recipient_hash", "event_at", "event_type", "campaign_name"),
    "social_posts": ("permalink", "published_at", "post_text"),
    "ad_leads": ("email_hash", "submitted_at", "form_name"),
    "crm_opportunities": ("opportunity_name", "created_at"),
    "crm_calls": ("started_at", "agent_name", "direction"),
    "crm_users": ("first_name", "last_name"),
}
"""Columns that stand for the id where an export has none."""


@dataclass
class Draft:
    """The text of a drafted contract and what a person has to decide."""

    name: str
    text: str
    entity: str | None
    blocking: list[str]
    questions: list[str]
    guessed: int
    labels: int


def compose(look: Look, found: Guess, contracts: Iterable[Contract], name: str, already: list[str]) -> Draft:
    """The draft. `contracts` are those that are known, `already` those that recognise the file without it.

    The draft is checked by its reader, not here.
    """
    known = list(contracts)
    sheet = Sheet()
    split = split_date(look, found)
    style, style_why = decimal_style(found)
    totals = totals_of(look, found, style)
    required = _required(found)
    title = " ".join(name.replace("__", "_").split("_"))
    title = f"{title[:1].upper()}{title[1:]}"
    source = name.partition("__")[0]
    head = [
        "# Drafted by `funnelhouse contract new`: guesses for a person to read. Lines marked QUESTION want an answer;",
        "# every field of a contract is explained in docs/contracts.md. Check it: funnelhouse contract check FILE",
        f"contract: {name}",
        "version: 1",
        f"title: {quoted(title)}",
        f"source: {source}",
        "evidence: guess",
        "",
    ]
    for other in already:
        if other == name:
            continue  # this draft, made before
        sheet.ask(f"{other} recognises the file already: which of the two shall it be? The one that knows more of its "
                  "labels is taken; a draft of the same name replaces the built-in contract")  # fmt: skip
    _detect(sheet, look, found, required, ["month", "day"] if split else [])
    _reading(sheet, look, found, style, style_why)
    _around(sheet, look, found, totals, split)
    _fields(sheet, found, known, split)
    _outputs(sheet, found, source, has_period=split is not None or period_line(look) is not None)
    if found.entity is not None:
        _restatement(sheet, found, totals)
    return Draft(
        name, "\n".join([*head, *_refusal(sheet, found, name), *sheet.lines]) + "\n",
        found.entity.name if found.entity else None, sheet.blocking, sheet.questions,
        len(found.mapped) + len(split.columns if split else []), len(found.columns),
    )  # fmt: skip


def _refusal(sheet: Sheet, found: Guess, name: str) -> list[str]:
    if not sheet.blocking:
        return []
    asked = "; ".join(f"({number}) {shown_text(text, 300)}" for number, text in enumerate(sheet.blocking, 1))
    advice = (
        f"it is recognised by the draft {name}, which has {len(sheet.blocking)} open question(s): {asked}. "
        f"Answer in {name}.yml, then delete its lines `refuse` to `channel`"
    )
    channel = found.entity.channel if found.entity else "ads"
    return [
        "# Some of the questions below decide what the rows mean, so this kind is refused until they are answered.",
        "# Then delete the next four lines.",
        "refuse:",
        "  reason: unfinished_contract",
        f"  advice: {quoted(advice)}",
        f"channel: {channel}",
        "",
    ]


def _required(found: Guess) -> list[Column]:
    """Columns that distinguish this export from others: when, what for, and up to three measures or facts."""
    chosen: list[Column] = [found.time] if found.time else []
    key = set(found.entity.key) if found.entity else set()
    rest = [column for column in found.mapped if column not in chosen]
    rest.sort(key=lambda column: (column.column not in key, column.evidence.kind == "text", -_surety(column)))
    chosen += [column for column in rest if column.column in key][:2]
    chosen += [column for column in rest if column not in chosen][: max(3, 5 - len(chosen))]
    return chosen


def _surety(column: Column) -> float:
    return column.meaning.confidence if column.meaning else 0.0


def _detect(sheet: Sheet, look: Look, found: Guess, required: list[Column], made: list[str]) -> None:
    sheet.note(f"The header was found in row {look.header + 1} of {_where(look)}.")
    if look.others:
        sheet.ask(f"the file also holds {', '.join(look.others[:5])}: are they exports of their own?")
    names = [*made, *(column.name for column in required)]
    if len(names) < 3:
        sheet.ask("do these labels distinguish this export from every other? Add labels only it has, or a pattern "
                  "of its file name: `file: ...` with `must_match: [file]`")  # fmt: skip
        names += [f"label_{column.index + 1}" for column in _labelled_only(found)]
        names += [column.name for column in found.columns if column.personal and not column.meaning][: 3 - len(names)]
    sheet.add("detect:", f"  required: [{', '.join(names)}]", f"  containers: [{look.container}]", "")


def _where(look: Look) -> str:
    return "sheet " + look.sheet if look.sheet else look.member or "the file"


def _labelled_only(found: Guess) -> list[Column]:
    """Columns that are declared for their labels alone, where too few have a meaning to recognise the file by."""
    product = deal_product(found)
    free = [column for column in _unclaimed(found) if column is not product]
    return free[: max(0, 3 - len(_required(found)))]


def _unclaimed(found: Guess) -> list[Column]:
    return [column for column in found.columns if not column.meaning and not column.personal]


def _reading(sheet: Sheet, look: Look, found: Guess, style: str, style_why: str) -> None:
    sheet.add("reading:")
    if look.encoding is not None:
        sheet.note(f"Encoding: {look.encoding.name} ({look.encoding.evidence}); found anew in every file.", "  ")
        if look.encoding.name == "cp1252":
            sheet.ask("the file is in an 8-bit encoding; are its special letters right as Windows-1252?", "  ")
            sheet.add("  fallback_encoding: cp1252")
    if look.delimiter is not None:
        named = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}[look.delimiter]
        sheet.note(f"Delimiter: {named}; found anew in every file.", "  ")
    if look.header >= 25:
        sheet.add(f"  search_rows: {min(200, look.header + 20)}")
    short = [row for row in look.rows if 0 < len(row) < len(look.labels)]
    if short and len(short) > 0.5 * len(look.rows):
        sheet.note("Most rows end before the last column.", "  ")
        sheet.add("  short_rows: pad")
    if style == "auto" and "could be either" in style_why:
        sheet.ask(f"{style_why}: is 1,234 a thousand or a bit more than one? Write `decimal: dot` or `decimal: comma`; "
                  "auto decides by the other cells of a file, then by its language", "  ")  # fmt: skip
    else:
        sheet.note(f"{style_why}.", "  ")
    sheet.add(f"  decimal: {style}")
    dated = [column.evidence for column in found.mapped if _type(found, column) in ("date", "timestamp")]
    if period := period_line(look):
        dated.append(gather(list(period)))
    order, order_why = date_order(dated) if dated else ("", "No column holds days")
    if order is None:
        sheet.ask(f"which comes first, day or month? {order_why}. Write dmy or mdy", "  ", blocks=True)
        order = "mdy"
    else:
        sheet.note(f"{order_why}.", "  ")
    if order:
        sheet.add(f"  date_order: {order}")
    sheet.add("")


def _type(found: Guess, column: Column) -> str:
    known = entity_column(found.entity, column.column) if found.entity else None
    return known.type if known else ""


def _around(sheet: Sheet, look: Look, found: Guess, totals: Totals | None, split: SplitDate | None) -> None:
    patterns = preamble_patterns(look)
    if patterns:
        sheet.note(f"Facts in the {len(look.above)} lines above the header.")
        sheet.add("preamble:")
        sheet.add(*(f"  - pattern: {quoted(pattern)}  # {what}" for pattern, what in patterns), "")
    facts = [] if any(what == "the account" for _, what in patterns) else ["  account_id: {default: default}"]
    code, where = currency_of(found, look)
    if where == "cells":
        sheet.ask(f"the cells of money carry the sign of {code}: is every file in {code}?")
        facts.append(f"  currency: {{default: {code}}}")
    elif found.entity and found.entity.column("currency") and (where == "" or (where == "no money" and _money(found))):
        sheet.ask("in which currency is the money? Nothing in the file says so. Write `currency: {default: EUR}` under "
                  "facts if it is always the same, or `currency:` into a _manifest.yml beside the files")  # fmt: skip
        advice = (
            "write `currency: EUR` (or whichever) into a _manifest.yml beside the file, or a default into the contract"
        )
        needed = "required: true, " if found.entity.name in NEEDS_CURRENCY else ""
        facts.append(f"  currency: {{{needed}advice: {quoted(advice)}}}")
    if found.get("account_id"):
        facts = [fact for fact in facts if "account_id" not in fact]
    facts += year_fact(sheet, split)
    if facts:
        sheet.add("facts:", *facts, "")
    if totals:
        sheet.note("A row of totals: it is kept beside the batch and compared with the sum of the rows.")
        pattern = "^" + escaped(totals.label) + "$"
        sheet.add("drop_rows:", "  - name: total_row", "    keep_as: totals", "    when:",
                  f"      - {{first_cells: {totals.column + 1}, matches: {quoted(pattern)}}}", "")  # fmt: skip


def _money(found: Guess) -> bool:
    return any(telling(column) == "money" for column in _unclaimed(found))


def _fields(sheet: Sheet, found: Guess, known: list[Contract], split: SplitDate | None) -> None:
    levels = known_levels(known, found.entity.name) if found.entity else {}
    sheet.add("fields:")
    for column in found.columns:
        if column.meaning:
            _field(sheet, found, column, levels)
        elif column.personal:
            sheet.ask(
                f"column {column.index + 1} seems to hold personal data ({column.personal}): it is not kept. Right?",
                "  ",
            )
            sheet.add(f"  {column.name}: {{labels: [{label(column.label)}], pii: drop}}")
    if split:
        date_fields(sheet, split)
    parts = split.columns if split else []
    if product := deal_product(found):
        product_field(sheet, product)
        parts = [*parts, product]
    alone = [column for column in _labelled_only(found) if column not in parts]
    for column in alone:
        sheet.add(f"  label_{column.index + 1}: {{labels: [{label(column.label)}], type: text}}")
    unclaimed = [column for column in _unclaimed(found) if column not in (*alone, *parts)]
    for column in unclaimed if found.entity else ():
        if what := telling(column):
            sheet.ask(f"{column.label!r} looks like {what} and becomes nothing: which column of {found.entity.name} is "  # type: ignore[union-attr]
                      f"it? cells: {described(column)}", "  ")  # fmt: skip
    if unclaimed:
        sheet.note("Kept in `extra` as text, because nothing shows what they are; a line like those above gives one a "
                   "meaning:", "  ")  # fmt: skip
        for column in unclaimed:
            sheet.note(f"  {label(column.label)}: {described(column)}", "  ")
    sheet.add("")


def _field(sheet: Sheet, found: Guess, column: Column, levels: dict[str, tuple[str | None, bool]]) -> None:
    meaning = column.meaning
    assert meaning is not None  # noqa: S101 (the caller looked)
    parts = [f"labels: [{_field_label(column, found)}]"]
    if column is found.time:
        parts.append("required: true")
    if column.column == "value":
        parts.append("type: decimal")
    elif column.column.endswith("_id") and _type(found, column) == "text":
        parts.append("type: id")
    if column.column.endswith("_hash"):
        parts.append("pii: hash")
    level, is_dimension = levels.get(column.column, (None, False))
    if level:
        parts.append(f"level: {level}")
    if is_dimension:
        parts.append("dimension: true")
    if _type(found, column) == "rate" and column.evidence.kind != "rate":
        sheet.ask(
            f"is {column.label!r} a fraction (0.05) or a percentage (5)? `percent: points` means the second", "  "
        )
        parts.append("percent: fraction")
    if not column.is_sure:
        known_as = f"{meaning.column} ({meaning.metric})" if meaning.metric else meaning.column
        other = f", or {', '.join(column.rivals)}" if column.rivals else ""
        why = "" if meaning.confidence >= EXACT else f"{meaning.known_from}; "
        sheet.ask(f"is {column.label!r} the column {known_as}{other}? {why}cells: {described(column)}", "  ")
    sheet.add(f"  {column.name}: {{{', '.join(parts)}}}")


def _field_label(column: Column, found: Guess) -> str:
    """The label as it is; a currency in the label of money becomes the fact."""
    code, bare = currency_in(column.label)
    if code and column.column in MONEY and not found.get("currency"):
        tail = escaped(" ".join(column.label.split())[len(" ".join(bare.split())) :]).replace(
            code, "(?P<currency>[A-Z]{3})"
        )
        return quoted("~" + escaped(" ".join(bare.split())) + tail)
    return label(column.label)


def _outputs(sheet: Sheet, found: Guess, source: str, *, has_period: bool) -> None:
    if found.entity is None:
        close = ", ".join(f"{name} ({score})" for name, score in found.scores[:4]) or "none comes close"
        sheet.ask(f"what is one row of this file? The labels do not say (nearest entities by score: {close}). Run "
                  "again with --entity NAME --force (a list of sales people is crm_users), or name it under outputs",
                  blocks=True)  # fmt: skip
        sheet.note(f"Entities: {', '.join(name for name in entities() if name not in TWINS)}")
        sheet.add("# outputs:", "#   - entity: NAME")
        return
    _lead(sheet, found)
    entity = found.entity
    if entity.column("date") and entity.period_twin:
        day, start, end = (found.get(name) for name in ("date", "period_start", "period_end"))
        if day is None and start is None and not has_period:
            sheet.ask("no column of days was found: without one the rows are sums of a period, which the file or a "
                      "_manifest.yml must state (period_start, period_end)")  # fmt: skip
        if start and end and day is None:
            sheet.add("grain:", "  day: null", "  period_start: period_start", "  period_end: period_end", "")
        elif start and day is None:
            sheet.ask(f"is {start.label!r} the day of the row, or the start of the campaign?")
            sheet.add("grain:", "  day: period_start", "")
        else:
            sheet.add("grain:", "  day: date", "")
    sheet.note(f"Each row becomes a row of {entity.name}: {entity.description}")
    sheet.add("outputs:", f"  - entity: {entity.name}")
    made = _made_columns(sheet, found, source)
    if made:
        sheet.add("    columns:", *(f"      {name}: {value}" for name, value in made.items()))
    if deal_product(found):
        product_output(sheet, found, made)
    metrics = [column for column in found.mapped if column.meaning and column.meaning.metric]
    if metrics:
        sheet.add("    unpivot:", "      value: value", "      fields:")
        for column in metrics:
            assert column.meaning is not None  # noqa: S101 (filtered above)
            made_of = f"{{metric: {column.meaning.metric}, scope: total}}"
            sheet.add(f"        - {{field: {column.name}, set: {made_of}}}")
    sheet.add("")


def _lead(sheet: Sheet, found: Guess) -> None:
    """Ask where two entities are nearly as likely."""
    assert found.entity is not None  # noqa: S101 (the caller looked)
    mine = next((score for name, score in found.scores if name == found.entity.name), 0.0)
    others = [(name, score) for name, score in found.scores if name != found.entity.name]
    if others and others[0][1] > CLEAR_LEAD * mine:
        sheet.ask(f"is one row a row of {found.entity.name} (score {mine})? {others[0][0]} is nearly as likely "
                  f"(score {others[0][1]}): run again with --entity {others[0][0]} --force if it is that")  # fmt: skip


def _made_columns(sheet: Sheet, found: Guess, source: str) -> dict[str, str]:
    """Expressions for key columns that no cell gives."""
    entity = found.entity
    assert entity is not None  # noqa: S101 (the caller looked)
    made: dict[str, str] = {}
    if entity.name.startswith("social_"):
        made["platform"] = f"{{constant: {source}}}"
        if not found.get("page_id"):
            made["page_id"] = "{fact: account_id}"
    if entity.name == "email_campaigns" and not found.get("message_channel"):
        made["message_channel"] = "{constant: email}"
    if len(entity.key) == 1 or entity.name == "social_posts":
        key = entity.key[-1]
        if not found.get(key):
            parts = [column.name for name in _KEYS_FROM.get(entity.name, ()) if (column := found.get(name))]
            if len(parts) >= 2 or (parts and entity.name in ("social_posts", "crm_users")):
                made[key] = f"{{hash: [{', '.join(parts)}]}}"
                if entity.name == "crm_users":  # deals name who owns them
                    made[key] = f"{{concat: [{', '.join(parts)}], separator: ' '}}"
                elif parts == ["permalink"]:
                    made[key] = parts[0]
                sheet.ask(f"no column holds an id ({key}): do {', '.join(parts)} name a row once and for all?", "    ")
            else:
                sheet.ask(f"which column is the id of a row ({key})? Without one, rows cannot be "
                          "distinguished when the export is made again", blocks=True)  # fmt: skip
    return made


def _restatement(sheet: Sheet, found: Guess, totals: Totals | None) -> None:
    assert found.entity is not None  # noqa: S101 (the caller looked)
    rule = "snapshot" if found.entity.name in SNAPSHOTS else "upsert"
    if rule == "snapshot":
        sheet.note("Counters to date: every export is kept, the newest is current.")
    else:
        sheet.note(
            "The newest export wins per key. If rows vanish from it: replace_period; if it is always everything: full."
        )
    sheet.add(f"restatement: {rule}")
    if totals and totals.agree:
        pattern = quoted("^" + escaped(totals.label) + "$")
        sheet.add("", "reconcile:", f"  - {{total: {pattern}, fields: [{', '.join(totals.agree)}]}}")
