"""`{% url %}`, each address looked up once a process: a page has forty, and resolving them took a tenth of its time."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from django import template
from django.template.defaulttags import URLNode
from django.template.defaulttags import url as read_url
from django.urls import get_script_prefix, reverse
from django.utils.html import conditional_escape

if TYPE_CHECKING:
    from django.template.base import Parser, Token
    from django.template.context import Context

register = template.Library()
KEPT = 8192


class KeptURLNode(URLNode):
    """Arguments are numbers and words here, so that equal ones have one address."""

    def render(self, context: Context) -> str:
        if self.asvar or self.kwargs:
            return super().render(context)
        args = tuple(arg.resolve(context) for arg in self.args)
        address = _reversed(self.view_name.resolve(context), args, get_script_prefix())
        return conditional_escape(address) if context.autoescape else address


@lru_cache(maxsize=KEPT)
def _reversed(view_name: str, args: tuple[object, ...], _prefix: str) -> str:
    return reverse(view_name, args=args)


@register.tag
def url(parser: Parser, token: Token) -> URLNode:
    """Django's own tag, remembering."""
    read = read_url(parser, token)
    return KeptURLNode(read.view_name, read.args, read.kwargs, read.asvar)
