"""What goes into the log: where and which kind of fault, never the text of an exception.

A database quotes the row that it refuses, a parser the input that it cannot read: such texts carry names and phone
numbers. The place in our code and the kind of the fault are enough to find a defect.
"""
import logging
import sys
import traceback
from types import TracebackType

FORMAT = "%(asctime)s %(levelname)s %(name)s %(message)s"
ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


def _chain(error: BaseException) -> list[BaseException]:
    """The fault and what led to it, the first cause first."""
    found: list[BaseException] = []
    current: BaseException | None = error
    while current is not None and current not in found:
        found.append(current)
        current = current.__cause__ or (None if current.__suppress_context__ else current.__context__)
    return found[::-1]


class DiscreetFormatter(logging.Formatter):
    """Writes tracebacks as places and kinds, without any exception's text."""

    def format(self, record: logging.LogRecord) -> str:
        """Write the record anew: another handler may have left its own traceback in it."""
        kept, record.exc_text = record.exc_text, None
        try:
            return super().format(record)
        finally:
            record.exc_text = kept

    def formatException(self, ei: ExcInfo) -> str:
        """Places of every fault in the chain, then its kind."""
        lines: list[str] = []
        for error in _chain(ei[1]) if ei[1] else []:
            lines += traceback.format_list(traceback.extract_tb(error.__traceback__))
            lines.append(f"{type(error).__module__}.{type(error).__qualname__}\n")
        return "".join(lines).rstrip()


def quieten() -> None:
    """Keep the addresses that clients and servers ask for out of the log; they may hold what people typed."""
    for chatty in ("httpx", "httpx2", "httpcore", "uvicorn.access", "alembic"):
        logging.getLogger(chatty).setLevel(logging.WARNING)


def start_logging(level: int = logging.INFO) -> None:
    """Send the log of this process to stderr, ours and the libraries', in the discreet form."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(DiscreetFormatter(FORMAT))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    quieten()
