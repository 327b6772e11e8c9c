"""Subscriptions: what won deals were sold as, and customers from before the CRM with every turn a contract can take.

All chance is drawn from streams of their own, so that nothing else of the story depends on it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from decimal import Decimal

from sample_company.chance import Chance
from sample_company.company import COUNTRIES, PRODUCTS, REPS, Country, Product
from sample_company.money import rounded
from sample_company.people import person
from sample_company.story.builder import STAGE_NAMES, WON, Builder
from sample_company.story.records import CrmAccount, Journey, Opportunity, Subscription, SubscriptionChange
from sample_company.world import DAY, midnight

PERIODS_A_YEAR = {"Weekly": 52, "Monthly": 12, "Quarterly": 4, "Yearly": 1, "One-time": 0}
CHURN_REASONS = ("Bad fit", "Price", "Poor support", "Competitor", "No longer needed", "")
MONTHLY_CHURN = 0.03
LATELY = 10
"""Days before the end at which something changes in place: after the first weekly export, before the month ends."""
_COMPANY_NUMBERS = 90_000_000
_US, _GERMANY, _VIETNAM = COUNTRIES[0], COUNTRIES[4], COUNTRIES[8]


class _Seller:
    """Makes the subscriptions of one customer."""

    def __init__(self, builder: Builder, account: CrmAccount, currency: str, stretch: float) -> None:
        self.builder, self.account, self.currency, self._stretch = builder, account, currency, stretch
        self.made: list[Subscription] = []

    def ago(self, days: float) -> date:
        """The day so many days before the end in a story of three months, earlier in a longer one; never before it."""
        world = self.builder.world
        return max(world.start, world.end - timedelta(days=round(days * self._stretch)))

    def sell(
        self,
        product: Product,
        period: str,
        quantity: int,
        started_on: date,
        *,
        price: Decimal | None = None,
        deal: Opportunity | None = None,
        trial: bool = False,
    ) -> Subscription:
        """A contract from `started_on` on; without `price` by the price list."""
        year = product.list_price[self.currency] * quantity
        amount = rounded(year / (PERIODS_A_YEAR[period] or 1), self.currency) if price is None else price
        one = Subscription(
            self.builder.new_id("a0S"), self.account, deal, product, self.currency, period, quantity, started_on, trial
        )
        one.changes.append(SubscriptionChange(midnight(started_on), "Trialing" if trial else "Active", amount))
        self.made.append(one)
        return one


def sold_with(builder: Builder, journey: Journey) -> list[Subscription]:
    """Most won deals are sold as subscriptions, one for each line; some of them end."""
    made: list[Subscription] = []
    for deal in journey.opportunities:
        chance = Chance(builder.world.seed, "subscription", deal.id)
        if deal.history[-1].stage != STAGE_NAMES[WON] or not chance.happens(0.7):
            continue
        seller = _Seller(builder, deal.account, deal.currency, 1.0)
        start = deal.history[-1].at.date() + DAY
        for line in deal.lines:
            if line.total and start <= builder.world.end:
                period = chance.weighted((("Yearly", 5.0), ("Monthly", 4.0), ("Quarterly", 1.0)))
                price = rounded(line.total / PERIODS_A_YEAR[period], deal.currency)
                one = seller.sell(line.product, period, line.quantity, start, price=price, deal=deal)
                last = start + timedelta(days=30 + int(chance.waiting(30 / MONTHLY_CHURN)))
                if last <= builder.world.end:
                    one.end(last, chance.pick(CHURN_REASONS))
        made += seller.made
    return made


def older_customers(builder: Builder) -> Iterator[Journey]:
    """Customers without a deal, whose contracts take every turn once in each round; more rounds in a larger company."""
    world = builder.world
    story_days = (world.end - world.start).days
    for turn in range(max(1, round(world.scale * 2))):
        for number, story in enumerate(_STORIES):
            chance = Chance(world.seed, "older customer", turn, number)
            country = (_US, _GERMANY, _VIETNAM)[(number + turn) % 3]
            stretch = max(1.0, story_days / 92) * (1.0 if turn == 0 else chance.within(0.4, 1.0))
            yield _customer(builder, chance, country, stretch, story, turn * len(_STORIES) + number)


def _customer(
    builder: Builder, chance: Chance, country: Country, stretch: float, story: Callable[[_Seller], None], number: int
) -> Journey:
    since = midnight(builder.world.start) - timedelta(days=chance.between(30, 390))
    who = person(builder.world.seed, _COMPANY_NUMBERS + number, country.market)
    owner = next(rep for rep in REPS if rep.team == country.team and rep.active)
    account = builder.account(chance, who, country, owner, "", since)
    seller = _Seller(builder, account, country.currency, stretch)
    story(seller)
    kept = [one for one in seller.made if one.started_on <= builder.world.end]
    return Journey(accounts=[account], subscriptions=kept)


def _steady_by_year(seller: _Seller) -> None:
    seller.sell(PRODUCTS[0], "Yearly", 12, seller.ago(88))


def _steady_by_week(seller: _Seller) -> None:
    seller.sell(PRODUCTS[3], "Weekly", 7, seller.ago(75))


def _steady_by_quarter(seller: _Seller) -> None:
    seller.sell(PRODUCTS[1], "Quarterly", 5, seller.ago(80))


def _upgrade(seller: _Seller) -> None:
    """Another plan from the day after: an expansion, nobody left."""
    seller.sell(PRODUCTS[1], "Monthly", 8, seller.ago(85)).end(seller.ago(45))
    seller.sell(PRODUCTS[0], "Monthly", 8, seller.ago(45) + DAY)


def _downgrade(seller: _Seller) -> None:
    seller.sell(PRODUCTS[0], "Monthly", 10, seller.ago(85)).end(seller.ago(38))
    seller.sell(PRODUCTS[0], "Monthly", 4, seller.ago(38) + DAY)


def _more_products(seller: _Seller) -> None:
    seller.sell(PRODUCTS[0], "Monthly", 6, seller.ago(85))
    seller.sell(PRODUCTS[2], "Monthly", 6, seller.ago(25))


def _bad_fit(seller: _Seller) -> None:
    seller.sell(PRODUCTS[2], "Monthly", 9, seller.ago(82)).end(seller.ago(33), "Bad fit")


def _left_without_a_word(seller: _Seller) -> None:
    seller.sell(PRODUCTS[1], "Yearly", 3, seller.ago(70)).end(seller.ago(20))


def _late_renewal(seller: _Seller) -> None:
    """Twenty days without a contract across a month's end: no churn."""
    last = seller.ago(42)
    seller.sell(PRODUCTS[0], "Monthly", 5, seller.ago(88)).end(last)
    seller.sell(PRODUCTS[0], "Monthly", 5, last + 20 * DAY)


