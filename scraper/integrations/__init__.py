"""clip inside other tools: each module is a few lines over `scraper.clean` or `clean_many`, and imports its tool only itself.

datatrove    an extractor for its pipelines
scrapy       an item pipeline
langchain    a document loader
llama_index  a reader
frames       a function over columns, for pandas and for Ray's `map_batches`
"""
