"""Words that suffix rules alone would get wrong: a closed class of the grammar, and everyday nouns."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from kitabxana.language.folding import fold

if TYPE_CHECKING:
    from kitabxana.language.suffixes import Stemmed

# Nouns whose last vowel falls before a suffix that begins with a vowel: burun, burnu.
_FALLING: Final[dict[Stemmed, str]] = {
    "az": (
        "ağız alın bağır beyin boyun burun çiyin cisim eyib əsil fəsil fikir isim könül nəqil nəsil nəzir oğul ovuc "
        "ömür qarın qəbir qədir qisim səbir sətir sinif şəkil zehin zikir"
    ),
    "tr": (
        "ağız ahit akıl akit alın asıl ayıp bağır beyin beyit boyun böğür burun cebir cisim cürüm defin devir emir "
        "fasıl fesih fetih fikir göğüs gönül hacim hapis hazım hışım hüküm ilim isim izin kabir kahır karın kavim "
        "kayıt keşif keyif kısım lütuf metin mühür nabız nakil nakit nefis nehir nesil neşir nutuk oğul omuz ömür "
        "özür resim sabır seyir şahıs şehir şekil şükür tavır ufuk uzuv vakit vasıf zehir zihin zikir zulüm"
    ),
}

# Everyday nouns that end like an inflected form of another everyday word: ada, "island", is no form of ad, "name".
_EVERYDAY: Final[dict[Stemmed, str]] = {
    "az": (
        "ada addım adam ağrı alan alma altı altun ana ara arı arxa ata aslan bacı baca baba bazar bədən bostan bütün "
        "çəmən dəftər dərə dərin dərman dastan dəniz divan dolma duman dünya düşmən eyvan fərman gəlin hava həkim "
        "heyvan ildırım iman insan kəlmə liman meydan mədən oba odun orman ova oyun ölkə qadın qanun qapı qara qarı "
        "qazan qədim qızıl qoyun roman sarı sərin sıra şirin tufan uzun ünvan üzüm vətən yara yarım yaxın yuva zaman"
    ),
    "tr": (
        "acı ada adam adım ağrı alan alma altı altın ana ara arı ata aslan bacı baca baba bakan bayan beden bütün dere "
        "derin deniz dilim dolma duman düşman elma eser ferman gelin hava hayvan iman insan kadın kale kanun kapı kara "
        "karı kazan koyun kurban liman meydan oba odun orman ova oyun roman sarı sıra sultan şirin uzun üzüm vatan "
        "yakın yara yarım yarın yıldız yuva zaman devrim"
    ),
}

_SOFTENED: Final = {"t": "d", "p": "b", "k": "g"}


def _nouns(language: Stemmed) -> dict[str, str]:
    """Folded spellings -> stem, the full and the short shape of a falling noun both."""
    known = {noun: noun for noun in fold(_EVERYDAY[language]).split()}
    for noun in fold(_FALLING[language]).split():
        short = noun[:-2] + noun[-1]
        softened = noun[:-2] + _SOFTENED.get(noun[-1], noun[-1])
        known |= dict.fromkeys((noun, short, softened), noun)
    return known


NOUNS: Final[dict[Stemmed, dict[str, str]]] = {"az": _nouns("az"), "tr": _nouns("tr")}
LONGEST_NOUN: Final = max(len(noun) for nouns in NOUNS.values() for noun in nouns)

# What may follow a noun, loosely: plural, possessive, case, copula.
TAIL: Final = re.compile(
    r"(?:l[ae]r)?(?:s?[iu]|[iu]?[mn](?:[iu]z)?)?(?:n?[iu]n|[yn]?[iu]|[yn]?[ae]|n?[dt][ae]n?|y?l[ae])?"
    r"(?:n?[dt][ae]ki)?(?:[dt][iu]r)?(?:l[ae]r)?",
)

# Verb roots with a soft consonant before a vowel, and short ones whose last vowel falls.
HARDENED: Final = {"ged": "get", "gid": "git", "gud": "gut", "tad": "tat"}
FULL_ROOTS: Final = {"yi": "ye", "di": "de", "ok": "oku", "ar": "ara"}
