"""How many of a class would get a place: as many as one exact assignment of people to open places can serve."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping


def placed(wanted: Iterable[tuple[int, int]], places: Mapping[int, int], seats: int) -> int:
    """The most people of a class of so many seats who can each have a place of their own.

    wanted : pairs (person, post) that the class would open; places : post -> places left. Whoever is chosen for the
    class is chosen best: any people who can be placed together may be the class, so it is the smaller of the seats and
    the largest assignment (augmenting paths: Kuhn 1955; a post from which no path leads on never helps again).
    """
    posts_of: dict[int, list[int]] = defaultdict(list)
    for person, post in wanted:
        posts_of[person].append(post)
    holds: dict[int, list[int]] = defaultdict(list)
    dead: set[int] = set()
    n_placed = 0
    for person in sorted(posts_of, key=lambda one: (len(posts_of[one]), one)):
        if n_placed >= seats:
            break
        n_placed += _seated(person, posts_of, holds, places, dead)
    return n_placed


def _seated(
    person: int,
    posts_of: Mapping[int, list[int]],
    holds: dict[int, list[int]],
    places: Mapping[int, int],
    dead: set[int],
) -> bool:
    """Give a person a place, moving others on where that frees one; False if nothing does."""
    came_from: dict[int, tuple[int, int | None]] = {}
    queue: list[tuple[int, int | None]] = [(person, None)]
    while queue:
        one, before = queue.pop()
        for post in posts_of[one]:
            if post in came_from or post in dead:
                continue
            came_from[post] = (one, before)
            if len(holds[post]) < places.get(post, 0):
                _move(post, came_from, holds)
                return True
            queue += [(other, post) for other in holds[post]]
    dead.update(came_from)
    return False


def _move(post: int, came_from: Mapping[int, tuple[int, int | None]], holds: dict[int, list[int]]) -> None:
    """Everybody on the path goes one post on."""
    at: int | None = post
    while at is not None:
        one, before = came_from[at]
        holds[at].append(one)
        if before is not None:
            holds[before].remove(one)
        at = before
