"""`{% lucide %}`, each icon drawn once a process: a page has a dozen, and drawing one parses and writes XML."""

from __future__ import annotations

from functools import cache

from django import template
from lucide.templatetags.lucide import lucide as drawn

register = template.Library()
register.simple_tag(cache(drawn), name="lucide")
