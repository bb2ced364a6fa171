"""The words that say what kind of number stands next to them.

One rule: every word here is a label people put before or after a number, in the
languages we speak; the order of `KINDS` decides where two kinds overlap.
"""

import re
from typing import Final

#: A nose of a word and its kind; longest kinds of trouble first.
KINDS: Final[dict[str, str]] = {
    "tracking": r"""tracking(?:\s?(?:number|no|nr|id|code))?|track(?:ing)?\s?(?:number|nr|no)
        |parcel\s(?:number|no|nr|id)|shipment\s(?:number|no|nr|id)
        |sendungs\w*|paket(?:nummer|nr)|dhl|ups|dpd|gls|hermes|fedex|usps|evri|inpost
        |(?:numero|número|num)\sde\s(?:suivi|seguimiento|colis|env[ií]o)|suivi
        |codice\sdi\stracciamento|rastreio|rastreamento|awb|waybill|numer\s(?:przesyłki|paczki)
        |takip\s(?:no|numarası|kodu)|трек\w*|track\s?&\s?trace|trackingnummer""",
    "invoice": r"""invoice\w*|inv|rechnung\w*|facture|facturen?|factura|fattura|fatura\w*|faktur\w*
        |bill|receipt|beleg\w*|счет|счёт|рахунок""",
    "ticket": r"""ticket\w*|case|incident|tkt|vorgang\w*|anfrage\w*|zgłoszeni\w*|тикет|rma|return\s(?:id|number|no)
        |complaint\s(?:number|no|id)|reklamations\w*""",
    "customer": r"""customer(?:\s?(?:number|no|nr|id))?|kunden\w*|client|cliente|klant\w*|klient\w*|m[uü]şteri\w*
        |account(?:\s?(?:number|no|nr|id))?|acct|konto\w*|user\s?(?:id|name)?|member\w*|клиент\w*|клієнт\w*|iban|bic|vat|ust-?id""",
    "phone": r"""phone\w*|tel(?:\w+)?\.?|mobile|cell(?:phone)?|handy\w*|call(?:\sme)?(?:\s(?:on|at|back))?|whats?app|fax|sms|text\sme
        |rufnummer|ruf(?:en)?|anruf\w*|appel\w*|ll[aá]m\w*|chiama\w*|ligue|celular|móvil|movil|gsm|bel(?:len)?|zadzwoń|dzwoni\w*|ara\w*
        |contact\s(?:number|no)|my\snumber\sis\s\+|тел\w*|номер\sтелефон\w*|numer\stelefonu|nummer\sist\s0""",
    "address": r"""zip(?:\s?code)?|plz|postcode|post\s?code|postal(?:\scode)?|postleitzahl|pin\s?code|pincode|cep|cap|c\.?p\.?|kod\spocztowy|posta\skodu
        |code\spostal|c[oó]digo\spostal|индекс|індекс|house(?:\sno)?|hausnummer|street|straße|strasse|apt|apartment|flat|unit|floor|room|suite|rue|calle|via|rua|ulica|ul
        |ship(?:ped)?\s(?:it\s)?to|deliver(?:ed)?\s(?:it\s)?to|address(?:\sis)?|adresse|p\.?o\.?\s?box|postfach""",
    "code": r"""otp|one[-\s]?time\s(?:code|password)|pin|code|passcode|password|cvv|cvc|kod\w*|código|codigo|codice|codes|код|verification\w*|tan|coupon\w*|voucher\w*|gutschein\w*
        |promo\w*|discount\w*|rabatt\w*|gift\s?card""",
    "card": r"""card(?:\s(?:number|no|ending))?(?:\s(?:in|with))?|end(?:ing|s)(?:\s(?:in|with))?|visa|mastercard|amex|karte\w*|carte|tarjeta|carta|cartão|last\s(?:four|4)(?:\sdigits)?""",
    "article": r"""art(?:icle|ikel\w*|\.)?(?:-?\s?(?:nr|no|number))?|item(?:\s(?:number|no|nr))?|sku|ean|upc|gtin|isbn|asin|model(?:l|lo|e)?|mod|product(?:\s?(?:id|number|no|code))?
        |produkt\w*|référence\sproduit|serial(?:\s(?:number|no))?|imei|part\s(?:number|no)|артикул|size|grö(?:ß|ss)e|gr|taille|talla|taglia|tamanho|maat|rozmiar|beden|размер|розмір|colou?r""",
    "money": r"""paid|pay|cost|costs|price|worth|refund\sof|total|sum|amount|bezahlt|payé|pagado|pagato|pago|betaald|preis|prix|precio|prezzo|budget""",
    "year": r"""since|until|till|by|year|in|seit|bis|depuis|desde|dal|jahr|january|february|march|april|may|june|july|august|september|october|november|december
        |jan|feb|mar|apr|jun|jul|aug|sep|sept|oct|nov|dec|januar|februar|märz|mai|juni|juli|oktober|dezember""",
    "order": r"""orders?(?:\s?(?:number|numbers|no|nr|num|id|ref|reference|code))?|ordernumber|orderno|ord|purchase(?:\s(?:number|no|id|order))?|oder
        |(?:auf|be)?stell\w*nr|bestell\w*|auftrag\w*|bestellnr|order-?nr|commandes?|cmd|n[uú]mero\sde\s(?:commande|pedido|orden|ordine|encomenda)
        |pedidos?|compra|ordin[ei]|ordine|acquisto|encomendas?|bestelling(?:en|snummer)?|bestelnummer|ordernummer|zam[oó]wieni\w*|nr\szam\w*
        |sipariş\w*|siparis\w*|заказ\w*|замовлен\w*|ref|reference|order-id|commande|orden|سفارش|طلب|الطلب|طلبي|订单号?|訂單號?|注文番号|注文|주문번호|주문
        |הזמנה|παραγγελία\w*|objednávk\w*|rendel\w*|comand\w*|tilaus\w*|beställning\w*|bestilling\w*|ordre\w*|porudžbin\w*|narudžb\w*|pesanan|ऑर्डर|заявк\w*|поръчка\w*""",
}


