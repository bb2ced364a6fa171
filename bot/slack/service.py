"""The whole Slack side, built from its settings and the doors it needs."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from bot.clock import Clock
from bot.slack.app import build_app
from bot.slack.check import Finding, check_slack
from bot.slack.clients import patient_client, prompt_client, slack_session
from bot.slack.delivery import SlackChannel
from bot.slack.http import SlackHttp
from bot.slack.identity import Identity
from bot.slack.inflight import InFlight
from bot.slack.intake import BUDGET_SECONDS, Desk, Intake, TakesTurns
from bot.slack.opening import FormOpener, Summaries
from bot.slack.socket import SlackSocket
from bot.slack.staff import Listed, Roster
from bot.slack.whispers import Whispers

API_URL = "https://slack.com/api/"
DRAIN_SECONDS = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class SlackSettings:
    """What has to be known about a workspace; ``staff`` as SLACK_STAFF is written."""

    bot_token: str = field(repr=False)
    channel: str
    staff: str = ""
    #: Socket Mode when set.
    app_token: str | None = field(default=None, repr=False)
    #: Signed HTTP when set.
    signing_secret: str | None = field(default=None, repr=False)
    api_url: str = API_URL


@dataclass(frozen=True, slots=True, kw_only=True)
class SlackSide:
    """What the rest of the bot uses: the channel, and one or both ways in."""

    channel: SlackChannel
    identity: Identity
    roster: Roster
    socket: SlackSocket | None
    http: SlackHttp | None


@asynccontextmanager
async def open_slack(
    settings: SlackSettings,
    *,
    turns: TakesTurns,
    desk: Desk,
    ticket_summary: Summaries,
    clock: Clock,
    budget: float = BUDGET_SECONDS,
) -> AsyncIterator[SlackSide]:
    """Build the Slack side; start and stop its socket inside, nothing lives longer.

    Raises:
        ValueError: ``settings.staff`` is no list of ids.
    """
    in_flight = InFlight()
    async with slack_session() as session:
        token, url = settings.bot_token, settings.api_url
        prompt = prompt_client(token, base_url=url, session=session)
        patient = patient_client(token, base_url=url, session=session)
        identity = Identity(patient)
        roster = Roster(
            client=patient,
            identity=identity,
            listed=Listed.read(settings.staff),
            channel=settings.channel,
            machine=clock.machine,
        )
        whispers = Whispers(
            client=prompt, channel=settings.channel, in_flight=in_flight
        )
        app = build_app(
            signing_secret=settings.signing_secret or "",
            identity=identity,
            intake=Intake(
                turns=turns,
                desk=desk,
                roster=roster,
                whispers=whispers,
                in_flight=in_flight,
                budget=budget,
            ),
            opener=FormOpener(
                client=prompt,
                ticket_summary=ticket_summary,
                whispers=whispers,
                in_flight=in_flight,
            ),
        )
        socket = None
        if settings.app_token:
            socket = SlackSocket(
                app, app_token=settings.app_token, client=patient, clock=clock
            )
        http = None
        if settings.signing_secret:
            http = SlackHttp(app, signing_secret=settings.signing_secret)
        try:
            yield SlackSide(
                channel=SlackChannel(client=prompt, channel=settings.channel),
                identity=identity,
                roster=roster,
                socket=socket,
                http=http,
            )
        finally:
            if socket is not None:
                await socket.stop()
            await in_flight.drain(within=DRAIN_SECONDS)


async def run_check(
    settings: SlackSettings, *, clock: Clock, send_test: bool = False
) -> list[Finding]:
    """Return the findings about a workspace, for the command line.

    Raises:
        ValueError: ``settings.staff`` is no list of ids.
    """
    listed = Listed.read(settings.staff)
    async with slack_session() as session:
        client = patient_client(
            settings.bot_token, base_url=settings.api_url, session=session
        )
        roster = Roster(
            client=client,
            identity=Identity(client),
            listed=listed,
            channel=settings.channel,
            machine=clock.machine,
        )
        return await check_slack(
            client=client,
            channel=settings.channel,
            app_token=settings.app_token,
            listed=listed,
            roster=roster,
            send_test=send_test,
        )
