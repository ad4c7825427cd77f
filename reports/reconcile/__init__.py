"""The tie-out of Cin7's ledger with QuickBooks': control totals, closing balances, and what explains a difference."""
