"""When a part of a long message makes an emergency by itself."""

import pytest

from bot.understanding.danger import window_decides

CONFIG = {"window_threshold": 0.9, "window_floor": 0.05}


@pytest.mark.parametrize(("whole", "window", "decides"), [(0.2, 0.95, True), (0.05, 0.9, True), (0.2, 0.85, False), (0.01, 0.99, False)])
def test_a_clear_part_decides_unless_the_whole_plainly_tells_of_something_else(whole, window, decides):
    assert window_decides(CONFIG, whole, window) is decides
