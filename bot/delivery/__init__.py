"""Messages leave the outbox: paced, in the order of each chat, tried again until they are out or given up."""
