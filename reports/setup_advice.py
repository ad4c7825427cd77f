"""What the set-up check tells beside each fault: why it matters in money, how to put it right step by step, and where.

`docs/checks.md` is made from this table and from the rules' own words.
"""

from __future__ import annotations

from dataclasses import dataclass

_CIN7 = "https://inventory.dearsystems.com/"
_CIN7_API = "https://inventory.dearsystems.com/ExternalAPI"
_QBO = "https://app.qbo.intuit.com/app/"
_ACCOUNTS, _ITEMS = f"{_QBO}chartofaccounts", f"{_QBO}items"
_ADVANCED, _BILLING = f"{_QBO}accountsettings?p=advanced", f"{_QBO}accountsettings?p=billing"
_MAPPING = "In Cin7: Integrations, QuickBooks Online, Account mapping."
_AGAIN = "Run: tieout sync, then: tieout check"


@dataclass(frozen=True, slots=True)
class Advice:
    """Why a cause costs money, the steps that put it right, and the page where they begin."""

    why: str
    steps: tuple[str, ...]
    link: str


ADVICE: dict[str, Advice] = {
    "not_connected": Advice(
        "Without the connection every figure stays as old as the last sync, and nothing new is found.",
        ("Run: tieout connect", "Follow the link to Intuit, or paste the Cin7 keys when asked.", _AGAIN),
        _CIN7_API,
    ),
    "needs_reconnect": Advice(
        "QuickBooks gives nothing until a person allows it again: differences of today stay unseen.",
        ("Run: tieout connect, or open /qbo/connect on the machine that serves Tieout.",
         "Choose the same company at Intuit.", _AGAIN),
        f"{_QBO}homepage",
    ),
    "unreachable": Advice(
        "While a system does not answer, figures stay as old as the last good sync.",
        ("Open the system in a browser: is it up?", "Check that this machine may reach it (proxy, firewall).", _AGAIN),
        _CIN7,
    ),
    "refused": Advice(
        "What may not be read is missing from every figure that needs it; such answers say that they are not complete.",
        ("See which user made the Cin7 key or the QuickBooks connection.",
         "Give that user the right to read the part (QuickBooks: a company admin).", _AGAIN),
        f"{_QBO}manageusers",
    ),
    "plan_too_small": Advice(
        "Simple Start and Essentials take neither inventory accounts nor the entries that Cin7 posts: cost of sales and"
        " stock never reach the books.",
        ("Open Billing and subscription in QuickBooks.", "Change the plan to Plus or Advanced.", _AGAIN),
        _BILLING,
    ),
    "base_currency_differs": Advice(
        "Every amount would be booked in the wrong currency; Cin7's integration refuses such a pair.",
        ("Find out which of the two is wrong: Cin7, Settings, General; QuickBooks, Account and settings, Advanced.",
         "Open a new company with the right currency on that side: neither can be changed later.",
         "Connect the new pair with: tieout connect"),
        _ADVANCED,
    ),
    "multi_currency_off": Advice(
        "Foreign invoices are refused, or booked one for one as if they were in base currency.",
        ("Open Account and settings, Advanced, Currency in QuickBooks.",
         "Turn Multicurrency on; it cannot be turned off again.",
         "Set skipped documents back to pending in Cin7's sync history.", _AGAIN),
        _ADVANCED,
    ),
    "time_zone_differs": Advice(
        "A document of the evening falls on another day, at month's end into another month: the two then differ by it"
        " until it clears.",
        ("Compare Cin7 (Settings, General, Time zone) with QuickBooks (Account and settings, Advanced, Other).",
         "Set both to the zone in which the company does its books.", _AGAIN),
        _ADVANCED,
    ),
    "wrong_setting": Advice(
        "A setting that names what does not exist has no effect: the figures are those without it.",
        ("Open tieout.toml.", "Correct the line that is named, or take it out.", "Run: tieout config", _AGAIN),
        "",
    ),
    "missing_account": Advice(
        "Without both accounts the control cannot be compared: whatever it holds is not tied out at all.",
        (_MAPPING, "Choose QuickBooks' account for the role.", "Import the chart of accounts in Cin7 again.", _AGAIN),
        _ACCOUNTS,
    ),
    "guide_account_missing": Advice(
        "What belongs there is booked on some other account, and distorts the margin or the balance sheet by it.",
        ("Open the chart of accounts in QuickBooks and choose New.", "Choose the type and detail type that are named.",
         "Import the chart of accounts in Cin7, and map the role to the new account.", _AGAIN),
        _ACCOUNTS,
    ),
    "unmapped_account": Advice(
        "Documents on an account without counterpart are refused by QuickBooks: their whole amount is missing there.",
        ("Open the chart of accounts in QuickBooks and turn account numbers on.",
         "Give the account that is meant Cin7's code as its number, or name it in tieout.toml: [accounts].",
         "Set failed documents back to pending in Cin7's sync history.", _AGAIN),
        _ACCOUNTS,
    ),
    "shared_account": Advice(
        "Two roles on one account cannot be told apart: a fault in one hides behind the other.",
        ("Make an account of its own for one of the roles in QuickBooks.", _MAPPING, "Map the role to it.",
         "Move the balance by a journal on an agreed day.", _AGAIN),
        _ACCOUNTS,
    ),
    "wrong_account_type": Advice(
        "Amounts stand in the wrong section of the statements: cost of sales in an Expense account overstates gross"
        " profit by all of it.",
        ("Make an account of the right type in QuickBooks.", _MAPPING, "Map the role to the new account.",
         "Reclassify what the open period posted by a journal; leave closed periods alone.", _AGAIN),
        _ACCOUNTS,
    ),
    "inactive_account": Advice(
        "QuickBooks refuses what is posted to an inactive account: those documents are missing there.",
        ("Open the chart of accounts in QuickBooks, with inactive accounts shown.", ("Make the account active, or map"
         " another one in Cin7."), "Set failed documents back to pending in Cin7's sync history.", _AGAIN),
        _ACCOUNTS,
    ),
    "product_account": Advice(
        "Every sale of the product posts on the wrong account, or is refused: stock, cost or revenue are off by it.",
        ("Open the product in Cin7.", "Clear the account, or choose one of the right class.",
         "For a whole category: Inventory, Products, Export, change the column, import.", _AGAIN),
        f"{_CIN7}Product",
    ),
    "odd_override": Advice(
        "Money that lands on a forgotten account is missing from the line where the reader looks for it.",
        ("Open the product, customer or document that is named in Cin7.", "Clear the override, unless it is meant.",
         "Move what was posted by a journal, if it matters.", _AGAIN),
        _CIN7,
    ),
    "illegal_name": Advice(
        "QuickBooks refuses the item, and with it every invoice and bill that has the product on a line.",
        ("Open the product in Cin7.", "Rename it: at most 100 characters, no colon, no backslash.",
         "Set failed documents back to pending in Cin7's sync history.", _AGAIN),
        f"{_CIN7}Product",
    ),
    "duplicate_product": Advice(
        "Sales of one product are booked on two items, possibly on two income accounts: sales by product are wrong.",
        ("Open Products and services in QuickBooks and find both.", ("Keep the one with movements; make the other"
         " inactive, or give it the same name to merge them."), _AGAIN),
        _ITEMS,
    ),
    "unmapped_product": Advice(
        "A product without an item is made anew by the next sync, or its invoices are refused.",
        ("Open Products and services in QuickBooks.", ("Give the item that is meant the product's SKU and name, or make"
         " it as a non-inventory item."), "Set failed documents back to pending in Cin7's sync history.", _AGAIN),
        _ITEMS,
    ),
    "renamed_product": Advice(
        "The next document may make a second item under Cin7's name: sales of one product then stand on two.",
        ("Decide which name is right.", "Rename the product in Cin7 or the item in QuickBooks.", _AGAIN),
        _ITEMS,
    ),
    "inactive_product": Advice(
        "Stock that nobody can sell keeps its value on the balance sheet; documents with an inactive item are refused.",
        ("Make the product or item active again.", "Or sell or write off what is left, then deprecate it.", _AGAIN),
        f"{_CIN7}Product",
    ),
    "quantity_tracking_on": Advice(
        "QuickBooks posts cost of its own when the invoice arrives, Cin7 posts it at shipment: cost of sales is booked"
        " twice and stock falls twice.",
        ("Agree on a day with the bookkeeper.", ("Make a non-inventory item in QuickBooks and make the tracked one"
         " inactive: tracking cannot be turned off for an item."),
         "Reverse the cost that QuickBooks posted by a journal.", _AGAIN),
        _ITEMS,
    ),
    "wrong_account": Advice(
        "Sales of the item go to an account that Cin7 does not know: revenue differs by them, control by control.",
        ("Open the item in QuickBooks.", ("Choose the income account that Cin7's revenue account is mapped to, and let"
         " QuickBooks update history only within the open period."), _AGAIN),
        _ITEMS,
    ),
    "name_collision": Advice(
        "QuickBooks keeps one list of names: the second one is refused, and all invoices or bills of that contact with"
        " it, or they are booked to the wrong party.",
        ("Open the contact in Cin7.", "Give one of the two another name.",
         "Set failed documents back to pending in Cin7's sync history.", _AGAIN),
        f"{_QBO}customers",
    ),
    "illegal_contact": Advice(
        "QuickBooks refuses the contact, and all of its documents with it.",
        ("Open the contact in Cin7.", "Rename it without colon and tab.", _AGAIN),
        f"{_CIN7}Customer",
    ),
    "closing_dates_differ": Advice(
        "A document dated between the two days is taken by one system and refused by the other: the balances differ by"
        " all of it from that day on.",
        ("Agree on the day up to which the books are closed.",
         ("Set it in Cin7 (Settings, General, Lock date) and in QuickBooks (Account and settings, Advanced, Close the"
         " books)."), _AGAIN),
        _ADVANCED,
    ),
    "closed_ahead": Advice(
        "Documents of today are refused until that day: nothing reaches the books.",
        ("Open the lock date (Cin7) or the closing date (QuickBooks).", "Set it to a day that is over.", _AGAIN),
        _ADVANCED,
    ),
    "second_connector": Advice(
        "The same sales are booked twice: revenue, tax and receivables are too high by all of them.",
        ("Find the other connector: QuickBooks, Apps, My apps.", ("Turn its sales off, or turn sales off in Cin7's"
         " integration."), "Reverse the summaries that repeat Cin7's sales, then clear the clearing account.", _AGAIN),
        f"{_QBO}apps/myapps",
    ),
    "posting_style_mixed": Advice(
        "Sales that are neither in QuickBooks one by one nor in a journal are missing from revenue.",
        ("Open Cin7's sync history for sales.", "Put failed and skipped ones back to pending.",
         "Keep one style for each channel.", _AGAIN),
        _CIN7,
    ),
    "posting_style_wrong": Advice(
        "The tie-out looks for sales where they are not: it accuses what is right, or misses what is lost.",
        ("Find out who posts sales to QuickBooks: Cin7, or another connector.",
         "Say so in tieout.toml: [posting] sales.", "Run: tieout check"),
        "",
    ),
    "silent_stop": Advice(
        "Everything since is missing in QuickBooks: cost stops and margin looks too good, or what customers owe is too"
        " low. It grows every day.",
        ("Open Cin7: Integrations, QuickBooks Online, Sync history.", "Read the first failed row and mend its cause.",
         "Put failed and skipped rows back to pending; if none is shown, disconnect and connect the integration.",
         _AGAIN),
        _CIN7,
    ),
    "incomplete": Advice(
        "Figures that need this part are not whole; each answer says so.",
        ("Run: tieout sync", "If it stays: tieout status says what failed."),
        "",
    ),
    "not_synced": Advice("What was never read cannot be compared.", ("Run: tieout sync",), ""),
    "nothing_to_test": Advice(
        "Only a document that went through both systems shows that the set-up works before real money depends on it.",
        ("Make a small test sale in Cin7 and process it: order, pick, pack, ship, invoice, payment.",
         "Make a small test purchase and process it up to its bill.", "Run: tieout check --test-sync"),
        f"{_CIN7}Sale",
    ),
    "not_processed": Advice(
        "Only an authorised document is posted: a draft reaches neither ledger.",
        ("Open the document in Cin7.", "Authorise what is still a draft."),
        f"{_CIN7}Sale",
    ),
    "not_posted": Advice(
        "A shipment without cost overstates margin by all of it.",
        ("Authorise the shipment in Cin7.", "See that the product has a cost: its purchase is received or billed."),
        f"{_CIN7}Sale",
    ),
    "not_read": Advice("What was not read cannot be compared.", ("Run: tieout sync",), ""),
    "missing_in_qbo": Advice(
        "The whole amount is missing in the books.",
        ("Look for the document in Cin7's sync history.", "Mend what it says, then put it back to pending.", _AGAIN),
        _CIN7,
    ),
    "missing_in_cin7": Advice(
        "The books hold what the stock system does not know.",
        ("Open the document in QuickBooks and see who entered it (Audit history).",
         "Enter its source in Cin7, or reverse it.", _AGAIN),
        f"{_QBO}homepage",
    ),
    "amount_differs": Advice(
        "The books are off by the difference.",
        ("Compare both documents line by line: tieout show NUMBER", ("Restore what Cin7 says, or undo and authorise it"
         " again in Cin7."), _AGAIN),
        f"{_QBO}homepage",
    ),
}  # fmt: skip
