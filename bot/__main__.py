"""``python -m bot`` is ``shenbao``."""

from bot.cli import main

if __name__ == "__main__":
    main()
