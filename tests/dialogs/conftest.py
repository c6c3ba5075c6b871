import pytest

from bot.packs import installed_pack
from dialogs.dialogue import Dialogue


@pytest.fixture(scope="session")
def dialogue() -> Dialogue:
    return Dialogue(installed_pack()[0])
