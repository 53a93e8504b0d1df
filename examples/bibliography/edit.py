"""Edits a bibliography, and leaves the rest of the file as it is.

usage: python edit.py LIBRARY.xml list
       python edit.py LIBRARY.xml read KEY
       python edit.py LIBRARY.xml add KEY TITLE FAMILY-NAME YEAR PUBLISHER
"""

from __future__ import annotations

import sys
from pathlib import Path

from bibliography import (
    Article,
    Bibliography,
    Book,
    FormatError,
    ParseError,
    Person,
    Status,
    Title,
    format_bibliography,
    parse_bibliography,
)


def show(library: Bibliography) -> None:
    for entry in library.content:
        match entry:
            case Book(title=title, authors=authors, publisher=where):
                pass
            case Article(title=title, authors=authors, journal=where):
                pass
        status = f" [{entry.status.value}]" if entry.status is not None else ""
        print(f"{entry.key}: {', '.join(author.family for author in authors)}, {title.value} ({where}){status}")


def mark_as_read(library: Bibliography, key: str) -> None:
    entries = [entry for entry in library.content if entry.key == key]
    if not entries:
        known = ", ".join(entry.key for entry in library.content)
        raise SystemExit(f"there is no entry {key!r}; known are {known}")
    entries[0].status = Status.READ


def add_book(library: Bibliography, key: str, title: str, family: str, year: str, publisher: str) -> None:
    book = Book(key=key, title=Title(value=title), authors=[Person(family=family)], year=int(year), publisher=publisher)
    library.content.append(book)


def main(arguments: list[str]) -> int:
    match arguments:
        case [name, "list"]:
            show(parse_bibliography(Path(name)))
            return 0
        case [name, "read", key]:
            library = parse_bibliography(Path(name))
            mark_as_read(library, key)
        case [name, "add", key, title, family, year, publisher]:
            library = parse_bibliography(Path(name))
            add_book(library, key, title, family, year, publisher)
        case _:
            print(__doc__, file=sys.stderr)
            return 2
    text = format_bibliography(library, like=Path(name))
    Path(name).write_text(text, encoding="utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except (ParseError, FormatError) as error:
        sys.exit(str(error))
