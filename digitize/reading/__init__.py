"""Read a page: form, then register, then rows and ditto marks; plain values in and out, no ledger."""
