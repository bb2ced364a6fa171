"""What a decision asks for becomes rows, in the same transaction as the case.

Nothing here talks to the network: messages go to the outbox, the rest to its table.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, assert_never

from sqlalchemy import insert, update

from flows.effects import (
    AllowFrom,
    Answered,
    Button,
    Card,
    Decide,
    Effect,
    Forget,
    HoldUnits,
    MarkTold,
    Message,
    Notice,
    PostCard,
    PostShortage,
    PostThread,
    PromiseTold,
    Record,
    ReleaseBatch,
    ReleaseHolds,
    Reword,
    Say,
    ShowPicture,
    Toast,
    Unlink,
    Unsend,
    Urgency,
    Whisper,
    Withdraw,
)
from store import answers, outbox, unsent
from store.erasure import forget
from store.holds import hold_units, lock_sku, release_holds
from store.identity import unlink
from store.mail import drop_letters, put_notice, release_notices
from store.tables import audit, decisions, promises

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

    from flows.case import Case, Chat
    from flows.setting import Setting

#: The channel and lane prefix of the staff's side.
STAFF = "slack"


@dataclass(slots=True)
class Carried:
    """What is left after the rows are written: answers to a press, never persisted."""

    toast: str | None = None
    whisper: str | None = None
    #: Whether there is something for the relay to deliver.
    outgoing: bool = False
    #: The newest reply to each offer that was answered in this turn.
    replies: dict[str, int] = field(default_factory=dict)


def carry_out(
    connection: Connection, case: Case, effects: tuple[Effect, ...], setting: Setting
) -> Carried:
    """Write every effect of one decision.

    Raises:
        store.holds.NothingFreeError: When units to be held are gone meanwhile.
    """
    carried = Carried()
    # Locks on SKUs come last and in their order, whatever the order of the effects.
    for effect in sorted(effects, key=_turn_of):
        _carry(connection, case, effect, setting, carried)
    return carried


def _turn_of(effect: Effect) -> tuple[bool, str]:
    if isinstance(effect, HoldUnits | PostShortage):
        return True, effect.sku
    return False, ""


def _carry(
    connection: Connection,
    case: Case,
    effect: Effect,
    setting: Setting,
    carried: Carried,
) -> None:
    now = setting.now
    match effect:
        case Say() | ShowPicture() | Reword():
            carried.outgoing = True
            _to_chat(connection, case, effect, now)
        case PostCard():
            carried.outgoing = True
            post_card(connection, case.id, effect.subject, effect.card, now)
        case PostShortage():
            carried.outgoing = True
            _shortage(connection, effect, now)
        case PostThread():
            carried.outgoing = True
            _thread(connection, case, effect.subject, effect.card, now)
        case Notice():
            put_notice(connection, case, effect, setting)
        case Toast():
            carried.toast = effect.text
        case Whisper():
            carried.whisper = effect.text
        case Decide():
            answers.decide(connection, case, effect, setting, carried.replies)
        case Withdraw():
            answers.withdraw(connection, effect.decision_id, now)
        case AllowFrom():
            answers.allow(connection, effect)
        case MarkTold():
            connection.execute(
                update(decisions)
                .where(decisions.c.id == effect.decision_id)
                .values(told=effect.told)
            )
        case Answered():
            made = answers.answer(connection, case, effect, now)
            carried.replies[effect.offer_id] = made
        case PromiseTold():
            _promise(connection, case, effect, now)
        case HoldUnits():
            hold_units(connection, case.id, effect, now)
        case ReleaseHolds():
            release_holds(connection, effect)
        case ReleaseBatch() | Unsend():
            carried.outgoing = True
            _let_go(connection, case, effect, now)
        case Record():
            _record(connection, case, effect, now)
        case Unlink():
            unlink(connection, effect.chat_id, case.id, now)
        case Forget():
            forget(connection, case, effect.chat_id)
        case _:
            assert_never(effect)


def _to_chat(
    connection: Connection,
    case: Case,
    effect: Say | ShowPicture | Reword,
    now: datetime,
) -> None:
    chat = case.chat(effect.chat_id)
    if chat is None:
        return
    common = {**_lane_of(chat), "case_id": case.id, "created_at": now}
    common |= {"batch": effect.batch, "state": "held" if effect.batch else "waiting"}
    match effect:
        case Say():
            outbox.put(
                connection,
                **common,
                urgency=int(effect.urgency),
                key=effect.message.key,
                payload={"kind": "text", **_message(effect.message)},
                subject=effect.subject,
                receipt=effect.receipt,
                expires_at=effect.expires_at,
            )
        case ShowPicture():
            outbox.put(
                connection,
                **common,
                urgency=int(effect.urgency),
                key="picture",
                subject=unsent.picture_of(effect.subject),
                payload={"kind": "photo", "url": effect.image_url},
            )
        case Reword():
            _reword(connection, common, effect)
        case _:
            assert_never(effect)


def _reword(connection: Connection, common: dict[str, Any], effect: Reword) -> None:
    """Edit the newest message about a subject; older ones lose their buttons."""
    about = outbox.about(connection, common["lane"], effect.subject)
    for age, row in enumerate(about):
        payload = {"kind": "edit", **_message(effect.message)}
        if age > 0:
            if row.edited or not row.payload.get("rows"):
                continue
            payload = {"kind": "edit", "text": row.payload["text"], "rows": []}
        outbox.put(
            connection,
            **common,
            urgency=int(Urgency.REPLY),
            key=effect.message.key,
            payload=payload,
            subject=effect.subject,
            target_id=row.id,
        )


def post_card(
    connection: Connection, case_id: int | None, subject: str, card: Card, now: datetime
) -> None:
    """Post a card to the staff, or redraw the one about the same subject."""
    lane = f"{STAFF}:{subject}"
    earlier = outbox.newest(connection, lane, subject)
    replaces = f"card:{subject}"
    if earlier is not None:
        outbox.drop_replaced(connection, replaces)
    outbox.put(
        connection,
        case_id=case_id,
        lane=lane,
        pace_key=STAFF,
        channel=STAFF,
        address="",
        urgency=int(Urgency.NOTICE),
        key=card.key,
        payload={"kind": "update" if earlier else "card", **_card_payload(card)},
        subject=subject,
        target_id=earlier.id if earlier else None,
        replaces=replaces if earlier else None,
        created_at=now,
    )


def _shortage(connection: Connection, effect: PostShortage, now: datetime) -> None:
    """Post the card of a shortage; under the SKU's lock no second one is posted."""
    lock_sku(connection, effect.sku)
    subject = f"short:{hashlib.sha256(effect.sku.encode()).hexdigest()[:16]}"
    lane = f"{STAFF}:{subject}"
    said = outbox.shown(connection, lane, subject)
    if said is None and effect.over:
        return
    if said is None or said["text"] != effect.card.text:
        post_card(connection, None, subject, effect.card, now)
    if effect.over:
        outbox.close(connection, lane, subject)


