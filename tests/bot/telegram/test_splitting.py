"""Long replies are cut where a reader would, and nothing is lost."""

from __future__ import annotations

import html
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.telegram.splitting import split_html, utf16_units


def plain(piece: str) -> str:
    return html.unescape(re.sub(r"<[^>]*>", "", piece))


def test_what_fits_stays_as_it_is() -> None:
    """A text of the full length is one message, spaces and all."""
    text = " <b>x</b> " + "y" * 4086

    assert split_html(text) == [text]


def test_tags_do_not_count() -> None:
    """Only what the reader sees is measured."""
    text = '<a href="https://shop.example/a/long/address">x</a>' * 100

    assert split_html(text) == [text]


def test_emoji_count_double() -> None:
    """Two thousand and forty-eight emoji fill a message, one more starts another."""
    assert split_html("🧢" * 2048) == ["🧢" * 2048]
    assert [utf16_units(piece) for piece in split_html("🧢" * 2049)] == [4096, 2]


@pytest.mark.parametrize("mark", ["\n\n", "\n", " "])
def test_cuts_are_made_at_the_best_place_there_is(mark: str) -> None:
    """A paragraph before a line, a line before a word."""
    text = f"one two\nthree{mark}four five six"

    pieces = split_html(text, limit=len("one two three  f"))

    assert pieces[0] == "one two\nthree"


def test_open_tags_are_closed_and_opened_again() -> None:
    """Each piece stands for itself."""
    text = '<b>bold <a href="https://x.example">link one two</a> end</b>'

    assert split_html(text, limit=10) == [
        '<b>bold <a href="https://x.example">link</a></b>',
        '<b><a href="https://x.example">one two</a></b>',
        "<b>end</b>",
    ]


def test_a_joined_emoji_is_not_torn_apart() -> None:
    """A family stays together."""
    family = "👨\u200d👩\u200d👧"

    pieces = split_html("abcdef" + family, limit=10)

    assert pieces == ["abcdef", family]


WORDS = st.lists(
    st.one_of(
        st.text("ab &<>\n 🧢é", min_size=1, max_size=8).map(html.escape),
        st.text("cd🧢 ", min_size=1, max_size=6).map("<b>{}</b>".format),
        st.text("ef ", min_size=1, max_size=6).map("<i><u>{}</u></i>".format),
    ),
    max_size=40,
)


@given(WORDS, st.integers(4, 30))
def test_no_word_is_lost_and_no_piece_too_long(words: list[str], limit: int) -> None:
    """Whatever the text: all that can be seen arrives, in order, well formed."""
    text = "".join(words)
    pieces = split_html(text, limit)

    def seen(one: str) -> str:
        return "".join(one.split())

    assert seen("".join(map(plain, pieces))) == seen(plain(text))
    for piece in pieces:
        assert utf16_units(plain(piece)) <= limit
        names = re.findall(r"<(/?)([a-z]+)", piece)
        opened = [name for slash, name in names if not slash]
        closed = [name for slash, name in names if slash]
        assert sorted(opened) == sorted(closed)
