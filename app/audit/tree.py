"""The Merkle tree of RFC 6962 as a compact range: its size and at most log2(size) hashes."""
import hashlib
from dataclasses import dataclass, field


def node(left: bytes, right: bytes) -> bytes:
    """Hash of an inner node."""
    return hashlib.sha256(b"\x01" + left + right).digest()


@dataclass
class CompactRange:
    """What must be kept to append leaves and to tell the root."""

    size: int = 0
    stack: list[bytes] = field(default_factory=list)

    def append(self, leaf: bytes) -> None:
        """Add one leaf hash (32 bytes)."""
        n, self.size = self.size, self.size + 1
        self.stack.append(leaf)
        while n & 1:
            right, left = self.stack.pop(), self.stack.pop()
            self.stack.append(node(left, right))
            n >>= 1

    def root(self) -> bytes:
        """The root hash; of the empty tree the hash of nothing."""
        if not self.stack:
            return hashlib.sha256(b"").digest()
        total = self.stack[-1]
        for part in reversed(self.stack[:-1]):
            total = node(part, total)
        return total

    def to_text(self) -> str:
        """Write size and hashes for the state row."""
        return " ".join([str(self.size), *(h.hex() for h in self.stack)])

    @classmethod
    def from_text(cls, text: str) -> "CompactRange":
        """Read what `to_text` wrote."""
        size, *hashes = text.split()
        return cls(int(size), [bytes.fromhex(h) for h in hashes])
