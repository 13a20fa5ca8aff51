"""Files that lie on the server: what is listed, what is taken, what is not."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from kitabxana.base.actor import SYSTEM, Actor
from kitabxana.exchange.facts import Profile
from kitabxana.exchange.models import ImportBatch
from kitabxana.exchange.operations import advance, stage_lying
from kitabxana.exchange.queries import batch, lying
from kitabxana.exchange.queries.inbox import MOST
from kitabxana.exchange.tests.builders import a_file, numbered
from kitabxana.kernel.decisions import Refused
from kitabxana.organisation.tests.builders import a_nation

pytestmark = pytest.mark.django_db


@pytest.fixture
def inbox(settings: Any, tmp_path: Path) -> Path:
    settings.DATA_DIR = tmp_path / "data"
    folder = tmp_path / "data" / "inbox"
    folder.mkdir(parents=True)
    a_nation()
    return folder


def worked(batch_id: int) -> tuple[str, int, str]:
    while advance(batch_id):
        pass
    found = batch(batch_id)
    assert found
    return found.state, found.read, found.error


def test_plain_files_are_listed_newest_first_and_nothing_else(inbox: Path) -> None:
    for age, name in enumerate(("ən yeni.mrc", "köhnə <b>.mrc.gz", "boş.mrc")):
        (inbox / name).write_bytes(b"x" * age)
        os.utime(inbox / name, (1_000_000 - age, 1_000_000 - age))
    secret = inbox.parent / "secret_key"
    secret.write_text("s")
    (inbox / "link.mrc").symlink_to(secret)
    (inbox / "within.mrc").symlink_to(inbox / "boş.mrc")
    (inbox / "gone.mrc").symlink_to(inbox / "nowhere")
    (inbox / "folder.mrc").mkdir()
    (inbox / "folder.mrc" / "inner.mrc").touch()
    (inbox / ".part.mrc").touch()
    os.mkfifo(inbox / "pipe.mrc")
    (inbox / "two\nlines.mrc").touch()
    Path(os.fsdecode(os.fsencode(inbox) + b"/\xff\xfe.mrc")).touch()
    assert [(one.name, one.size) for one in lying()] == [("ən yeni.mrc", 0), ("köhnə <b>.mrc.gz", 1), ("boş.mrc", 2)]
    assert lying()[0].changed_at.timestamp() == 1_000_000


def test_without_the_folder_there_is_nothing_and_a_full_one_is_cut_to_the_newest(inbox: Path) -> None:
    for number in range(MOST + 5):
        (inbox / f"{number}.mrc").touch()
        os.utime(inbox / f"{number}.mrc", (number, number))
    assert [one.name for one in lying()] == [f"{number}.mrc" for number in range(MOST + 4, 4, -1)]
    for path in inbox.iterdir():
        path.unlink()
    inbox.rmdir()
    assert lying() == []


def test_a_file_is_read_where_it_lies_and_left_as_it_is(inbox: Path) -> None:
    path = a_file(inbox / "gecə.mrc", numbered(3))
    before = path.read_bytes()
    number = stage_lying("gecə.mrc", profile=Profile(), by=SYSTEM)
    assert worked(number) == ("staged", 3, "")
    kept = ImportBatch.objects.get(pk=number)
    assert (Path(kept.path), kept.file_name) == (path, "gecə.mrc")
    assert path.read_bytes() == before
    assert list(inbox.parent.iterdir()) == [inbox], "no copy was made"


@pytest.mark.parametrize(
    "name",
    ["", ".", "..", "../outside.mrc", "inbox/gecə.mrc", "./gecə.mrc", "folder/inner.mrc", "link.mrc", "/etc/passwd",
     "gecə.mrc\0", "GECƏ.mrc", "gecə", "*.mrc"],
)  # fmt: skip
def test_only_a_listed_name_is_taken(inbox: Path, name: str) -> None:
    a_file(inbox.parent / "outside.mrc", numbered(1))
    a_file(inbox / "gecə.mrc", numbered(1))
    (inbox / "folder").mkdir()
    a_file(inbox / "folder" / "inner.mrc", numbered(1))
    (inbox / "link.mrc").symlink_to(inbox.parent / "outside.mrc")
    with pytest.raises(Refused, match="unknown_file"):
        stage_lying(name, profile=Profile(), by=SYSTEM)
    assert not ImportBatch.objects.exists()


def test_a_file_that_goes_away_or_becomes_a_link_is_not_read(inbox: Path) -> None:
    for replaced in (False, True):
        path = a_file(inbox / "gecə.mrc", numbered(2))
        number = stage_lying("gecə.mrc", profile=Profile(), by=SYSTEM)
        path.unlink()
        if replaced:
            path.symlink_to(a_file(inbox.parent / "outside.mrc", numbered(2)))
        state, read, error = worked(number)
        assert (state, read) == ("staged", 0)
        assert error
        assert str(inbox) not in error
    path.unlink()
    with pytest.raises(Refused, match="unknown_file"):
        stage_lying("gecə.mrc", profile=Profile(), by=SYSTEM)


def test_who_may_not_import_takes_none(inbox: Path) -> None:
    a_file(inbox / "gecə.mrc", numbered(1))
    lender = Actor("Lalə", grants={"circulation.lend": ("",)})
    with pytest.raises(Refused, match="not_permitted"):
        stage_lying("gecə.mrc", profile=Profile(), by=lender)
    assert not ImportBatch.objects.exists()
