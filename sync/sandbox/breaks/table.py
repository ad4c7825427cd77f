"""Every cause of the outside contract with the ways to bring it about, and the one door to do so."""

from __future__ import annotations

from collections.abc import Mapping
from random import Random

from sync.sandbox.books import World
from sync.sandbox.breaks import accounts, amounts, dates, doubles, missing, products, strangers, summaries, timing
from sync.sandbox.breaks.expected import Expected
from sync.sandbox.breaks.missing import Injector
from sync.sandbox.breaks.opening import OPENING_DIFFERENCE
from sync.sandbox.breaks.scene import NoSuchCase, Scene
from sync.sandbox.breaks.tracking import QUANTITY_TRACKING_ON

# cause -> variant -> what brings it about
BREAKS: Mapping[str, Mapping[str, Injector]] = {
    "missing_in_qbo": missing.MISSING_IN_QBO,
    "missing_in_cin7": strangers.MISSING_IN_CIN7,
    "manual_journal": strangers.MANUAL_JOURNAL,
    "outside_cin7": strangers.OUTSIDE_CIN7,
    "duplicate_in_qbo": doubles.DUPLICATE_IN_QBO,
    "second_connector": doubles.SECOND_CONNECTOR,
    "amount_differs": amounts.AMOUNT_DIFFERS,
    "edited_in_qbo": amounts.EDITED_IN_QBO,
    "wrong_account": accounts.WRONG_ACCOUNT,
    "wrong_account_type": accounts.WRONG_ACCOUNT_TYPE,
    "different_period": dates.DIFFERENT_PERIOD,
    "voided_in_cin7": missing.VOIDED_IN_CIN7,
    "voided_in_qbo": missing.VOIDED_IN_QBO,
    "deleted_in_qbo": missing.DELETED_IN_QBO,
    "exchange_rate_differs": amounts.EXCHANGE_RATE_DIFFERS,
    "tax_differs": amounts.TAX_DIFFERS,
    "rounding": amounts.ROUNDING,
    "consolidation_differs": summaries.CONSOLIDATION_DIFFERS,
    **timing.TIMING,
    "backdated_after_close": dates.BACKDATED_AFTER_CLOSE,
    "zero_cost_shipment": products.ZERO_COST_SHIPMENT,
    "late_cost": missing.LATE_COST,
    "negative_stock": products.NEGATIVE_STOCK,
    "unmapped_account": accounts.UNMAPPED_ACCOUNT,
    "quantity_tracking_on": QUANTITY_TRACKING_ON,
    "unmapped_product": products.UNMAPPED_PRODUCT,
    "duplicate_product": products.DUPLICATE_PRODUCT,
    "illegal_name": products.ILLEGAL_NAME,
    "opening_difference": OPENING_DIFFERENCE,
}

# Only a sync of the state before makes these known; backdated documents must be entered after the close.
AFTER_A_SYNC = frozenset({"edited_in_qbo", "deleted_in_qbo", "backdated_after_close"})


def inject(world: World, cause: str, random: Random, *, variant: str = "", taken: set[str] | None = None) -> Expected:
    """Makes one thing go wrong in the served books, and says what the tie-out must say of it.

    Without `variant` one is drawn among those for which the company has a case. `taken` is shared by injections into
    one world: no document goes wrong twice. The causes of AFTER_A_SYNC want a sync of the books as they were, and a
    day on which nobody works (`world.works.rest()`) before them. Raises KeyError for a cause or variant that there is
    not, NoSuchCase where this company has no case of it, ValueError for a world that was made by hand.
    """
    ways = BREAKS[cause]
    scene = Scene(world, random, set() if taken is None else taken)
    names = [variant] if variant else random.sample(sorted(ways), len(ways))
    for n, name in enumerate(names):
        try:
            expected = ways[name](scene)
        except NoSuchCase:
            if n == len(names) - 1:
                raise
            continue
        scene.works.publish()
        return expected
    raise KeyError(cause)
