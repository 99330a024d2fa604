"""Third people as tests make them: asked, knocking, let in."""
from dataclasses import dataclass
from uuid import UUID

from app.work import Actor
from consult import api as consult
from tests.cast import Scene


@dataclass(frozen=True)
class Third:
    """Somebody at the door or inside, with what only they know."""

    id: UUID
    link: str
    code: str
    session: str

    def does(self, scene: Scene, act, *args, **more):
        """Act as this guest, in one transaction, with the session asked anew as a page does."""
        with scene.house.write(Actor("nobody")) as work:
            found = consult.guest_actor(work, self.session)
            assert found is not None
            work.actor = found
            return act(work, *args, **more)

    def sees(self, scene: Scene, look, *args):
        """Look as this guest."""
        with scene.house.read(Actor("nobody")) as work:
            found = consult.guest_actor(work, self.session)
            assert found is not None
            work.actor = found
            return look(work, *args)


def offered(scene: Scene, visit: consult.Visit, role: str = "interpreter", by: str = "lin") -> consult.Offered:
    return scene.does(by, consult.invite_guest, visit.id, role)


def knocks(scene: Scene, made: consult.Offered, name: str = "刘芳", code: str | None = None, actor: Actor | None = None,
           ) -> Third:
    """Come by the link; the code is the right one unless another is given."""
    with scene.house.write(actor or Actor("nobody")) as work:
        session = consult.knock(work, made.link, code or made.code, name)
    return Third(made.guest.id, made.link, made.code, session)


def let_in(scene: Scene, visit: consult.Visit, role: str = "interpreter", by: str = "lin", name: str = "刘芳") -> Third:
    """Asked, knocked, and let in by Dr Lin into the call that goes on."""
    third = knocks(scene, offered(scene, visit, role, by), name)
    scene.does("lin", consult.admit_guest, third.id)
    return third
