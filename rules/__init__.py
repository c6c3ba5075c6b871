"""What the law says: packs (YAML and CEL), assessment, deadlines, calendar. Pure: no I/O, no clock."""
