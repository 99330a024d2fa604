"""Reads a page the way people and screen readers do: visible text and spoken attributes, with their language."""

from __future__ import annotations

from html.parser import HTMLParser

SPOKEN = ("aria-label", "title", "placeholder", "alt")
VOID = {"meta", "link", "input", "img", "br", "hr", "path", "circle", "rect", "polyline"}


class Words(HTMLParser):
    """Collects (language, text) of everything that is read; the language is that of the nearest `lang`."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.langs: list[tuple[str, str]] = []
        self.found: list[tuple[str, str]] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    @property
    def lang(self) -> str:
        return self.langs[-1][1] if self.langs else ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        self.tags.append((tag, named))
        lang = named.get("lang") or self.lang
        self.found += [(lang, named[name] or "") for name in SPOKEN if named.get(name)]
        self.found += [(lang, value or "") for name, value in attrs if name.startswith("data-t-")]
        if tag not in VOID:
            self.langs.append((tag, lang))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.langs.pop()

    def handle_endtag(self, tag: str) -> None:
        while self.langs and self.langs.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if data.strip():
            self.found.append((self.lang, data.strip()))

    def count(self, tag: str) -> int:
        return sum(1 for name, _ in self.tags if name == tag)
