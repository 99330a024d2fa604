"""Files that no table names: an upload whose transaction failed, or a crash between the two."""
from collections.abc import Iterator
from datetime import timedelta

from sqlalchemy import select

from app.audit import Trace
from app.retention.tables import FILES, table
from app.storage import ObjectStore
from app.work import HOUSE, House, Work

SETTLED = timedelta(days=7)     # what belongs to something is named long before; recordings may wait for their row
AT_ONCE = 500


def sweep(house: House) -> int:
    """Delete files older than SETTLED that nothing names, and say in the trail how many they were."""
    objects: ObjectStore = house.tools.get(ObjectStore)  # type: ignore[type-abstract]
    gone = 0
    for key in list(_unnamed(house, objects)):
        objects.delete(key)
        gone += 1
    if gone:
        with house.write(HOUSE) as work:
            work.trace(Trace("retention_files_swept", "job", facts={"files": gone}))
    return gone


def _unnamed(house: House, objects: ObjectStore) -> Iterator[str]:
    old = sorted(set(objects.keys_until(house.clock.now() - SETTLED)))   # asked before the tables: nothing old is named
    for start in range(0, len(old), AT_ONCE):                            # any more after this
        keys = old[start:start + AT_ONCE]
        with house.read(HOUSE) as work:
            named = set(_named(work, keys))
        yield from (key for key in keys if key not in named)


def _named(work: Work, keys: list[str]) -> Iterator[str]:
    for name, columns in FILES.items():
        for column in columns:
            place = table(name).c[column]
            yield from work.session.execute(select(place).where(place.in_(keys))).scalars()