def _thread(
    connection: Connection, case: Case, subject: str, card: Card, now: datetime
) -> None:
    lane = f"{STAFF}:{subject}"
    root = outbox.newest(connection, lane, subject)
    outbox.put(
        connection,
        case_id=case.id,
        lane=lane,
        pace_key=STAFF,
        channel=STAFF,
        address="",
        urgency=int(Urgency.PROMPT),
        key=card.key,
        payload={"kind": "thread", **_card_payload(card)},
        subject=f"{subject}:thread",
        target_id=root.id if root else None,
        created_at=now,
    )


def _let_go(
    connection: Connection, case: Case, effect: ReleaseBatch | Unsend, now: datetime
) -> None:
    """Send or drop what is there and not sent yet."""
    if isinstance(effect, Unsend):
        _unsend(connection, case, effect, now)
        return
    outbox.release(connection, effect.batch, send=effect.send)
    release_notices(connection, effect.batch, now, send=effect.send)


def _unsend(connection: Connection, case: Case, effect: Unsend, now: datetime) -> None:
    """Drop words that are out of date; a held batch's card says what became of it."""
    held = unsent.drop(connection, effect.subjects, moving=effect.moving)
    for batch in sorted(held):
        subject = f"release:{batch}"
        if unsent.is_held(connection, batch):
            _thread(connection, case, subject, effect.card(partly=True), now)
        else:
            post_card(connection, case.id, subject, effect.card(partly=False), now)
    for subject in drop_letters(connection, case, effect.subjects):
        dropped = Record(actor="bot", action="dropped a letter", detail=subject)
        _record(connection, case, dropped, now)


def _promise(
    connection: Connection, case: Case, effect: PromiseTold, now: datetime
) -> None:
    connection.execute(
        _PROMISE,
        {
            "case_id": case.id,
            "backorder_id": effect.backorder_id,
            "line_id": effect.line_id,
            "expected_from": effect.expected_from,
            "expected_to": effect.expected_to,
            "reason": effect.reason,
            "told_at": now,
        },
    )


def _record(connection: Connection, case: Case, effect: Record, now: datetime) -> None:
    connection.execute(
        _RECORD,
        {
            "case_id": case.id,
            "at": now,
            "actor": effect.actor,
            "action": effect.action,
            "detail": effect.detail,
        },
    )


_PROMISE = insert(promises)
_RECORD = insert(audit)


def _lane_of(chat: Chat) -> dict[str, Any]:
    return {
        "lane": f"chat:{chat.id}",
        "pace_key": f"{chat.channel}:{chat.address}",
        "channel": chat.channel,
        "address": chat.address,
        "chat_id": chat.id,
    }


def _message(message: Message) -> dict[str, Any]:
    rows = [[_button(button) for button in row] for row in message.rows]
    made: dict[str, Any] = {"text": message.text, "rows": rows}
    for flag in ("contact_request", "remove_keyboard"):
        if getattr(message, flag):
            made[flag] = True
    return made


def _card_payload(card: Card) -> dict[str, Any]:
    return {
        "summary": card.summary,
        "text": card.text,
        "buttons": [_button(button) for button in card.buttons],
    }


def _button(button: Button) -> dict[str, str]:
    made = {"label": button.label, "data": button.data}
    if button.url:
        made = {"label": button.label, "url": button.url}
    if button.style:
        made["style"] = button.style
    return made
