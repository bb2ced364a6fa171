"""Brings the catalogues up to date: ``python -m flows.locale.draft``.

New sentences are added empty (English is said until they are translated), gone ones
are dropped. ``python -m flows.locale.draft xx`` begins a new language.
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from babel.messages import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from flows.wording import CATALOGUES, TEMPLATES

if TYPE_CHECKING:
    from pathlib import Path

#: A constant date: a catalogue changes when its sentences do, not by the day.
_WRITTEN = datetime(2026, 1, 1, tzinfo=UTC)
_METHOD = [("**.j2", "jinja2.ext:babel_extract")]
_OPTIONS = {"**.j2": {"trimmed": "true", "newstyle_gettext": "true", "silent": "false"}}


def template() -> Catalog:
    """Return every sentence of the templates, with where it stands."""
    catalogue = Catalog(project="backorder-bot", charset="utf-8")
    found = extract_from_dir(
        str(TEMPLATES),
        method_map=_METHOD,
        options_map=_OPTIONS,
        strip_comment_tags=True,
    )
    for file, _line, message, comments, context in found:
        catalogue.add(
            message, locations=[(file, 1)], auto_comments=comments, context=context
        )
    return catalogue


def catalogue_file(language: str) -> Path:
    """Return where a language's catalogue lies."""
    return CATALOGUES / language / "LC_MESSAGES" / "messages.po"


def read_catalogue(language: str) -> Catalog:
    """Return a language's catalogue, empty when there is none."""
    file = catalogue_file(language)
    if not file.exists():
        return Catalog(locale=language, charset="utf-8")
    with file.open("rb") as stream:
        return read_po(stream, locale=language)


def update(language: str) -> None:
    """Write a language's catalogue with all sentences of today."""
    catalogue = read_catalogue(language)
    catalogue.update(template(), no_fuzzy_matching=True)
    catalogue.obsolete.clear()
    write(language, catalogue)


def write(language: str, catalogue: Catalog) -> None:
    """Write a catalogue, the same bytes for the same sentences."""
    catalogue.fuzzy = False
    catalogue.project, catalogue.version = "backorder-bot", "1"
    catalogue.header_comment = f"# The sentences of backorder-bot in {language}."
    catalogue.creation_date = catalogue.revision_date = _WRITTEN
    file = catalogue_file(language)
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("wb") as stream:
        write_po(
            stream,
            catalogue,
            width=100,
            sort_output=True,
            include_lineno=False,
            ignore_obsolete=True,
        )


def main() -> None:
    """Update all catalogues, or begin the languages named."""
    known = sorted(file.parents[1].name for file in CATALOGUES.glob("*/*/messages.po"))
    for language in sys.argv[1:] or known:
        update(language)


if __name__ == "__main__":
    main()
