"""The oracle: compares what committed readers see with the ledger. Nothing lost, nothing doubled, money equal, every document in one place."""
from __future__ import annotations

from collections import Counter, defaultdict

from support.codec import Codec
from support.ledger import Ledger, Money, add_money
from support.topics import Record

SHOWN = 5  # of each finding


class Findings:
    """What is wrong, and how much of what was lost or doubled."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.lost = 0
        self.doubled = 0

    def note(self, what: str, examples: list) -> None:
        if examples:
            shown = "; ".join(str(example) for example in examples[:SHOWN])
            self.texts.append(f"{what}: {len(examples)}: {shown}{' …' if len(examples) > SHOWN else ''}")

    def add(self, other: Findings) -> None:
        self.texts += other.texts
        self.lost += other.lost
        self.doubled += other.doubled


class EventCheck:
    """Source events, one after the other as a reader gets them: no id twice, no sequence going back. Also for a reader that runs meanwhile."""

    def __init__(self, ledger: Ledger, codec: Codec, may_repeat: frozenset[str] = frozenset()):
        self._ledger = ledger
        self._codec = codec
        self._may_repeat = may_repeat
        self.ids: dict[str, str] = {}  # ce_id → record
        self.seen: dict[str, list[int]] = defaultdict(list)  # record → its versions (their index in the ledger)
        self.sequences: dict[str, set[int]] = defaultdict(set)  # by "system/stream" of the publication
        self.by_stream: Counter = Counter()  # records of which an event was seen
        self.money: dict[str, Money | None] = {}  # record → the newest total
        self.doubled: list[str] = []
        self.wrong: list[str] = []
        self._last: dict[tuple[int, str], int] = {}  # partition and publication → the last sequence

    def feed(self, record: Record) -> None:
        where = f"{record.topic}[{record.partition}]@{record.offset} {record.key}"
        source = record.headers["ce_source"]
        self._check_sequence(record, where, source, int(record.headers["ce_sequence"]))
        total, version = self._version_of(record, where)
        if version is None:
            return
        ce_id = record.headers["ce_id"]
        seen = self.seen[record.key]
        if ce_id in self.ids:
            if source not in self._may_repeat or version not in seen:
                self.doubled.append(f"{where} id {ce_id}")
            return
        self.ids[ce_id] = record.key
        if version in seen:
            self.doubled.append(f"{where} version {version} with another id")
        elif seen and version < seen[-1]:
            self.wrong.append(f"{where}: version {version} after {seen[-1]}")
        else:
            seen.append(version)
            self.money[record.key] = total
            if len(seen) == 1:
                self.by_stream[source] += 1

    def _check_sequence(self, record: Record, where: str, source: str, sequence: int) -> None:
        lane = (record.partition, record.topic + source)
        if sequence <= self._last.get(lane, 0):
            self.wrong.append(f"{where}: sequence {sequence} after {self._last[lane]}")
        self._last[lane] = sequence
        if sequence in self.sequences[source]:
            self.wrong.append(f"{where}: sequence {sequence} of {source} stands twice")
        self.sequences[source].add(sequence)

    def _version_of(self, record: Record, where: str) -> tuple[Money | None, int | None]:
        """Its amount, and which of the ledger's versions it is; nothing when it is none of them."""
        versions = self._ledger.records.get(record.key)
        if versions is None or record.value is None:
            self.wrong.append(f"{where}: not in the ledger")
            return None, None
        kind = record.topic.removeprefix("source.")
        total = self._codec.total(kind, record.value)
        found = [i for i, version in enumerate(versions) if version == (kind, total)]
        if not found:
            self.wrong.append(f"{where}: {total} instead of {versions}")
            return None, None
        return total, found[0]

    def lost(self) -> list[str]:
        """Records whose last version never came."""
        return [key for key, versions in self._ledger.records.items() if not self.seen.get(key) or self.seen[key][-1] != len(versions) - 1]