def _group(kind: str) -> str:
    return re.sub(r"\s*\n\s*", "", KINDS[kind])


_BORDER: Final = r"(?<![^\W\d_])"
_END: Final = r"(?![^\W\d_])"
ANY_LABEL: Final = (
    _BORDER + "(?:" + "|".join(_group(kind) for kind in KINDS) + ")" + _END + r"\.?"
)
_KIND_OF: Final = [
    (kind, re.compile(f"(?:{_group(kind)})\\.?", re.IGNORECASE)) for kind in KINDS
]


def kind_of(label: str) -> str:
    """Returns the kind of a label that `ANY_LABEL` matched."""
    return next((kind for kind, shape in _KIND_OF if shape.fullmatch(label)), "")


#: What may stand between a label and its number.
BETWEEN: Final = (
    r"(?:number|numbers|no|nr|num|n[uú]mero|numer|numero|nummer|numarası|номер|nro|id|code"
    r"|is|are|was|ist|est|es|è|jest|the|my|our|your|a|it|its|it's|of|for|with|reference|ref"
    r"|this|that|one|de|der|die|das|meine|le|la|el|il|n|n°|nº|№|not|but|please|pls|called"
    r"|:|\#|=|\.|-|\()"
)
#: What joins two order numbers.
AND: Final = (
    r"and|und|et|y|e|en|i|ve|и|та|і|oder|or|not|but|nicht|sondern|no|pas|instead\sof"
)
#: An order label that says a number or code follows, whatever it looks like.
NAMED_ORDER: Final = (
    r"\b(?:(?:order|bestell|auftrags?|purchase|booking)[\s-]?(?:number|no\.?|nr\.?|id|code"
    r"|ref(?:erence)?|nummer|:|\#)|ref(?:erence)?(?:\s(?:number|no|code))?|order\s?\#"
    r"|n[uú]mero\sde\s(?:commande|pedido)|numero\sd['i]\s?ordine)"
)
IS_MY: Final = (
    r"(?:is|was|are|as|ist|est|es|è|jest|это|це)\s(?:my|the|our|meine|die|der|mon|ma|mi|il|el"
    r"|o|minha|mijn|moje|мой|моє)|="
)
CURRENCY: Final = (
    r"[$€£¥₹₺₴₽]|z[łl]|(?:usd|eur|gbp|chf|inr|pln|try|uah|rs\.?|tl)(?![a-z])"
)
CURRENCY_WORD: Final = (
    r"dollars?|bucks|euros?|pounds?|quid|rupees?|złot\w+|zlot\w+|lira|грн|гривень|руб\w*|cents?"
    r"|pesos?|francs?|franken|reais"
)
UNIT: Final = (
    r"days?|weeks?|months?|years?|hours?|hrs?|minutes?|mins?|secs?|seconds?|times?"
    r"|tage?n?|wochen?|monate?n?|jahre?n?|stunden?|minuten?"
    r"|jours?|semaines?|mois|ans?|heures?|d[ií]as?|semanas?|mes(?:es)?|años?|horas?|anos?"
    r"|giorni|giorno|settiman[ae]|mesi|mese|ore|ora|anni|dagen|dag|weken|week|maanden|uur"
    r"|dni|dzień|tygodni\w*|miesi\w+|godzin\w*|gün|hafta|ay|yıl|saat|дн\w+|недел\w+|тижн\w+|месяц\w*|місяц\w*|час\w*"
    r"|pcs?|pieces?|stück|stk|pi[eè]ces?|piezas?|pezzi|peças|stuks|sztuk\w*|szt|adet|шт\w*"
    r"|items?|products?|articles?|shirts?|t-?shirts?|tees?|hoodies?|mugs?|shoes?|pairs?|boxes"
    r"|posters?|caps?|bags?|bottles?|packs?|units?|controllers?|artikel|paar|people|persons?|customers?"
    r"|kg|g|mg|ml|l|cm|mm|m|km|inch(?:es)?|ft|lbs?|oz|gb|tb|mb|w|v|mah|hz|am|pm|uhr|st|nd|rd|th"
    r"|points?|followers?|stars?|emails?|e-?mails?|messages?|calls?|mails?|x"
)
STREET_BEFORE: Final = (
    r"\w*(?:stra(?:ß|ss)e|str\.|weg|platz|allee|gasse|ring|damm|ufer|laan|straat|plein|gade|vej)"
    r"|(?:rue|avenue|calle|via|rua|ulica|ul\.|piazza|plaza|viale|corso|avenida|bulvar)\s\w+(?:\s\w+)?"
)
STREET_AFTER: Final = (
    r"street|str|st|road|rd|avenue|ave|lane|ln|drive|dr|boulevard|blvd|court|ct|way|square|sq"
    r"|terrace|close|place|pl|highway|hwy|crescent|gardens|park"
)
#: Words right before a bare number of four digits that may still be an order.
BEFORE_A_SHORT_ONE: Final = frozenset(
    "cancel track status where where's wheres is its it's s about for check my the number no"
    " nr update on please pls hi hello hey with not but and und et y e storniere stornieren"
    " anuler annuler annuleren cancelar annullare annulla anuluj iptal скасувати отменить"
    " wo où ou donde dónde dove onde waar gdzie nerede где де ist est es está".split(),
)

_SPOILERS: Final = re.compile(
    _BORDER
    + r"(?:"
    + "|".join(_group(k) for k in ("phone", "address", "tracking", "card", "customer"))
    + r"|otp|coupon|voucher|gutschein|zip|sku|ean|rtx|gtx|iphone|galaxy|points?|street|road)"
    + _END,
    re.IGNORECASE,
)


def spoils_bare_numbers(text: str) -> bool:
    """Returns whether the text talks of something a bare number could be."""
    return bool(_SPOILERS.search(text))
