"""What may stand before the colon in the search box, in Azerbaijani, Turkish, English and Russian."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from kitabxana.language import fold
from kitabxana.search.facts import CodeName, FieldName

Target = FieldName | CodeName | Literal["year", "added", "marc"]


@dataclass(frozen=True, slots=True)
class Asked:
    """A field of the box: where it looks, for an author with which MARC relator, and its names; the first is shown."""

    target: Target
    az: tuple[str, ...]
    tr: tuple[str, ...]
    en: tuple[str, ...]
    ru: tuple[str, ...]
    relator: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        return (*self.az, *self.tr, *self.en, *self.ru)


def _row(target: Target, az: str, tr: str, en: str, ru: str, relator: str = "") -> Asked:
    return Asked(target, tuple(az.split()), tuple(tr.split()), tuple(en.split()), tuple(ru.split()), relator)


ASKED: tuple[Asked, ...] = (
    _row("all", "hər", "her hepsi", "any all", "все"),
    _row("title", "başlıq sərlövhə", "başlık eser ad", "title ti", "название заглавие"),
    _row("uniform_title", "vahid_başlıq vahid", "tek_biçim", "uniform uniform_title", "унифицированное"),
    _row("series", "seriya", "dizi", "series", "серия"),
    _row("author", "müəllif", "yazar", "author au", "автор"),
    _row("subject", "mövzu", "konu", "subject su", "тема предмет"),
    _row("genre", "janr", "tür", "genre", "жанр"),
    _row("publisher", "nəşriyyat", "yayınevi", "publisher", "издательство"),
    _row("place", "nəşr_yeri yer", "yayın_yeri", "place", "место"),
    _row("notes", "qeyd qeydlər", "not notlar", "note notes", "примечание примечания"),
    _row("contents", "mündəricat", "içindekiler", "contents", "содержание"),
    _row("year", "il", "yıl", "year yr", "год"),
    _row("added", "yeni", "yeni", "new", "новое новые"),
    _row("language", "dil", "dil", "lang language", "язык"),
    _row("original_language", "orijinal", "özgün", "original", "оригинал"),
    _row("material", "növ material", "materyal", "material type", "вид"),
    _row("audience", "oxucu", "okur", "audience", "аудитория"),
    _row("library", "kitabxana", "kütüphane", "library branch", "библиотека"),
    _row("number", "nömrə", "numara", "number", "номер"),
    _row("isbn", "isbn", "isbn", "isbn", "исбн"),
    _row("issn", "issn", "issn", "issn", "иссн"),
    _row("barcode", "barkod ştrixkod", "barkod", "barcode", "штрихкод"),
    _row("call_number", "şifr", "yer_numarası", "callno callnumber", "шифр"),
    _row("control_number", "yazı", "kayıt", "id 001", "запись"),
    _row("author", "tərcüməçi", "çevirmen", "translator trl", "переводчик", "trl"),
    _row("author", "rəssam", "çizer resimleyen", "illustrator ill", "иллюстратор художник", "ill"),
    _row("author", "redaktor", "editör", "editor edt", "редактор", "edt"),
    _row("author", "tərtibçi", "derleyen", "compiler com", "составитель", "com"),
    _row("author", "bəstəkar", "besteci", "composer cmp", "композитор", "cmp"),
    _row("author", "söz_müəllifi", "söz_yazarı", "lyricist lyr", "поэт", "lyr"),
    _row("author", "ifaçı", "icracı", "performer prf", "исполнитель", "prf"),
    _row("author", "rejissor", "yönetmen", "director drt", "режиссер", "drt"),
    _row("author", "aktyor", "oyuncu", "actor act", "актер", "act"),
    _row("author", "diktor", "seslendiren", "narrator nrt", "чтец", "nrt"),
    _row("author", "fotoqraf", "fotoğrafçı", "photographer pht", "фотограф", "pht"),
    _row("marc", "marc", "marc", "marc", "марк"),
)
"""Every field, in the order in which the librarian's page shows them."""


def name_key(name: str) -> str:
    """A field's name as it is compared: case, marks, hyphens and underscores do not matter."""
    return fold(name).replace("-", "").replace("_", "")


BY_NAME: dict[str, Asked] = {name_key(name): asked for asked in reversed(ASKED) for name in asked.names}
