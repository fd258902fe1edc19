"""One module per field of the record: what the page offers for it, which of that wins, and why."""
