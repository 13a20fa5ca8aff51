"""Policies as sentences in the user's language."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.formats import number_format
from django.utils.translation import gettext, ngettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from kitabxana.organisation.rules.policy_names import POLICIES

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    from kitabxana.kernel.decisions import Refusal

ROLE_NAMES: dict[str, _StrPromise] = {
    "librarian": pgettext_lazy("role", "Librarian"),
    "cataloguer": pgettext_lazy("role", "Cataloguer"),
    "data_protection": pgettext_lazy("role", "Data protection officer"),
    "administrator": pgettext_lazy("role", "Administrator"),
}
ROLE_TASKS: dict[str, _StrPromise] = {
    "librarian": _("lends, takes back, registers readers, collects money"),
    "cataloguer": _("makes and changes records and copies"),
    "data_protection": _("sees who did what, and all that is held on one person"),
    "administrator": _("all of it, and units, rules, staff"),
}
KIND_NAMES: dict[str, _StrPromise] = {
    "nation": pgettext_lazy("kind of unit", "Nation"),
    "system": pgettext_lazy("kind of unit", "Library system"),
    "library": pgettext_lazy("kind of unit", "Library"),
    "point": pgettext_lazy("kind of unit", "Service point"),
}
TEMPLATE_NAMES: dict[str, _StrPromise] = {
    "village": _("Village library"),
    "town": _("Town library"),
    "no_fines": _("No fines"),
}

GROUP_NAMES: dict[str, _StrPromise] = {
    "governing": pgettext_lazy("policies", "Which library decides"),
    "loans": pgettext_lazy("policies", "How long"),
    "limits": pgettext_lazy("policies", "How many, and to whom"),
    "renewals": pgettext_lazy("policies", "Renewals"),
    "fines": pgettext_lazy("policies", "Lateness"),
    "lost": pgettext_lazy("policies", "Lost and found"),
    "returns": pgettext_lazy("policies", "Coming back"),
    "holds": pgettext_lazy("policies", "Holds"),
    "notices": pgettext_lazy("policies", "What readers are told"),
    "readers": pgettext_lazy("policies", "Readers and what is kept of them"),
}

SENTENCES: dict[str, _StrPromise] = {
    "rule_library": _("The library that decides about loans is %(value)s."),
    "hold_rule_library": _("The library that decides about holds is %(value)s."),
    "loan_length": _("A copy is lent for %(value)s."),
    "waited_from": _("Where so many wait for a title, its loans are shorter: %(value)s."),
    "waited_length": _("A loan of a title that many wait for: %(value)s at most."),
    "loan_unit": _("Loans are counted in %(value)s."),
    "closed_days": _("A loan due on a closed day: %(value)s."),
    "closed_hours": _("A loan of hours due while closed: %(value)s."),
    "opening_offset": _("After the opening there are %(value)s more."),
    "fixed_due_date": _("The fixed due date is: %(value)s."),
    "fixed_due_rule": _("The fixed due date binds so: %(value)s."),
    "end_with_card": _("A loan ends no later than the reader's card: %(value)s."),
    "max_loans": _("A reader may have on loan at once, under this rule: %(value)s."),
    "max_onsite_loans": _("Of these for use in the library: %(value)s."),
    "patron_max_loans": _("A reader may have on loan at once, of whatever type: %(value)s."),
    "patron_max_onsite_loans": _("Of whatever type, for use in the library: %(value)s."),
    "onsite_counts_as_loan": _("Use in the library counts as a loan: %(value)s."),
    "switch_onsite": _("A copy in use in the library can be lent to the same reader: %(value)s."),
    "several_copies_of_record": _("A reader may have several copies of one title: %(value)s."),
    "minimum_age": _("Readers must be at least: %(value)s."),
    "debt_limit": _("A reader who owes more may not borrow: %(value)s."),
    "debts_of_wards": _("What those owe for whom a reader answers counts as the reader's: %(value)s."),
    "any_debt_asks": _("Any debt is asked about at the desk: %(value)s."),
    "overdues_block_loans": _("A reader with overdue loans may borrow: %(value)s."),
    "rental_fee": _("A loan costs %(value)s."),
    "return_for_other": _("A copy on loan to another reader is taken back first: %(value)s."),
    "lend_lost": _("A copy recorded as lost is lent: %(value)s."),
    "lend_damaged": _("A damaged copy is lent: %(value)s."),
    "lend_withdrawn": _("A withdrawn copy is lent: %(value)s."),
    "lend_restricted": _("A copy of restricted use is lent: %(value)s."),
    "lend_not_for_loan": _("A copy for use in the library only is lent: %(value)s."),
    "renewals_allowed": _("A loan may be renewed %(value)s."),
    "unseen_renewals_allowed": _("Of these without showing the copy: %(value)s."),
    "renewal_length": _("A renewal is for: %(value)s."),
    "renew_from": _("A renewal counts from %(value)s."),
    "no_renewal_before": _("A loan can be renewed before its due date by at most: %(value)s."),
    "renewal_opens_at": _("That day counts %(value)s."),
    "renew_if_other_copies": _("A free copy that serves the next reader lets a loan be renewed: %(value)s."),
    "restriction_blocks_renewal": _("A restricted reader may not renew: %(value)s."),
    "card_end_blocks_renewal": _("A reader whose card has ended may not renew: %(value)s."),
    "overdues_block_renewal": _("Overdue loans keep from renewing: %(value)s."),
    "renewal_debt_limit": _("A reader who owes more may not renew: %(value)s."),
    "auto_renew": _("Loans renew themselves: %(value)s."),
    "auto_renewals_allowed": _("A loan renews itself at most: %(value)s."),
    "auto_renew_before": _("A loan renews itself before its due date by: %(value)s."),
    "auto_renew_stop_after": _("It stops renewing itself after the loan began by: %(value)s."),
    "auto_renew_stop_date": _("It stops renewing itself on: %(value)s."),
    "auto_renew_debt_limit": _("It does not renew itself for one who owes more: %(value)s."),
    "auto_renew_needs_card": _("It renews itself only with a card in force: %(value)s."),
    "recall_days": _("A loan called back for another reader may still be kept for: %(value)s."),
    "recall_keeps": _("No loan is called back before it has lasted %(value)s."),
    "fine_amount": _("Lateness costs %(value)s for each period."),
    "fine_every": _("A period of lateness is %(value)s."),
    "fine_charged_at": _("A period is charged %(value)s."),
    "grace": _("Lateness is forgiven up to %(value)s."),
    "grace_is_fined": _("Beyond that the forgiven time costs too: %(value)s."),
    "fine_closed_days": _("Closed days count as late: %(value)s."),
    "fine_cap": _("The fine of one loan is at most: %(value)s."),
    "fine_cap_at_price": _("The fine is never more than the copy's price: %(value)s."),
    "default_price": _("A copy without a price counts as: %(value)s."),
    "suspension_days": _("A late reader may not borrow, for each period late: %(value)s."),
    "suspension_every": _("That period is %(value)s."),
    "suspension_max": _("Such a stop lasts at most: %(value)s."),
    "suspension_adds_up": _("A new stop begins where the old one ends: %(value)s."),
    "lost_after": _("An overdue copy counts as lost after: %(value)s."),
    "lost_price_charged": _("The price of a lost copy is charged: %(value)s."),
    "lost_processing_fee": _("The work with a lost copy costs %(value)s."),
    "lost_return": _("When a lost copy is found: %(value)s."),
    "lost_refund_days": _("Money is given back up to this time after the loss: %(value)s."),
    "claims_allowed": _("A reader may say that a copy came back: %(value)s."),
    "return_to": _("A copy may come back: %(value)s."),
    "return_policy": _("After its return a copy goes: %(value)s."),
    "float_most": _("Copies of one title that may float at a library: %(value)s."),
    "auto_transfer": _("It is sent without being asked: %(value)s."),
    "return_withdrawn": _("A withdrawn copy is taken back: %(value)s."),
    "return_lost": _("A lost copy is taken back: %(value)s."),
    "count_local_use": _("A scanned copy that was not on loan counts as used here: %(value)s."),
    "max_holds": _("A reader may wait at once for: %(value)s."),
    "holds_by_rule": _("Under this rule a reader may wait for: %(value)s."),
    "holds_per_record": _("For one title a reader may wait with: %(value)s."),
    "holds_per_day": _("In one day a reader may ask for: %(value)s."),
    "on_shelf_holds": _("A copy on the shelf can be asked for: %(value)s."),
    "item_level_holds": _("A certain copy can be asked for: %(value)s."),
    "hold_allowed_from": _("Who may wait for a copy: %(value)s."),
    "hold_pickup_limit": _("It can be fetched: %(value)s."),
    "hold_damaged": _("Damaged copies are set aside too: %(value)s."),
    "local_holds_first": _("Readers of this place come first: %(value)s."),
    "local_holds_item": _("This place is %(value)s."),
    "hold_copy_order": _("The copy that is fetched for a reader is %(value)s."),
    "hold_source_turn": _("Asked for copies for other libraries in this turn: %(value)s."),
    "hold_from_closed": _("Asked for copies also on days when it is closed: %(value)s."),
    "pickup_here": _("Readers fetch here what they waited for: %(value)s."),
    "sent_to": _("A copy that stands here may be sent: %(value)s."),
    "hold_debt_limit": _("Who owes more than this may not wait for anything: %(value)s."),
    "hold_days": _("Who waits in vain is given up after this time: %(value)s."),
    "hold_shelf_days": _("A copy waits on the hold shelf for %(value)s."),
    "hold_fee": _("Waiting for a copy costs %(value)s."),
    "hold_expiry_fee": _("Not fetching it costs %(value)s."),
    "due_soon_days": _("Readers are reminded before a loan is due by: %(value)s."),
    "tell_due_today": _("Readers are told on the day a loan is due: %(value)s."),
    "overdue_first_days": _("The first reminder goes out after the due date by: %(value)s."),
    "overdue_second_days": _("The second reminder goes out after the due date by: %(value)s."),
    "overdue_third_days": _("The last reminder goes out after the due date by: %(value)s."),
    "hold_reminder_days": _("Readers are reminded of the hold shelf before the last day by: %(value)s."),
    "tell_check_out": _("Readers get a slip of what they borrow: %(value)s."),
    "tell_check_in": _("Readers get a slip of what they bring back: %(value)s."),
    "tell_renewal": _("Readers are told of renewals: %(value)s."),
    "tell_charge": _("Readers are told what is charged: %(value)s."),
    "tell_payment": _("Readers get a receipt of what they pay: %(value)s."),
    "membership_reminder_days": _("Readers are reminded before their card ends by: %(value)s."),
    "tell_membership_ended": _("Readers are told that their card has ended: %(value)s."),
    "tell_welcome": _("New readers are welcomed: %(value)s."),
    "notices_to_guarantor": _("What concerns a child is told to who answers for it: %(value)s."),
    "quiet_from": _("No SMS is sent from %(value)s on."),
    "quiet_until": _("SMS are sent again from %(value)s on."),
    "slip_paper": _("Slips and receipts are printed on %(value)s."),
    "pin_length": _("A PIN has at least %(value)s."),
    "history_days": _("A loan that ended keeps its reader for %(value)s, unless the reader chose otherwise."),
    "own_contact": _("A reader changes without the desk: %(value)s."),
    "guarantor_sees": _("Who answers for a reader sees the reader's account: %(value)s."),
    "reader_kept_months": _("A reader who left is forgotten after %(value)s (0: never)."),
    "self_registration": _("People apply for membership in the reader's pages: %(value)s."),
    "application_days": _("An application nobody decided on is forgotten after %(value)s."),
}

CHOICES: dict[str, _StrPromise] = {
    "slip_paper.80": pgettext_lazy("policy", "a roll of 80 mm"),
    "slip_paper.58": pgettext_lazy("policy", "a roll of 58 mm"),
    "slip_paper.a4": pgettext_lazy("policy", "A4 sheets"),
    "rule_library.desk": pgettext_lazy("policy", "the one at whose desk it is lent"),
    ".item_home": pgettext_lazy("policy", "the one that owns the copy"),
    ".item_holding": pgettext_lazy("policy", "the one that has the copy"),
    ".patron_home": pgettext_lazy("policy", "the reader's own"),
    "loan_unit.days": pgettext_lazy("policy", "days"),
    "loan_unit.hours": pgettext_lazy("policy", "hours"),
    "closed_days.keep": pgettext_lazy("policy", "it stays due that day"),
    "closed_days.previous_open": pgettext_lazy("policy", "the open day before"),
    "closed_days.next_open": pgettext_lazy("policy", "the next open day"),
    "closed_days.same_weekday": pgettext_lazy("policy", "the next open day of the same weekday"),
    "closed_days.skip_closed": pgettext_lazy("policy", "only open days are counted"),
    "closed_hours.keep": pgettext_lazy("policy", "it stays due at that hour"),
    "closed_hours.end_of_hours": pgettext_lazy("policy", "at the closing before"),
    "closed_hours.next_opening": pgettext_lazy("policy", "at the next opening"),
    "fixed_due_rule.no_later": pgettext_lazy("policy", "no later"),
    "fixed_due_rule.exactly": pgettext_lazy("policy", "exactly"),
    "fixed_due_rule.no_earlier": pgettext_lazy("policy", "no earlier"),
    ".allow": pgettext_lazy("policy", "yes"),
    ".confirm": pgettext_lazy("policy", "when confirmed"),
    ".deny": pgettext_lazy("policy", "no"),
    ".tell": pgettext_lazy("policy", "yes, and the desk is told"),
    "overdues_block_renewal.allow": pgettext_lazy("policy", "no"),
    "overdues_block_renewal.deny": pgettext_lazy("policy", "all of the reader's"),
    "overdues_block_renewal.deny_item": pgettext_lazy("policy", "this loan's own"),
    "renew_from.due_date": pgettext_lazy("policy", "the due date"),
    "renew_from.today": pgettext_lazy("policy", "the day of renewal"),
    "renewal_opens_at.date": pgettext_lazy("policy", "as a whole"),
    "renewal_opens_at.exact_time": pgettext_lazy("policy", "to the minute"),
    "fine_charged_at.end": pgettext_lazy("policy", "when it is over"),
    "fine_charged_at.start": pgettext_lazy("policy", "when it begins"),
    "lost_return.refund_unpaid": pgettext_lazy("policy", "what is unpaid is struck"),
    "lost_return.refund": pgettext_lazy("policy", "all is given back"),
    "lost_return.keep": pgettext_lazy("policy", "nothing changes"),
    "lost_return.refund_and_fine": pgettext_lazy("policy", "all is given back and the lateness charged"),
    "return_to.anywhere": pgettext_lazy("policy", "anywhere"),
    "return_to.home": pgettext_lazy("policy", "at its home library"),
    "return_to.holding": pgettext_lazy("policy", "where it was lent"),
    "return_to.home_or_holding": pgettext_lazy("policy", "at home or where it was lent"),
    "return_policy.home": pgettext_lazy("policy", "home"),
    "return_policy.holding": pgettext_lazy("policy", "back where it was"),
    "return_policy.float": pgettext_lazy("policy", "nowhere: it stays"),
    "own_contact.contact": pgettext_lazy("policy", "e-mail, telephone and address"),
    "own_contact.reach": pgettext_lazy("policy", "e-mail and telephone"),
    "own_contact.nothing": pgettext_lazy("policy", "nothing"),
    "guarantor_sees.children": pgettext_lazy("policy", "of a child always, of others when they agree"),
    "guarantor_sees.agreed": pgettext_lazy("policy", "only when they agree"),
    "guarantor_sees.nobody": pgettext_lazy("policy", "never"),
    "on_shelf_holds.always": pgettext_lazy("policy", "always"),
    "on_shelf_holds.when_out": pgettext_lazy("policy", "never, only when out"),
    "on_shelf_holds.when_none_available": pgettext_lazy("policy", "when no copy is free"),
    "on_shelf_holds.when_none_near": pgettext_lazy("policy", "when no copy is free in the system where it is fetched"),
    "item_level_holds.force": pgettext_lazy("policy", "it must be a certain one"),
    "hold_allowed_from.anyone": pgettext_lazy("policy", "anyone"),
    "hold_allowed_from.home_library": pgettext_lazy("policy", "readers of its library"),
    "hold_allowed_from.nobody": pgettext_lazy("policy", "nobody"),
    "hold_pickup_limit.anywhere": pgettext_lazy("policy", "in any library"),
    "hold_pickup_limit.home": pgettext_lazy("policy", "in its home library"),
    "hold_pickup_limit.holding": pgettext_lazy("policy", "where it stands"),
    "hold_copy_order.at_pickup": pgettext_lazy("policy", "one that stands where it is fetched, else the nearest"),
    "hold_copy_order.home_at_pickup": pgettext_lazy("policy", "one that belongs where it is fetched, else the nearest"),
    "hold_copy_order.nearest": pgettext_lazy("policy", "the nearest"),
    "hold_copy_order.any": pgettext_lazy("policy", "any"),
    "sent_to.anywhere": pgettext_lazy("policy", "to any library"),
    "sent_to.system": pgettext_lazy("policy", "within the library system"),
    "sent_to.nowhere": pgettext_lazy("policy", "nowhere"),
    "local_holds_first.no": pgettext_lazy("policy", "no"),
    "local_holds_first.pickup_here": pgettext_lazy("policy", "those who fetch it here"),
    "local_holds_first.readers_of_here": pgettext_lazy("policy", "readers of this library"),
    "local_holds_item.holding": pgettext_lazy("policy", "where the copy stands"),
    "local_holds_item.home": pgettext_lazy("policy", "the copy's home library"),
}
"""What a choice reads as in its policy's sentence: "policy.choice", or ".choice" for all that have it."""


