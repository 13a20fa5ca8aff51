"""Sheets of a library's own."""

from __future__ import annotations

from django.db import models


class OwnSheet(models.Model):
    """A sheet of labels as a library buys it; it can be chosen there and below. Lengths as in `facts.Sheet`."""

    unit = models.ForeignKey("organisation.Unit", on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=80)
    page_width = models.PositiveIntegerField()
    page_height = models.PositiveIntegerField()
    columns = models.PositiveSmallIntegerField()
    rows = models.PositiveSmallIntegerField()
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    left = models.PositiveIntegerField()
    top = models.PositiveIntegerField()
    across = models.PositiveIntegerField()
    down = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["unit", "name"], name="own_sheet_once")]

    def __str__(self) -> str:
        return self.name
