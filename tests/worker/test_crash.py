"""A small sample of `python -m loadtests.crash`: kills of workers and of the store while push requests go out."""

from pathlib import Path

import pytest
from loadtests.crash.run import Run

pytestmark = pytest.mark.anyio


async def test_kills_of_workers_and_of_the_store_lose_nothing_and_send_nothing_twice(tmp_path: Path) -> None:
    told = await Run(tmp_path, seed=7, requests=600, kills=3).run()
    assert told.sound, told
    assert min(told.worker_kills, told.store_kills) > 0
    assert told.states.keys() <= {"accepted", "unknown"}
    assert told.unknown.keys() <= {"blind"}, "where the provider can be asked, nothing stays unknown"
