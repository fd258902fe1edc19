"""What strings mean: names, dates, clean text, and the record made of them. Knows no page and never imports `scraper`."""
