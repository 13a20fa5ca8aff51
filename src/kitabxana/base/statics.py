"""Static files under names that change with what is in them, so that browsers may keep them for ever."""

from __future__ import annotations

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HouseStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc] # it comes without types
    """Our own modules import each other by those names too; of other people's scripts nothing is rewritten."""

    patterns = (
        *CompressedManifestStaticFilesStorage.patterns,
        ("*desk/line/*.js", ((r"""(?P<matched>from\s*["'](?P<url>\./[\w.]+)["'])""", 'from "%(url)s"'),)),
    )
