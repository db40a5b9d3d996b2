"""Pure rules: hours, order, waits, admission, transfers, slips, paging, permissions."""