class DeadLetterCheck:
    def __init__(self, ledger: Ledger, codec: Codec):
        self._ledger = ledger
        self._codec = codec
        self.places: Counter = Counter()
        self.sequences: dict[str, list[int]] = defaultdict(list)  # by the stream that was read

    def feed(self, record: Record) -> None:
        if record.value is not None:
            place, read_by, sequence = self._codec.letter(record.value)
            self.places[place] += 1
            self.sequences[read_by].append(sequence)

    def lost(self) -> list[str]:
        return [place for place in self._ledger.dead if place not in self.places]

    def doubled(self) -> list[str]:
        return [place for place, count in self.places.items() if count > 1]

    def unexpected(self) -> list[str]:
        return [place for place in self.places if place not in self._ledger.dead]


def gaps(events: EventCheck, letters: DeadLetterCheck) -> list[str]:
    """What one stream published and put aside shares its sequence: together it must be 1, 2, 3 … without a gap, and nothing twice."""
    together: dict[str, list[int]] = defaultdict(list)
    for sequences in (events.sequences, letters.sequences):
        for source, numbers in sequences.items():
            together["shop/orders" if source == "shop/buyers" else source] += numbers
    return [f"{source}: {len(numbers)} numbers up to {max(numbers)}" for source, numbers in together.items() if sorted(numbers) != list(range(1, len(numbers) + 1))]


class Oracle:
    """Fed with everything that stands on the watched topics at the end."""

    def __init__(self, ledger: Ledger, codec: Codec, may_repeat: frozenset[str] = frozenset()):
        self._ledger = ledger
        self._codec = codec
        self.events = EventCheck(ledger, codec, may_repeat)
        self.letters = DeadLetterCheck(ledger, codec)
        self._unified: dict[tuple[str, str], bytes] = {}  # kind and name → the newest value

    def feed(self, record: Record) -> None:
        area, _, kind = record.topic.partition(".")
        if area == "source":
            self.events.feed(record)
        elif area == "deadletter":
            self.letters.feed(record)
        elif record.value is None:
            self._unified.pop((kind, record.key), None)
        else:
            self._unified[kind, record.key] = record.value

    def findings(self) -> Findings:
        findings = Findings()
        lost, lost_letters, doubled_letters = self.events.lost(), self.letters.lost(), self.letters.doubled()
        findings.note("records lost", lost)
        findings.note("events doubled", self.events.doubled)
        findings.note("events wrong", self.events.wrong)
        findings.note("gaps in the sequence", gaps(self.events, self.letters))
        findings.note("dead letters lost", lost_letters)
        findings.note("dead letters doubled", doubled_letters)
        findings.note("dead letters of good rows", self.letters.unexpected())
        findings.lost += len(lost) + len(lost_letters)
        findings.doubled += len(self.events.doubled) + len(doubled_letters)
        self._check_money(findings)
        self._check_unified(findings)
        return findings

    def _check_money(self, findings: Findings) -> None:
        sums: Counter = Counter()
        for total in self.events.money.values():
            add_money(sums, total)
        for place in self.letters.places:
            add_money(sums, self._ledger.dead.get(place))
        expected = self._ledger.money_in()
        findings.note("sums of money differ", [f"{currency}: {expected[currency]} cents in, {sums[currency]} out" for currency in sorted({*expected, *sums}) if expected[currency] != sums[currency]])

    def _check_unified(self, findings: Findings) -> None:
        """Every source record is in exactly one customer or unified document, and these have nothing else."""
        places: Counter = Counter()
        for (kind, _), value in self._unified.items():
            places.update(self._codec.records(kind, value))
        lost = [key for key in self._ledger.records if key not in places]
        doubled = [key for key, count in places.items() if count > 1]
        findings.note("records in no unified document", lost)
        findings.note("records in several unified documents", doubled)
        findings.note("unified documents of unknown records", [key for key in places if key not in self._ledger.records])
        findings.lost += len(lost)
        findings.doubled += len(doubled)
