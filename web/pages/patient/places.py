"""Places to be seen in person: partner hospitals and clinics; distances are not known and not invented."""
from fastapi import APIRouter, Response

from app.identity import api as identity
from app.kit.text import Text
from app.work import Work
from web.door import GuardedRoute
from web.pages.patient.acting import Patient, framed, show
from web.pages.patient.views import Place
from web.pages.patient.views_triage import PlacesView

router = APIRouter(route_class=GuardedRoute, include_in_schema=False)
KINDS = {"partner_hospital": Text(zh="医院", en="Hospital"), "clinic": Text(zh="诊所", en="Clinic")}


def place_view(place: identity.Organization) -> Place:
    """One place with a link to a map where its coordinates are known."""
    known = place.latitude is not None and place.longitude is not None
    on_map = f"https://uri.amap.com/marker?position={place.longitude},{place.latitude}" if known else ""
    return Place(place.name, Text(zh=place.address_zh or "—", en=place.address_en or "—"), KINDS[place.kind],
                 map_href=on_map)


def places(work: Work, *kinds: str) -> tuple[Place, ...]:
    """Places of these kinds, in the order of the kinds."""
    return tuple(place_view(found) for kind in kinds or tuple(KINDS) for found in identity.organizations(work, kind))


@router.get("/places")
def show_places(door: Patient) -> Response:
    """Where to go instead of online."""
    with door.read() as work:
        frame, view = framed(work), PlacesView(places(work))
    return show(door, "places", frame, view)
