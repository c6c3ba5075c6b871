"""What ``shenbao worker`` does for many machines on PostgreSQL: it sends, reminds, tidies up and sweeps."""
