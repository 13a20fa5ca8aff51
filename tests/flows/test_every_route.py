"""Every page × everyone: nobody, a reader, a librarian here, a librarian elsewhere, the administrator.

A route without a line in the table fails: whoever adds a page says who may see it. (The REST front walks its own.)
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from kitabxana.base.actor import SYSTEM
from kitabxana.base.models import User
from kitabxana.catalogue.facts import Goes
from kitabxana.catalogue.operations import begin_search, merge_records, search_on
from kitabxana.catalogue.queries.duplicates import cluster_of
from kitabxana.catalogue.tests.builders import a_record, an_authority, field
from kitabxana.catalogue.tests.test_duplicates import stored
from kitabxana.catalogue.tests.test_matching import book
from kitabxana.charges.operations import pay
from kitabxana.charges.queries import receipts_of
from kitabxana.charges.tests.builders import a_till
from kitabxana.circulation.operations import check_out, place_hold
from kitabxana.circulation.tests.builders import a_rota
from kitabxana.exchange.facts import Profile
from kitabxana.exchange.operations import advance, stage
from kitabxana.exchange.tests.builders import a_file, numbered
from kitabxana.holdings.operations import withdraw_items
from kitabxana.holdings.queries import batches
from kitabxana.holdings.tests.builders import a_copy, an_act
from kitabxana.organisation.tests.builders import a_login, a_nation
from kitabxana.patrons.operations import set_pin
from kitabxana.patrons.tests.builders import a_photo, a_reader

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.django_db
SEEN, SIGN_IN, SHUT, NONE, DONE, REFUSED = 200, 302, 403, 404, 302, 409
PEOPLE = ("nobody", "reader", "here", "elsewhere", "administrator")
SECRET = "cox-gizli-91"

# route: method, then what nobody, a reader, a librarian here, one elsewhere and the administrator get
ROUTES: dict[str, tuple[str, int, int, int, int, int]] = {
    "opac:home": ("get", SEEN, SEEN, SEEN, SEEN, SEEN),
    "opac:search": ("get", SEEN, SEEN, SEEN, SEEN, SEEN),
    "opac:suggestions": ("get", SEEN, SEEN, SEEN, SEEN, SEEN),
    "opac:browse": ("get", SEEN, SEEN, SEEN, SEEN, SEEN),
    "opac:feed": ("get", SEEN, SEEN, SEEN, SEEN, SEEN),
    "opac:opensearch": ("get", SEEN, SEEN, SEEN, SEEN, SEEN),
    "opac:sitemap": ("get", SEEN, SEEN, SEEN, SEEN, SEEN),
    "opac:sitemap_part": ("get", SEEN, SEEN, SEEN, SEEN, SEEN),
    "opac:record": ("get", SEEN, SEEN, SEEN, SEEN, SEEN),
    "opac:marc": ("get", SEEN, SEEN, SEEN, SEEN, SEEN),
    "opac:cite": ("get", SEEN, SEEN, SEEN, SEEN, SEEN),
    "opac:take": ("get", SEEN, SEEN, SEEN, SEEN, SEEN),
    "opac:shelf": ("get", SEEN, SEEN, SEEN, SEEN, SEEN),
    "opac:own": ("get", SEEN, SEEN, SEEN, SEEN, SEEN),
    "opac:cover": ("get", SEEN, SEEN, SEEN, SEEN, SEEN),
    "opac:sign_in": ("get", SEEN, DONE, SEEN, SEEN, SEEN),
    "opac:sign_out": ("post", DONE, DONE, DONE, DONE, DONE),
    "opac:account": ("get", SIGN_IN, SEEN, SHUT, SHUT, SHUT),
    "opac:notices": ("get", SIGN_IN, SEEN, SHUT, SHUT, SHUT),
    "opac:place_hold": ("get", SIGN_IN, SEEN, SHUT, SHUT, SHUT),
    "opac:hold": ("get", SIGN_IN, SEEN, SHUT, SHUT, SHUT),
    **dict.fromkeys(
        ("opac:history", "opac:details", "opac:family", "opac:charges"), ("get", SIGN_IN, SEEN, SHUT, SHUT, SHUT)
    ),
    "opac:receipt": ("get", SIGN_IN, SEEN, SHUT, SHUT, SHUT),
    "opac:own_data": ("post", SIGN_IN, SEEN, SHUT, SHUT, SHUT),
    "opac:renew": ("post", SIGN_IN, DONE, SHUT, SHUT, SHUT),
    "opac:robots": ("get", SEEN, SEEN, SEEN, SEEN, SEEN),
    "opac:favicon": ("get", DONE, DONE, DONE, DONE, DONE),
    "set_language": ("post", DONE, DONE, DONE, DONE, DONE),
    "desk:login": ("get", SEEN, SEEN, DONE, DONE, DONE),
    "desk:logout": ("post", DONE, DONE, DONE, DONE, DONE),
    "desk:home": ("get", SIGN_IN, SHUT, SEEN, SEEN, SEEN),
    "desk:scan": ("post", SIGN_IN, SHUT, DONE, DONE, DONE),
    "desk:library": ("get", SIGN_IN, SHUT, SEEN, SEEN, SEEN),
    "desk:check_out": ("get", SIGN_IN, SHUT, SEEN, NONE, SEEN),
    "desk:renew": ("post", SIGN_IN, SHUT, DONE, NONE, DONE),
    "desk:done": ("post", SIGN_IN, SHUT, DONE, DONE, DONE),
    "desk:undo": ("post", SIGN_IN, SHUT, DONE, DONE, DONE),
    "desk:put_away": ("post", SIGN_IN, SHUT, DONE, DONE, DONE),
    "desk:loan": ("get", SIGN_IN, SHUT, SEEN, NONE, SEEN),
    "desk:fast_add": ("get", SIGN_IN, SHUT, SEEN, NONE, SEEN),
    "desk:added_in_haste": ("get", SIGN_IN, SHUT, SHUT, SHUT, SEEN),
    "desk:calendar": ("get", SIGN_IN, SHUT, SEEN, SEEN, SEEN),
    "desk:calendar_change": ("post", SIGN_IN, SHUT, SHUT, SHUT, NONE),
    "desk:rotas": ("get", SIGN_IN, SHUT, SEEN, SEEN, SEEN),
    "desk:rota": ("get", SIGN_IN, SHUT, SEEN, NONE, SEEN),
    "desk:categories": ("get", SIGN_IN, SHUT, SEEN, SEEN, SEEN),
    "desk:categories_change": ("post", SIGN_IN, SHUT, SHUT, SHUT, REFUSED),
    "desk:overdue": ("get", SIGN_IN, SHUT, SEEN, SEEN, SEEN),
    "desk:offline": ("get", SIGN_IN, SHUT, SEEN, SEEN, SEEN),
    "desk:holds": ("get", SIGN_IN, SHUT, SEEN, SEEN, SEEN),
    "desk:record_holds": ("get", SIGN_IN, SHUT, SEEN, SEEN, SEEN),
    "desk:check_in": ("get", SIGN_IN, SHUT, SEEN, SEEN, SEEN),
    "desk:patrons": ("get", SIGN_IN, SHUT, SEEN, SEEN, SEEN),
    "desk:patron": ("get", SIGN_IN, SHUT, SEEN, NONE, SEEN),
    "desk:patron_photo": ("get", SIGN_IN, SHUT, SEEN, NONE, SEEN),
    "desk:account": ("get", SIGN_IN, SHUT, SEEN, NONE, SEEN),
    "desk:line": ("get", SIGN_IN, SHUT, SEEN, NONE, SEEN),
    "desk:receipt": ("get", SIGN_IN, SHUT, SEEN, NONE, SEEN),
    "desk:registers": ("get", SIGN_IN, SHUT, SEEN, SEEN, SEEN),
    "desk:register": ("get", SIGN_IN, SHUT, SEEN, NONE, SEEN),
    "desk:rules": ("get", SIGN_IN, SHUT, SEEN, SEEN, SEEN),
    "desk:rules_change": ("post", SIGN_IN, SHUT, SHUT, SHUT, NONE),
    "desk:new_patron": ("get", SIGN_IN, SHUT, SEEN, SEEN, SEEN),
    "desk:export_patron": ("post", SIGN_IN, SHUT, SHUT, SHUT, SEEN),
    "desk:merge_patron": ("get", SIGN_IN, SHUT, SHUT, SHUT, SEEN),
    "desk:leave_patron": ("get", SIGN_IN, SHUT, SHUT, SHUT, SEEN),
    "desk:without_line": ("get", SEEN, SEEN, SEEN, SEEN, SEEN),
    "desk:line_state": ("get", SEEN, SEEN, SEEN, SEEN, SEEN),
    "desk:worker": ("get", SEEN, SEEN, SEEN, SEEN, SEEN),
    "desk:manifest": ("get", SEEN, SEEN, SEEN, SEEN, SEEN),
    "desk:line_password": ("post", SIGN_IN, SHUT, SEEN, SEEN, SEEN),
    "desk:line_extract": ("post", SIGN_IN, SHUT, SEEN, SEEN, SEEN),
    "desk:line_send": ("post", SIGN_IN, SHUT, 400, 400, 400),
    "desk:applications": ("get", SIGN_IN, SHUT, SEEN, SEEN, SEEN),
    "desk:import_patrons": ("get", SIGN_IN, SHUT, SHUT, SHUT, SEEN),
    "desk:change_many": ("get", SIGN_IN, SHUT, SHUT, SHUT, SEEN),
    "opac:join": ("get", SEEN, SEEN, SEEN, SEEN, SEEN),
    "desk:audit": ("get", SIGN_IN, SHUT, SHUT, SHUT, SHUT),
    "desk:patron_numbers": ("post", SIGN_IN, SHUT, SHUT, SHUT, SEEN),
    "desk:edit_patron": ("get", SIGN_IN, SHUT, SEEN, NONE, SEEN),
    **dict.fromkeys(
        (
            "desk:patron_card",
            "desk:patron_card_state",
            "desk:patron_pin",
            "desk:patron_number",
            "desk:patron_bar",
            "desk:patron_lift",
            "desk:patron_guarantor",
            "desk:patron_photo_change",
        ),
        ("post", SIGN_IN, SHUT, DONE, NONE, DONE),
    ),
    "desk:items": ("get", SIGN_IN, SHUT, SEEN, SEEN, SEEN),
    "desk:item_new": ("get", SIGN_IN, SHUT, SHUT, SHUT, SEEN),
    "desk:item": ("get", SIGN_IN, SHUT, SEEN, NONE, SEEN),
    "desk:item_delete": ("post", SIGN_IN, SHUT, SHUT, SHUT, 409),
    "desk:item_restore": ("post", SIGN_IN, SHUT, SHUT, SHUT, 409),
    "desk:item_bind": ("post", SIGN_IN, SHUT, SHUT, SHUT, 409),
    "desk:batch": ("get", SIGN_IN, SHUT, SHUT, SHUT, SEEN),
    "desk:batch_undo": ("post", SIGN_IN, SHUT, SHUT, SHUT, SEEN),
    "desk:act": ("get", SIGN_IN, SHUT, SHUT, SHUT, SEEN),
    "desk:act_pdf": ("get", SIGN_IN, SHUT, SHUT, SHUT, SEEN),
    "desk:book": ("get", SIGN_IN, SHUT, SHUT, SHUT, SEEN),
    "desk:lists": ("get", SIGN_IN, SHUT, SHUT, SHUT, SEEN),
    "desk:slip_loans": ("get", SIGN_IN, SHUT, SEEN, NONE, SEEN),
    "desk:slip_due": ("get", SIGN_IN, SHUT, SEEN, NONE, SEEN),
    "desk:slip_way": ("get", SIGN_IN, SHUT, NONE, NONE, NONE),  # the copy stays where it is
    "desk:labels": ("get", SIGN_IN, SHUT, SEEN, SEEN, SEEN),
    "desk:labels_css": ("get", SIGN_IN, SHUT, SEEN, SEEN, SEEN),
    "desk:labels_pdf": ("post", SIGN_IN, SHUT, 422, 422, 422),
    "desk:label_sheets": ("get", SIGN_IN, SHUT, SHUT, SHUT, SEEN),
    "desk:imports": ("get", SIGN_IN, SHUT, SHUT, SHUT, SEEN),
    "desk:import_profiles": ("get", SIGN_IN, SHUT, SHUT, SHUT, SEEN),
    "desk:import": ("get", SIGN_IN, SHUT, SHUT, SHUT, SEEN),
    "desk:staged_record": ("get", SIGN_IN, SHUT, SHUT, SHUT, SEEN),
    "desk:decide": ("post", SIGN_IN, SHUT, SHUT, SHUT, DONE),
    "desk:commit_import": ("post", SIGN_IN, SHUT, SHUT, SHUT, DONE),
    "desk:undo_import": ("post", SIGN_IN, SHUT, SHUT, SHUT, DONE),
    "desk:record": ("get", SIGN_IN, SHUT, SEEN, SEEN, SEEN),
    "desk:notices": ("get", SIGN_IN, SHUT, SEEN, SEEN, SEEN),
    "desk:letters": ("get", SIGN_IN, SHUT, SEEN, SEEN, SEEN),
    "desk:texts": ("get", SIGN_IN, SHUT, SEEN, SEEN, SEEN),
    "desk:text": ("get", SIGN_IN, SHUT, SEEN, SEEN, SEEN),
    "desk:units": ("get", SIGN_IN, SHUT, SEEN, SEEN, SEEN),
    "desk:unit": ("get", SIGN_IN, SHUT, SEEN, SEEN, SEEN),
    "desk:unit_change": ("post", SIGN_IN, SHUT, SHUT, SHUT, NONE),
    "desk:rules_many": ("get", SIGN_IN, SHUT, SHUT, SHUT, SEEN),
    "desk:people": ("get", SIGN_IN, SHUT, SHUT, SHUT, SEEN),
    "desk:person": ("get", SIGN_IN, SHUT, SHUT, SHUT, SEEN),
    "desk:password": ("get", SIGN_IN, SHUT, SEEN, SEEN, SEEN),
    "desk:trail": ("get", SIGN_IN, SHUT, SHUT, SHUT, SHUT),
    "desk:setup": ("get", SIGN_IN, SHUT, SHUT, SHUT, DONE),
    "desk:setup_step": ("get", SIGN_IN, SHUT, SHUT, SHUT, SEEN),
    "desk:misses": ("get", SIGN_IN, SHUT, SEEN, SEEN, SEEN),
    "desk:copying": ("get", SIGN_IN, SHUT, SHUT, SHUT, SEEN),
    "desk:bring": ("post", SIGN_IN, SHUT, SHUT, SHUT, DONE),
    "desk:targets": ("get", SIGN_IN, SHUT, SHUT, SHUT, SEEN),
    "desk:record_new": ("get", SIGN_IN, SHUT, SHUT, SHUT, SEEN),
    "desk:record_check": ("post", SIGN_IN, SHUT, SHUT, SHUT, SEEN),
    "desk:record_look": ("post", SIGN_IN, SHUT, SHUT, SHUT, SEEN),
    "desk:record_row": ("get", SIGN_IN, SHUT, SHUT, SHUT, NONE),  # no field is named
    "desk:record_fixed": ("get", SIGN_IN, SHUT, SHUT, SHUT, NONE),
    "desk:draft_forget": ("post", SIGN_IN, SHUT, SHUT, SHUT, DONE),
    "desk:macros": ("get", SIGN_IN, SHUT, SHUT, SHUT, SEEN),
    "desk:frameworks": ("get", SIGN_IN, SHUT, SHUT, SHUT, SEEN),
    "desk:values": ("get", SIGN_IN, SHUT, SHUT, SHUT, SEEN),
    "opac:preview": ("post", SIGN_IN, SHUT, SHUT, SHUT, SEEN),
    "desk:record_edit": ("get", SIGN_IN, SHUT, SHUT, SHUT, SEEN),
    "desk:record_history": ("get", SIGN_IN, SHUT, SEEN, SEEN, SEEN),
    "desk:record_restore": ("post", SIGN_IN, SHUT, SHUT, SHUT, DONE),
    "desk:record_merge": ("get", SIGN_IN, SHUT, SHUT, SHUT, SEEN),
    "desk:record_headings": ("get", SIGN_IN, SHUT, SEEN, SEEN, SEEN),
    "desk:duplicates": ("get", SIGN_IN, SHUT, SHUT, SHUT, SEEN),
    "desk:duplicate": ("get", SIGN_IN, SHUT, SHUT, SHUT, SEEN),
    "desk:merge_undo": ("post", SIGN_IN, SHUT, SHUT, SHUT, DONE),
    "desk:authorities": ("get", SIGN_IN, SHUT, SEEN, SEEN, SEEN),
    "desk:authority": ("get", SIGN_IN, SHUT, SEEN, SEEN, SEEN),
    "desk:authority_merge": ("get", SIGN_IN, SHUT, SHUT, SHUT, SEEN),
    "desk:record_delete": ("post", SIGN_IN, SHUT, SHUT, SHUT, REFUSED),  # it has a copy
    "desk:record_undelete": ("post", SIGN_IN, SHUT, SHUT, SHUT, DONE),
}


def routes(resolver: URLResolver | None = None, prefix: str = "") -> dict[str, URLPattern]:
    """Every named page; the REST front's own routes are left to its own walk."""
    found: dict[str, URLPattern] = {}
    for entry in (resolver or get_resolver()).url_patterns:
        if isinstance(entry, URLPattern):
            found[prefix + str(entry.name)] = entry
        elif "ninja" not in (entry.app_name or ""):
            found |= routes(entry, f"{entry.namespace}:" if entry.namespace else prefix)
    return found


