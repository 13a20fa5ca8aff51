"""A reader's account at the desk: charging, paying, settling without money, giving back; registers and receipts."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING, Any

import pytest
from django.utils import timezone

from kitabxana.base.actor import SYSTEM
from kitabxana.catalogue.tests.builders import a_record
from kitabxana.charges.facts import Source, Till
from kitabxana.charges.operations import charge, pay, set_accruing
from kitabxana.charges.queries import account, balances_of, history_page, register
from kitabxana.charges.tests.builders import NOW, a_library_in_turkiye, a_register, a_till, faults, owes
from kitabxana.fronts.desk.tests.people import administrator, librarian
from kitabxana.fronts.desk.tests.test_cost import cost
from kitabxana.holdings.tests.builders import a_copy
from kitabxana.patrons.tests.builders import a_reader

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.test import Client


@pytest.fixture(autouse=True)
def _ledger_is_true() -> Iterator[None]:
    yield
    assert faults() == {}


def text_of(page: Any) -> str:
    shown: str = page.content.decode()
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", shown)).split())


def at(patron: int, line: int | None = None) -> str:
    return f"/desk/readers/{patron}/account/" + (f"{line}/" if line else "")


def lose(patron: int, minor: int, title: str = "Dəli Kür") -> int:
    item = a_copy(a_record(title=title), barcode=title)
    return charge(patron_id=patron, kind="lost", amount_minor=minor, unit="GNC-M", by=SYSTEM, now=NOW,
                  source=Source("loan", 1), item_id=item).id  # fmt: skip


def send(client: Client, address: str, **values: Any) -> str:
    """What the desk reads after the form was sent."""
    return text_of(client.post(address, values, follow=True))


def key_of(client: Client, patron: int) -> str:
    found: str = re.findall(r'name="key" value="([^"]+)"', client.get(at(patron)).content.decode())[0]
    return found


def test_the_account_shows_what_is_owed_and_what_for() -> None:
    a_library_in_turkiye()
    patron = a_reader()
    lose(patron, 1250)
    owes(patron, 4000, unit="ANK")
    set_accruing(patron_id=patron, source=Source("loan", 2), amount_minor=60, unit="GNC-M", by=SYSTEM, now=NOW)
    shown = text_of(librarian().get(at(patron)))
    for words in ("13.10 AZN", "40.00 TRY", "Lost item", "Dəli Kür", "Overdue fine Still growing"):
        assert words in shown
    assert "Account" in text_of(librarian("GNC-2").get(f"/desk/readers/{patron}/"))


def test_a_debt_is_told_where_the_reader_stands() -> None:
    patron, client = a_reader(), librarian()
    pages = (f"/desk/readers/{patron}/", f"/desk/check-out/{patron}/")
    assert not any("Owes" in text_of(client.get(address)) for address in pages)
    owes(patron, 250)
    assert all("Owes 2.50 AZN" in text_of(client.get(address)) for address in pages)


def test_a_payment_in_cash_ends_at_its_receipt() -> None:
    patron, number, client = a_reader(), a_register(in_drawer=500), librarian()
    debit = lose(patron, 1250)
    shown = send(
        client, at(patron), do="pay", amount="12,50", method="cash", register=number, key=key_of(client, patron)
    )
    assert "Payment taken:" in shown
    assert re.search(r"Receipt 1 .*GNC-M kitabxanası|GNC-M kitabxanası .*Receipt 1 ", shown)
    assert "Dəli Kür" in shown
    assert "Still owed" not in shown
    assert balances_of([patron]) == {}
    drawer = register(number, scopes=("",))
    assert drawer is not None
    assert drawer.shift is not None
    assert drawer.shift.expected_minor == 1750
    assert "Settled" in text_of(client.get(at(patron, debit)))


def test_the_story_of_a_line_tells_the_part_that_settled_it() -> None:
    patron, client = a_reader(), librarian()
    debit = owes(patron, 1250)
    paid = pay(patron_id=patron, amount_minor=400, till=Till("GNC-M", "card"), by=SYSTEM, now=NOW)
    assert "Settled by" in (told := text_of(client.get(at(patron, debit))))
    assert "-4.00 AZN" in told
    assert "8.50 AZN" in told
    assert "Used for" in (told := text_of(client.get(at(patron, paid.id))))
    assert "4.00 AZN" in told.split("Used for")[1]
    assert "12.50" not in told


def test_a_form_sent_twice_pays_once_and_only_what_is_ticked() -> None:
    patron, client = a_reader(), librarian()
    first, second = owes(patron, 100), owes(patron, 100)
    form = {"do": "pay", "amount": "1", "method": "card", "debit": [second], "key": key_of(client, patron)}
    for _ in range(2):
        send(client, at(patron), **form)
    assert [one.id for one in account(patron).debits] == [first]
    assert history_page(patron)[0] == 3


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"amount": "-1"}, "This is not an amount that can be entered."),
        ({"amount": "1.234"}, "This is not an amount that can be entered."),
        ({"amount": "çox"}, "This is not an amount that can be entered."),
        ({"amount": "5"}, "That is more than is owed:"),
        ({"method": "cash"}, "Choose the cash register that the money goes through."),
        ({"register": "0"}, "There is no such cash register here."),
        ({"debit": "0"}, "This charge is not open (any more)."),
    ],
)
def test_what_is_refused_is_told_in_words(values: dict[str, str], told: str) -> None:
    patron = a_reader()
    owes(patron, 100)
    assert told in send(librarian(), at(patron), **({"do": "pay", "amount": "1", "method": "card"} | values))
    assert balances_of([patron])[patron]["AZN"].owed_minor == 100


def test_more_than_is_owed_may_be_kept_used_and_given_back() -> None:
    patron, client = a_reader(), administrator()
    owes(patron, 100)
    send(client, at(patron), do="pay", amount="3", method="card", keep_rest="on")
    [credit] = account(patron).credits
    owes(patron, 50)
    assert "Done." in send(client, at(patron, credit.id), do="apply")
    assert "Done." not in send(client, at(patron, credit.id), do="give_back", amount="9", method="card")
    send(client, at(patron, credit.id), do="give_back", amount="1,50", method="transfer")
    assert balances_of([patron]) == {}


def test_charging_by_hand() -> None:
    patron, client = a_reader(), librarian()
    shown = send(client, at(patron), do="charge", kind="copy", amount="0,40", note="8 səhifə")
    assert "Charged:" in shown
    assert "Copies and prints" in shown
    assert "8 səhifə" in shown
    assert "cannot be charged at a desk" in send(client, at(patron), do="charge", kind="fine", amount="1")


def test_a_lost_book_of_no_price_is_replaced_by_another() -> None:
    patron, client = a_reader(), librarian()
    debit = lose(patron, 0)
    assert "1 book to replace" in text_of(client.get(at(patron)))
    send(client, at(patron, debit), do="replace", note="eyni nəşr")
    shown = text_of(client.get(at(patron)))
    assert "Nothing is owed." in shown
    assert "Replaced by another item" in shown


def test_a_librarian_may_not_waive_and_is_not_offered_to() -> None:
    patron = a_reader()
    debit = owes(patron, 100)
    here, boss = librarian(), administrator()
    assert 'value="waive"' not in here.get(at(patron, debit)).content.decode()
    assert "You do not have the permission" in send(here, at(patron, debit), do="waive", amount="1")
    assert 'value="waive"' in boss.get(at(patron, debit)).content.decode()
    send(boss, at(patron, debit), do="waive", amount="0,40", note="bayram")
    assert balances_of([patron])[patron]["AZN"].owed_minor == 60
    send(boss, at(patron, debit), do="cancel")
    assert balances_of([patron]) == {}


def test_a_payment_entered_by_mistake_is_taken_back() -> None:
    patron, till, boss = a_reader(), a_till(), administrator()
    owes(patron, 100)
    paid = pay(patron_id=patron, amount_minor=100, till=till, by=SYSTEM, now=timezone.now())
    assert "Done." in send(boss, at(patron, paid.id), do="take_back")
    assert balances_of([patron])[patron]["AZN"].owed_minor == 100
    assert boss.post(at(patron, paid.id), {"do": "burn"}).status_code == 404


def test_another_reader_s_line_is_not_opened_through_this_one() -> None:
    patron, other = a_reader(), a_reader(card="R2")
    assert librarian().get(at(patron, owes(other, 100))).status_code == 404


def test_a_register_is_added_opened_counted_and_closed() -> None:
    boss, here = administrator(), librarian()
    assert "Add a register" not in text_of(here.get("/desk/registers/"))
    assert "You do not have the permission" in send(here, "/desk/registers/", name="Masa 1")
    send(boss, "/desk/registers/", name="Masa 1")
    address = re.findall(r"/desk/registers/\d+/", here.get("/desk/registers/").content.decode())[0]
    assert "Closed" in text_of(here.get(address))
    send(here, address, do="open", amount="20")
    patron = a_reader()
    owes(patron, 100)
    send(here, at(patron), do="pay", amount="1", method="cash", register=re.findall(r"\d+", address)[0])
    shown = send(here, address, do="count", amount="20,50", note="50 qəpik az")
    assert "The difference is -0.50 AZN" in shown
    assert "50 qəpik az" in shown
    assert "Closed" in shown
    send(here, address, do="open", amount="0")
    assert "There is no difference." in send(here, address, do="count", amount="0")
    assert "The cash register is closed." in send(here, address, do="count", amount="0")


def test_pages_cost_the_same_however_much_there_is() -> None:
    patron, till, client = a_reader(), a_till(), librarian()

    def more(count: int) -> None:
        for _ in range(count):
            owes(patron, 100)
            pay(patron_id=patron, amount_minor=50, till=till, by=SYSTEM, now=timezone.now())

    lose(patron, 100_000)
    more(1)
    pages = (at(patron), "/desk/registers/", f"/desk/registers/{till.register_id}/")
    client.get(at(patron))
    few = [cost(client, address) for address in pages]
    more(8)
    assert [cost(client, address) for address in pages] == few
    assert few[0] <= 40
    assert max(few[1:]) <= 18
