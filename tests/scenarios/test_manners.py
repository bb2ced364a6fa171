"""How the bot behaves: quiet, corrected and forgetful when somebody says so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from bot.playground.story import check, labels, phone, short, tap
from store.tables import chats, outbox

if TYPE_CHECKING:
    from bot.playground.runtime import Playground
    from bot.playground.telegram import Person


async def anna_is_linked(stage: Playground) -> Person:
    """Tie Anna's chat to her order."""
    anna = phone(stage, "anna")
    anna.starts(await stage.link(stage.demo.story.order_id))
    await anna.hears("linked to order 1042")
    return anna


async def test_opting_out_leaves_questions_answered(stage: Playground) -> None:
    """STOP stops what is unasked, says what cannot be told in time, and answers on."""
    anna = await anna_is_linked(stage)
    await short(stage, stage.demo.story)
    await anna.hears("Closest we have")

    anna.says("STOP")

    told = await anna.hears("I won't write unasked any more")
    check("A choice of yours is open until" in told.text, "the open choice is named")
    check("a•••@" in told.text, "the address is masked")
    anna.says("where is my order?")
    await anna.hears("Order 1042 of")
    await tap(stage, anna, told.text, "Write to me again")
    await anna.hears("I'll write again")


async def test_an_edited_question_is_answered_again(stage: Playground) -> None:
    """The answer to corrected words says what it answers."""
    anna = await anna_is_linked(stage)
    asked = anna.says("wehre is")
    await stage.settle()
    anna.edits(asked.id, "where is my order?")
    answer = await anna.hears("(To your edited message)")
    check("Order 1042 of" in answer.text, "and answers it")


async def test_a_correction_reaches_the_colleague(stage: Playground) -> None:
    """While people talk, edited words are posted as a correction."""
    anna = await anna_is_linked(stage)
    asked = anna.says("can I talk to a human please")
    await anna.hears("I've passed this to our team")
    anna.edits(asked.id, "can I talk to a human about my hoodie")
    await stage.channel.hears("Anna Brandt corrects")


async def test_an_album_gets_one_answer(stage: Playground) -> None:
    """Four pictures sent together are one thing to be helped with."""
    anna = await anna_is_linked(stage)
    heard = len(anna.heard)
    sizes = [{"file_id": "a", "file_unique_id": "b", "width": 1, "height": 1}]
    for _ in range(4):
        anna.sends({"photo": sizes, "media_group_id": "77"})
    await stage.settle()
    assert len(anna.heard) == heard + 1


async def test_the_language_is_chosen_by_a_button(stage: Playground) -> None:
    """Every language there is, by its own name; the choice is kept."""
    anna = await anna_is_linked(stage)
    anna.says("/language")
    asked = await anna.hears("Which language shall I write in?")
    check("English" in labels(asked), "by its own name")
    check("Talk to a person" in labels(asked), "a person is one tap away")
    await tap(stage, anna, asked.text, "English")
    await anna.hears("I'll write to you in English from now on")


async def test_the_card_names_the_language_and_keeps_the_words(
    stage: Playground,
) -> None:
    """A colleague reads what was said as it was said, and in which language."""
    sam = stage.telegram.person(8_000_000_009, "Ayşe", "tr", username=None)
    sam.starts()
    await stage.settle()
    await tap(stage, sam, sam.heard[-1].text, sam.heard[-1].buttons[1][0])
    sam.says("Siparişim nerede, dün gelmeliydi")
    await stage.channel.hears("Language: Turkish")
    await stage.channel.hears("Siparişim nerede, dün gelmeliydi")


async def test_a_forgotten_chat_is_a_strangers(stage: Playground) -> None:
    """One button, and words, name and link are gone; colleagues hear of it."""
    anna = await anna_is_linked(stage)
    anna.says("can I talk to a human please")
    await anna.hears("I've passed this to our team")
    await stage.channel.hears("can I talk to a human please")
    await stage.settle()
    anna.says("/forget")
    await tap(stage, anna, "Shall I forget this chat?", "Yes, forget it")
    await anna.hears("I've forgotten this chat")
    await stage.channel.hears("The customer asked to be forgotten")
    with stage.bot.store.read() as connection:
        known = connection.execute(
            select(chats).where(chats.c.address == str(anna.id))
        ).all()
        texts = repr(connection.scalars(select(outbox.c.payload)).all())
    assert not known
    assert "can I talk to a human" not in texts
    assert "Hi Anna" not in texts

    anna.says("where is my order?")
    hello = await anna.hears("To show you an order I need to know it's yours")
    check("Talk to a person" in labels(hello), "a person is one tap away")


async def test_privacy_names_the_ways_to_have_less_kept(stage: Playground) -> None:
    """/privacy tells what is kept, and has the buttons to unlink and to forget."""
    anna = await anna_is_linked(stage)
    anna.says("/privacy")
    told = await anna.hears("keeps what you write here with your order")
    assert labels(told) == "Unlink this chat | Forget this chat | Talk to a person"


async def test_a_typed_yes_or_no_is_about_what_was_asked(stage: Playground) -> None:
    """The question is remembered between turns: its button again, or nothing at all."""
    anna = await anna_is_linked(stage)
    anna.says("please stop sending me messages")
    asked = await anna.hears("Shall I stop writing to you unasked?")
    heard = len(anna.heard)
    anna.says("yes")
    await stage.settle()
    assert [message.text for message in anna.heard[heard:]] == [asked.text]
    anna.says("no")
    await anna.hears("All right, nothing is changed.")
    with stage.bot.store.read() as connection:
        assert not any(connection.scalars(select(chats.c.muted)).all())


async def test_stop_is_obeyed_while_a_colleague_speaks(stage: Playground) -> None:
    """It is answered at once, and stands in the thread as well."""
    anna = await anna_is_linked(stage)
    anna.says("can I talk to a human please")
    await anna.hears("I've passed this to our team")
    anna.says("STOP")
    told = await anna.hears("I won't write unasked any more")
    check("Talk to a person" in labels(told), "a person is one tap away")
    await stage.channel.hears("STOP")


async def test_two_misses_bring_a_person_who_has_both(stage: Playground) -> None:
    """The first is answered with the orders, the second by people who can read both."""
    anna = await anna_is_linked(stage)
    anna.says("blue bananas on mars")
    menu = await anna.hears("I'm not sure I understood")
    check("Order 1042" in labels(menu), "the open order is one tap away")
    anna.says("yellow submarines")
    await anna.hears("I've passed this to our team")
    await stage.channel.hears("blue bananas on mars")
    await stage.channel.hears("yellow submarines")