@pytest.fixture
def house(tmp_path: Path) -> dict[str, int | str]:
    """A reader with a loan at GNC-M, a staged file of one record; the numbers that addresses need."""
    a_nation()
    record = a_record()
    patron = a_reader()
    a_photo(patron)
    item = a_copy(record)
    set_pin(patron_id=patron, pin=SECRET, by=SYSTEM)
    now = datetime(2026, 11, 23, 10, tzinfo=UTC)
    loan = check_out(item_id=item, patron_id=patron, unit="GNC-M", by=SYSTEM, now=now)
    a_login("here", role="librarian", unit="GNC-M")
    a_login("elsewhere", role="librarian", unit="SAK-M")
    a_login("administrator", role="administrator")
    till = a_till()
    paid = pay(patron_id=patron, amount_minor=10, till=till, by=SYSTEM, now=now, keep_rest=True).id
    act, _ = withdraw_items(item_ids=[a_copy(record, barcode="W1")], draft=an_act(), by=SYSTEM)
    [batch] = batches(scopes=("",))
    brought = stage(a_file(tmp_path / "a.mrc", numbered(1)), file_name="a.mrc", profile=Profile(), by=SYSTEM)
    while advance(brought):
        pass
    one, two, three = stored(book()), stored(book()), stored(book())
    merge = merge_records(keep=one, gone=[Goes(three)], by=SYSTEM, now=now, through="test").id
    begin_search(by=SYSTEM)
    while search_on():
        pass
    cluster, authority = cluster_of(two) or 0, an_authority(field("100", "1 ", a="Şıxlı"))
    a_copy(wanted := a_record(title="Gözlənilən"), barcode="H1")
    hold = place_hold(record_id=wanted, patron_id=patron, pickup_unit="GNC-M", by=SYSTEM, now=now)
    return {
        "hold_id": hold.id, "patron_id": patron, "record_id": record, "problem_id": 1, "line_id": paid,
        "receipt_id": receipts_of([paid])[paid], "register_id": till.register_id or 0, "form": "ris", "unit": "GNC-M",
        "cluster_id": cluster, "merge_id": merge, "authority": authority, "part": 0, "item_id": item,
        "act_id": act or 0, "batch_id": batch.id, "import_id": brought, "number": 1,
        "loan_id": loan.id, "rota_id": a_rota(),
        "trigger": "hold_ready", "language": "az", "code": "GNC-M", "step": "rules",
        "user_id": User.objects.get(username="here").pk,
    }  # fmt: skip


