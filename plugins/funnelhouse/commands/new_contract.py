"""`funnelhouse contract new`: draft a contract for an unknown export."""

from __future__ import annotations

import logging
import shlex
from pathlib import Path

from rich.console import Console
from rich.markup import escape

from funnelhouse.draft.new import new_contract
from funnelhouse.errors import Verdict
from funnelhouse.reading.explanation.wording import OUTCOMES
from funnelhouse.settings import Settings


def new(
    console: Console, settings: Settings, path: Path, entity: str | None, output: Path | None, *, force: bool
) -> None:
    """Write the draft and print what is known, what is asked and what the file would become with it."""
    logging.getLogger("funnelhouse").addHandler(logging.NullHandler())  # what matters is printed
    if not path.is_file():
        raise Verdict(f"{path} is not a file. Give one export file: funnelhouse contract new FILE")
    made = new_contract(settings, path, entity, output, force=force)
    draft, read = made.draft, made.explanation
    console.print(f"[bold green]Wrote[/] {escape(str(made.path))}", highlight=False, soft_wrap=True)
    what = f"rows of [bold]{draft.entity}[/]" if draft.entity else "[yellow]an unknown entity[/]"
    console.print(f"  {draft.guessed} of {draft.labels} columns recognised as {what}", highlight=False)
    for title, colour, questions in (("Must be answered before it loads", "red", draft.blocking),
                                     ("Look at these guesses", "yellow", draft.questions)):  # fmt: skip
        if questions:
            console.print(f"[bold {colour}]{title}[/] ({len(questions)}, marked QUESTION in the file)")
            for question in questions:
                console.print(f"  - {escape(question)}", highlight=False)
    words, colour, _ = OUTCOMES[read["outcome"]]
    console.print(f"[bold]With it[/] {escape(read['file'])} [{colour}]{words}[/]", highlight=False)
    rows = read["rows"]
    if rows["in"]:
        counts = f"{rows['loaded']:,} rows load, {rows['rejected']:,} rejected, {rows['dropped']:,} dropped by rule"
        console.print(f"  {counts}", highlight=False)
    if read["message"]:
        console.print(f"  {escape(read['message'])}", highlight=False)
    console.print(
        f"Next: edit the file, then `funnelhouse contract check {escape(shlex.quote(str(path)))}`", highlight=False
    )
