"""Our workbooks as LibreOffice opens them, where it is installed."""

import shutil
import subprocess
from pathlib import Path
from xml.etree import ElementTree

import pytest

_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_STYLE = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"
_FO = "{urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0}"
_MOST = 100_000  # a repetition beyond it fills the sheet with nothing


class Opened:
    """A workbook after LibreOffice has read it and computed what it takes for a formula."""

    def __init__(self, flat: Path) -> None:
        root = ElementTree.parse(flat).getroot()  # noqa: S314 (written by the program on this machine)
        self.formulas = [
            cell.attrib[f"{_TABLE}formula"]
            for cell in root.iter(f"{_TABLE}table-cell")
            if f"{_TABLE}formula" in cell.attrib
        ]
        self.links = len(list(root.iter(f"{_TEXT}a")))
        self._fills = {
            style.attrib[f"{_STYLE}name"]: properties.attrib.get(f"{_FO}background-color", "transparent")
            for style in root.iter(f"{_STYLE}style")
            for properties in style.iter(f"{_STYLE}table-cell-properties")
        }
        self._sheets = {sheet.attrib[f"{_TABLE}name"]: sheet for sheet in root.iter(f"{_TABLE}table")}

    def cells(self, sheet: str) -> dict[tuple[int, int], tuple[str, str]]:
        """(row, column), from 1: the text of each cell that says something, and its fill."""
        found: dict[tuple[int, int], tuple[str, str]] = {}
        row = 1
        for line in self._sheets[sheet].iter(f"{_TABLE}table-row"):
            column = 1
            for cell in line.iter(f"{_TABLE}table-cell"):
                if text := "\n".join("".join(part.itertext()) for part in cell.iter(f"{_TEXT}p")):
                    fill = self._fills.get(cell.attrib.get(f"{_TABLE}style-name", ""), "transparent")
                    found[row, column] = text, fill
                column += int(cell.attrib.get(f"{_TABLE}number-columns-repeated", 1))
            row += min(int(line.attrib.get(f"{_TABLE}number-rows-repeated", 1)), _MOST)
        return found


def opened_by_libreoffice(path: Path) -> Opened:
    """Read a workbook in a process of LibreOffice's own; the test is skipped where there is none."""
    program = shutil.which("soffice")
    if program is None:
        pytest.skip("LibreOffice is not installed (libreoffice-calc-nogui)")
    profile = (path.parent / "profile").as_uri()
    command = [program, "--headless", "--norestore", f"-env:UserInstallation={profile}"]
    subprocess.run(
        [*command, "--convert-to", "fods", "--outdir", str(path.parent), str(path)],
        check=True,
        capture_output=True,
        timeout=120,
    )
    return Opened(path.with_suffix(".fods"))
