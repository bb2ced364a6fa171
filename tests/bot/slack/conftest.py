"""The house every Slack test lives in."""

from collections.abc import AsyncIterator

import pytest

from bot.playground.slack import SlackStandIn

from .doubles import House


@pytest.fixture
async def house() -> AsyncIterator[House]:
    standin = SlackStandIn(pace=None)
    await standin.start()
    channel = standin.channel("C0STAFF", "backorders")
    tom = standin.person("U0TOM", "Tom Fuller")
    eva = standin.person("U0EVA", "Eva Lind")
    yield House(standin=standin, channel=channel, tom=tom, eva=eva)
    await standin.stop()
