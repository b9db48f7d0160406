"""What every process of ours begins with."""

import gc

from config.setting_up import nothing_swept


def test_while_the_apps_are_loaded_nobody_looks_for_garbage_and_afterwards_somebody_does() -> None:
    with nothing_swept():
        meanwhile = gc.isenabled()

    assert not meanwhile
    assert gc.isenabled()
