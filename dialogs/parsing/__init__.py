"""From what people type to values: one module for each kind of answer."""
