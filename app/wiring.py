"""The composition root: settings in, a House and its job kinds out. Nobody imports this but the front door."""
import importlib
import importlib.util
from collections.abc import Callable
from types import ModuleType

from app.audit.checkpoints import CheckpointSigner, FileWitness
from app.jobs import JobKind, JobKinds
from app.kit.clock import Clock, ShiftedClock, SystemClock
from app.kit.database import Database, open_database
from app.kit.tools import Tools
from app.schema import keep_rows
from app.settings import Settings
from app.storage import DiskObjects, KeyRing, ObjectStore, Streams, Vault
from app.storage.streams import PURPOSE as STREAMS
from app.work import House, Subscriptions, Work

ROOMS = ("app.identity", "app.notify", "app.payments", "app.policy", "app.retention", "records", "consult",
         "prescribing", "pharmacy")


def _room_modules(part: str) -> list[ModuleType]:
    """Import `<room>.<part>` of every room that has one; a part that fails to import fails here."""
    return [importlib.import_module(f"{room}.{part}") for room in ROOMS if importlib.util.find_spec(f"{room}.{part}")]


def import_models() -> None:
    """Load every table of the schema with its triggers; each room's api imports its models."""
    for room in ROOMS:
        importlib.import_module(f"{room}.api")
    keep_rows()


def collect_jobs(subscriptions: Subscriptions) -> JobKinds:
    """Gather subscriptions and job kinds of all rooms."""
    kinds = JobKinds()
    for module in _room_modules("subscribers"):
        subscriptions.add(getattr(module, "SUBSCRIPTIONS", {}))
        for kind in getattr(module, "JOB_KINDS", []):
            kinds.add(kind)
    handlers = {name: handler for _, name, handler in subscriptions.all()}
    for name, handler in handlers.items():
        kinds.add(_dispatching_kind(name, handler, subscriptions))
    return kinds


def _dispatching_kind(name: str, handler: Callable[..., None], subscriptions: Subscriptions) -> JobKind:
    """One job kind a handler, which may hear several events."""
    def record(work: Work, args: dict, _: object) -> None:
        heard = {event.__name__: event for event, other, _ in subscriptions.all() if other == name}
        handler(work, heard[args["event"]].from_json(args["data"]))

    return JobKind(f"event:{name}", record)


def build_keys(settings: Settings) -> KeyRing:
    """The master key from the settings, or the data folder's own outside production."""
    text = settings.master_key.get_secret_value()
    return KeyRing.from_text(text) if text else KeyRing.from_file(settings.data / "keys" / "master.key")


def build_tools(settings: Settings) -> Tools:
    """Everything a Work may ask for by type."""
    tools, keys = Tools(), build_keys(settings)
    tools.put(Settings, settings)
    tools.put(KeyRing, keys)
    tools.put(Vault, Vault(keys))
    tools.put(ObjectStore, DiskObjects(settings.data / "objects", keys))
    tools.put(Streams, Streams(settings.data / "objects", keys.derive(STREAMS)))
    tools.put(CheckpointSigner, CheckpointSigner(keys.signing_key("audit.checkpoint")))
    tools.put(FileWitness, FileWitness(settings.data / "witness" / "checkpoints.txt"))
    for module in _room_modules("wire"):
        module.wire(tools, settings)
    return tools


def build_clock(settings: Settings) -> Clock:
    """The machine's clock, or a shifted one where the settings ask for it (never in production)."""
    return ShiftedClock(settings.clock) if settings.clock else SystemClock()


def build_house(settings: Settings, clock: Clock | None = None,
                database: Database | None = None) -> tuple[House, JobKinds]:
    """Build the House of one process and the job kinds that its worker runs.

    `database` is one that is already open; without it the one that the settings name is opened.
    """
    import_models()
    settings.data.mkdir(parents=True, exist_ok=True)
    subscriptions = Subscriptions()
    kinds = collect_jobs(subscriptions)
    tools = build_tools(settings)
    tools.put(JobKinds, kinds)
    house = House(database or open_database(settings.url), clock or build_clock(settings), tools, subscriptions)
    for module in _room_modules("wire"):
        getattr(module, "attach", lambda house: None)(house)
    return house, kinds