REFUSALS: dict[str, _StrPromise] = {
    "unknown_policy": _("There is no such rule."),
    "no_such_policy": _("This value was given back already."),
    "wrong_type": _("This can't be a value of this rule: %(value)s."),
    "not_a_choice": _("This can't be a value of this rule: %(value)s."),
    "out_of_bounds": _("This number is too small or too large: %(value)s."),
    "not_by_this": _("This rule can't differ by category or item type."),
    "nationwide_only": _("This rule is one for the whole nation."),
    "no_open_day": _("No day would be left on which the library is open."),
    "bad_hours": _("Opening must come before closing."),
    "dates_out_of_order": _("The last day comes before the first."),
    "closure_too_long": _("A closure is shorter than a year. Change the weekly hours instead."),
    "bad_code": _("A code has 1 to 10 letters, digits, hyphens or underscores: %(code)s."),
    "code_taken": _("Another unit has the code %(value)s."),
    "unknown_kind": _("There is no such kind of unit."),
    "unknown_zone": _("There is no such time zone: %(zone)s."),
    "no_name": _("A name is needed in at least one language."),
    "bad_country_or_currency": _("A country has two capital letters, a currency three: AZ, AZN."),
    "bad_coordinates": _("Latitude and longitude are given together, in degrees."),
    "bad_email": _("This is no e-mail address."),
    "wrong_parent": _("It can't stand there in the tree."),
    "unit_closed": _("The unit %(unit)s is closed for good."),
    "units_below": _("Units below are still open. Close or move them first."),
    "copies_left": _("Copies belong or stand there: %(copies)s. Move or withdraw them first."),
    "readers_left": _("It is the library of %(readers)s readers. Give them another one first."),
    "unknown_role": _("There is no such role."),
    "no_such_role": _("This role was taken away already."),
    "last_role": _("It is the login's last role. Lock the login instead."),
    "last_administrator": _("Someone must be left who administers the whole installation."),
    "not_yourself": _("Nobody does this to their own login. Ask another administrator."),
    "bad_login": _("A login name has 3 to 60 Latin letters, digits, dots, hyphens or underscores."),
    "login_taken": _("This login name is taken."),
    "unknown_login": _("There is no such login of staff."),
    "wrong_password": _("The old password is wrong."),
    "same_password": _("The new password is the old one."),
    "weak_password": _("This password is too weak. %(why)s"),
    "no_units": _("Choose at least one library."),
    "unknown_template": _("There is no such set of rules."),
    "unknown_step": _("There is no such step."),
    "unknown_closure": _("This closure was taken out already."),
    "unknown_unit": _("There is no library with the code %(unit)s."),
    "not_permitted": _("You do not have the permission for this here: %(permission)s."),
}


