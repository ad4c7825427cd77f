"""Names as an enemy, or an unlucky clerk, would choose them, and documents of every command that are full of them."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

NASTY = (
    "<!channel>",
    "<!here|x> <@U0BOSS1> <#C0123|x>",
    "<https://evil.example|Sign off>",
    "x" * 3_000,
    "&" * 3_000,
    "<" * 1_500,
    "\u202egnp.eciovni\u202c",
    "مرحبا بالعالم",
    "😀👩‍👩‍👧‍👦" * 60,
    '=HYPERLINK("https://evil.example";"total")',
    "@SUM(A1:A9)",
    "*bold* _it_ ~s~ `code` ```block```",
    "a & b < c > d",
    "\x00\x07\x1b[31m",
    "line\nbreak\ttab",
    "",
    " ",
    "“quoted” —dash",
    ":fire:",
)

names = st.one_of(st.sampled_from(NASTY), st.text(max_size=120))
money = st.decimals(-(10**12), 10**12, places=2, allow_nan=False).map(lambda amount: f"{amount:.2f}")
counts = st.integers(0, 10**6)
days = st.dates().map(str)
instants = st.just("2026-11-22T15:00:08Z")


def rows(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[list[dict[str, Any]]]:
    """A list of such objects, at times longer than any message; a few kinds of them over and over, which is quicker."""
    kinds = st.lists(st.fixed_dictionaries(fields), min_size=1, max_size=3)
    counts_ = st.sampled_from((0, 1, 2, 3, 19, 20, 21, 45))
    return st.builds(lambda some, n: (some * n)[:n], kinds, counts_)


AGES = {
    "as_of": st.fixed_dictionaries({"cin7": st.none() | instants, "qbo": st.none() | instants}),
    "complete": st.booleans(),
    "incomplete": rows(source=st.sampled_from(("cin7", "qbo")), entity=names, reason=names),
}
PERIOD = st.just({"start": "2026-10-01", "end": "2026-10-31"})
_TOTAL = {
    "sales": money,
    "cogs": money,
    "gross_profit": money,
    "margin_pct": st.none() | st.just("42.5"),
    "units": st.none() | st.just("12.5"),
}
_QBO = {"sales": money, "cogs": money, "other_cogs": money, "gross_profit": money, "margin_pct": st.none()}

cogs = st.fixed_dictionaries(
    {
        "period": PERIOD,
        "currency": st.just("USD"),
        "by": st.sampled_from((None, "product", "customer")),
        "total": st.fixed_dictionaries({**_TOTAL, "orders": st.none() | counts}),
        "qbo": st.fixed_dictionaries(_QBO),
        "difference": st.fixed_dictionaries({"sales": money, "cogs": money}),
        "previous": st.none()
        | st.fixed_dictionaries(
            {"period": PERIOD, "total": st.fixed_dictionaries({**_TOTAL, "orders": counts}), "complete": st.booleans()}
        ),
        "rows": rows(key=st.none() | names, name=names, **_TOTAL),
        "not_final": st.just([{"reason": "invoiced_not_shipped", "documents": 1, "amount": "9.99"}]),
        "coverage": st.fixed_dictionaries(dict.fromkeys(("documents", "with_detail", "waiting"), counts)),
        **AGES,
    }
)
_FIGURES = dict.fromkeys(("on_hand", "allocated", "available", "on_order", "in_transit"), st.just("12.5")) | {
    "value": money
}
stock = st.fixed_dictionaries(
    {
        "query": names,
        "currency": st.just("USD"),
        "products": rows(
            sku=names,
            name=names,
            totals=st.fixed_dictionaries(_FIGURES),
            locations=rows(location=names, bin=names, batch=names, **_FIGURES),
        ).filter(bool),
        **AGES,
    }
)
_CIN7 = {
    "task_id": names,
    "reference": names,
    "type": st.sampled_from(("Sale", "Purchase", "x")),
    "date": days,
    "amount": money,
}
_PAPER = {
    "id": names | counts.map(str),
    "type": st.sampled_from(("Invoice", "Bill", "x")),
    "doc_number": names,
    "date": days,
}
_FINDING = {
    "id": st.uuids().map(str),
    "root": st.sampled_from("abcdefgh"),
    "cause": st.sampled_from(("missing_in_qbo", "rounding", "in_transit", "amount_differs")),
    "nature": st.sampled_from(("error", "timing", "policy")),
    "control": st.none() | st.sampled_from(("cogs", "account:500")),
    "amount": money,
    "at_stake": st.none() | money,
    "count": counts,
    "subject": names,
    "confidence": st.sampled_from(("certain", "strong", "likely")),
    "cin7": rows(**_CIN7),
    "qbo": rows(**_PAPER, amount=money),
    "explanation": names,
    "remedy": names,
    "owner": st.none() | names,
    "due": st.none() | days,
}
findings = rows(**_FINDING)
recon = st.fixed_dictionaries(
    {
        "period": PERIOD,
        "currency": st.just("USD"),
        "proofs": st.just([{"report": "TrialBalance", "status": "differs", "difference": "1.00"}]),
        "controls": rows(
            control=st.sampled_from(("cogs", "inventory")) | names.map(lambda name: f"account:{name}"),
            cin7=money,
            qbo=money,
            difference=money,
            unexplained=money,
            closing=st.none() | st.fixed_dictionaries({"difference": money, "first_divergence": st.none() | days}),
        ),
        "findings": findings,
        "ambiguous": st.lists(
            st.fixed_dictionaries(
                {
                    "control": names,
                    "amount": money,
                    "cin7": rows(reference=names),
                    "qbo": rows(doc_number=names, id=names),
                }
            ),
            max_size=12,
        ),
        "unmapped": st.lists(names, max_size=30),
        **AGES,
    }
)
status = st.fixed_dictionaries(
    {
        "runs": rows(
            status=st.sampled_from(("succeeded", "failed", "running")),
            started_at=instants,
            finished_at=st.none() | instants,
            calls=st.just({"cin7": 3, "qbo": 4}),
        ),
        "figures": rows(
            source=st.sampled_from(("cin7", "qbo")), entity=names, as_of=st.none() | instants, error=st.none() | names
        ),
        "budget": st.just([{"source": "qbo", "window": "month", "used": 5, "limit": None}]),
    }
)
check = st.fixed_dictionaries(
    {
        "status": st.just("errors"),
        "checks": rows(
            id=names,
            status=st.sampled_from(("error", "warning", "ok")),
            cause=st.none(),
            subject=st.none() | names,
            message=names,
            fix=st.none() | names,
            why=st.none() | names,
            link=st.none() | names | st.just("https://app.qbo.intuit.com/app/chartofaccounts"),
            at_stake=st.none() | money,
        ),
        **AGES,
    }
)
_DOCUMENT = {
    "type": names,
    "id": names,
    "number": names,
    "status": st.none() | names,
    "deleted_at": st.none() | instants,
    "voided": st.booleans(),
    "total": st.none() | money,
    "currency": st.just("USD"),
}
_LINE = dict.fromkeys(("document", "sku", "name", "quantity", "price", "amount", "cost"), st.none() | names) | {
    "section": names
}
_SIDE = st.fixed_dictionaries({"documents": rows(**_DOCUMENT)})
show = st.fixed_dictionaries(
    {
        "number": names,
        "currency": st.just("USD"),
        "state": st.just("differs"),
        "transaction": st.fixed_dictionaries({"type": names, "customer_name": names, "date": st.none() | days}),
        "cin7": _SIDE,
        "qbo": _SIDE,
        "controls": rows(control=names, cin7=money, qbo=money, difference=money),
        "lines": rows(**_LINE),
        "unread": rows(reason=names),
        "findings": st.lists(
            st.fixed_dictionaries(_FINDING | {"state": st.sampled_from(("open", "resolved"))}), max_size=12
        ),
        **AGES,
    }
)
