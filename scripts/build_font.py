"""Make the font that the PDFs embed: Noto Serif SC cut to the characters that Chinese official text needs.

Run it where ``npm`` works::

    uv run --no-sync python scripts/build_font.py

The source is the npm package ``@expo-google-fonts/noto-serif-sc``, which carries the whole font in one file.
``@fontsource/noto-serif-sc``, although newer, is no source: all its 102 slices together lack 99 characters of
GB 2312 (Greek, Roman numerals, and 33 Chinese characters such as 轷 and 齄).

Writes into ``documents/fonts``: the font under a name of its own (the Open Font License asks a changed font to
give up the old one), the licence, and the ranges of the characters in it, so that the renderer need not parse
ten megabytes to know what it can print.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

PACKAGE = "@expo-google-fonts/noto-serif-sc@0.4.3"
MEMBER = "package/400Regular/NotoSerifSC_400Regular.ttf"
LICENCE = "package/LICENSE_FONT"
FONTS = Path(__file__).resolve().parent.parent / "documents" / "fonts"
FAMILY = "Shenbao Serif"
POSTSCRIPT_NAME = "ShenbaoSerif-Regular"

RANGES = (
    (0x0020, 0x007E),  # ASCII
    (0x00A0, 0x017F),  # Latin-1 and the letters of European names
    (0x2010, 0x205E),  # dashes, quotation marks, ellipses
    (0x2100, 0x214F),  # ℃ № and other letter-like signs
    (0x2150, 0x218B),  # fractions and Roman numerals
    (0x2460, 0x24FF),  # ① to ⑳ and beyond
    (0x3000, 0x30FF),  # 〇 〓 〔 〕 and kana: GB 2312 writes its middle dot as ・
    (0x3200, 0x33FF),  # ㈠ ㎡
    (0x9FA6, 0x9FFF),  # characters added to the main block after GBK
    (0xFF01, 0xFFE6),  # full-width forms
)
RARE_NAMES = (
    "㑇㑊㕮㘎㙍㙘㙦㛃㛚㛹㟃㠇㠓㤘㥄㧐㧑㧟㫰㬊㬎㬚㭎㭕㮾㰀㳇㳘㳚㴔㵐㶲㸆㸌㺄㻬㽏㿠䁖䂮䃅䃎䅟䌹"
    "䎃䎖䏝䏡䏲䐃䓖䓛䓨䓫䓬䗖䗛䗪䗴䜣䝙䢺䢼䣘䥽䦃䲟䲠䲢䴓䴔䴕䴖䴗䴘䴙䶮"
)
"""Characters of personal and place names that stand outside GBK."""


def double_byte(encoding: str) -> set[int]:
    """Return the code points that a double-byte Chinese encoding can write."""
    found: set[int] = set()
    for lead in range(0x81, 0xFF):
        for trail in range(0x40, 0xFF):
            try:
                found.add(ord(bytes((lead, trail)).decode(encoding)))
            except UnicodeDecodeError:
                continue
    return found


def wanted() -> set[int]:
    """Return the code points the font shall have, as far as its source has them."""
    chosen = double_byte("gbk") | {ord(character) for character in RARE_NAMES}
    for first, last in RANGES:
        chosen.update(range(first, last + 1))
    return chosen


def fetch(folder: Path) -> tuple[Path, str]:
    """Download the package and return the path of the font in it and the words of its licence."""
    done = subprocess.run(  # noqa: S603
        ["npm", "pack", "--silent", PACKAGE],  # noqa: S607
        cwd=folder,
        check=True,
        capture_output=True,
        text=True,
    )
    with tarfile.open(folder / done.stdout.split()[-1]) as archive:
        archive.extract(MEMBER, folder, filter="data")
        archive.extract(LICENCE, folder, filter="data")
    return folder / MEMBER, (folder / LICENCE).read_text(encoding="utf-8")


def cut(source: Path) -> TTFont:
    """Return the font with the wanted characters only, without hints and layout rules, under its new name."""
    font = TTFont(source, recalcTimestamp=False)
    options = subset.Options()
    options.layout_features = []
    options.hinting = False
    options.notdef_outline = True
    options.name_IDs = ["*"]
    options.drop_tables += ["BASE", "GDEF", "GPOS", "GSUB", "STAT", "gasp", "vhea", "vmtx"]
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=wanted())
    cutter.subset(font)
    names = {
        1: FAMILY,
        2: "Regular",
        3: f"{POSTSCRIPT_NAME};{font['head'].fontRevision:.3f}",
        4: FAMILY,
        6: POSTSCRIPT_NAME,
    }
    table = font["name"]
    table.names = [record for record in table.names if record.nameID in (0, 5, 8, 9, 13, 14)]
    for identifier, words in names.items():
        table.setName(words, identifier, 3, 1, 0x409)
    return font


def ranges(codes: set[int]) -> list[tuple[int, int]]:
    """Return code points as first and last of each unbroken run."""
    runs: list[tuple[int, int]] = []
    for code in sorted(codes):
        if runs and runs[-1][1] == code - 1:
            runs[-1] = (runs[-1][0], code)
        else:
            runs.append((code, code))
    return runs


def main() -> int:
    """Build the three files; return 1 when the result would lack a character of GB 2312."""
    with tempfile.TemporaryDirectory() as folder:
        source, licence = fetch(Path(folder))
        font = cut(source)
    codes = set(font.getBestCmap())
    lost = double_byte("gb2312") - codes
    if lost:
        print("GB 2312 is not covered:", "".join(map(chr, sorted(lost))))
        return 1
    FONTS.mkdir(exist_ok=True)
    path = FONTS / f"{POSTSCRIPT_NAME}.ttf"
    font.save(path)
    copyright_line = font["name"].getDebugName(0)
    (FONTS / "OFL.txt").write_text(f"{copyright_line}\n\n{licence}", encoding="utf-8")
    lines = ",\n".join(json.dumps(run) for run in ranges(codes))
    (FONTS / "coverage.json").write_text(f"[\n{lines}\n]\n", encoding="utf-8")
    print(f"{path.name}: {len(codes)} characters, {path.stat().st_size / 1e6:.1f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
