"""What is kept secret at rest: sealed columns, blind indexes and encrypted objects on disk."""
from app.storage.keys import KeyRing
from app.storage.objects import DiskObjects, ObjectStore, StoredObject
from app.storage.streams import KeptStream, Streams, StreamWriter
from app.storage.vault import Vault

__all__ = ["DiskObjects", "KeptStream", "KeyRing", "ObjectStore", "StoredObject", "StreamWriter", "Streams", "Vault"]
