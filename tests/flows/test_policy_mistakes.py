"""Mistakes in policy.toml: refused on reading, each with its line and what to write."""

from __future__ import annotations

from textwrap import dedent

import pytest

from flows.notation import written
from flows.policy import BadPolicy, read_policy
from flows.terms import Terms


def problems_of(source: str) -> list[str]:
    """Return what a merchant reads about a file that is not right."""
    with pytest.raises(BadPolicy) as bad:
        read_policy(dedent(source))
    return bad.value.problems


@pytest.mark.parametrize(
    ("source", "line", "says"),
    [
        ('[terms]\nreply_window = "soon"\n', 2, "24h"),
        ('[terms]\nreply_window = "-5h"\n', 2, "24h"),
        ('[terms]\nreply_window = "0h"\n', 2, "24h"),
        ("[terms]\nreply_window = 24\n", 2, "24h"),
        ('[terms]\nreply_window = "99999999999d"\n', 2, "24h"),
        ('[terms]\nquiet_hours = "21:00-25:00"\n', 2, "expected hours like 21:00-8:00"),
        ('[terms]\nreplywindow = "5h"\n', 2, "did you mean reply_window?"),
        ("[terms]\ncancel_horizon_days = -1\n", 2, "greater than or equal to 0"),
        ('[terms]\ncancel_horizon_days = "x"\n', 2, "a whole number (found 'x')"),
        ('[terms]\non_silence = "guess"\n', 2, "'recommended', 'wait' or 'cancel'"),
        ('[terms]\nsubstitute_kinds = "color"\n', 2, "a list like"),
        ('[hours]\nmon = "9-17"\n', 2, "9:00-17:30"),
        ('[hours]\nmon = "9:00-25:00"\n', 2, "9:00-17:30"),
        ('[hours]\n\ntime_zone = "Mars/Base"\n', 3, "Europe/Berlin"),
        ("[brake]\ndecisions = 0\n", 2, "greater than or equal to 1"),
        ('[shop]\nsize_chart_url = "sizes"\n', 2, "https://shop.example/sizes"),
        ("\nterms = 5\n", 2, "a table of keys and values"),
        ("rules = 5\n", 1, "[[rules]] above each rule"),
    ],
)
def test_a_mistake_is_told_with_its_line(source: str, line: int, says: str) -> None:
    """What is wrong, where, what was found and what was expected."""
    (problem,) = problems_of(source)
    assert problem.startswith(f"line {line}, ")
    assert says in problem
    assert "Input should" not in problem
    assert "Value error" not in problem


@pytest.mark.parametrize(
    ("calendar", "says"),
    [
        ("XX", "a country like DE, or a region like DE-BY"),
        ("de", "a country like DE"),
        ("", "a country like DE"),
        ("DE-XX", "DE alone; or one of its regions: Augsburg, BB, BE, BW, BY"),
        ("BB-X", "BB alone; it has no regions"),
    ],
)
def test_an_unknown_calendar_is_refused(calendar: str, says: str) -> None:
    """It would be asked for the first time when somebody waits for an answer."""
    (problem,) = problems_of(f'[hours]\ncalendar = "{calendar}"\n')
    assert problem.startswith("line 2, hours.calendar: expected ")
    assert says in problem


@pytest.mark.parametrize("calendar", ["DE", "DE-BY", "DEU", "US-CA"])
def test_a_known_calendar_is_asked(calendar: str) -> None:
    """New year is a holiday wherever a shop names its country or region."""
    hours = read_policy(f'[hours]\ncalendar = "{calendar}"\n').hours
    assert hours.calendar == calendar


@pytest.mark.parametrize("languages", ["[]", '["xx"]', '["en", "tlh-KX"]'])
def test_only_languages_there_are_words_in_are_taken(languages: str) -> None:
    """None, or one without a catalogue, is refused with those there are."""
    (problem,) = problems_of(f"[shop]\nlanguages = {languages}\n")
    assert problem.startswith("line 2, shop.languages: expected languages among en, de")


def test_a_language_may_name_its_region() -> None:
    """Portuguese as in Brazil has words, and dates and money of its own."""
    assert (
        read_policy('[shop]\nlanguages = ["pt-BR", "en"]').shop.languages[0] == "pt-BR"
    )


