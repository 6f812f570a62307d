"""The back-off of password guesses."""

from api.throttle import ENTRIES, FREE_GUESSES, FREE_GUESSES_PER_ADDRESS, LONGEST_WAIT_S, GuessThrottle
from tests.api.conftest import Clock


def test_each_further_failure_doubles_the_wait_up_to_the_longest() -> None:
    throttle = GuessThrottle(Clock())
    waits = []
    for _ in range(FREE_GUESSES + 10):
        throttle.failed("a", "x")
        waits.append(throttle.wait("a", "x"))
    # the fifth failure starts at 2**0; 2**9 = 512 is over the longest wait
    assert waits == [0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 64, 128, 256, LONGEST_WAIT_S, LONGEST_WAIT_S]


def test_time_and_success_bring_the_wait_to_an_end() -> None:
    clock = Clock()
    throttle = GuessThrottle(clock)
    for _ in range(FREE_GUESSES + 3):
        throttle.failed("a", "x")
    assert throttle.wait("a", "x") == 8
    clock.now += 5
    assert throttle.wait("a", "x") == 3
    clock.now += 3
    assert throttle.wait("a", "x") == 0
    throttle.succeeded("a", "x")
    throttle.failed("a", "x")
    assert throttle.wait("a", "x") == 0


def test_other_addresses_and_accounts_are_not_slowed_down() -> None:
    throttle = GuessThrottle(Clock())
    for _ in range(FREE_GUESSES + 3):
        throttle.failed("a", "x")
    assert throttle.wait("b", "x") == 0
    assert throttle.wait("a", "y") == 0


def test_one_address_on_many_accounts_is_slowed_down_in_the_end() -> None:
    throttle = GuessThrottle(Clock())
    for number in range(FREE_GUESSES_PER_ADDRESS):
        throttle.failed("a", f"account {number}")
    assert throttle.wait("a", "a new one") == 1


def test_a_success_is_forgotten_for_its_pair_and_not_for_the_address() -> None:
    throttle = GuessThrottle(Clock())
    for number in range(FREE_GUESSES_PER_ADDRESS):
        throttle.failed("a", f"account {number}")
    throttle.succeeded("a", "own account")
    assert throttle.wait("a", "another") == 1


def test_memory_has_an_end() -> None:
    throttle = GuessThrottle(Clock())
    for number in range(ENTRIES):
        throttle.failed(f"address {number}", "x")
    assert len(throttle._counts) <= ENTRIES


def test_an_hour_of_quiet_is_forgotten() -> None:
    clock = Clock()
    throttle = GuessThrottle(clock)
    for _ in range(FREE_GUESSES + 20):
        throttle.failed("a", "x")
    clock.now += 3601
    assert throttle.wait("a", "x") == 0
    throttle.failed("a", "x")
    assert throttle.wait("a", "x") == 0
