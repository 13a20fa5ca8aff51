"""The index's fields. Text comes folded and split, so the index's own tokeniser only splits at spaces."""

from __future__ import annotations

from typing import Final

import tantivy

from kitabxana.search.rules.documents import HEADS

TOKENISER: Final = "folded"
TEXT_FIELDS: Final = ("all", *HEADS, "other")
"""Words in their order: phrases can be looked for. The words of "other" begin with the sign of their field."""

KEY_FIELDS: Final = (*(f"{name}_kin" for name in HEADS), "marc")
RAW_FIELDS: Final = ("number", "code", "call_number", "class_number", "suggest", "suggest_few", "sample")
FACET_FIELDS: Final = ("library", "material", "language", "author_facet", "subject_facet")
KEPT_IN_ORDER: Final = ("title_key", "author_key", "call_key")
NUMERIC_FIELDS: Final = ("year", "added")


def schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_integer_field("id", indexed=True, fast=True)  # deleting by term knows signed numbers only
    for name in TEXT_FIELDS:
        builder.add_text_field(name, tokenizer_name=TOKENISER, index_option="position")
    for name in KEY_FIELDS:
        builder.add_text_field(name, tokenizer_name=TOKENISER, index_option="basic")
    for name in RAW_FIELDS:
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic")
    for name in (*FACET_FIELDS, *KEPT_IN_ORDER):
        builder.add_text_field(name, fast=True, tokenizer_name="raw", index_option="basic")
    for name in NUMERIC_FIELDS:
        builder.add_unsigned_field(name, indexed=False, fast=True)
    builder.add_float_field("prior", fast=True)
    return builder.build()


def open_index(directory: str) -> tantivy.Index:
    index = tantivy.Index(schema(), path=directory)
    index.register_tokenizer(TOKENISER, tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build())
    index.config_reader(reload_policy="manual")
    return index