@pytest.mark.parametrize("hours", ["0:00-24:00", "9:00-9:00", "21:00-20:30"])
def test_quiet_hours_leave_some_of_the_day(hours: str) -> None:
    """Else no window could end; how they are switched off is said."""
    (problem,) = problems_of(f'[terms]\nquiet_hours = "{hours}"\n')
    assert "leave at least one hour of the day" in problem
    assert "0:00-0:00 switches quiet hours off" in problem


@pytest.mark.parametrize("value", ["false", '""', '"off"', "{ start = 21 }"])
def test_how_quiet_hours_are_switched_off_is_said(value: str) -> None:
    """Who tries another way reads the right one, and no word about dictionaries."""
    (problem,) = problems_of(f"[terms]\nquiet_hours = {value}\n")
    assert "expected hours like 21:00-8:00; 0:00-0:00 switches" in problem


def test_quiet_hours_can_be_switched_off() -> None:
    """From midnight to midnight is no time at all."""
    quiet = read_policy('[terms]\nquiet_hours = "0:00-0:00"').data.terms.quiet_hours
    assert quiet is not None
    assert quiet.start == quiet.end


# --- all of them, where they are ------------------------------------------------------


def test_all_mistakes_are_told_together() -> None:
    """A merchant mends a file once, not once per mistake, and from top to bottom."""
    told = problems_of(
        """
        [[rules]]
        name = "club"
        when = { customer_group = "club" }
        terms = { reply_windw = "5h", ship = "maybe" }

        [hours]
        mon = 3

        [terms]
        reply_window = "x"
        ship = "never"
        """
    )
    lines = [int(problem.split(",")[0].removeprefix("line ")) for problem in told]
    assert lines == [5, 5, 8, 11, 12]


def test_a_mistake_in_a_rule_names_the_rule() -> None:
    """A wrong value in an override is found when the file is read."""
    told = problems_of(
        '[[rules]]\nname = "club"\nwhen = { customer_group = "club" }\n'
        'terms = { reply_windw = "5h", ship = "maybe" }\n'
    )
    assert len(told) == 2
    assert all(item.startswith("line 4, rule 'club', terms.") for item in told)


def test_a_rule_without_a_name_is_counted() -> None:
    """What is missing is told on the line where the rule begins."""
    told = problems_of('[[rules]]\nname = "one"\nwhen = {}\n[[rules]]\nwhen = {}\n')
    assert told == ["line 4, rule 2, name: expected, but missing"]


def test_a_mistake_is_found_in_its_own_table() -> None:
    """The same word stands elsewhere and behind a #; the wrong one's line is told."""
    told = problems_of(
        """
        [[rules]]  # the first one
        name = "one"
        when = { market = "DE" }
        [rules.terms]
        ship = "once"
        reply_window = "5h"
        [[rules]]
        name = "two"
        [rules.when]
        market = "Germany"
        [rules.terms]
        # reply_window = "1h"
        reply_window = "1 hour"
        [terms]
        # ship = "once"
        ship = "twice"
        """
    )
    places = [problem.split(":")[0] for problem in told]
    assert places == [
        "line 11, rule 'two', when.market",
        "line 14, rule 'two', terms.reply_window",
        "line 17, terms.ship",
    ]


@pytest.mark.parametrize(
    ("source", "says"),
    [
        ('[terms]\nquiethours = "x"', "did you mean quiet_hours?"),
        ("[terms]\nfrobnicate = 1", "expected one of reply_window, reminder_before, "),
        ("[hours]\nmonday = 1", "did you mean mon?"),
        ("[shop]\nfrobnicate = 1", "expected one of name, url, email, privacy_url, "),
        ("[brake]\nrefunds = 1", "did you mean refunds_minor?"),
        ("[term]\nship = 1", "did you mean terms?"),
        ("[frobnicate]\n", "expected one of shop, hours, terms, brake, rules"),
        ('[[rules]]\nname = "a"\nwhen = { country = "DE" }', "one of market, customer"),
        ('[[rules]]\nname = "a"\nwhen = {}\ntherms = {}', "did you mean terms?"),
        ('[[rules]]\nname = "a"\nwhen = {}\nterms = { shp = 1 }', "you mean ship?"),
    ],
)
def test_an_unknown_key_is_told_the_known_ones(source: str, says: str) -> None:
    """The nearest one, or all that may stand there."""
    (problem,) = problems_of(source)
    assert "there is no such key; " in problem
    assert says in problem


@pytest.mark.parametrize(
    "source",
    ['[terms\nreply_window = "5h"', "[terms]\n[terms]\n", "terms = 5"],
)
def test_what_is_not_toml_is_said_in_one_sentence(source: str) -> None:
    """A broken file is one readable problem, never a traceback."""
    assert len(problems_of(source)) == 1


