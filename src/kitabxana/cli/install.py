"""Making an installation ready: tables, translations, static files, the administrator, the first words of policy."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from django.conf import settings
from django.contrib.auth.hashers import check_password, make_password
from django.core.management import call_command
from django.db import transaction

from kitabxana.base.actor import SYSTEM

ADMINISTRATOR = "admin"
NATIONS = {
    "AZ": ({"az": "Azərbaycan", "tr": "Azerbaycan", "en": "Azerbaijan", "ru": "Азербайджан"}, "Asia/Baku", "AZN"),
    "TR": ({"az": "Türkiyə", "tr": "Türkiye", "en": "Türkiye", "ru": "Турция"}, "Europe/Istanbul", "TRY"),
}
ITEM_TYPES = {
    "BK": {"az": "Kitab", "tr": "Kitap", "en": "Book", "ru": "Книга"},
    "PER": {"az": "Dövri nəşr", "tr": "Süreli yayın", "en": "Periodical", "ru": "Периодика"},
    "REF": {"az": "Məlumat nəşri", "tr": "Başvuru", "en": "Reference", "ru": "Справочное издание"},
    "CH": {"az": "Uşaq kitabı", "tr": "Çocuk kitabı", "en": "Children's book", "ru": "Детская книга"},
    "AV": {"az": "Audio və video", "tr": "Görsel-işitsel", "en": "Audio and video", "ru": "Аудио и видео"},
    "MUS": {"az": "Not nəşri", "tr": "Nota", "en": "Printed music", "ru": "Ноты"},
}
CATEGORIES = {
    "ADULT": ({"az": "Böyük", "tr": "Yetişkin", "en": "Adult", "ru": "Взрослый"}, 12),
    "STUDENT": ({"az": "Tələbə", "tr": "Öğrenci", "en": "Student", "ru": "Студент"}, 12),
    "CHILD": ({"az": "Uşaq", "tr": "Çocuk", "en": "Child", "ru": "Ребёнок"}, 12),
    "SENIOR": ({"az": "Təqaüdçü", "tr": "Emekli", "en": "Pensioner", "ru": "Пенсионер"}, 24),
    "STAFF": ({"az": "İşçi", "tr": "Personel", "en": "Staff", "ru": "Сотрудник"}, 24),
}


def install(*, nation: str = "AZ") -> None:
    """Bring an installation to this version; safe to run again."""
    call_command("migrate", verbosity=0, interactive=False)
    compile_translations()
    collect_static()
    from kitabxana.base.audit import make_partitions

    make_partitions()
    with transaction.atomic():
        first_words(nation)
    ensure_administrator()


def compile_translations() -> None:
    """The .mo files beside the .po files, where they are missing or older; needs no gettext."""
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    for po in (Path(settings.PACKAGE) / "locale").glob("*/LC_MESSAGES/*.po"):
        mo = po.with_suffix(".mo")
        if mo.exists() and mo.stat().st_mtime >= po.stat().st_mtime:
            continue
        with po.open("rb") as source:
            catalog = read_po(source, locale=po.parent.parent.name)
        fresh = mo.with_suffix(f".{os.getpid()}")
        with fresh.open("wb") as target:
            write_mo(target, catalog)
        fresh.replace(mo)


def collect_static() -> None:
    """Static files with hashed names and packed forms into the data directory, when ours are newer than those there."""
    manifest = Path(settings.STATIC_ROOT) / "staticfiles.json"
    ours = (file.stat().st_mtime for file in Path(settings.PACKAGE).glob("**/static/**/*") if file.is_file())
    if not manifest.exists() or manifest.stat().st_mtime < max(ours):
        call_command("collectstatic", verbosity=0, interactive=False)


def ensure_administrator() -> None:
    """The login "admin": with the configured password, or one made now and kept in the data directory."""
    from kitabxana.base.models import User
    from kitabxana.organisation.operations import assign_role
    from kitabxana.settings import env_secret

    user = User.objects.filter(username=ADMINISTRATOR).first()
    configured = env_secret("ADMIN_PASSWORD")
    if user is None:
        password = configured or _made_password()
        user = User.objects.create(username=ADMINISTRATOR, name="Administrator", password=make_password(password))
        assign_role(user_id=user.pk, role="administrator", unit=None, by=SYSTEM)
    elif configured and not check_password(configured, user.password):
        User.objects.filter(pk=user.pk).update(password=make_password(configured))


def password_file() -> Path:
    return Path(settings.DATA_DIR) / "admin_password"


def _made_password() -> str:
    password = secrets.token_urlsafe(12)
    file = password_file()
    file.unlink(missing_ok=True)
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as target:
        target.write(password + "\n")
    return password


def first_words(nation: str) -> None:
    """The nation itself and the usual item types and categories, where they are not there yet."""
    from kitabxana.holdings.operations import add_item_type
    from kitabxana.holdings.queries import item_types
    from kitabxana.organisation.operations import add_unit
    from kitabxana.organisation.queries import tree
    from kitabxana.patrons.operations import set_category
    from kitabxana.patrons.queries import categories

    if not tree().units:
        names, zone, currency = NATIONS[nation]
        add_unit(
            code=nation,
            kind="nation",
            parent=None,
            names=names,
            country=nation,
            zone=zone,
            currency=currency,
            by=SYSTEM,
        )
    known = item_types()
    for code, type_names in ITEM_TYPES.items():
        if code not in known:
            add_item_type(code=code, names=type_names, not_for_loan=code == "REF", by=SYSTEM)
    present = categories()
    for code, (category_names, months) in CATEGORIES.items():
        if code not in present:
            set_category(code=code, names=category_names, enrolment_months=months, by=SYSTEM)
