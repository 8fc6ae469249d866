"""Growth of memory is known from what only comes of age."""

from soak.growth import growth, growth_of_workers
from soak.samples import Aged, Sample


def sample(at: float, *workers: Aged) -> Sample:
    """Give a look at that second."""
    return Sample(at, 0, 0, 0, 0, 100.0, workers)


def lives(more_each: float) -> list[Sample]:
    """Give looks at ten workers in a row, that grow with age and from one to the next."""
    return [
        sample(
            20 * number + age,
            Aged(number, forked=False, age=age, megabytes=80 + age + more_each * number),
        )
        for number in range(10)
        for age in (2, 6, 12, 18)
    ]


def test_workers_that_grow_with_age_alone_are_flat() -> None:
    """Each has what the one before had when it was as old."""
    assert 1.0 == growth_of_workers(lives(0))


def test_later_workers_that_have_more_are_noticed() -> None:
    """At the age that most came to."""
    assert growth_of_workers(lives(4)) > 1.1


def test_of_few_workers_the_largest_counts() -> None:
    """One that lives on, and grows."""
    old = [sample(at, Aged(1, forked=False, age=at, megabytes=80 + at)) for at in range(40)]
    assert growth_of_workers(old) > 1.1


def test_a_daemon_is_compared_with_itself() -> None:
    """Its last quarter with its second; what it takes at first counts for nothing."""
    assert 1.2 == growth([1.0] * 5 + [100.0] * 10 + [120.0] * 5)
