"""``backorder-bot languages``: how complete each language is."""

from __future__ import annotations


def languages() -> None:
    """Show how complete each language is: sentences translated, phrases understood.

    Adding one is a catalogue (flows/locale) and a phrase file (flows/phrases).
    """
    from babel import Locale
    from rich.console import Console
    from rich.table import Table

    from flows.locale.draft import read_catalogue, template
    from flows.wording import HERE
    from flows.wording import languages as spoken

    table = Table("language", "sentences", "translated", "understood", box=None)
    wanted = {message.id for message in template() if message.id}
    for language in spoken():
        name = Locale.parse(language).get_display_name("en")
        done = {m.id for m in read_catalogue(language) if m.id and _whole(m.string)}
        share = 1.0 if language == "en" else len(done & wanted) / max(len(wanted), 1)
        phrases = HERE / "phrases" / f"{language}.toml"
        table.add_row(
            f"{name} ({language})",
            str(len(wanted)),
            f"{share:.0%}",
            "yes" if phrases.exists() else "no",
        )
    Console().print(table)


def _whole(text: str | tuple[str, ...] | list[str] | None) -> bool:
    if text is None or isinstance(text, str):
        return bool(text)
    return all(text)
