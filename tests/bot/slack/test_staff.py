"""Who may act: the listed, the group's members, or our own people in the channel."""

from datetime import timedelta
from typing import Any

import pytest

from bot.slack import words
from bot.slack.actions import Person
from bot.slack.staff import GROUP_SECONDS, Listed, RosterUnreadableError

from .doubles import House

TOM, EVA = Person(id="U0TOM", name="tom"), Person(id="U0EVA", name="eva")


def asked(house: House, method: str) -> int:
    return [name for name, _ in house.standin.calls].count(method)


def test_setting_is_read() -> None:
    """User ids and user groups may stand side by side."""
    listed = Listed.read(" U0TOM, W0EVA ,S0TEAM,")
    assert listed.users == {"U0TOM", "W0EVA"}
    assert listed.groups == {"S0TEAM"}


def test_name_in_place_of_an_id_is_refused() -> None:
    """Names are no ids; the mistake is named with what was expected."""
    with pytest.raises(ValueError, match=r"@tom: expected user ids"):
        Listed.read("U0TOM,@tom")


async def test_listed_people(house: House) -> None:
    """Listed people are colleagues anywhere, others are not even in the channel."""
    async with house.bot(staff="U0TOM") as side:
        staff = await side.roster.admit(TOM, channel="C0ELSEWHERE")
        assert staff is not None
        assert staff.name == "Tom Fuller"
        assert await side.roster.admit(EVA, channel=house.channel.id) is None


async def test_group_is_asked_once_until_it_changes(house: House) -> None:
    """Members are remembered, forgotten on Slack's word and after a while."""
    house.standin.group("S0TEAM", "support", house.tom)
    async with house.bot(staff="S0TEAM") as side:
        assert await side.roster.admit(TOM, channel=None) is not None
        assert await side.roster.admit(EVA, channel=None) is None
        assert asked(house, "usergroups.users.list") == 1

        house.standin.group("S0TEAM", "support", house.eva)
        await house.standin.settled()
        assert await side.roster.admit(TOM, channel=None) is None
        assert await side.roster.admit(EVA, channel=None) is not None

        house.clock.ahead = timedelta(seconds=GROUP_SECONDS + 1)
        await side.roster.admit(EVA, channel=None)
        assert asked(house, "usergroups.users.list") == 3


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        ("plan_upgrade_required", words.GROUP_NEEDS_PLAN),
        ("missing_scope", words.GROUP_SCOPE),
        ("no_such_subteam", words.GROUP_UNKNOWN),
        ("internal_error", words.STAFF_UNREADABLE),
    ],
)
async def test_group_that_cannot_be_read_says_why(
    house: House, code: str, sentence: str
) -> None:
    """Nobody acts while the group is unreadable, and they are told the reason."""
    house.standin.faults.refuse("usergroups.users.list", code)
    async with house.bot(staff="S0TEAM") as side:
        with pytest.raises(RosterUnreadableError) as caught:
            await side.roster.admit(TOM, channel=None)
    assert caught.value.words == sentence


async def test_empty_list_means_our_own_people_in_the_channel(house: House) -> None:
    """With nobody listed, whoever of our workspace acts in the channel may act."""
    async with house.bot(staff="") as side:
        assert await side.roster.admit(TOM, channel=house.channel.id) is not None
        assert await side.roster.admit(TOM, channel="C0OTHER") is None
        assert await side.roster.admit(TOM, channel="") is None
        assert await side.roster.admit(TOM, channel=None) is not None
        assert await side.roster.admit(Person(id="U0NOBODY"), channel=None) is None
        assert await side.roster.admit(Person(id=""), channel=None) is None


@pytest.mark.parametrize(
    "profile",
    [
        {"team_id": "T0ELSE"},
        {"is_stranger": True},
        {"is_restricted": True},
        {"is_ultra_restricted": True},
        {"is_bot": True},
    ],
)
async def test_guests_may_not_act_unless_listed(
    house: House, profile: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """People from connected workspaces and guests are refused; a listed one is not."""
    shown = {"id": "U0TOM", "team_id": house.standin.identity.team_id, **profile}
    kind = type(house.standin.workspace.people["U0TOM"])
    monkeypatch.setattr(kind, "info", lambda _self, _team: shown)
    async with house.bot(staff="") as side:
        assert await side.roster.admit(TOM, channel=house.channel.id) is None
    async with house.bot(staff="U0TOM") as side:
        assert await side.roster.admit(TOM, channel=house.channel.id) is not None


async def test_unknown_name_is_no_obstacle(house: House) -> None:
    """A colleague whose name Slack keeps back acts under the name in the press."""
    house.standin.faults.refuse("users.info", "missing_scope")
    async with house.bot(staff="U0TOM") as side:
        staff = await side.roster.admit(TOM, channel=None)
    assert staff is not None
    assert staff.name == "tom"


async def test_names_are_asked_once(house: House) -> None:
    """A second press asks Slack nothing."""
    async with house.bot(staff="U0TOM") as side:
        await side.roster.admit(TOM, channel=None)
        await side.roster.admit(TOM, channel=None)
    assert asked(house, "users.info") == 1
