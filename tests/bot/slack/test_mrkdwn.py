"""Slack's markup, there and back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.slack.mrkdwn import escape, mentioned, to_plain

NAMES = {"U1": "Tom"}


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("a &lt;b&gt; &amp;amp; c", "a <b> &amp; c"),
        ("I <3 you, a < b > c", "I <3 you, a < b > c"),
        ("<b>bold</b>", "<b>bold</b>"),
        ("see <https://a.example/x?a=1&amp;b=2>", "see https://a.example/x?a=1&b=2"),
        ("<https://a.example|our page>", "our page (https://a.example)"),
        ("<https://a.example|a.example>", "https://a.example"),
        ("<mailto:a@b.example|a@b.example>", "a@b.example"),
        ("ask <@U1> or <@U2|eva>", "ask Tom or eva"),
        ("<@U9>", "@U9"),
        ("<#C1|orders> and <#C2>", "#orders and #C2"),
        ("<!channel> <!here|here>", "@channel here"),
        ("<!subteam^S1|@support>", "@support"),
        ("<!date^1700000000^{date}|14 Nov>", "14 Nov"),
        (":tada: :wave::skin-tone-3: :rocket:", "🎉 👋 🚀"),
        (
            "at 10:30:45, ratio a:b:c, :our-parrot:",
            "at 10:30:45, ratio a:b:c, :our-parrot:",
        ),
    ],
)
def test_reads_as_a_customer_would(written: str, read: str) -> None:
    """What a colleague typed turns into words, and nothing else is touched."""
    assert to_plain(written, NAMES) == read


@given(st.text())
def test_escaped_text_comes_back_unless_it_names_an_emoji(text: str) -> None:
    """Escaping loses nothing: decoding gives back what was written."""
    written = text.replace(":", "")
    assert to_plain(escape(written), {}) == written


@given(st.text(alphabet="<>@!#|&;UWC1:a"))
def test_customers_cannot_mention_anybody(text: str) -> None:
    """Escaped text holds no mention, no broadcast, no link."""
    assert mentioned(escape(text)) == frozenset()
    assert "<" not in escape(text)


def test_finds_the_people_a_text_mentions() -> None:
    """Mentions are found by id, with or without a label."""
    assert mentioned("<@U1> and <@W2|eva>, not @U3") == frozenset({"U1", "W2"})