def visitor(who: str, *, csrf: bool = False) -> Client:
    client = Client(enforce_csrf_checks=csrf)
    if who != "nobody":
        client.force_login(User.objects.get(username="R1" if who == "reader" else who))
    if who == "administrator":
        session = client.session
        session["unit"] = "GNC-M"
        session.save()
    return client


def address(pattern: URLPattern, name: str, house: dict[str, int | str]) -> str:
    wanted = pattern.pattern.converters
    known = house | {"record_id": house["authority"]} if name.startswith("desk:authority") else house
    return reverse(name, kwargs={key: known[key] for key in wanted})


def test_the_table_names_every_route() -> None:
    assert set(routes()) == set(ROUTES)


@pytest.mark.parametrize("who", PEOPLE)
def test_everyone_gets_what_the_table_says(house: dict[str, int | str], who: str) -> None:
    wrong = {}
    for name, pattern in routes().items():
        method, *expected = ROUTES[name]
        client = visitor(who)
        answer = getattr(client, method)(address(pattern, name, house))
        if answer.status_code != expected[PEOPLE.index(who)]:
            wrong[name] = (answer.status_code, expected[PEOPLE.index(who)])
    assert wrong == {}


def test_nothing_is_written_without_the_form_s_token(house: dict[str, int | str]) -> None:
    for name, pattern in routes().items():
        answer = visitor("administrator", csrf=True).post(address(pattern, name, house))
        assert answer.status_code in (403, 405), name


def test_a_page_that_says_nothing_is_shut() -> None:
    for name, pattern in routes().items():
        assert getattr(pattern.callback, "access", None), name
