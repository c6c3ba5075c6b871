"""The forms of a project as pictures of their pages, with the places of their cells; kept while nothing changes."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import msgspec

from bot.recent import Recent
from documents.page import page_of, template_name

if TYPE_CHECKING:
    from documents.page import Content
    from documents.preview import Preview

MOST_KEPT = 48
"""A preview of one page takes about 200 KB."""


class Previews:
    """Previews by a digest of what they show; threads share it."""

    def __init__(self, most: int = MOST_KEPT) -> None:
        """Keep the ``most`` last used."""
        self._kept = Recent[str, "Preview"](most)

    def of(self, content: Content) -> tuple[str, Preview]:
        """Return the preview of a page, and the digest under which its pictures can be asked for."""
        from documents.preview import render_preview  # takes longer to import than to use

        shown = [template_name(content), page_of(content)]
        digest = hashlib.sha256(msgspec.json.encode(shown)).hexdigest()[:20]
        preview = self.kept(digest)
        if preview is None:
            preview = render_preview(content)
            self._kept.put(digest, preview)
        return digest, preview

    def kept(self, digest: str) -> Preview | None:
        """Return a preview that was made before, unless it had to make room."""
        return self._kept.get(digest)
