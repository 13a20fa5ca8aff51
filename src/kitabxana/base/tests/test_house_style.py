from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders

SHEET = (Path(__file__).resolve().parents[1] / "static" / "base" / "house.css").read_text(encoding="utf-8")
SENT = ("js-lib-bootstrap5/css/bootstrap.min.css", "django_htmx/htmx-2.min.js", "base/house.css", "base/house.js")

# Text on ground: WCAG 2.2 asks 4.5. Marks and edges of fields on ground: 3.
TEXT = [
    ("ink", "paper"),
    ("ink", "surface"),
    ("ink", "sunken"),
    ("muted", "paper"),
    ("muted", "surface"),
    ("muted", "sunken"),
    ("paper", "ink"),
    ("accent", "paper"),
    ("accent", "surface"),
    ("accent", "accent-tint"),
    ("on-button", "button"),
    ("on-button", "button-strong"),
    ("on-mast", "mast"),
    ("info", "paper"),
    ("info", "surface"),
    ("info", "sunken"),
    ("info", "info-tint"),
    ("attention-ink", "paper"),
    ("attention-ink", "surface"),
    ("attention-ink", "attention-tint"),
    ("available-ink", "paper"),
    ("available-ink", "surface"),
    ("available-ink", "available-tint"),
    *((text, f"{tint}-tint") for text in ("ink", "muted") for tint in ("accent", "info", "attention", "available")),
]
MARKS = [
    ("edge", "paper"),
    ("edge", "surface"),
    ("info", "paper"),
    ("attention", "mast"),
    ("button", "paper"),
    ("button", "surface"),
]


def block(opening: str) -> dict[str, str]:
    """Custom properties of the first rule with this opening."""
    rule = SHEET[SHEET.index(opening) + len(opening) :]
    return dict(re.findall(r"(--k-[\w-]+|color-scheme):\s*([^;]+);", rule[: rule.index("}")]))


THEMES = {
    "light": block('[data-bs-theme="light"] {'),
    "dark": block('[data-bs-theme="dark"] {'),
    "auto": block(':root:not([data-bs-theme="light"]) {'),
}


def luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(theme: str, one: str, other: str) -> float:
    pair = (luminance(THEMES[theme][f"--k-{name}"]) for name in (one, other))
    low, high = sorted(pair)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("one", "other"), TEXT)
def test_text_can_be_read(theme: str, one: str, other: str) -> None:
    assert contrast(theme, one, other) >= 4.5


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("one", "other"), MARKS)
def test_marks_can_be_told_from_their_ground(theme: str, one: str, other: str) -> None:
    assert contrast(theme, one, other) >= 3


def test_the_device_s_dark_is_the_chosen_dark_and_has_every_role_of_the_light() -> None:
    assert THEMES["auto"] == THEMES["dark"]
    assert THEMES["dark"].keys() == THEMES["light"].keys()
    assert (THEMES["light"]["color-scheme"], THEMES["dark"]["color-scheme"]) == ("light", "dark")


def test_the_roles_have_the_colours_of_the_house() -> None:
    light = THEMES["light"]
    roles = ("ink", "paper", "accent", "info", "attention", "available")
    assert [light[f"--k-{role}"] for role in roles] == [
        "#1d2733", "#fbf9f5", "#9b1b30", "#0f5c63", "#d98a1f", "#2f7d4f",
    ]  # fmt: skip


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_rgb_triples_say_the_same_colours(theme: str) -> None:
    for role in ("ink", "paper", "info"):
        colour = THEMES[theme][f"--k-{role}"]
        triple = ", ".join(str(int(colour[i : i + 2], 16)) for i in (1, 3, 5))
        assert THEMES[theme][f"--k-{role}-rgb"] == triple


def test_no_colour_stands_outside_the_custom_properties() -> None:
    for line in SHEET.splitlines():
        if re.search(r"#[0-9a-fA-F]{3,8}\b", line):
            assert re.search(r"--k-[\w-]+: #", line), line


def test_every_property_used_is_defined() -> None:
    used = set(re.findall(r"var\((--k-[\w-]+)", SHEET))
    assert used <= set(re.findall(r"(--k-[\w-]+):", SHEET))


def test_style_and_script_together_stay_light() -> None:
    total = 0
    for name in SENT:
        found = finders.find(name)
        assert found, name
        total += len(gzip.compress(Path(found).read_bytes()))
    assert total < 120_000


def test_every_picture_the_sheet_names_is_there() -> None:
    pictures = set(re.findall(r'url\("([^"]+)"\)', SHEET))
    assert pictures
    assert all(finders.find(f"base/{picture}") for picture in pictures)
