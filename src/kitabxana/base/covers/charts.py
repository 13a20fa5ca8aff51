"""Carpet motifs as weavers keep them: knot charts, one letter a knot, and their outlines as SVG path data.

A dot is the ground; `a`, `b`, `c` are the first, second and third yarn. A quarter chart gives the upper left corner of
a motif whose last column and last row are its axes.
"""

from __future__ import annotations

from functools import lru_cache


def quarter(chart: str) -> tuple[str, ...]:
    """Whole motif from its upper left quarter; the last column and the last row are shared by both halves."""
    upper = tuple(row + row[-2::-1] for row in chart.split())
    return upper + upper[-2::-1]


def half(chart: str) -> tuple[str, ...]:
    """Whole motif from its left half; the last column is shared."""
    return tuple(row + row[-2::-1] for row in chart.split())


def whole(chart: str) -> tuple[str, ...]:
    """Rows of a motif drawn in full, as running ones are."""
    return tuple(chart.split())


STAR = quarter("""
.........a
........aa
.......aaa
...aaaaaa.
...aaaaa.b
...aaaa.bb
...aaa.bb.
..aaa.bb..
.aaa.bb..c
aaa.bb..cc
""")
GOL = quarter("""
.....aaaaaa
....aaaaaaa
...aaa.....
..aaa..bbbb
.aaa..bbbb.
aaa..bbbb.a
aa..bbbb.aa
aa.bbbb.aa.
aa.bbb.aa.c
aa.bb.aa.cc
aa.bb.aa.cc
""")
HOOKED = quarter("""
................a
............aaa.a
............a.a.a
..............a.a
........aaa...aaa
........a.a...aaa
..........a..aaaa
..........a.aaa..
....aaa...aaaa...
....a.a...aaa...b
......a..aaa...bb
......a.aaa...bbb
aaa...aaaa...bbb.
a.a...aaa...bbb..
..aaaaaa...bbb..c
.......aa.bbb..cc
aaaaaaaa.bbb..ccc
""")
BUTA = whole("""
..aaa.........
.aaaaa........
.a..aaa.......
.....aaa......
.....aaaa.....
....aaaaaa....
...aaa.baaa...
..aaa.bbbaaa..
.aaa.bbbbb.aa.
.aa.bbbcbbb.aa
aaa.bbcccbb.aa
aa.bbccaccbbaa
aa.bbbcccbb.aa
aaa.bbbcbbb.aa
.aa.bbbbbb.aaa
.aaa..bbb.aaa.
..aaaa...aaa..
....aaaaaaa...
""")
DRAGON = whole("""
.aaaaaaaaaaa..
aaaaaaaaaaaaa.
aa.........aa.
aa..bbb....aa.
aa..b.b.......
aa....b.......
aaaaaaaaaaaa..
.aaaaaaaaaaaa.
...........aa.
.......b...aa.
.......b.b.aa.
aa.....bbb.aa.
aa.........aa.
aaaaaaaaaaaaa.
.aaaaaaaaaaa..
""")
HORN = half("""
..aaa...b
.aa.aa.bb
.a...a..b
.a.a.a...
.a.aaa..a
.aa.....a
..aaaaaaa
...aaaaaa
.......aa
......aaa
......aa.
.....aa.c
.....a.cc
.....aa.c
......aa.
......aaa
.......aa
...aaaaaa
..aaaaaaa
.aa.....a
.a.aaa..a
.a.a.a...
.a...a..b
.aa.aa.bb
..aaa...b
""")
LATTICE = quarter("""
........a
.......aa
......aa.
.....aa..
....aa..b
...aa..bb
..aa..bb.
.aa..bb..
aa..bb..c
""")

DOG = whole("""
aaaaaaaaaaaa
............
..aaaaaa....
.aa....aa...
.aa.aa..aa..
.aa..a...aa.
..aaaa....aa
............
bbbbbbbbbbbb
""")
KUFIC = whole("""
aa..........
aa..aaaaaa..
aa..aa..aa..
aa..aa..aa..
aa......aa..
aaaaaaaaaa..
............
bbbb..bbbb..
............
""")
STARS = whole("""
aaaaaaaaaaaa
............
.....bb.....
..bbbbbbbb..
...bbccbb...
..bbbbbbbb..
.....bb.....
............
aaaaaaaaaaaa
""")
ZIGZAG = whole("""
a..........a
aa...bb...aa
aaa..bb..aaa
.aaa....aaa.
..aaa..aaa..
...aaaaaa...
.b..aaaa..b.
bbb..aa..bbb
.b........b.
""")
TEETH = whole("""
a....aa....a
aa..aaaa..aa
aaaaaaaaaaaa
............
bbbb.cc.bbbb
............
aaaaaaaaaaaa
aa..aaaa..aa
a....aa....a
""")
WINE_CUP = whole("""
aa........aa
aaa..bb..aaa
.aaa.bb.aaa.
..aa.bb.aa..
..aaaaaaaa..
....aaaa....
.cc..aa..cc.
.cc.aaaa.cc.
aaaaaaaaaaaa
""")


@lru_cache(maxsize=256)
def outline(chart: tuple[str, ...], yarn: str) -> str:
    """Path data round all knots of one yarn, a knot being one unit; holes run the other way, as `nonzero` wants it."""
    edges: dict[tuple[int, int], list[tuple[int, int]]] = {}
    knots = {(x, y) for y, row in enumerate(chart) for x, knot in enumerate(row) if knot == yarn}
    for x, y in sorted(knots):
        for dx, dy, start, end in (
            (0, -1, (x, y), (x + 1, y)),
            (1, 0, (x + 1, y), (x + 1, y + 1)),
            (0, 1, (x + 1, y + 1), (x, y + 1)),
            (-1, 0, (x, y + 1), (x, y)),
        ):
            if (x + dx, y + dy) not in knots:
                edges.setdefault(start, []).append(end)
    path = []
    while edges:
        path.append(_loop(edges))
    return "".join(path)


def _loop(edges: dict[tuple[int, int], list[tuple[int, int]]]) -> str:
    """Take one closed loop out of the edges and write it with relative moves, straight runs joined."""
    start = at = min(edges)
    runs: list[tuple[int, int]] = []
    while True:
        to = edges[at].pop()
        if not edges[at]:
            del edges[at]
        step = (to[0] - at[0], to[1] - at[1])
        if runs and (runs[-1][0] == 0) == (step[0] == 0):
            step = (runs[-1][0] + step[0], runs[-1][1] + step[1])
            runs.pop()
        runs.append(step)
        at = to
        if at == start:
            break
    moves = "".join(f"h{dx}" if dx else f"v{dy}" for dx, dy in runs[:-1])
    return f"M{start[0]} {start[1]}{moves}z"
