"""Who may: the role check that commands of this room begin with."""
from uuid import UUID

from app.kit.problems import NotAllowed, NotSignedIn
from app.work import Work


def require_role(work: Work, *roles: str) -> None:
    """Let only these roles pass. Raises NotAllowed."""
    if work.actor.role not in roles:
        raise NotAllowed(role=work.actor.role)


def require_account(work: Work) -> UUID:
    """The account of the signed-in person. Raises NotSignedIn."""
    if work.actor.account_id is None:
        raise NotSignedIn
    return work.actor.account_id
