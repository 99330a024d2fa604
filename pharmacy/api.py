"""The only door of the pharmacy step, for the web."""
from pharmacy.delivery.commands import (
    close_parcel,
    deliver,
    hand_over,
    scan_pack,
    unscan_pack,
)
from pharmacy.delivery.models import CustodyEvent, Dispense, Pack
from pharmacy.delivery.queries import PickLine, custody_of, dispense_of, is_box_out, is_cold, pick_list
from pharmacy.delivery.trouble import quarantine_order, record_temperature, return_parcel
from pharmacy.delivery.verify import Custody, verify_custody
from pharmacy.dispatch.commands import accept_offer, decline_offer, give_order_back, lapse_offer
from pharmacy.dispatch.ending import cancel_order, give_up
from pharmacy.dispatch.queries import Board, BoardRow, board, orders_at_hand
from pharmacy.orders.commands import Destination, place_order, renew_code
from pharmacy.orders.models import Offer, Order, OrderLine
from pharmacy.orders.queries import (
    code_is_blocked,
    delivery_code,
    destination,
    lines_of,
    offers_of,
    open_order_of,
    order_for_patient,
    order_for_pharmacy,
    orders_of,
)
from pharmacy.orders.rules import is_overdue, may_stop_from, may_stop_waiting
from pharmacy.orders.states import OFFER, OPEN, ORDER
from pharmacy.partners.commands import join_as_partner, set_stock
from pharmacy.partners.models import PharmacyProfile, Stock
from pharmacy.partners.queries import LinePrice, Option, options_for, profile_of, stock_of
from pharmacy.partners.rules import Point, distance_km
from prescribing.api import mask_name

__all__ = [
    "OFFER", "OPEN", "ORDER", "Board", "BoardRow", "Custody", "CustodyEvent", "Destination", "Dispense",
    "LinePrice", "Offer", "Option", "Order", "OrderLine", "Pack", "PharmacyProfile", "PickLine", "Point", "Stock",
    "accept_offer", "board", "cancel_order", "close_parcel", "code_is_blocked", "custody_of", "decline_offer",
    "deliver", "delivery_code", "destination", "dispense_of", "distance_km", "give_order_back", "give_up",
    "hand_over", "is_box_out", "is_cold", "is_overdue", "join_as_partner", "lapse_offer", "lines_of", "mask_name",
    "may_stop_from", "may_stop_waiting", "offers_of", "open_order_of", "options_for", "order_for_patient",
    "order_for_pharmacy", "orders_at_hand", "orders_of", "pick_list", "place_order", "profile_of",
    "quarantine_order", "record_temperature", "renew_code", "return_parcel", "scan_pack", "set_stock", "stock_of",
    "unscan_pack", "verify_custody",
]
