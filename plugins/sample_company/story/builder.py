"""Makes CRM records with ids in order of creation and nothing later than the end of the story."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

from sample_company.chance import Chance
from sample_company.company import (
    DISTRIBUTION_CHANNELS,
    INDUSTRIES,
    LOSS_REASONS,
    MARKET_COUNTRIES,
    PRODUCTS,
    REPS,
    SEGMENTS,
    STAGES,
    Campaign,
    Country,
    Rep,
)
from sample_company.money import rounded
from sample_company.people import Person, person
from sample_company.story.paths import PROPOSAL, Step
from sample_company.story.records import (
    Activity,
    Contact,
    CrmAccount,
    Journey,
    Lead,
    Line,
    Member,
    Opportunity,
    Role,
    Split,
    StageChange,
    StatusChange,
    salesforce_id,
)
from sample_company.world import World

STAGE_NAMES = tuple(name for name, _ in STAGES)
WON, LOST = len(STAGES) - 2, len(STAGES) - 1
_SHARES = (("60", "40"), ("75", "25"), ("50", "50"), ("33.34", "33.33", "33.33"), ("0", "100"))
"""Parts of who sells together, the owner's first."""


class Builder:
    """Creates records; counts them so that ids are unique and in order."""

    def __init__(self, world: World) -> None:
        """Start with no records."""
        self.world = world
        self._numbers: Counter[str] = Counter()

    def new_id(self, prefix: str) -> str:
        """The next id of the object with this key prefix."""
        self._numbers[prefix] += 1
        return salesforce_id(prefix, self._numbers[prefix])

    def new_person(self, market: str) -> Person:
        """Somebody nobody has met."""
        self._numbers["person"] += 1
        return person(self.world.seed, self._numbers["person"], market)

    def happened(self, at: datetime) -> bool:
        """True if `at` lies within the story."""
        return at < self.world.cutoff

    def choose_country(self, chance: Chance, market: str) -> Country:
        """A country of the market."""
        return chance.weighted(MARKET_COUNTRIES[market])

    def choose_rep(self, chance: Chance, country: Country, at: datetime) -> Rep:
        """A representative of the country's team; those who left only take what came in the first half."""
        halfway = self.world.start + (self.world.end - self.world.start) / 2
        return chance.pick([rep for rep in REPS if rep.team == country.team and (rep.active or at.date() < halfway)])

    def lead(
        self,
        who: Person,
        path: list[tuple[str, datetime]],
        *,
        lead_source: str,
        channel: str,
        campaign: Campaign | None,
        country: Country | None,
        owner: Rep,
        department: str,
    ) -> Lead:
        """A lead that passes the statuses of `path`."""
        made = Lead(self.new_id("00Q"), who, path[0][1], lead_source, channel, campaign, country, owner, department)
        before = ""
        for status, at in path:
            if self.happened(at):
                made.changes.append(StatusChange(self.new_id("017"), at, before, status))
                before = status
        return made

    def member(
        self, lead: Lead | None, campaign: Campaign, at: datetime, *, responded: bool, contact_id: str = ""
    ) -> Member:
        """The lead (or contact) becomes a member of the campaign."""
        return Member(self.new_id("00v"), campaign, lead, contact_id, at, at if responded else None)

    def account(
        self, chance: Chance, who: Person, country: Country | None, owner: Rep, source: str, at: datetime
    ) -> CrmAccount:
        """The person's company."""
        segment = chance.weighted(tuple(zip(SEGMENTS, (55, 30, 15), strict=True)))
        low, high = {"SMB": (5, 99), "Mid-Market": (100, 999), "Enterprise": (1_000, 20_000)}[segment]
        shipping = country
        if country and chance.happens(0.04):
            shipping = self.choose_country(chance, country.market)
        return CrmAccount(
            self.new_id("001"),
            who.company,
            country,
            shipping,
            segment,
            chance.pick(INDUSTRIES),
            chance.between(low, high),
            source,
            owner,
            at,
        )

    def contact(self, who: Person, account: CrmAccount, at: datetime) -> Contact:
        """The person as a contact of the account."""
        return Contact(self.new_id("003"), account.id, who, account.lead_source, account.owner, at, account.country)

    def opportunity(
        self,
        chance: Chance,
        account: CrmAccount,
        steps: list[Step],
        *,
        owner: Rep,
        currency: str,
        kind: str,
        campaign: Campaign | None,
        lead_source: str,
        lines: int | None = None,
        gap: Decimal | None = None,
        free: bool = False,
    ) -> Opportunity:
        """A deal that passes the stages of `steps`.

        `lines` product lines (None: by chance, sometimes none), `gap` by which the header amount differs from their
        sum (None: by chance, mostly nothing), `free` gives everything away.
        """
        made = Opportunity(
            self.new_id("006"),
            f"{account.name} - {kind}",
            account,
            owner,
            currency,
            kind,
            lead_source,
            campaign,
            chance.weighted(DISTRIBUTION_CHANNELS),
            steps[0].at,
        )
        made.splits = self._splits(made)
        estimate = rounded(Decimal(chance.between(4, 60) * 100) * _unit(currency), currency)
        count = lines if lines is not None else (0 if chance.happens(0.13) else chance.between(1, 3))
        quoted_at = next((step.at for step in steps if PROPOSAL <= step.stage <= WON), None)
        final = estimate
        if count and quoted_at is not None:
            wanted = self._lines(chance, made, count, quoted_at, free=free)
            if gap is None:
                gap = rounded(Decimal(chance.between(-3, 5) * 50) * _unit(currency), currency)
                gap = gap if chance.happens(0.1) else Decimal(0)
            final = sum((line.total for line in wanted), Decimal(0)) + gap
            made.lines = wanted if self.happened(quoted_at) else []
        expected = (steps[0].at + timedelta(days=chance.between(30, 75))).date()
        before = ""
        for step in steps:
            if not self.happened(step.at):
                break
            amount = final if quoted_at is not None and step.at >= quoted_at else estimate
            close = step.at.date() if step.stage >= WON else max(expected, step.at.date())
            stage = STAGE_NAMES[step.stage]
            made.history.append(StageChange(self.new_id("008"), step.at, stage, before, amount, close))
            before = stage
            if step.stage < WON and chance.happens(0.15):
                self._postpone(chance, made, step.at)
        if made.history[-1].stage == STAGE_NAMES[LOST]:
            made.loss_reason = chance.pick(LOSS_REASONS) if chance.happens(0.85) else ""
        return made

    def _splits(self, deal: Opportunity) -> list[Split]:
        """Who sells the deal, by a stream of its own: mostly its owner alone, as the CRM itself enters it."""
        chance = Chance(self.world.seed, "split", deal.id)
        shares = chance.pick(_SHARES) if chance.happens(0.2) else ("100",)
        first = REPS.index(deal.owner)
        sellers = [REPS[(first + 2 * place) % len(REPS)] for place in range(len(shares))]
        made = [Split(self.new_id("1SL"), rep, Decimal(share)) for rep, share in zip(sellers, shares, strict=True)]
        if chance.happens(0.06):
            made.append(Split(self.new_id("1SL"), chance.pick(REPS), Decimal(100), is_overlay=True))
        return made

    def _postpone(self, chance: Chance, deal: Opportunity, at: datetime) -> None:
        """The expected close date moves: a history row that repeats the stage."""
        last = deal.history[-1]
        moved = at + timedelta(minutes=chance.between(2, 9))
        if self.happened(moved):
            close = last.close_date + timedelta(days=chance.between(5, 20))
            deal.history.append(StageChange(self.new_id("008"), moved, last.stage, last.stage, last.amount, close))

    def _lines(self, chance: Chance, deal: Opportunity, count: int, at: datetime, *, free: bool) -> list[Line]:
        start = chance.between(0, len(PRODUCTS) - 1)
        made = []
        for offset in range(count):
            product = PRODUCTS[(start + offset) % len(PRODUCTS)]
            discount = Decimal(chance.pick((0, 0, 0, 5, 10, 15, 25))) / 100
            price = rounded(product.list_price[deal.currency] * (1 - (Decimal(1) if free else discount)), deal.currency)
            made.append(Line(self.new_id("00k"), product, chance.between(2, 40), price, at))
        return made

    def role(self, deal: Opportunity, contact: Contact, role: str, at: datetime) -> Role:
        """The contact plays a role in the deal."""
        deal.contacts.append(contact.id)
        return Role(self.new_id("00K"), deal, contact.id, role, at)

    def activities_of(self, chance: Chance, journey: Journey) -> list[Activity]:
        """Calls, mails and meetings of the representatives around the journey's leads and deals."""
        made: list[Activity] = []
        for lead in journey.leads:
            at = lead.created_at
            for _ in range(chance.between(0, 3) if len(lead.changes) > 1 else chance.between(0, 1)):
                at += timedelta(minutes=chance.between(4, 2_600))
                self._add(made, self._task(chance, at, lead, None, "", lead.owner))
        for deal in journey.opportunities:
            for step in deal.history:
                at = step.at - timedelta(minutes=chance.between(5, 90))
                if at <= deal.created_at or not chance.happens(0.6):
                    continue
                if chance.happens(0.35):
                    minutes = chance.pick((30, 45, 60))
                    event = Activity(
                        self.new_id("00U"), "event", None, deal, deal.account.id, deal.owner, at, 0, minutes, ""
                    )
                    self._add(made, event)
                else:
                    self._add(made, self._task(chance, at, None, deal, deal.account.id, deal.owner))
        return made

    def _add(self, made: list[Activity], one: Activity) -> None:
        if self.happened(one.at):
            made.append(one)

    def _task(
        self, chance: Chance, at: datetime, lead: Lead | None, deal: Opportunity | None, account_id: str, owner: Rep
    ) -> Activity:
        is_call = chance.happens(0.6)
        answered = is_call and chance.happens(0.55)
        outcome = ("Connected" if answered else "No answer") if is_call else ""
        seconds = chance.between(35, 1_500) if answered else 0
        return Activity(
            self.new_id("00T"),
            "call" if is_call else "mail",
            lead,
            deal,
            account_id,
            owner,
            at,
            seconds,
            None,
            outcome,
        )


def _unit(currency: str) -> Decimal:
    """Roughly what a dollar is in the currency, for round estimates."""
    return {"USD": Decimal(1), "EUR": Decimal("0.9"), "VND": Decimal(20_000)}[currency].quantize(
        Decimal("0.1"), ROUND_HALF_UP
    )
