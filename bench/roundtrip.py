"""Every record of the open data out and in again through each lossless format, field for field.

Usage: bench/roundtrip.py [--json]   (needs ../shared/data; about two minutes)
Prints a table, a line a source: records, set aside and why, and by format what it cannot carry and what came back
otherwise; then what a conversion of the UNIMARC and IRBIS records to MARC 21 leaves behind. Status 1 if any differs.
"""

from __future__ import annotations

import json
import sys
from collections import Counter

from kitabxana.formats.marc import iter_records
from kitabxana.formats.marc.tests.corpus import DATA, LOSSLESS, RoundTrip, every_source, round_trip
from kitabxana.formats.unimarc import NotConvertible, flavour_of, irbis_to_marc21, to_marc21

CONVERTED = [
    *(DATA / name for name in ("unimarc.iso2709.mrc.gz", "unimarc.marcxml.xml.gz", "unimarc_auth.iso2709.mrc.gz")),
    *sorted((DATA.parent / "irbis").glob("*irbis*.txt*")),
]


def told(counts: Counter[str]) -> str:
    return ", ".join(f"{what} {count}" for what, count in counts.most_common(4)) or "-"


def line(name: str, found: RoundTrip) -> str:
    cells = [f"{name:62.62}", f"{found.read:6}", f"{sum(found.aside.values()):5}"]
    for form in LOSSLESS:
        lost = sum(count for (own, _), count in found.unwritable.items() if own == form)
        cells.append(f"{found.same[form]:6} {lost:4} {found.different[form]:3}")
    return " | ".join(cells) + f" | {told(found.aside)}"


def whole(found: list[RoundTrip]) -> RoundTrip:
    total = RoundTrip()
    for one in found:
        total.read += one.read
        for name in ("aside", "mended", "same", "unwritable", "different"):
            getattr(total, name).update(getattr(one, name))
    return total


def conversions() -> dict[str, dict[str, object]]:
    report: dict[str, dict[str, object]] = {}
    for path in CONVERTED:
        counts: Counter[str] = Counter()
        lost: Counter[str] = Counter()
        for parsed in iter_records(path):
            if parsed.marc is None:
                counts["set aside"] += 1
                continue
            irbis = path.parent.name == "irbis"
            if not irbis and flavour_of(parsed.marc) == "marc21":
                counts["not UNIMARC"] += 1
                continue
            try:
                converted = irbis_to_marc21(parsed.marc) if irbis else to_marc21(parsed.marc)
            except NotConvertible as refused:
                counts[refused.reason] += 1
                continue
            counts["converted"] += 1
            counts["with nothing left behind"] += not converted.lost
            lost.update(converted.lost)
        report[path.name] = {**counts, "left behind most often": dict(lost.most_common(8))}
    return report


def main() -> None:
    found = {name: round_trip(records) for name, records in every_source()}
    total = whole(list(found.values()))
    left = conversions()
    if "--json" in sys.argv:
        plain = {
            "records": total.read,
            "set_aside": dict(total.aside),
            "mended": dict(total.mended),
            "same": dict(total.same),
            "different": dict(total.different),
            "cannot_be_carried": {": ".join(key): count for key, count in total.unwritable.items()},
        }
        print(json.dumps({"bench": "roundtrip", "sources": len(found), **plain, "conversions": left}))
    else:
        heads = " | ".join(f"{form + ': same, cannot, other':>15.15}" for form in LOSSLESS)
        print(f"{'source':62} |  read  | aside | {heads} | why set aside")
        for name, one in found.items():
            print(line(name, one))
        print(line("all", total))
        print("mended:", told(total.mended), "…")
        for (form, why), count in total.unwritable.most_common():
            print(f"cannot be carried by {form}: {count} × {why}")
        for name, counts in left.items():
            print(f"to MARC 21: {name}: {counts}")
    sys.exit(1 if total.different else 0)


if __name__ == "__main__":
    main()
