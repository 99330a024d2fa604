"""Everything that meets in the body: the lines of the draft and the medicines taken already."""
import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from app.kit.text import Text
from prescribing.formulary.book import PrescribingData
from prescribing.formulary.drugs import Drug
from prescribing.formulary.lines import DraftLine
from prescribing.formulary.names import normal
from prescribing.formulary.patient import CurrentMedicine, DueMedicine


@dataclass(frozen=True)
class Agent:
    """A medicine ready to be compared; `line` is None for what the patient takes already or has coming (`due`)."""

    key: str
    name: Text
    line: int | None
    drug: Drug | None
    substances: frozenset[str]
    classes: frozenset[str]
    due: bool = False

    def is_on_side(self, side: str) -> bool:
        """Whether it is what one side of an interaction names: a substance, or a member of a class."""
        name = side.removeprefix("class:")
        return name in self.substances if side == name else name in self.classes


@dataclass(frozen=True)
class Unknown:
    """A medicine that nobody could recognise; `line` is None when the patient takes it already."""

    key: str
    name: Text
    line: int | None


@dataclass(frozen=True)
class Meeting:
    """The medicines of one draft: recognised lines, what is taken or still to come, and what is not recognised."""

    lines: tuple[Agent, ...]
    current: tuple[Agent, ...]
    unknown: tuple[Unknown, ...]

    def pairs(self) -> Iterator[tuple[Agent, Agent]]:
        """Each line with each later line and with each current medicine."""
        for n, one in enumerate(self.lines):
            yield from ((one, other) for other in self.lines[n + 1:])
            yield from ((one, other) for other in self.current)


def meet(lines: Sequence[DraftLine], current: Sequence[CurrentMedicine | DueMedicine],
         data: PrescribingData) -> Meeting:
    """Recognise every medicine; a name that is not known is kept as unknown and never dropped."""
    found = [_of_line(n, line, data) for n, line in enumerate(lines)]
    taken = [_of_due(medicine, data) if isinstance(medicine, DueMedicine) else _of_current(medicine, data)
             for medicine in current]
    return Meeting(lines=tuple(one for one in found if isinstance(one, Agent)),
                   current=tuple(one for one in taken if isinstance(one, Agent)),
                   unknown=tuple(one for one in (*found, *taken) if isinstance(one, Unknown)))


def _of_line(n: int, line: DraftLine, data: PrescribingData) -> Agent | Unknown:
    drug = data.drugs.get(line.drug_id)
    if drug is None:
        return Unknown(key=line.drug_id, name=Text(zh=line.drug_id, en=line.drug_id), line=n)
    return Agent(drug.id, drug.name, n, drug, frozenset(drug.substances), data.classes_of(drug.substances, drug.id))


def _of_due(medicine: DueMedicine, data: PrescribingData) -> Agent | Unknown:
    """A line of another prescription, said with its day, so that whoever reads it knows where to look."""
    found, on = _of_line(0, medicine.order, data), medicine.prescribed_on
    said = Text(zh=f"{found.name.zh}（{on.month} 月 {on.day} 日开的，还没交到患者手上）",
                en=f"{found.name.en} (prescribed on {on.day} {on:%b}, not delivered yet)")
    key = f"due-{found.key}-{medicine.ref}"
    if isinstance(found, Unknown):
        return replace(found, key=key, name=said, line=None)
    return replace(found, key=key, name=said, line=None, due=True)


def _of_current(medicine: CurrentMedicine, data: PrescribingData) -> Agent | Unknown:
    drug = data.drugs.get(medicine.drug_id) if medicine.drug_id else None
    said = Text(zh=f"{medicine.name}（在用）", en=f"{drug.name.en if drug else medicine.name} (taken now)")
    resolved = None if drug else data.resolve_substance(medicine.name)
    if drug is None and resolved and resolved.drug_ids:
        drug = data.drugs[resolved.drug_ids[0]]
    substances = drug.substances if drug else resolved.substances if resolved else ()
    if not substances:
        return Unknown(key="now-" + digest(medicine.name), name=said, line=None)
    key = "now-" + (drug.id if drug else "-".join(substances).replace(" ", "_"))
    return Agent(key, said, None, drug, frozenset(substances), data.classes_of(substances, drug.id if drug else None))


def digest(name: str) -> str:
    """A short digest, so that words of the patient stay out of ids and whatever logs them."""
    return hashlib.sha256(normal(name).encode()).hexdigest()[:12]


def pair_title(one: Agent, other: Agent) -> Text:
    """The names of a pair, lines first, then by key: the same words in whatever order the lines stand."""
    first, second = sorted((one, other), key=lambda agent: (agent.line is None, agent.key))
    return Text(zh=f"{first.name.zh} + {second.name.zh}", en=f"{first.name.en} + {second.name.en}")


def line_numbers(*agents: Agent) -> tuple[int, ...]:
    """The draft lines among some medicines."""
    return tuple(sorted({agent.line for agent in agents if agent.line is not None}))
