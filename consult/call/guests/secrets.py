"""What opens the door: a link that nobody guesses, a short code that is told, and a session; kept as hashes only."""
import hashlib
import hmac
import secrets

from app.storage import Vault
from app.work import Work

DIGITS = 6


def new_link() -> str:
    """256 random bits for an address or a cookie."""
    return secrets.token_urlsafe(32)


def new_code() -> str:
    """Six digits that can be read out."""
    return f"{secrets.randbelow(10 ** DIGITS):0{DIGITS}d}"


def hash_of(secret: str) -> str:
    """What the table keeps of a link or session."""
    return hashlib.sha256(secret.encode()).hexdigest()


def code_hash(work: Work, link_hash: str, code: str) -> str:
    """What the table keeps of a code: keyed, because a million codes are tried in a second against a plain hash."""
    return work.tool(Vault).blind_index(f"{link_hash}:{code}", "call_guest")


def is_code(work: Work, link_hash: str, code: str, kept: str) -> bool:
    """Whether the code fits; equally long for every wrong one."""
    return hmac.compare_digest(code_hash(work, link_hash, "".join(code.split())).encode(), kept.encode())

