"""The demonstration's places and people, as facts. Cities and coordinates are real, readers are invented."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Place:
    """A unit below `parent`. `names` is az, tr, en, ru."""

    code: str
    parent: str
    kind: str
    names: tuple[str, str, str, str]
    details: dict[str, object] = field(default_factory=dict)


def _at(city: str, address: str, postcode: str, phone: str, latitude: float, longitude: float) -> dict[str, object]:
    return {
        "city": city, "address": address, "postcode": postcode, "phone": phone,
        "latitude": latitude, "longitude": longitude,
    }  # fmt: skip


def _system(code: str, az: str, tr: str, en: str, ru: str) -> Place:
    names = (f"{az} MKS", f"{tr} MKS", f"{en} library system", f"{ru}: ЦБС")
    return Place(code, "AZ", "system", names)


PLACES: tuple[Place, ...] = (
    _system("GNC", "Gəncə", "Gence", "Ganja", "Гянджа"),
    Place("GNC-MRK", "GNC", "library",
          ("Gəncə Mərkəzi Kitabxanası", "Gence Merkez Kütüphanesi", "Ganja Central Library", "Центральная библиотека Гянджи"),
          _at("Gəncə", "Atatürk prospekti 244", "AZ2000", "+994 22 256 10 10", 40.6828, 46.3606)),
    Place("GNC-USQ", "GNC", "library",
          ("Gəncə Uşaq Kitabxanası", "Gence Çocuk Kütüphanesi", "Ganja Children's Library", "Детская библиотека Гянджи"),
          _at("Gəncə", "Cavad xan küçəsi 27", "AZ2000", "+994 22 256 20 20", 40.6790, 46.3580)),
    Place("GNC-HCK", "GNC", "library",
          ("Hacıkənd Kitabxanası", "Hacıkent Kütüphanesi", "Hajikend Library", "Библиотека Гаджикенда"),
          _at("Hacıkənd", "Mərkəzi küçə 5", "AZ2000", "+994 22 256 30 30", 40.5286, 46.3419)),
    _system("SMQ", "Sumqayıt", "Sumgayıt", "Sumgait", "Сумгайыт"),
    Place("SMQ-MRK", "SMQ", "library",
          ("Sumqayıt Mərkəzi Kitabxanası", "Sumgayıt Merkez Kütüphanesi", "Sumgait Central Library",
           "Центральная библиотека Сумгайыта"),
          _at("Sumqayıt", "Nizami küçəsi 30", "AZ5000", "+994 18 642 10 10", 40.5897, 49.6686)),
    Place("SMQ-2", "SMQ", "library",
          ("Sumqayıt 2 saylı Kitabxana", "Sumgayıt 2 No'lu Kütüphane", "Sumgait Library No. 2", "Сумгайыт, библиотека № 2"),
          _at("Sumqayıt", "Səməd Vurğun küçəsi 12", "AZ5001", "+994 18 642 20 20", 40.5950, 49.6400)),
    _system("SKI", "Şəki", "Şeki", "Shaki", "Шеки"),
    Place("SKI-MRK", "SKI", "library",
          ("Şəki Mərkəzi Kitabxanası", "Şeki Merkez Kütüphanesi", "Shaki Central Library", "Центральная библиотека Шеки"),
          _at("Şəki", "M.F. Axundzadə prospekti 150", "AZ5500", "+994 24 244 10 10", 41.1919, 47.1706)),
    Place("SKI-KIS", "SKI", "library",
          ("Kiş kənd kitabxanası", "Kiş Köy Kütüphanesi", "Kish Village Library", "Сельская библиотека Киш"),
          _at("Kiş", "Alban küçəsi 3", "AZ5523", "+994 24 244 30 30", 41.2486, 47.1936)),
    _system("LNK", "Lənkəran", "Lenkeran", "Lankaran", "Ленкорань"),
    Place("LNK-MRK", "LNK", "library",
          ("Lənkəran Mərkəzi Kitabxanası", "Lenkeran Merkez Kütüphanesi", "Lankaran Central Library",
           "Центральная библиотека Ленкорани"),
          _at("Lənkəran", "Heydər Əliyev prospekti 80", "AZ4200", "+994 25 255 10 10", 38.7543, 48.8506)),
    Place("LNK-BLD", "LNK", "library",
          ("Boladı kənd kitabxanası", "Boladı Köy Kütüphanesi", "Bolady Village Library", "Сельская библиотека Болады"),
          _at("Boladı", "Məktəb küçəsi 1", "AZ4223", "+994 25 255 30 30", 38.8333, 48.7833)),
    _system("QUB", "Quba", "Kuba", "Guba", "Губа"),
    Place("QUB-MRK", "QUB", "library",
          ("Quba Mərkəzi Kitabxanası", "Kuba Merkez Kütüphanesi", "Guba Central Library", "Центральная библиотека Губы"),
          _at("Quba", "Heydər Əliyev prospekti 152", "AZ4000", "+994 23 335 10 10", 41.3611, 48.5128)),
    Place("QUB-XNL", "QUB", "library",
          ("Xınalıq kənd kitabxanası", "Hınalık Köy Kütüphanesi", "Khinalug Village Library", "Сельская библиотека Хыналыг"),
          _at("Xınalıq", "Mərkəzi küçə 1", "AZ4038", "+994 23 335 30 30", 41.1781, 48.1267)),
    Place("KYGM", "TR", "system",
          ("Kitabxanalar və Nəşrlər Baş İdarəsi", "Kütüphaneler ve Yayımlar Genel Müdürlüğü",
           "Directorate General of Libraries and Publications", "Главное управление библиотек и изданий")),
    Place("TR-ANK", "KYGM", "library",
          ("Ankara Adnan Ötükən Kitabxanası", "Adnan Ötüken İl Halk Kütüphanesi", "Adnan Ötüken Provincial Public Library",
           "Публичная библиотека им. Аднана Отюкена"),
          _at("Ankara", "Kızılay, Çankaya", "06420", "+90 312 000 00 01", 39.9208, 32.8541)),
    Place("TR-IZM", "KYGM", "library",
          ("İzmir Atatürk Kitabxanası", "Atatürk İl Halk Kütüphanesi", "Atatürk Provincial Public Library",
           "Публичная библиотека им. Ататюрка"),
          _at("İzmir", "Konak", "35250", "+90 232 000 00 02", 38.4189, 27.1287)),
)  # fmt: skip

POLICIES: tuple[tuple[str, str | None, str | None, str | None, object], ...] = (
    # name, unit, category, item type, value
    ("loan_length", None, None, None, 15),
    ("loan_length", None, None, "PER", 7),
    ("loan_length", None, None, "AV", 7),
    ("loan_length", None, "STAFF", None, 30),
    ("loan_length", "GNC", "STUDENT", "BK", 21),
    ("loan_length", "KYGM", None, "BK", 15),
    ("max_loans", None, None, None, 5),
    ("max_loans", None, "CHILD", None, 3),
    ("max_loans", None, "STAFF", None, 20),
    ("max_loans", "GNC", "STUDENT", None, 7),
    ("max_loans", "KYGM", None, None, 6),
    ("renewals_allowed", None, None, None, 2),
    ("renewals_allowed", "KYGM", None, None, 1),
    ("renewal_length", None, None, None, 15),
    ("closed_days", None, None, None, "next_open"),
    ("hold_shelf_days", None, None, None, 7),
    ("max_holds", None, None, None, 5),
)

STAFF: tuple[tuple[str, str, str, str], ...] = (
    # login, name, role, unit
    ("gence.masa", "Sevinc Quliyeva", "librarian", "GNC-MRK"),
    ("gence.kataloq", "Rauf Məmmədli", "cataloguer", "GNC"),
    ("gence.mudir", "Nərgiz Hüseynova", "administrator", "GNC"),
    ("seki.masa", "Elnur Abdullayev", "librarian", "SKI-MRK"),
    ("ankara.masa", "Zeynep Aydın", "librarian", "TR-ANK"),
)

WOMEN = ("Aytən", "Günel", "Leyla", "Nigar", "Sevda", "Ülviyyə", "Fidan", "Zəhra", "Aysel", "Lalə", "Şəbnəm", "Xədicə")
MEN = ("Elçin", "Rəşad", "Orxan", "Tural", "Vüqar", "İlqar", "Əli", "Kamran", "Nicat", "Fərid", "Cavid", "Ömər")
SURNAMES = (
    "Əliyev", "Məmmədov", "Həsənov", "Quliyev", "Hüseynov", "İsmayılov", "Abbasov", "Cəfərov", "Rzayev", "Mustafayev",
    "Süleymanov", "Kərimov", "Bağırov", "Vəliyev", "Nəcəfov", "Şirinov",
)  # fmt: skip
TURKISH = (
    ("Yılmaz", "Ayşe"),
    ("Kaya", "Mehmet"),
    ("Demir", "Elif"),
    ("Şahin", "Emre"),
    ("Çelik", "İpek"),
    ("Öztürk", "Can"),
)
CATEGORY_CYCLE = ("ADULT", "STUDENT", "CHILD", "ADULT", "SENIOR", "STUDENT", "ADULT", "STAFF")
READERS_A_LIBRARY = 6
