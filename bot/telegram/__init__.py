"""The Telegram channel: updates in, replies out. The library it needs is imported only when a bot is served."""
