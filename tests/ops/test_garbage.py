import gc

import pytest

from raidbot.ops.garbage import ShortCollections


@pytest.mark.parametrize(("long_seconds", "left_out"), [(0.0, True), (3600.0, False)], ids=["long", "short"])
def test_survivors_of_a_long_collection_are_left_out_of_the_next(long_seconds: float, *, left_out: bool) -> None:
    watch = ShortCollections(long_seconds)
    lasting = [[number] for number in range(1000)]
    gc.callbacks.append(watch)
    frozen = gc.get_freeze_count()
    try:
        gc.collect()

        assert (gc.get_freeze_count() - frozen >= len(lasting)) == left_out
    finally:
        gc.callbacks.remove(watch)
        if left_out:
            gc.unfreeze()