def _back_again(seller: _Seller) -> None:
    """Gone for fifty days: churn and reactivation."""
    last = seller.ago(58)
    seller.sell(PRODUCTS[3], "Monthly", 15, seller.ago(91)).end(last, "Price")
    seller.sell(PRODUCTS[3], "Monthly", 11, last + 50 * DAY)


def _trial_that_stayed(seller: _Seller) -> None:
    seller.sell(PRODUCTS[1], "Monthly", 4, seller.ago(70), price=Decimal(0), trial=True).end(seller.ago(57))
    seller.sell(PRODUCTS[1], "Monthly", 4, seller.ago(57) + DAY)


def _trial_only(seller: _Seller) -> None:
    seller.sell(PRODUCTS[0], "Monthly", 2, seller.ago(9), price=Decimal(0), trial=True)


def _tries_another(seller: _Seller) -> None:
    """A customer who has a look at something more: worth a call."""
    seller.sell(PRODUCTS[1], "Monthly", 6, seller.ago(84))
    seller.sell(PRODUCTS[2], "Monthly", 2, seller.builder.world.end - 12 * DAY, price=Decimal(0), trial=True)


def _behind_with_payment(seller: _Seller) -> None:
    one = seller.sell(PRODUCTS[2], "Monthly", 10, seller.ago(66))
    one.change(seller.builder.world.end - LATELY * DAY, "Past Due")


def _set_up_for_a_fee(seller: _Seller) -> None:
    seller.sell(PRODUCTS[0], "One-time", 1, seller.ago(60))
    seller.sell(PRODUCTS[0], "Monthly", 3, seller.ago(60))


def _raised_in_place(seller: _Seller) -> None:
    """A new price in the same record."""
    one = seller.sell(PRODUCTS[0], "Monthly", 20, seller.ago(77))
    raised = rounded(one.changes[-1].amount * Decimal("1.08"), seller.currency)
    one.change(seller.builder.world.end - LATELY * DAY, "Active", amount=raised)


def _cancelled_without_a_day(seller: _Seller) -> None:
    one = seller.sell(PRODUCTS[3], "Yearly", 30, seller.ago(69))
    one.reason = "Competitor"
    one.change(seller.builder.world.end - LATELY * DAY, "Cancelled")


def _guest(seller: _Seller) -> None:
    """Came and went between two ends of months."""
    end = seller.builder.world.end
    seller.sell(PRODUCTS[3], "Monthly", 3, end - 26 * DAY).end(end - 15 * DAY, "No longer needed")


_STORIES = (
    _steady_by_year, _steady_by_week, _steady_by_quarter, _upgrade, _downgrade, _more_products, _bad_fit,
    _left_without_a_word, _late_renewal, _back_again, _trial_that_stayed, _trial_only, _tries_another,
    _behind_with_payment, _set_up_for_a_fee, _raised_in_place, _cancelled_without_a_day, _guest,
)  # fmt: skip
