"""The truth about leads, deals, won revenue, the funnel and the goals."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import UTC, date, datetime
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal

from sample_company.company import HUBSPOT, HUBSPOT_STAGES, REPS, SALESFORCE, Rep
from sample_company.money import month_start, rate_to_usd, to_usd
from sample_company.people import Person
from sample_company.story import calls, partner, plans
from sample_company.story.records import Journey, Lead, Opportunity, StatusChange
from sample_company.truth import TruthTables
from sample_company.truth_attribution import add_credits, open_credits
from sample_company.truth_customers import CustomerTruth, Part
from sample_company.truth_money import MoneyTruth
from sample_company.world import DAY, World

FUNNEL = (
    "inquiries", "leads", "mqls", "sals", "mqls_recorded", "sals_recorded", "converted", "opportunities", "won", "lost",
)  # fmt: skip
_CENT = Decimal("0.01")


class CrmTruth:
    """Gathers the truth journey by journey; `finish` adds the partner unit's deals and the monthly sums."""

    def __init__(self, world: World, tables: TruthTables) -> None:
        """Begin all tables."""
        self._world, self._tables = world, tables
        self._won: dict[tuple[date, str, str], Decimal] = defaultdict(Decimal)
        self._days: dict[date, Counter[str]] = defaultdict(Counter)
        self._customers = CustomerTruth(world, tables)
        self._money = MoneyTruth(world, tables)
        tables.open("people", ("person_key", "first_name", "last_name", "full_name", "email", "phone"))
        tables.open("leads", (
            "person_key", "lead_ids", "created_on", "campaign", "channel", "department", "country", "mql_at", "sal_at",
            "mql_recorded_at", "sal_recorded_at", "converted_at", "opportunity_ids",
        ))  # fmt: skip
        tables.open("opportunities", (
            "source", "opportunity_id", "account", "created_on", "close_date", "stage", "is_closed", "is_won",
            "amount_native", "currency", "amount_usd", "owner", "team", "region", "country", "distribution_channel",
            "campaign", "lead_ids", "loss_reason",
        ))  # fmt: skip
        tables.open("task_calls", ("called_at", "rep", "talk_seconds"))
        tables.open("won_lines", (
            "close_date", "source", "opportunity_id", "product", "product_family", "quantity", "region", "country",
            "distribution_channel", "rep", "team", "amount_native", "currency", "amount_usd",
        ))  # fmt: skip
        tables.open("stage_entries", ("object", "source", "record_id", "stage", "entered_at", "entry_number"))
        open_credits(tables)
        tables.open("funnel_monthly", ("month", *FUNNEL))
        tables.open("goals_expected", (
            "goal_id", "goal_version", "metric", "scope_type", "scope", "start_date", "end_date", "target_value",
            "actual",
        ))  # fmt: skip

    def add(self, journey: Journey) -> None:
        """Take one journey into account."""
        for who in journey.people():
            self._person(who)
        live = [lead for lead in journey.leads if lead.deleted_at is None and lead.purged_at is None]
        deals = [deal for deal in journey.opportunities if deal.deleted_at is None]
        if live:
            self._lead(live, deals)
        for member in journey.members:
            kept = member.lead is None or member.lead in live or member.lead.merged_into in [one.id for one in live]
            if kept and member.responded_at:
                self._count(member.responded_at.date(), "inquiries")
        for lead in live:
            self._entries("lead", lead.id, [(change.new, change.at) for change in lead.changes])
        for deal in deals:
            self._opportunity(deal)
            last = deal.history[-1]
            if last.stage == "Closed Won":
                usd = to_usd(self._world.seed, last.amount, deal.currency, last.close_date)
                add_credits(self._tables, journey, live, deal, last.close_date, usd)
        for task in journey.activities:
            if task.kind == "call":
                self._tables.add("task_calls", (_iso(task.at), task.owner.name, task.seconds))
        for one in journey.subscriptions:
            self._customers.subscribed(f"{SALESFORCE.source}:{one.account.id}", [one])

    def finish(self) -> None:
        """Write what needs the whole story."""
        for who in calls.callers(self._world):
            self._person(who)
        for deal in partner.deals(self._world):
            self._partner_deal(deal)
        month = self._world.start
        while month <= self._world.end:
            counted = self._counted(month, month_start(month, 1) - DAY)
            self._tables.add("funnel_monthly", (month, *(counted[name] for name in FUNNEL)))
            month = month_start(month, 1)
        self._goals()
        self._customers.finish()
        self._money.finish()

    def _count(self, day: date, what: str) -> None:
        self._days[day][what] += 1

    def _counted(self, first: date, last: date) -> Counter[str]:
        """What was counted from `first` to `last`, both inclusive."""
        sums = Counter[str]()
        for day, counted in self._days.items():
            if first <= day <= last:
                sums.update(counted)
        return sums

    def _person(self, who: Person) -> None:
        """people: everybody outside the company, to be found nowhere behind the archive."""
        full = f"{who.first_name} {who.last_name}"
        self._tables.add("people", (who.key, who.first_name, who.last_name, full, who.email, who.phone))

    def _lead(self, live: list[Lead], deals: list[Opportunity]) -> None:
        """leads: one row per person with a living lead; campaign and channel are those of the first one.

        `mql_at` and `sal_at` are first entries with skipped stages imputed: who reached a later stage passed the
        earlier ones at the time of the next known one. The `_recorded_` columns have only what was recorded.
        """
        first = min(live, key=lambda lead: lead.created_at)
        reached = _first_entries([change for lead in live for change in lead.changes])
        converted = reached.get("Qualified")
        sal = reached.get("SAL", converted)
        mql = reached.get("MQL", sal)
        self._tables.add("leads", (
            first.person.key, ";".join(lead.id for lead in live), first.created_at.date(),
            first.campaign.name if first.campaign else None, first.channel, first.department or "Unknown",
            first.country.name if first.country else None, _iso(mql), _iso(sal), _iso(reached.get("MQL")),
            _iso(reached.get("SAL")), _iso(converted), ";".join(deal.id for deal in deals),
        ))  # fmt: skip
        moments = {
            "leads": first.created_at, "mqls": mql, "sals": sal, "mqls_recorded": reached.get("MQL"),
            "sals_recorded": reached.get("SAL"), "converted": converted,
        }  # fmt: skip
        for name, at in moments.items():
            if at:
                self._count(at.date(), name)

    def _entries(self, kind: str, record: str, steps: list[tuple[str, datetime]]) -> None:
        """stage_entries: each recorded entry into a status or stage, repeats collapsed, entries numbered per stage."""
        before, seen = "", Counter[str]()
        source = HUBSPOT.source if kind == "partner_deal" else SALESFORCE.source
        for stage, at in steps:
            if stage != before:
                seen[stage] += 1
                label = "opportunity" if kind == "partner_deal" else kind
                self._tables.add("stage_entries", (label, source, record, stage, _iso(at), seen[stage]))
            before = stage

    def _opportunity(self, deal: Opportunity) -> None:
        """opportunities: each living deal as it stands; `amount_usd` by the close day, if open by the creation day."""
        last = deal.history[-1]
        closed, won = last.stage.startswith("Closed"), last.stage == "Closed Won"
        country = deal.account.country
        region, land = (country.region, country.name) if country else ("Unknown", None)
        channel = deal.distribution_channel or "Unknown"
        day = last.close_date if closed else deal.created_at.date()
        usd = to_usd(self._world.seed, last.amount, deal.currency, day)
        self._tables.add("opportunities", (
            SALESFORCE.source, deal.id, deal.account.id, deal.created_at.date(), last.close_date, last.stage,
            int(closed), int(won), last.amount, deal.currency, usd, deal.owner.name, deal.owner.team, region, land,
            channel, deal.campaign.name if deal.campaign else None, ";".join(deal.lead_ids),
            deal.loss_reason or None,
        ))  # fmt: skip
        self._entries("opportunity", deal.id, [(change.stage, change.at) for change in deal.history])
        self._count(deal.created_at.date(), "opportunities")
        self._money.in_work(deal.created_at.date(), last.close_date if closed else None, deal.owner.team)
        if closed:
            self._count(last.close_date, "won" if won else "lost")
        if won:
            where = (region, land, channel)
            products = {line.product.name: line.product for line in deal.lines}
            parts: list[Part] = []
            for line in self._won_lines(deal, last.amount, usd, last.close_date):
                name, family, quantity, native, amount = line
                parts.append((products.get(name), quantity, native, amount, name == "Unallocated"))
                for rep, part_native, part in _credited(deal, native, amount):
                    self._won[last.close_date, rep.team, rep.name] += part
                    self._tables.add("won_lines", (
                        last.close_date, SALESFORCE.source, deal.id, name, family, quantity, *where, rep.name, rep.team,
                        part_native, deal.currency, part,
                    ))  # fmt: skip
            self._customers.sold(f"{SALESFORCE.source}:{deal.account.id}", last.close_date, parts)
            self._money.sold(last.close_date, parts)

    def _won_lines(
        self, deal: Opportunity, header: Decimal, header_usd: Decimal, day: date
    ) -> list[tuple[str, str | None, int | None, Decimal, Decimal]]:
        """won_lines: revenue by product and by who is credited with it; `quantity` is the whole line's. A deal without
        lines is one line `Unspecified`; what the lines leave of the deal's amount is `Unallocated`. In USD the lines
        add up to the converted deal: each is rounded down to the cent and the missing cents go to the largest
        remainders (ties: the smaller line id).
        """
        parts: list[tuple[str, str, str | None, int | None, Decimal]] = [
            (line.id, line.product.name, line.product.family, line.quantity, line.total) for line in deal.lines
        ]
        rest = header - sum((part[4] for part in parts), Decimal(0))
        if not parts:
            parts.append((f"{deal.id}#unspecified", "Unspecified", None, None, header))
        elif rest:
            parts.append((f"{deal.id}#unallocated", "Unallocated", None, None, rest))
        rate = rate_to_usd(self._world.seed, deal.currency, day)
        exact = {part[0]: part[4] * rate for part in parts}
        cents = {name: amount.quantize(_CENT, ROUND_FLOOR) for name, amount in exact.items()}
        missing = int((header_usd - sum(cents.values(), Decimal(0))) / _CENT)
        for name in sorted(exact, key=lambda one: (cents[one] - exact[one], one))[:missing]:
            cents[name] += _CENT
        return [(name, family, quantity, native, cents[key]) for key, name, family, quantity, native in parts]

    def _partner_deal(self, deal: partner.PartnerDeal) -> None:
        stage = deal.entered[-1][0]
        closed, won = stage >= partner.WON, stage == partner.WON
        end = deal.entered[-1][1].date()
        created = deal.created_at.date()
        usd = to_usd(self._world.seed, deal.amount, deal.currency, end if closed else created)
        self._tables.add("opportunities", (
            HUBSPOT.source, deal.deal_id, deal.company, created, end if closed else None, HUBSPOT_STAGES[stage][0],
            int(closed), int(won), deal.amount, deal.currency, usd, deal.owner.name, deal.owner.team, "Unknown",
            None, "Partner", None, None, deal.loss_reason or None,
        ))  # fmt: skip
        self._entries("partner_deal", deal.deal_id, [(HUBSPOT_STAGES[number][0], at) for number, at in deal.entered])
        self._count(created, "opportunities")
        self._money.in_work(created, end if closed else None, deal.owner.team)
        if closed:
            self._count(end, "won" if won else "lost")
        if won:
            self._won[end, deal.owner.team, deal.owner.name] += usd
            parts: list[Part] = [(None, None, deal.amount, usd, False)]
            self._customers.sold(f"{HUBSPOT.source}:{deal.company_id}", end, parts)
            self._money.sold(end, parts)
            self._tables.add("won_lines", (
                end, HUBSPOT.source, deal.deal_id, "Unspecified", None, None, "Unknown", None, "Partner",
                deal.owner.name, deal.owner.team, deal.amount, deal.currency, usd,
            ))  # fmt: skip

    def _goals(self) -> None:
        """goals_expected: what each goal on revenue, leads, MQLs or win rate has reached on the last day."""
        for goal in plans.goals(self._world):
            first, last = date.fromisoformat(goal["start_date"]), date.fromisoformat(goal["end_date"])
            if goal["metric"] not in ("revenue", "leads", "mqls", "win_rate") or goal["target_per"]:
                continue
            self._tables.add("goals_expected", (
                goal["goal_id"], goal["goal_version"], goal["metric"], goal["scope_type"], goal["scope"], first, last,
                goal["target_value"], self._actual(goal, first, last),
            ))  # fmt: skip

    def _actual(self, goal: dict[str, str], first: date, last: date) -> object:
        if goal["metric"] == "revenue":
            place = {"team": 1, "rep": 2}.get(goal["scope_type"], 0)
            fitting = [
                amount
                for key, amount in self._won.items()
                if first <= key[0] <= last and (not place or key[place] == goal["scope"])
            ]
            return sum(fitting, Decimal("0.00"))
        counted = self._counted(first, last)
        if goal["metric"] == "win_rate":
            closed = counted["won"] + counted["lost"]
            return (Decimal(counted["won"]) / closed).quantize(Decimal("1e-6"), ROUND_HALF_UP) if closed else None
        return counted[goal["metric"]]


