"""What the desk lets hear: a tone of its own for each outcome of a scan, once the device asked for sound."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.utils import timezone

from kitabxana.base.actor import SYSTEM
from kitabxana.catalogue.tests.builders import a_record
from kitabxana.circulation.operations import place_hold
from kitabxana.holdings.tests.builders import a_copy
from kitabxana.patrons.tests.builders import a_reader
from tests.browser.test_desk import says, scan, sign_in

if TYPE_CHECKING:
    from tests.browser.conftest import Visitor

LISTEN = """
  window.heard = [];
  window.AudioContext = class {
    constructor() { this.currentTime = 0; this.destination = {}; this.state = "suspended"; }
    resume() { this.state = "running"; }
    createGain() {
      return { gain: { setValueAtTime() {}, exponentialRampToValueAtTime() {} }, connect: (next) => next };
    }
    createOscillator() {
      const one = { frequency: { value: 0 }, connect: (next) => next, stop() {} };
      one.start = () => { if (this.state === "running") heard.push(one.frequency.value); };
      return one;
    }
  };
"""
"""In place of the device's own sound: what was begun while the page may be heard, as frequencies in Hz."""


@pytest.mark.parametrize("visitor", [("desk", "light", "en")], indirect=True, ids=["desk"])
def test_each_outcome_has_its_own_tone_where_sound_is_on(visitor: Visitor) -> None:
    patron, page = a_reader(), visitor.page
    waiting = a_reader(card="R2", surname="Quliyev")
    awaited = a_record(title="Dəli Kür")
    a_copy(awaited)
    a_copy(a_record(title="Yaşıl"), barcode="B2")
    place_hold(record_id=awaited, patron_id=waiting, pickup_unit="GNC-M", by=SYSTEM, now=timezone.now())
    visitor.context.add_init_script(LISTEN)
    sign_in(page, visitor.base)
    visitor.open("/desk/check-in/")
    scan(page, "B2")
    says(page, "To shelf")
    assert page.evaluate("heard") == [], "silent until asked for"
    page.locator("[data-sound-switch]").click()
    assert page.evaluate("heard.splice(0)") == [880]
    page.locator("[data-bar]").focus()
    scan(page, "B1")
    says(page, "Hold shelf: Quliyev")
    assert page.evaluate("heard.splice(0)") == [660, 880]
    visitor.open(f"/desk/check-out/{patron}/")  # another page of the same device
    scan(page, "B2")
    says(page, "Lent. Due")
    assert page.evaluate("heard.splice(0)") == [880]
    scan(page, "YOX")
    says(page, "Not lent")
    assert page.evaluate("heard.splice(0)") == [220, 180]