def refusal_text(refusal: Refusal) -> str:
    """The sentence for a refusal of a change, its parameters filled in."""
    return str(REFUSALS[refusal.code]) % dict(refusal.params)


def policy_sentence(name: str, value: Any, *, unit: str = "days", currency: str = "") -> str:
    """One policy's value as a sentence; `unit` says what loan units are, `currency` is an ISO 4217 code."""
    return str(SENTENCES[name]) % {"value": value_words(name, value, unit=unit, currency=currency)}


def value_words(name: str, value: Any, *, unit: str = "days", currency: str = "") -> str:
    """A value alone in words: "15 days", "no limit", "the next open day"."""
    kind = POLICIES[name]
    if value is None:
        return _none(name)
    if kind.type is bool:
        return gettext("yes") if value else gettext("no")
    if kind.choices:
        return str(CHOICES.get(f"{name}.{value}") or CHOICES[f".{value}"])
    if kind.measure == "money":
        return f"{number_format(value / 100, 2)} {currency}".strip()
    if kind.type is int:
        return counted(value, unit if kind.measure == "loan_units" else kind.measure)
    return str(value)


def _none(name: str) -> str:
    if name == "renewal_length":
        return gettext("as long as a loan")
    if POLICIES[name].group == "notices":
        return gettext("never")
    if name in (
        "fixed_due_date",
        "auto_renew_stop_date",
        "default_price",
        "lost_after",
        "auto_renew_before",
        "recall_days",
    ):
        return gettext("not set")
    if name in ("hold_source_turn", "waited_from"):
        return gettext("never")
    return gettext("no limit")


def counted(count: int, measure: str) -> str:
    """A number with what it counts; an hour of the day as a clock shows it."""
    if measure == "hour":
        return f"{count:02}:00"
    words = {
        "days": ngettext("%(count)s day", "%(count)s days", count),
        "hours": ngettext("%(count)s hour", "%(count)s hours", count),
        "minutes": ngettext("%(count)s minute", "%(count)s minutes", count),
        "times": ngettext("%(count)s time", "%(count)s times", count),
        "claims": ngettext("%(count)s time", "%(count)s times", count),
        "loans": ngettext("%(count)s item", "%(count)s items", count),
        "copies": ngettext("%(count)s copy", "%(count)s copies", count),
        "holds": ngettext("%(count)s hold", "%(count)s holds", count),
        "years": ngettext("%(count)s year", "%(count)s years", count),
        "months": ngettext("%(count)s month", "%(count)s months", count),
        "signs": ngettext("%(count)s sign", "%(count)s signs", count),
    }
    return words[measure] % {"count": count} if measure in words else str(count)