# --- terms that contradict each other -------------------------------------------------

NEVER = '\n[terms]\nautomatic_cancel = "never"\n'


def a_rule(name: str, when: str, terms: str) -> str:
    """Return a rule as it stands in the file."""
    return f'[[rules]]\nname = "{name}"\nwhen = {{ {when} }}\nterms = {{ {terms} }}\n'


CANCELS, KEEPS = 'on_silence = "cancel"', 'automatic_cancel = "never"'
EUROPE, MUGS = 'market = "EU"', 'category = "mug"'


@pytest.mark.parametrize(
    ("source", "place", "whose"),
    [
        (f"{NEVER}{CANCELS}\n", "line 4, terms.on_silence", '"never"'),
        (a_rule("a", MUGS, f"{CANCELS}, {KEEPS}"), "line 4, rule 'a', ", '"never"'),
        (NEVER + a_rule("a", EUROPE, CANCELS), "line 7, rule 'a', ", "[terms] says"),
        (
            f"[terms]\n{CANCELS}\n" + a_rule("a", EUROPE, KEEPS),
            "line 2, terms.on_silence",
            "rule 'a' says",
        ),
        (
            a_rule("a", 'market = "DE"', KEEPS) + a_rule("b", MUGS, CANCELS),
            "line 8, rule 'b', terms.on_silence",
            "rule 'a' says",
        ),
        (
            a_rule("a", 'market = "rest"', KEEPS) + a_rule("b", "", CANCELS),
            "line 8, rule 'b', ",
            "rule 'a' says",
        ),
    ],
)
def test_silence_may_not_cancel_what_is_never_cancelled(
    source: str, place: str, whose: str
) -> None:
    """In one table, or where two rules meet in an order: refused with the way out."""
    (problem,) = problems_of(source)
    assert problem.startswith(place)
    assert 'expected "wait" or "recommended"' in problem
    assert 'automatic_cancel "ask" or "auto"' in problem
    assert problem.endswith(whose)


@pytest.mark.parametrize(
    "source",
    [
        f'[terms]\nautomatic_cancel = "ask"\n{CANCELS}\n',
        # They never meet.
        a_rule("a", 'market = "DE"', KEEPS) + a_rule("b", 'market = "US"', CANCELS),
        a_rule("a", 'market = "rest"', KEEPS) + a_rule("b", EUROPE, CANCELS),
        a_rule("a", 'sku = "A"', KEEPS) + a_rule("b", 'sku = "B"', CANCELS),
        # Where they meet, a closer or later rule says something else.
        NEVER + a_rule("a", EUROPE, f'{CANCELS}, automatic_cancel = "ask"'),
        NEVER
        + a_rule("a", EUROPE, 'automatic_cancel = "auto"')
        + a_rule("b", 'market = "DE"', CANCELS),
        a_rule("a", EUROPE, KEEPS)
        + a_rule("b", MUGS, CANCELS)
        + a_rule("c", f"{EUROPE}, {MUGS}", 'on_silence = "wait"'),
    ],
)
def test_rules_that_never_meet_contradict_nothing(source: str) -> None:
    """Only what an order can come to is refused."""
    assert read_policy(source)


def test_two_rules_of_one_name_explain_nothing() -> None:
    """The second one is told with its line."""
    source = a_rule("a", EUROPE, 'ship = "once"') + a_rule("a", MUGS, 'ship = "once"')
    (problem,) = problems_of(source)
    assert problem == "line 6, rule 'a', name: expected a name that no other rule has"


def test_values_are_shown_as_they_are_written() -> None:
    """What the command line shows can be typed into the file."""
    shown = {name: written(value) for name, value in Terms()}
    assert shown["reply_window"] == "24h"
    assert shown["authorization_warning"] == "3d"
    assert shown["apply_after"] == "30m"
    assert shown["quiet_hours"] == "21:00-08:00"
    assert shown["allow_split"] == "true"
    assert shown["substitute_kinds"] == "other_color, other_size, other_brand"
    assert written(None) == "none"


def test_the_staffs_language_is_one_there_are_words_in() -> None:
    """Cards in a language nobody wrote would be English without a word."""
    assert read_policy('[shop]\nstaff_language = "de"\n').shop.staff_language == "de"
    with pytest.raises(BadPolicy, match="staff_language"):
        read_policy('[shop]\nstaff_language = "xx"\n')
