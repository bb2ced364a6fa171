"""Which numbers in a message are order numbers."""

from __future__ import annotations

import pytest

from flows.intents import understand

FOUND = [
    ("order number 1023", ["1023"]),
    ("Bestellung Nr. 4711", ["4711"]),
    ("ma commande n°45120", ["45120"]),
    ("número de pedido 66023", ["66023"]),
    ("замовлення №10234", ["10234"]),
    ("注文番号 10234", ["10234"]),
    ("طلبي رقم ١٠٢٣٤", ["10234"]),
    ("ऑर्डर १०२३४", ["10234"]),
    ("\U0001d7d9\U0001d7d8\U0001d7da\U0001d7db\U0001d7dc", ["10234"]),
    ("order 1️⃣0️⃣4️⃣2️⃣", ["1042"]),
    ("order \uff11\uff10\uff10\uff11", ["1001"]),
    ("#1001,#1002", ["1001", "1002"]),
    ("45120 not 45102", ["45120", "45102"]),
    ("orders 10234/10235", ["10234", "10235"]),
    ("w100045127 status", ["W100045127"]),
    ("112-4455667-8899001", ["112-4455667-8899001"]),
    ("ORD—2026—00123", ["ORD-2026-00123"]),
    ("ab12-3456", ["AB12-3456"]),
    ("SHOP_55210", ["SHOP_55210"]),
    ("order 10.234", ["10234"]),
    ("order number GX7K9P", ["GX7K9P"]),
    ("10234 is my order number", ["10234"]),
    ("1042?", ["1042"]),
    ("order 10234, customer 55210, invoice 778", ["10234"]),
    ("call 9876543210 about order 10234", ["10234"]),
    ("order 10234 paid 45 eur on 12.05.2026", ["10234"]),
    ("https://shop.example/orders/10234", ["10234"]),
    ("QX4711 where is it, order status", ["QX4711"]),
    ("4711, 20095 Hamburg", ["4711"]),
    ("is order4711 sent", ["4711"]),
    ("Re: 4711", ["4711"]),
    ("about order nr.4711.", ["4711"]),
]
NOT_FOUND = [
    "I ordered in 2025",
    "ordered on 12/05/2026",
    "size 1042",
    "I want to order 1000 shirts",
    "can I order 250?",
    "1200 EUR",
    "paid 1299",
    "₹1499 paid",
    "212-555-0187",
    "my number is 9876543210",
    "Tel.: 030/901820",
    "06 12 34 56 78",
    "RR 123 456 785 DE",
    "1Z999AA10123456784",
    "tracking id 88213",
    "Hauptstr. 5, 10115 Berlin",
    "postcode 10115",
    "4242 4242 4242 4242",
    "card ending in 4242",
    "otp is 482913",
    "coupon WELCOME10",
    "Art.-Nr. 104553",
    "EAN 4006381333931",
    "RTX 4090",
    "Ticket-Nr. 5512",
    "RE-2026-0012",
    "Kundennummer 55210",
    "mail me at joe1042@example.com",
    "100 times",
    "at 10:30",
    "covid-19",
]


@pytest.mark.parametrize(("text", "refs"), FOUND)
def test_order_numbers_are_found(text: str, refs: list[str]) -> None:
    """Order numbers are found in every script and shape, and compare as in the shop."""
    assert tuple(refs) == understand(text).order_refs


@pytest.mark.parametrize("text", NOT_FOUND)
def test_other_numbers_are_left_alone(text: str) -> None:
    """Phones, prices, dates, parcels, cards and articles are no order numbers."""
    assert understand(text).order_refs == ()


@pytest.mark.parametrize("text", ["1 " * 400, "1." * 400, "#1 " * 300, "order " * 200])
def test_number_soup_is_read_to_the_end(text: str) -> None:
    """A message made of numbers is read without finding orders in it."""
    assert understand(text).order_refs == ()
