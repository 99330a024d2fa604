"""What our engine says to a Janus, and what it makes of one that refuses or says nothing; played without a Janus."""
from uuid import UUID, uuid4

from consult.call.engines.janus import number_of


def test_no_page_can_be_drawn_to_have_the_number_of_another() -> None:
    room, page = uuid4(), uuid4()
    alike = UUID(int=page.int ^ (1 << 90))      # all that was counted of it, and yet another page
    assert number_of(room, page) != number_of(room, alike)
    assert number_of(room, page) != number_of(uuid4(), page) and number_of(room, page) == number_of(room, page)
    assert all(0 < number_of(uuid4()) < 1 << 52 for _ in range(100))
