"""Pure reckoning about pharmacies: distance, opening, when a parcel can arrive."""
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from math import asin, cos, radians, sin, sqrt

from app.kit.clock import HOSPITAL_ZONE

EARTH_KM = 6371.0
DETOUR = 1.3
COURIER_KM_AN_HOUR = 15
SLACK = timedelta(minutes=30)


@dataclass(frozen=True)
class Point:
    """A place on the map, degrees."""

    latitude: float
    longitude: float


def distance_km(one: Point, other: Point) -> float:
    """Great-circle distance in km (haversine)."""
    lat1, lat2 = radians(one.latitude), radians(other.latitude)
    half = sin((lat2 - lat1) / 2) ** 2 + cos(lat1) * cos(lat2) * sin(
        radians(other.longitude - one.longitude) / 2) ** 2
    return 2 * EARTH_KM * asin(sqrt(half))


def _at(moment: datetime, clock: str) -> datetime:
    """That clock time on the local day of `moment`; "24:00" is the end of the day."""
    hours, minutes = (int(part) for part in clock.split(":"))
    midnight = datetime.combine(moment.astimezone(HOSPITAL_ZONE).date(), time(), HOSPITAL_ZONE)
    return midnight + timedelta(hours=hours, minutes=minutes)


def is_open(opens: str, closes: str, moment: datetime) -> bool:
    """True while the pharmacy is open at `moment`; one that closes before it opens works through the night."""
    first, last = _at(moment, opens), _at(moment, closes)
    return first <= moment < last if first < last else moment >= first or moment < last


def next_opening(opens: str, closes: str, moment: datetime) -> datetime:
    """`moment` itself when open, else the next opening."""
    if is_open(opens, closes, moment):
        return moment
    today = _at(moment, opens)
    return today if moment < today else today + timedelta(days=1)


def ready_at(opens: str, closes: str, prep_minutes: int, moment: datetime) -> datetime:
    """When a box can be packed if the order comes now."""
    return next_opening(opens, closes, moment) + timedelta(minutes=prep_minutes)


def arrival(ready: datetime, near_km: float, far_km: float) -> tuple[datetime, datetime]:
    """An honest window of arrival: the shortest ride to the longest that it may be, and half an hour of slack."""
    shortest, longest = (timedelta(hours=km * DETOUR / COURIER_KM_AN_HOUR) for km in (near_km, far_km))
    return ready + shortest, ready + longest + SLACK
