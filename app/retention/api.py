"""The only door to clocks, holds and deletions."""
from app.retention.commands import confirm_report, draw_report, drop_report, release_hold, run_report, set_hold
from app.retention.models import RetentionHold, RetentionItem, RetentionReport
from app.retention.problems import Cleared, HoldWithoutReason, NothingDue, ReportChanged, ReportStale, SamePerson
from app.retention.queries import erased, holds, is_held, items_of, reports, say_cleared
from app.retention.rules import Period, periods
from app.retention.states import ITEM, REPORT
from app.retention.sweeping import sweep

__all__ = ["Cleared", "HoldWithoutReason", "ITEM", "NothingDue", "Period", "REPORT", "ReportChanged", "ReportStale",
           "RetentionHold", "RetentionItem", "RetentionReport", "SamePerson", "confirm_report", "draw_report",
           "drop_report", "erased", "holds", "is_held", "items_of", "periods", "release_hold", "reports",
           "run_report", "say_cleared", "set_hold", "sweep"]
