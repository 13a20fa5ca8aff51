"""From what happens at a desk to what lies in a mailbox: exactly what the events call for, in the reader's language."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.utils import timezone

from kitabxana.base.actor import SYSTEM
from kitabxana.base.models import AuditEntry
from kitabxana.base.outbox import deliver
from kitabxana.catalogue.tests.builders import a_record
from kitabxana.charges.facts import Till
from kitabxana.circulation.operations import declare_lost, place_hold, recall, renew, undo_check_in, undo_check_out
from kitabxana.circulation.tests.scenes import NOW, lend, policy, take
from kitabxana.cli.consistency import broken
from kitabxana.holdings.queries import items_by_id
from kitabxana.holdings.tests.builders import a_copy
from kitabxana.notices.models import Message, Notice
from kitabxana.notices.operations import send_due, tell_of_the_day
from kitabxana.notices.tests.post import mail_server, text_of
from kitabxana.organisation.tests.builders import a_nation
from kitabxana.patrons.tests.builders import a_reader
from kitabxana.wiring import HANDLERS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kitabxana.notices.tests.post import Mailbox

pytestmark = pytest.mark.django_db


@pytest.fixture
def mail(db: None, settings: Any) -> Iterator[Mailbox]:
    a_nation()
    with mail_server(settings) as box:
        yield box


def posted() -> int:
    """Deliver every event, send every message; the tests' days are not today's, so all of them have come."""
    while deliver(HANDLERS):
        pass
    Message.objects.filter(state="queued").update(next_try_at=timezone.now())
    return send_due()


def a_book(title: str, barcode: str, price: int | None = None) -> int:
    return a_copy(a_record(title=title), barcode=barcode, price_minor=price)


def test_a_hold_that_stands_ready_is_told_once_in_the_readers_language(mail: Mailbox) -> None:
    record = a_record(title="Əli və Nino")
    item = a_copy(record)
    readers = {
        language: a_reader(card=f"R-{language}", email=f"{language}@oxucu.example", language=language)
        for language in ("az", "tr", "en", "ru")
    }
    subjects = {}
    for number, (language, reader) in enumerate(readers.items()):
        now = NOW + timedelta(days=number)
        lend(item, a_reader(card=f"X{number}"), now=now)
        place_hold(record_id=record, patron_id=reader, pickup_unit="GNC-M", by=SYSTEM, now=now)
        take(item, days=number + 0.1)
        assert posted() >= 1
        [letter] = mail.to(f"{language}@oxucu.example")
        subjects[language] = letter["Subject"].strip()  # a folded header may begin with its fold
        assert "Əli və Nino" in text_of(letter)
        assert f"R-{language}" in text_of(letter)
        assert letter["Content-Language"] == language
        lend(item, reader, now=now + timedelta(hours=4))
        take(item, days=number + 0.5)
    posted()
    assert subjects == {
        "az": "Kitabınız hazırdır",
        "tr": "Ayırttığınız kitap hazır",
        "en": "Your book is ready to be fetched",
        "ru": "Ваша книга готова к выдаче",
    }
    assert len(mail.arrived) == 4
    assert Message.objects.filter(state="sent", trigger="hold_ready").count() == 4


def test_loans_due_soon_are_one_letter_and_the_pass_may_run_again(mail: Mailbox) -> None:
    policy(due_soon_days=3)
    reader = a_reader(email="aytən@oxucu.example".replace("ə", "e"), language="az")
    loans = [
        lend(a_book(title, f"B{number}"), reader) for number, title in enumerate(("Qılınc və qələm", "Dumanlı Təbriz"))
    ]
    day = loans[0].due_at - timedelta(days=3)
    assert tell_of_the_day(now=day - timedelta(days=1))["loans"] == 0
    assert tell_of_the_day(now=day)["loans"] == 1
    assert tell_of_the_day(now=day)["loans"] == 0
    assert tell_of_the_day(now=day + timedelta(days=1))["loans"] == 0
    posted()
    [letter] = mail.arrived
    assert letter["Subject"] == "Qaytarma vaxtı yaxınlaşır"
    assert "Qılınc və qələm" in text_of(letter)
    assert "Dumanlı Təbriz" in text_of(letter)
    assert "8 dekabr 2026" in text_of(letter)
    assert Notice.objects.count() == 2
    # A renewal makes a new due date, which is told of in its own time.
    renewed = renew(loan_id=loans[0].id, by=SYSTEM, now=day)
    assert tell_of_the_day(now=renewed.due_at - timedelta(days=2))["loans"] >= 1


def test_the_ladder_of_reminders_is_climbed_rung_by_rung_and_never_two_at_once(mail: Mailbox) -> None:
    policy(overdue_first_days=1, overdue_second_days=7, overdue_third_days=14)
    reader = a_reader(email="r@oxucu.example", language="en")
    loan = lend(a_book("Kür", "B1"), reader)
    for day in range(60):
        tell_of_the_day(now=loan.due_at + timedelta(days=day))
    posted()
    assert [mail_["Subject"] for mail_ in mail.arrived] == [
        "Loans are overdue",
        "Second reminder: loans are overdue",
        "Last reminder: loans are overdue",
    ]
    assert [row.level for row in Notice.objects.filter(trigger="overdue").order_by("pk")] == [1, 2, 3]
    late = lend(a_book("Araz", "B2"), a_reader(card="R2", email="late@oxucu.example", language="en"))
    tell_of_the_day(now=late.due_at + timedelta(days=10))  # the worker stood still for ten days
    posted()
    assert [letter["Subject"] for letter in mail.to("late@oxucu.example")] == ["Second reminder: loans are overdue"]
    old = lend(a_book("Xəzər", "B3"), a_reader(card="R3", email="old@oxucu.example"))
    tell_of_the_day(now=old.due_at + timedelta(days=300))
    posted()
    assert mail.to("old@oxucu.example") == []


def test_what_is_returned_or_said_to_be_returned_is_not_asked_for(mail: Mailbox) -> None:
    from kitabxana.circulation.operations import claim_returned

    reader = a_reader(email="r@oxucu.example")
    back, claimed = lend(a_book("Kür", "B1"), reader), lend(a_book("Araz", "B2"), reader)
    take(back.item_id)
    claim_returned(loan_id=claimed.id, by=SYSTEM, now=NOW)
    assert tell_of_the_day(now=claimed.due_at + timedelta(days=2))["loans"] == 0
    posted()
    assert [letter["Subject"] for letter in mail.arrived] == []


def test_slips_are_sent_where_the_library_wants_them(mail: Mailbox) -> None:
    reader = a_reader(email="r@oxucu.example", language="en")
    lend(a_book("Kür", "B1"), reader)
    posted()
    assert mail.arrived == []
    policy(tell_check_out=True, tell_check_in=True, tell_renewal=True)
    loan = lend(a_book("Araz", "B2"), reader)
    lend(a_book("Xəzər", "B3"), reader)
    posted()
    renew(loan_id=loan.id, by=SYSTEM, now=NOW + timedelta(days=3))
    posted()
    take(loan.item_id, days=4)
    posted()
    assert [letter["Subject"] for letter in mail.arrived] == [
        "What you have borrowed", "Renewed loans", "What you have brought back"
    ]  # fmt: skip
    assert "Araz" in text_of(mail.arrived[0])
    assert "Xəzər" in text_of(mail.arrived[0])
    assert "Xəzər" not in text_of(mail.arrived[2])


def test_a_loss_a_fine_and_a_payment_are_told_with_their_sums(mail: Mailbox) -> None:
    from kitabxana.charges.operations import pay

    policy(fine_amount=20)
    reader = a_reader(email="r@oxucu.example", language="en")
    lost, late = lend(a_book("Kür", "B1", price=1250), reader), lend(a_book("Araz", "B2"), reader)
    declare_lost(loan_id=lost.id, by=SYSTEM, now=NOW)
    take(late.item_id, days=(late.due_at - NOW).days + 5)
    posted()
    assert sorted(letter["Subject"] for letter in mail.arrived) == ["A charge in your account", "A loan counts as lost"]
    [loss] = [letter for letter in mail.arrived if "lost" in letter["Subject"]]
    assert "12.50" in text_of(loss)
    pay(patron_id=reader, amount_minor=500, till=Till("GNC-M", "card"), by=SYSTEM, now=NOW)
    posted()
    assert mail.arrived[-1]["Subject"] == "Receipt"
    assert "5.00" in text_of(mail.arrived[-1])


def test_a_card_that_ends_is_told_before_and_after(mail: Mailbox) -> None:
    a_reader(email="r@oxucu.example", language="tr", expires_on=date(2026, 12, 20))
    for day in range(60):
        tell_of_the_day(now=NOW + timedelta(days=day))
    posted()
    assert [letter["Subject"] for letter in mail.arrived] == [
        "Kütüphane kartınızın süresi doluyor", "Kütüphane kartınızın süresi doldu"
    ]  # fmt: skip
    assert "20 Aralık 2026" in text_of(mail.arrived[0])


def test_a_hold_shelf_is_reminded_of_and_its_end_told(mail: Mailbox) -> None:
    record = a_record(title="Kür")
    item = a_copy(record)
    lend(item, a_reader(card="X"))
    reader = a_reader(email="r@oxucu.example", language="en")
    place_hold(record_id=record, patron_id=reader, pickup_unit="GNC-M", by=SYSTEM, now=NOW)
    take(item)
    for day in range(1, 30):
        tell_of_the_day(now=NOW + timedelta(days=day, hours=1))
    posted()
    assert [letter["Subject"] for letter in mail.arrived] == [
        "A book still waits for you", "A book was not fetched", "Your book is ready to be fetched"
    ]  # fmt: skip


def test_a_loan_that_is_called_back_is_asked_for_by_its_new_day(mail: Mailbox) -> None:
    policy(recall_days=3, recall_keeps=1, due_soon_days=None)
    item = a_book("Kür", "B1")
    loan = lend(item, a_reader(email="r@oxucu.example", language="en"))
    record = items_by_id([item])[item].record_id
    place_hold(record_id=record, patron_id=a_reader(card="R2"), pickup_unit="GNC-M", by=SYSTEM, now=NOW)
    recall(loan_id=loan.id, by=SYSTEM, now=NOW + timedelta(days=2))
    posted()
    [letter] = mail.arrived
    assert letter["Subject"] == "Please bring it back sooner"
    assert "November 28, 2026" in text_of(letter)


def test_every_message_has_its_audit_row(mail: Mailbox) -> None:
    policy(tell_check_out=True)
    lend(a_book("Kür", "B1"), a_reader(email="r@oxucu.example"))
    posted()
    message = Message.objects.get()
    actions = AuditEntry.objects.filter(object_type="message", object_id=str(message.pk)).order_by("id")
    assert [row.action for row in actions] == ["notice.make", "notice.sent"]
    assert mail.arrived[0]["Message-ID"] == f"<kitabxana.{message.pk}@kitabxana.example>"
    assert isinstance(message.sent_at, datetime)


def test_who_registered_from_home_is_answered_either_way(mail: Mailbox) -> None:
    from kitabxana.patrons.facts import Draft
    from kitabxana.patrons.operations import apply, decide, set_category

    policy(self_registration=True)
    set_category(code="ADULT", names={"az": "Böyük"}, self_registration=True, by=SYSTEM)
    for name in ("taken", "refused"):
        draft = Draft(
            surname=name.title(), home_unit="GNC-M", category="ADULT", birth_date=date(1990, 1, 1), language="en",
            email=f"{name}@oxucu.example",
        )  # fmt: skip
        number = apply(draft=draft, address="10.0.0.1", now=NOW)
        decide(application_id=number, take=name == "taken", by=SYSTEM, now=NOW)
    posted()
    assert {letter["To"]: letter["Subject"] for letter in mail.arrived} == {
        "taken@oxucu.example": "Your registration is confirmed", "refused@oxucu.example": "About your registration"
    }  # fmt: skip
    assert len(mail.arrived) == 2


def test_a_reader_registered_at_a_desk_is_welcomed_and_one_from_a_file_is_not(mail: Mailbox) -> None:
    from kitabxana.patrons.facts import Draft
    from kitabxana.patrons.operations import enrol

    a_reader(email="file@oxucu.example")  # a row that is known to be right, as an import brings it
    draft = Draft(surname="Yeni", home_unit="GNC-M", category="ADULT", email="new@oxucu.example", language="ru")
    enrol(draft, by=SYSTEM, now=NOW)
    posted()
    [letter] = mail.arrived
    assert (letter["To"], letter["Subject"].strip()) == ("new@oxucu.example", "Добро пожаловать в библиотеку")


def test_loans_due_today_and_those_that_could_not_renew_themselves(mail: Mailbox) -> None:
    from kitabxana.circulation.operations import renew_of_themselves

    policy(tell_due_today=True, auto_renew=True, renewals_allowed=0, due_soon_days=None, auto_renew_before=2)
    loan = lend(a_book("Kür", "B1"), a_reader(email="r@oxucu.example", language="en"))
    renew_of_themselves(by=SYSTEM, now=loan.due_at - timedelta(days=1))
    tell_of_the_day(now=loan.due_at - timedelta(hours=10))
    tell_of_the_day(now=loan.due_at - timedelta(hours=9))
    posted()
    assert sorted(letter["Subject"] for letter in mail.arrived) == ["A loan could not be renewed", "Loans due today"]


def test_the_slip_of_an_undone_lending_or_return_that_waits_is_not_sent_and_the_others_are(mail: Mailbox) -> None:
    policy(tell_check_out=True, tell_check_in=True)
    reader = a_reader(email="r@oxucu.example", language="en")
    kept, wrong = lend(a_book("Kür", "B1"), reader), lend(a_book("Araz", "B2"), reader)
    while deliver(HANDLERS):
        pass
    assert Message.objects.get(state="queued").trigger == "check_out"
    undo_check_out(loan_id=wrong.id, unit="GNC-M", by=SYSTEM, now=NOW)
    never_told = lend(a_book("Xəzər", "B3"), reader)
    undo_check_out(loan_id=never_told.id, unit="GNC-M", by=SYSTEM, now=NOW)
    posted()
    [letter] = mail.arrived
    assert "Kür" in text_of(letter)
    assert "Araz" not in text_of(letter)
    assert Notice.objects.filter(thing=f"loan {wrong.id}").count() == 0
    assert AuditEntry.objects.filter(action="notice.take_back").count() == 1

    def give_back_and_undo(*, days: int) -> None:
        take(kept.item_id, days=days)
        undo_check_in(loan_id=kept.id, unit="GNC-M", by=SYSTEM, now=NOW + timedelta(days=days))

    give_back_and_undo(days=1)
    posted()
    assert len(mail.arrived) == 1, "it never came back"
    take(kept.item_id, days=2)
    posted()
    assert len(mail.arrived) == 2
    undo_check_in(loan_id=kept.id, unit="GNC-M", by=SYSTEM, now=NOW + timedelta(days=2))
    give_back_and_undo(days=3)
    take(kept.item_id, days=4)  # three events at once, the last of which is true
    posted()
    assert len(mail.arrived) == 2, "the slip that went out still says the truth"
    assert Notice.objects.filter(trigger="check_in").count() == 1
    undo_check_in(loan_id=kept.id, unit="GNC-M", by=SYSTEM, now=NOW + timedelta(days=4))
    posted()
    take(kept.item_id, days=5)
    posted()
    assert len(mail.arrived) == 3, "what went out was not true, so the return is told when it is"
    assert broken() == []
