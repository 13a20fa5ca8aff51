"""Somebody else's catalogue for tests: a real server of SRU and Z39.50 (Debian's idzebra-2.0) over records of ours."""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kitabxana.formats.marc import marcxml_collection

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

PRESENT = bool(shutil.which("zebrasrv") and shutil.which("zebraidx"))
WHY_NOT = "zebrasrv is not here (Debian: apt install idzebra-2.0)"
_MODULES = next(iter(Path("/usr/lib").glob("**/idzebra-2.0/modules")), Path())
_ZEBRA = "http://indexdata.com/zebra-2.0"
_INDEXES = {"title Title": "245", "author Author": "100", "isbn ISBN": "020", "issn ISSN": "022"}
_CFG = """profilePath: {home}:/usr/share/idzebra-2.0/tab
modulePath: {modules}
register: {home}/register:100M
attset: bib1.att
recordType: dom.{home}/dom.xml
storeData: 1
"""
_DOM = f"""<dom xmlns="{_ZEBRA}">
<input name="xml"><xmlreader level="1"/></input>
<extract name="index"><xslt stylesheet="{{home}}/index.xsl"/></extract>
<retrieve name="marcxml"/>
</dom>
"""
_INDEX = f"""<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
 xmlns:m="http://www.loc.gov/MARC21/slim" xmlns:z="{_ZEBRA}" exclude-result-prefixes="m">
<xsl:template match="m:record"><z:record>
{{indexes}}
<xsl:for-each select="m:datafield/m:subfield"><z:index name="any:w Any:w">
<xsl:value-of select="."/></z:index></xsl:for-each>
</z:record></xsl:template></xsl:stylesheet>
"""
_PROPERTIES = """set.cql = info:srw/cql-context-set/1/cql-v1.2
set.dc = info:srw/cql-context-set/1/dc-v1.1
set.bath = http://zing.z3950.org/cql/bath/2.0/
index.cql.serverChoice = 1=any
index.dc.title = 1=title
index.dc.creator = 1=author
index.bath.isbn = 1=isbn
index.bath.issn = 1=issn
relation.eq = 2=3
relation.scr = 2=3
relation.all = 2=3
relationModifier.relevant = 2=102
position.any = 3=3 6=1
structure.* = 4=1
truncation.none = 5=100
always = 6=1
"""
_YAZ = """<yazgfs><listen id="all">tcp:127.0.0.1:{port}</listen>
<server id="main" listenref="all"><directory>{home}</directory><config>{home}/zebra.cfg</config>
<cql2rpn>{home}/pqf.properties</cql2rpn>
<retrievalinfo><retrieval syntax="xml"/>
<retrieval syntax="usmarc" name="F"><backend syntax="xml" name="marcxml">
<marc inputformat="xml" outputformat="marc" outputcharset="{charset}"/></backend></retrieval></retrievalinfo>
<explain xmlns="http://explain.z3950.org/dtd/2.0/"><serverInfo><host>127.0.0.1</host><port>{port}</port>
<database>Default</database></serverInfo></explain></server></yazgfs>
"""


@contextmanager
def zebra(home: Path, records: Iterable[dict[str, Any]], *, charset: str = "utf-8") -> Iterator[str]:
    """The address of a running server that has these records, by SRU; by Z39.50 it is the same host and port.

    There it answers in `charset`, whatever the leader says.
    """
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    each = "".join(
        f'<xsl:for-each select="m:datafield[@tag=\'{tag}\']/m:subfield"><z:index name="{_names(names)}">'
        '<xsl:value-of select="."/></z:index></xsl:for-each>'
        for names, tag in _INDEXES.items()
    )
    (home / "register").mkdir(parents=True)
    (home / "zebra.cfg").write_text(_CFG.format(home=home, modules=_MODULES))
    (home / "dom.xml").write_text(_DOM.format(home=home))
    (home / "index.xsl").write_text(_INDEX.format(indexes=each))
    (home / "pqf.properties").write_text(_PROPERTIES)
    (home / "yaz.xml").write_text(_YAZ.format(home=home, port=port, charset=charset))
    (home / "records.xml").write_bytes(b"".join(marcxml_collection(records)))
    for step in (["init"], ["update", "records.xml"]):
        subprocess.run(["zebraidx", "-c", "zebra.cfg", *step], cwd=home, check=True, capture_output=True)
    server = subprocess.Popen(
        ["zebrasrv", "-f", "yaz.xml"], cwd=home, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        up(port)
        yield f"http://127.0.0.1:{port}/Default"
    finally:
        server.terminate()
        server.wait(timeout=10)


def _names(names: str) -> str:
    """Its name for SRU and that of the attribute of Bib-1."""
    return " ".join(f"{name}:w" for name in names.split())


def up(port: int) -> None:
    """Wait until a server that was started takes connections. Raises TimeoutError."""
    for _ in range(100):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise TimeoutError("the server did not come up")
