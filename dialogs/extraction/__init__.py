"""Facts out of free text: what a description truly says, what it leaves open, and from which words."""

from dialogs.extraction.candidates import Doubt, Extraction
from dialogs.extraction.reader import LONGEST_DESCRIPTION, TooLongError, extract
from dialogs.extraction.report import extraction_messages

__all__ = ["LONGEST_DESCRIPTION", "Doubt", "Extraction", "TooLongError", "extract", "extraction_messages"]
