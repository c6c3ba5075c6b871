"""Forms of a page as a browser sends them: every field with what it holds, and the button that is pressed."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from httpx2 import Response
    from visiting import Browser

    from dialogs.draft import Draft

Sent = dict[str, list[str]]


class Form(NamedTuple):
    """A form of a page: where it goes, what its fields hold, the values that its buttons and boxes offer."""

    action: str
    fields: Sent
    offered: Sent


def forms_of(text: str) -> list[Form]:
    """Return the forms of a page."""
    reader = _Reader()
    reader.feed(text)
    return reader.forms


def form_of(browser: Browser) -> Form:
    """Return the form of the questions, or the one that asks about changes."""
    return next(
        form for form in forms_of(browser.text) if "section" in form.fields and form.fields.keys() - _KEYS
    )


def opens_section(browser: Browser, project: str, section: str) -> Form:
    """Open a section of a project's form."""
    browser.opens(f"{project}/form?section={section}")
    return form_of(browser)


def fills(browser: Browser, go: str = "stay", **answers: str | list[str]) -> Response:
    """Fill in fields of the section that is open, and press a button; the rest stays as it is drawn."""
    form = form_of(browser)
    return sends(browser, form, go=go, **{f"a_{name}": value for name, value in answers.items()})


def sends(browser: Browser, form: Form, **fields: str | list[str]) -> Response:
    """Send a form with some fields changed, as it is or as it was."""
    browser.shown = browser.client.post(form.action, data={**form.fields, **fields})
    return browser.shown


def draft_of(browser: Browser, path: str) -> Draft:
    """Return what is kept of a project."""
    with browser.site.conversation.database.unit_of_work() as work:
        return browser.site.conversation.load(work, int(path.rpartition("/")[2])).draft


def facts(browser: Browser, path: str) -> dict[str, Any]:
    """Return the answers of a project."""
    return draft_of(browser, path).facts


_KEYS = {"csrf", "turn", "section", "take_over"}


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.name = ""
        self.words: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append(Form(given.get("action", ""), {}, {}))
        name, value = given.get("name", ""), given.get("value", "")
        if tag == "textarea":
            self.name, self.words = name, []
        elif tag == "button" and name:
            self.forms[-1].offered.setdefault(name, []).append(value)
        elif tag == "input" and name and "disabled" not in given:
            kind = given.get("type", "text")
            if kind in ("radio", "checkbox"):
                self.forms[-1].offered.setdefault(name, []).append(value)
            if kind not in ("radio", "checkbox") or "checked" in given:
                self.forms[-1].fields.setdefault(name, []).append(value)

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            # Browsers drop the line end after the tag, and send others as CR LF.
            words = "".join(self.words).removeprefix("\n").replace("\n", "\r\n")
            self.forms[-1].fields.setdefault(self.name, []).append(words)
