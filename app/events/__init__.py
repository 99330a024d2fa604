"""Everything that can happen, one file a publisher: frozen facts without behaviour.

An event is announced in the transaction that made it true; its subscribers run as jobs afterwards.
"""
from app.events.event import Event

__all__ = ["Event"]