def _first_entries(changes: list[StatusChange]) -> dict[str, datetime]:
    """The first recorded entry into each status over all of a person's lead rows."""
    found: dict[str, datetime] = {}
    for change in changes:
        found[change.new] = min(found.get(change.new, datetime.max.replace(tzinfo=UTC)), change.at)
    return found


def _credited(deal: Opportunity, native: Decimal, usd: Decimal) -> list[tuple[Rep, Decimal, Decimal]]:
    """Native amount and USD of a line by representative. Each has the whole cents of his part, and the cents that are
    missing go to the largest remainders (ties: the smaller user id); the last has what is left of the native amount.
    """
    parts = sorted(
        ((one.owner, one.percent) for one in deal.splits if not one.is_overlay and one.percent),
        key=lambda part: REPS.index(part[0]),
    )
    sign = 1 if usd >= 0 else -1
    exact = [abs(usd) * percent / 100 for _, percent in parts]
    cents = [amount.quantize(_CENT, ROUND_FLOOR) for amount in exact]
    missing = int((abs(usd) - sum(cents, Decimal(0))) / _CENT)
    for place in sorted(range(len(parts)), key=lambda one: (cents[one] - exact[one], one))[:missing]:
        cents[place] += _CENT
    natives = [(native * percent / 100).quantize(Decimal("0.001"), ROUND_FLOOR) for _, percent in parts]
    natives[-1] += native - sum(natives, Decimal(0))
    return [(rep, natives[place], sign * cents[place]) for place, (rep, _) in enumerate(parts)]


def _iso(at: datetime | None) -> str | None:
    return f"{at:%Y-%m-%dT%H:%M:%S}" if at else None
