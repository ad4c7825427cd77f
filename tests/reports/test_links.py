"""Links lead to the two systems' own hosts, or nowhere."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.links import document_address, hosts
from sync.domain.accounts import Source

SALE = "0a1b2c3d-0000-4000-8000-00000000000f"


@pytest.mark.parametrize(
    ("source", "kind", "id_", "address"),
    [
        (Source.QBO, "Invoice", "145", "https://app.qbo.intuit.com/app/invoice?txnId=145"),
        (Source.QBO, "Payment", "7", "https://app.qbo.intuit.com/app/recvpayment?txnId=7"),
        (Source.QBO, "TaxPayment", "7", ""),
        (Source.QBO, "Invoice", "1&x=2", ""),
        (Source.CIN7, "Sale", SALE, f"https://inventory.dearsystems.com/Sale#{SALE}"),
        (Source.CIN7, "Advanced Purchase", SALE, f"https://inventory.dearsystems.com/Purchase#{SALE}"),
        (Source.CIN7, "StockAdjustment", SALE, f"https://inventory.dearsystems.com/StockAdjustment#{SALE}"),
        (Source.CIN7, "Journal", SALE, ""),
        (Source.CIN7, "Sale", "javascript:alert(1)", ""),
    ],
)
def test_a_document_is_shown_by_its_own_system(source: Source, kind: str, id_: str, address: str) -> None:
    assert document_address(source, kind, id_) == address


def test_a_sandbox_company_is_shown_by_quickbooks_sandbox() -> None:
    at = hosts("https://sandbox-quickbooks.api.intuit.com")
    assert document_address(Source.QBO, "Bill", "3", at) == "https://app.sandbox.qbo.intuit.com/app/bill?txnId=3"


@given(st.sampled_from(list(Source)), st.sampled_from(["Sale", "Invoice", "Bill", "Purchase"]), st.text(max_size=30))
def test_no_id_leads_to_another_host(source: Source, kind: str, id_: str) -> None:
    address = document_address(source, kind, id_)
    assert not address or urlsplit(address).netloc in ("inventory.dearsystems.com", "app.qbo.intuit.com")
