"""All pages: their address, name and question."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import duckdb

from funnelhouse.pages.ask import Ask
from funnelhouse.pages.content import (
    attribution,
    budget,
    campaigns,
    channels,
    customers,
    dictionary,
    funnel,
    goals,
    overview,
    quality,
)  # fmt: skip
from funnelhouse.pages.parts import N_, Failed, Page


@dataclass(frozen=True)
class Entry:
    """One page: `name` in addresses, `title` and `question` in English."""

    name: str
    title: str
    question: str
    make: Callable[[Ask], Page]

    def build(self, ask: Ask) -> Page:
        """The page; of a version that lacks what even its filters need, a page that says so."""
        try:
            return self.make(ask)
        except duckdb.Error as error:
            return Page([Failed("failed", ask.say(self.title), str(error).split("\n", 1)[0])])


PAGES = (
    Entry("overview", N_("Overview"), N_("Are we on track?"), overview.build),
    Entry("funnel", N_("Funnel"), N_("Where do we lose people?"), funnel.build),
    Entry("channels", N_("Channels"), N_("What does each channel cost and bring?"), channels.build),
    Entry("attribution", N_("Attribution"), N_("Who deserves the credit?"), attribution.build),
    Entry("campaigns", N_("Campaigns"), N_("Does a campaign pay?"), campaigns.build),
    Entry("goals", N_("Goals"), N_("Will we make it?"), goals.build),
    Entry("customers", N_("Customers"), N_("Who is worth keeping?"), customers.build),
    Entry("budget", N_("Budget"), N_("Where should the money go?"), budget.build),
    Entry("quality", N_("Data quality"), N_("How far can the numbers be trusted?"), quality.build),
    Entry("dictionary", N_("Dictionary"), N_("What does a number mean?"), dictionary.build),
)
BY_NAME = {entry.name: entry for entry in PAGES}
