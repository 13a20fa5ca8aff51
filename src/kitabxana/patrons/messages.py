"""Codes of this feature as sentences and words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

REFUSALS: dict[str, _StrPromise] = {
    "no_name": _("A reader needs a surname."),
    "bad_birth_date": _("The birth date can't be right."),
    "bad_email": _("This is no e-mail address."),
    "bad_phone": _("This is no telephone number."),
    "bad_card": _("A card's number has no blanks and at most 32 signs."),
    "bad_term": _("The membership would end before it begins."),
    "bad_choice": _("There is no such choice."),
    "bad_number": _("This is no right number of its kind. Check each sign."),
    "wrong_age": _("At %(age)s years, the reader does not belong in this category."),
    "needs_guarantor": _("In this category someone must answer for the reader: a parent, a guardian, a teacher."),
    "ask_library": _("Your library changes this itself. Please ask at its desk."),
    "likely_duplicate": _("A reader of this name and birth date is registered at %(library)s. Look before you go on."),
    "number_taken": _("The person with this number is registered already, at %(library)s."),
    "unknown_category": _("There is no category with the code %(code)s."),
    "card_taken": _("The number %(card)s is or was a card's: a number is never used again."),
    "bad_prefix": _("A prefix has no blanks and at most %(most)s letters, figures or signs."),
    "bad_count": _("This is not a number that can be counted from."),
    "bad_check": _("This check digit is not known."),
    "not_an_ean": _("An EAN-13 has twelve figures before its check digit: those of the prefix and of the count."),
    "series_goes_back": _("The number %(last)s was given already."),
    "series_full": _("No further number of this form can be made. An administrator begins a new run."),
    "no_series": _("No card numbers were begun for this library. An administrator begins them."),
    "too_many_cards": _("At most %(most)s cards at once."),
    "picture_too_large": _("A picture has at most %(most)s megabytes."),
    "no_picture": _("This is no picture that can be read: take a JPEG or a PNG."),
    "picture_too_many_dots": _("The picture has more than %(most)s million dots: make it smaller first."),
    "unknown_card": _("The reader has no card with this number."),
    "no_valid_card": _("The reader has no valid card."),
    "login_taken": _("The card's number is the name of another login."),
    "pin_too_short": _("The PIN is too short: it needs at least %(least)s signs."),
    "pin_trivial": _("This PIN is guessed at once. Choose another."),
    "pin_known": _("The PIN may not be part of the card's number, the birth date or the telephone. Choose another."),
    "wrong_pin": _("The old PIN is not right."),
    "bad_pin": _("This can't be a PIN."),
    "unknown_restriction": _("This restriction is not in force (any more)."),
    "unknown_guarantor": _("No such guarantor was found."),
    "guarantor_elsewhere": _("The guarantor can't be the reader, nor someone this reader answers for."),
    "changed_meanwhile": _("Someone else changed this reader meanwhile. Look at it again, then change."),
    "nothing_to_change": _("This can't be changed: %(name)s."),
    "answers_for_others": _("The reader answers for others: %(wards)s. Find them another guarantor first."),
    "ties_left": _("Something of the reader is still open or kept elsewhere: %(what)s (%(rows)s)."),
    "same_patron": _("This is the same reader."),
    "two_numbers": _("Both readers have a national number of the same kind: they are not one person."),
    "not_open_to_all": _("This library does not take registrations here. Come to its desk."),
    "slow_down": _("Too many registrations came from here. Try again tomorrow, or come to the desk."),
    "unknown_application": _("This registration has been decided on already."),
    "too_many": _("These are too many at once; the most are %(most)s."),
    "wrong_category_code": _("A category's code has 1 to 10 letters, digits, hyphens or underscores."),
    "wrong_ages": _("The least age is above the most."),
    "wrong_next_category": _("The next category must be another one, and there must be an age at which it begins."),
}

RESTRICTIONS: dict[str, _StrPromise] = {
    "manual": _("Restricted by staff"),
    "debt": _("Unpaid charges"),
    "overdue": _("Overdue loans"),
    "suspension": _("Returned late"),
    "address": _("The address is not right"),
    "guarantor": _("The guarantor is gone"),
}

CARD_STATES: dict[str, _StrPromise] = {
    "valid": pgettext_lazy("a card", "Valid"),
    "lost": pgettext_lazy("a card", "Lost"),
    "replaced": pgettext_lazy("a card", "Replaced"),
    "withdrawn": pgettext_lazy("a card", "Withdrawn"),
}

CHANNELS: dict[str, _StrPromise] = {
    "email": _("E-mail"),
    "sms": _("SMS"),
    "phone": pgettext_lazy("a way to reach someone", "Telephone"),
    "post": pgettext_lazy("a way to reach someone", "Post"),
}

HISTORY: dict[str, _StrPromise] = {
    "default": _("As the library keeps them"),
    "forever": _("Keep them"),
    "never": _("Forget each loan when it ends"),
}

RELATIONS: dict[str, _StrPromise] = {
    "parent": _("Parent"),
    "grandparent": _("Grandparent"),
    "guardian": _("Guardian"),
    "teacher": _("Teacher"),
    "other": pgettext_lazy("a guarantor", "Someone else"),
}

NUMBER_KINDS: dict[str, _StrPromise] = {
    "fin": _("FİN (Azerbaijan)"),
    "tckn": _("T.C. kimlik no (Türkiye)"),
    "passport": _("Passport"),
}
