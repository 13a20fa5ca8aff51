"""The languages in which a search is asked, each read into the one tree of `search.facts`.

`box` is the search box, `cql` SRU's CQL, `pqf` the prefix notation of Z39.50's type-1 query. Pure Python.
"""
