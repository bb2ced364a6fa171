"""Ways in which the world may be that templates speak of."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Flavour:
    """One way in which the world may be; ``many`` is how many of everything."""

    name: str = "Anna"
    title: str = "Hoodie Fjord"
    words: str = "Where is my parcel?\nI need it on Friday."
    number: str = "1042"
    currency: str = "EUR"
    amount: int = 3900
    quantity: int = 1
    many: int = 1
    dated: bool = True
    brand: str | None = "Loomworks"
    color: str | None = "charcoal"
    size: str | None = "L"


#: Everything a name may do to a message that trusts it.
NASTY = '<b>Bo</b> & "Co" <a href="tg://user?id=1">x</a> %s %(x)s {{ 7*7 }} {% raw %}'
SLACKY = "*b* _i_ ~s~ `c` <!channel> <@U1|u> <https://evil.example|shop> &lt;!here&gt;"
#: A title in Arabic, one in an emoji of eleven code points, and an override.
FAMILY = "\U0001f469\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466"
FOREIGN = f"قميص {FAMILY} \u202e\u05de\u05ea\u05e0\u05d4"

FLAVOURS = {
    "plain": Flavour(),
    "hostile": Flavour(
        name=NASTY, title=f"{NASTY} {SLACKY}", words=f"{NASTY}\n{SLACKY}\n¶\n> quoted"
    ),
    "long": Flavour(
        name="Wolfeschlegelsteinhausenbergerdorff " * 6,
        title="Very long sleeved hoodie with a very long name " * 6,
        words="word " * 800,
        number="GID-4500011223344-0001",
        amount=10**12,
        quantity=999,
    ),
    "foreign": Flavour(name=FOREIGN, title=FOREIGN, words=FOREIGN * 3),
    "bare": Flavour(
        name="",
        title="M",
        words="",
        amount=0,
        dated=False,
        brand=None,
        color=None,
        size=None,
    ),
    "yen": Flavour(currency="JPY", amount=3900),
    "dinar": Flavour(currency="KWD", amount=12345),
    "many": Flavour(many=30, quantity=12),
}
