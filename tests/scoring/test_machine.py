import os

import pytest

from scoring.machine import processors


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="this system pins no process to processors")
def test_only_the_processors_that_the_process_may_use_count() -> None:
    allowed = os.sched_getaffinity(0)
    try:
        os.sched_setaffinity(0, {min(allowed)})

        assert processors() == 1
    finally:
        os.sched_setaffinity(0, allowed)
