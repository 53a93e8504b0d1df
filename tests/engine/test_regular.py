"""Which documents are regular: the smallest differences in how they are written, each with what becomes of it."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import pytest

from tests.engine.differences import problem, taken

HEAD = "<domain type='kvm'><name>g</name><memory>1</memory><os><type>hvm</type></os>"
QEMU = "xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'"
DISK = "<disk type='file'><source file='/a'/><target dev='vda'/></disk>"


def document(inside: str = "", *, head: str = HEAD, tail: str = "</domain>") -> str:
    return f"{head}{inside}{tail}"


def described(text: str) -> str:
    return document(f"<description>{text}</description>")


REGULAR = {
    "nothing else": document(),
    "a declaration": "<?xml version='1.0' encoding='UTF-8'?>\n" + document(),
    "a declaration in small letters": '<?xml version="1.0" encoding="utf-8" ?>' + document(),
    "a comment before and behind": f"<!-- a -->\n{document()}\n<!-- b -->\n",
    "an instruction": f"<?xml-stylesheet href='a'?>{document('<?x?>')}",
    "a comment in a text": described("one<!-- two -->three<?four five?>six"),
    "a comment in an empty element": document(
        "<devices><disk type='file'><target dev='vda'/><readonly><!-- c --></readonly></disk></devices>"
    ),
    "ASCII": "<?xml version='1.0' encoding='US-ascii'?>\n" + document(),
    "ASCII in ISO-8859-1": "<?xml version='1.0' encoding='iso-8859-1'?>\n" + document(),
    "another spelling": document(head=HEAD.replace("<memory>1", "<memory> 01 ")),
    "another spelling of a value": document(
        DISK.replace("type='file'", "type=' file '").join(["<devices>", "</devices>"])
    ),
    "references": described("&lt;&amp;&gt;&quot;&apos;&#65;&#x1F600;&#13;&#9;"),
    "references in a value": document(
        DISK.replace("file='/a'", "fdgroup='/&lt;&#10;&#x20;&amp;&apos;'").join(["<devices>", "</devices>"])
    ),
    "white space in a value": document(
        DISK.replace("file='/a'", "fdgroup='/a\tb\n c'").join(["<devices>", "</devices>"])
    ),
    "white space in tags": document(head=HEAD.replace("<domain type='kvm'>", "<domain\n\ttype = 'kvm' >")),
    "white space in an end tag": document(tail="</domain \n>"),
    "the other quotes": document(head=HEAD.replace("'kvm'", '"kvm"')),
    "a quote in the other quotes": document(
        DISK.replace("file='/a'", 'fdgroup="/it\'s"').join(["<devices>", "</devices>"])
    ),
    "characters beyond ASCII": described("é 漢 \U0001f600 \x7f"),
    "a CDATA section": described("one <![CDATA[<two> & ]] ]]]> three<![CDATA[ ]]>"),
    "brackets": described("a[1]] ]> >"),
    "an element with nothing": document("<devices></devices>"),
    "white space in an element with nothing": document("<devices>  \n </devices>"),
    "an empty text": document("<description/>"),
    "another order": document("<devices/><uuid>00000000-0000-0000-0000-000000000000</uuid>"),
    "a text around a default": described(" \n "),
    "a namespace": document(
        f"<qemu:commandline {QEMU}><qemu:arg value='-x'/></qemu:commandline>",
    ),
    "a namespace on the root": document(
        "<qemu:commandline><qemu:arg value='-x'/></qemu:commandline>", head=HEAD.replace(" type", f" {QEMU} type")
    ),
    "another prefix": document(
        f"<q:commandline {QEMU.replace('qemu=', 'q=')}><q:arg value='-x'/></q:commandline>",
    ),
    "open content": document(
        "<metadata>\n <a:one xmlns:a='urn:a' a:x='1' y='2'> t <a:two/>u<!-- c -->v</a:one>\n"
        " <b xmlns='urn:b'/></metadata>"
    ),
    "attributes of XML": document(
        "<metadata><a xml:id='x' xml:lang='!' xml:space='odd' xml:base='%' xml:other=''><b xml:id='x'/></a></metadata>"
    ),
    "white space that is preserved": document("<metadata><a xml:space='preserve'> <b> </b> </a></metadata>"),
    "open content in two namespaces": document(
        "<metadata><a xmlns='urn:a'><b xmlns='urn:b'><c xmlns='urn:a'/></b></a></metadata>"
    ),
    "what is implied": document(
        "<devices><disk type='file' device='cdrom'><target dev='vda'/></disk>"
        "<disk type='file' device='cdrom' snapshot='no'><target dev='vdb'/><readonly/></disk>"
        "<disk type='file' snapshot='external'><target dev='vdc'/><readonly/></disk>"
        "<disk type='file'><target dev='vdd'/><readonly/></disk></devices>"
    ),
    "a union": document(
        "<devices><disk type='file'><target dev='vda'/>"
        "<address type='pci' domain='0x0000' bus='0x00' slot='0x04' function='0x0'/></disk></devices>"
    ),
}
"""These the engine reads by itself."""

IRREGULAR = {
    "a flag with white space": (
        "stray-text",
        document("<devices><disk type='file'><target dev='vda'/><readonly> </readonly></disk></devices>"),
    ),
    "a DOCTYPE": ("doctype", "<!DOCTYPE domain>" + document()),
    "another encoding": ("encoding", "<?xml version='1.0' encoding='latin-1'?>" + document()),
    "a declaration in another way": ("declaration", "<?xml version='1.0' standalone='yes'?>" + document()),
    "a late declaration": ("declaration", " <?xml version='1.0'?>" + document()),
    "an empty CDATA section": ("cdata", described("<![CDATA[]]>")),
    "a CDATA section behind white space": ("cdata", described(" <![CDATA[x]]>")),
    "a CDATA section without end": ("markup", described("<![CDATA[x]]")),
    "a CDATA section outside of the root": ("cdata", document() + "<![CDATA[x]]>"),
    "the end of one": ("character", described("]]>")),
    "an entity": ("reference", described("&nope;")),
    "a reference to nothing": ("reference", described("&#0;")),
    "a reference to a surrogate": ("reference", described("&#xD800;")),
    "a reference without end": ("reference", described("&#65")),
    "a control character": ("character", described("\x01")),
    "a carriage return": ("character", described("a\r\nb")),
    "two hyphens in a comment": ("markup", document("<!-- a -- b -->")),
    "a comment without end": ("markup", document(tail="</domain><!-- a")),
    "a name beyond ASCII": ("name", document("<é/>")),
    "a wrong end tag": ("markup", document(tail="</domains>")),
    "no end tag": ("markup", document(tail="")),
    "something behind": ("markup", document() + "x"),
    "a second root": ("markup", document() + "<a/>"),
    "an attribute twice": ("markup", document(head=HEAD.replace("type='kvm'", "type='kvm' type='kvm'"))),
    "no space between attributes": ("markup", document(head=HEAD.replace("type='kvm'", "type='kvm'id='1'"))),
    "a less-than sign in a value": ("markup", document(head=HEAD.replace("kvm", "<"))),
    "no quotes": ("markup", document(head=HEAD.replace("'kvm'", "kvm"))),
    "an unknown prefix": ("namespace", document("<q:commandline/>")),
    "two prefixes": ("namespace", document(head=HEAD.replace(" type", " xmlns:a='urn:a' xmlns:b='urn:a' type"))),
    "a namespace taken back": ("namespace", document("<metadata><a xmlns=''/></metadata>")),
    "the prefix of XML": ("namespace", document(head=HEAD.replace(" type", " xmlns:xml='urn:a' type"))),
    "a URI with a port": ("namespace", document(head=HEAD.replace(" type", " xmlns:a='http://a:b/' type"))),
    "an unknown root": ("root", "<domains/>"),
    "an unknown attribute": ("unknown-attribute", document(head=HEAD.replace(" type", " nope='1' type"))),
    "an unknown element": ("unknown-child", document("<nope/>")),
    "an element twice": ("unknown-child", document("<name>h</name>")),
    "a text where none is": ("stray-text", document("x")),
    "an unknown word": ("value", document("<on_reboot>dance</on_reboot>")),
    "an unknown kind": (
        "variant",
        document("<devices><disk type='file'><target dev='vda'/><address type='moon'/></disk></devices>"),
    ),
    "something missing": ("missing", document("<devices><disk type='file'/></devices>")),
    "great depth": ("depth", document("<metadata>" + "<a>" * 210 + "</a>" * 210 + "</metadata>")),
    "a long text": ("size", described("x" * 1_000_001)),
    "a long comment": ("size", described(f"<!--{'x' * 1_000_002}-->")),
}
"""The reason that is counted for each. The pure path reads these from the start, or refuses them."""


@pytest.mark.parametrize("name", REGULAR)
def test_the_engine_reads_a_regular_document(domain: ModuleType, name: str) -> None:
    assert taken(domain, REGULAR[name].encode())
    assert problem(domain, REGULAR[name].encode()) == ""
    assert problem(domain, REGULAR[name]) == ""


@pytest.mark.parametrize("name", IRREGULAR)
def test_the_engine_gives_an_irregular_document_up(domain: ModuleType, engine: Any, name: str) -> None:
    reason, text = IRREGULAR[name]
    before = engine.counts()
    assert not taken(domain, text.encode())
    now = engine.counts()
    assert {word for word in now if now[word] != before.get(word, 0)} == {reason}
    assert problem(domain, text.encode()) == ""


@pytest.mark.parametrize("name", REGULAR)
def test_no_part_of_a_document_is_a_document(domain: ModuleType, name: str) -> None:
    data = REGULAR[name].encode()
    root_ends = data.rindex(b"domain") + len(b"domain")
    assert not any(taken(domain, data[:end]) for end in range(root_ends))


@pytest.mark.parametrize("source", [b"", b"<", b"<a", b"\xef\xbb\xbf<domain/>", b"\xff\xfe<\0", "\ud800", "", 7, None])
def test_what_is_no_document_is_given_up(domain: ModuleType, source: Any) -> None:
    assert not taken(domain, source)


SEQUENCES = [
    *(chr(code).encode() for code in (0x7F, 0x80, 0x7FF, 0x800, 0xD7FF, 0xE000, 0xFFFD, 0x10000, 0x1FFFE, 0x10FFFF)),
    *(b"\xef\xbf\xbe", b"\xef\xbf\xbf", b"\xed\xa0\x80", b"\xed\xbf\xbf", b"\xc0\xaf", b"\xc1\xbf", b"\xe0\x80\xaf"),
    *(b"\xe0\x9f\xbf", b"\xf0\x80\x80\xaf", b"\xf0\x8f\xbf\xbf", b"\xf4\x90\x80\x80", b"\xf5\x80\x80\x80", b"\x80"),
    *(
        b"\xbf",
        b"\xc3",
        b"\xe2\x82",
        b"\xf0\x9f\x98",
        b"\xc3\xc3",
        b"\xe2\x28\xa1",
        b"\xff",
        b"\xfe",
        b"\xf8\x88\x80\x80",
    ),
]


@pytest.mark.parametrize("place", range(8))
@pytest.mark.parametrize("sequence", SEQUENCES, ids=repr)
def test_sequences_of_bytes(domain: ModuleType, sequence: bytes, place: int) -> None:
    """Those that are characters for Python and XML are taken, at every place in a block of eight."""
    data = described("x" * place + "|").encode().replace(b"|", sequence)
    try:
        is_right = sequence.decode() not in ("\ufffe", "\uffff")
    except UnicodeDecodeError:
        is_right = False
    assert taken(domain, data) == is_right
    assert problem(domain, data) == ""
