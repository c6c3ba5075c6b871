# The part of the library that this project uses; it raises NotImplementedError for a year not yet published.
from datetime import date

def is_holiday(date: date) -> bool: ...
