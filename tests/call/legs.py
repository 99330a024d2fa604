"""A browser's small copy, played by aiortc: real offers, real packets, no browser."""
from consult.call.checking.sender import Picture
from consult.call.checking.sender import Sender as Copy

__all__ = ["Copy", "Picture"]
