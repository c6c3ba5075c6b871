"""The same content gives the same bytes: zip files without the moment of writing in them."""

from __future__ import annotations

import io
import zipfile

EPOCH = (1980, 1, 1, 0, 0, 0)
"""The earliest moment a zip can name; it stands for none."""


def repack(data: bytes) -> bytes:
    """Return a zip with the same members, in the same order, all dated ``EPOCH``."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as source,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for name in source.namelist():
            target.writestr(undated(name), source.read(name))
    return out.getvalue()


def undated(name: str) -> zipfile.ZipInfo:
    """Return the entry under which a file goes into a zip without telling when or on which system."""
    member = zipfile.ZipInfo(name, EPOCH)
    member.compress_type = zipfile.ZIP_DEFLATED
    # One system for all, so that the bytes do not tell where they were written; under any but Unix (3), unzip
    # on Linux would take the UTF-8 names for a DOS code page.
    member.create_system = 3
    member.external_attr = 0o644 << 16
    return member
