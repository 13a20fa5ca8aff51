"""Every reason for which a codec sets a record aside is told in words."""

from __future__ import annotations

import re
from pathlib import Path

import kitabxana
from kitabxana.exchange.messages import REASONS

_SET_ASIDE = re.compile(r"(?:Refused|NotConvertible|_refused)\(\s*(?:parsed, )?\"([a-z_]+)\"")


def test_every_reason_has_its_words() -> None:
    house = Path(str(kitabxana.__file__)).parent
    files = [*(house / "formats").rglob("*.py"), house / "exchange" / "rules" / "prepare.py"]
    codes = {
        code for file in files if "tests" not in file.parts for code in _SET_ASIDE.findall(file.read_text("utf-8"))
    }
    assert len(codes) > 8
    assert codes == set(REASONS)
