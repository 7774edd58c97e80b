"""Kafka's frames, as far as a proxy looks into them: a length, then a request's or a response's header."""
from __future__ import annotations

import struct
from dataclasses import dataclass

# The requests that tests name. A number may stand for any other.
API_KEYS = {"Produce": 0, "Fetch": 1, "ListOffsets": 2, "Metadata": 3, "OffsetCommit": 8, "OffsetFetch": 9, "FindCoordinator": 10, "JoinGroup": 11,
            "Heartbeat": 12, "ApiVersions": 18, "InitProducerId": 22, "AddPartitionsToTxn": 24, "AddOffsetsToTxn": 25, "EndTxn": 26,
            "TxnOffsetCommit": 28}
API_NAMES = {key: name for name, key in API_KEYS.items()}

# Requests whose body begins with the transactional id, and from which version on they are "flexible" (KIP-482): a header with tagged fields,
# strings with lengths as varints. AddPartitionsToTxn has several ids from version 4 on, which only brokers send.
BEGINS_WITH_ID = {0: 9, 22: 2, 24: 3, 25: 3, 26: 3, 28: 3}
# Responses that begin with the throttle time and one error code.
BEGINS_WITH_ERROR = (22, 25, 26)

LARGEST_FRAME = 128 << 20


class Malformed(ValueError):
    """Not a frame of Kafka's."""


@dataclass
class Request:
    api_key: int
    version: int
    correlation: int
    client: str
    transactional_id: str | None = None
    committed: bool | None = None  # of EndTxn
    flexible: bool = False

    @property
    def name(self) -> str:
        return API_NAMES.get(self.api_key, str(self.api_key))

    def __str__(self) -> str:
        kind = {None: "", True: " commit", False: " abort"}[self.committed]
        owner = "" if self.transactional_id is None else f" id={self.transactional_id}"
        return f"{self.name} v{self.version} #{self.correlation}{owner}{kind}"


class Reader:
    """Takes one value after the other from the bytes; Malformed when there are too few."""

    def __init__(self, data: bytes):
        self.data = data
        self.at = 0

    def take(self, count: int) -> bytes:
        if count < 0 or self.at + count > len(self.data):
            raise Malformed(f"{count} bytes wanted at {self.at} of {len(self.data)}")
        self.at += count
        return self.data[self.at - count:self.at]

    def number(self, kind: str) -> int:
        return struct.unpack(">" + kind, self.take(struct.calcsize(kind)))[0]

    def varint(self) -> int:
        value = 0
        for shift in range(0, 35, 7):
            byte = self.take(1)[0]
            value |= (byte & 0x7F) << shift
            if byte < 0x80:
                return value
        raise Malformed("a varint of more than 32 bits")

    def string(self, compact: bool) -> str | None:
        length = self.varint() - 1 if compact else self.number("h")
        return None if length < 0 else self.take(length).decode("utf-8", "replace")

    def skip_tagged_fields(self) -> None:
        for _ in range(self.varint()):
            self.varint()
            self.take(self.varint())


def parse_request(frame: bytes) -> Request:
    """`frame`: without its length."""
    reader = Reader(frame)
    request = Request(reader.number("h"), reader.number("h"), reader.number("i"), reader.string(compact=False) or "")
    if request.api_key not in BEGINS_WITH_ID or (request.api_key == 24 and request.version > 3) or (request.api_key == 0 and request.version < 3):
        return request
    request.flexible = request.version >= BEGINS_WITH_ID[request.api_key]
    if request.flexible:
        reader.skip_tagged_fields()
    request.transactional_id = reader.string(compact=request.flexible)
    if request.name == "EndTxn":
        reader.number("q")  # the producer's id
        reader.number("h")  # and epoch
        request.committed = reader.number("b") != 0
    return request


def correlation_of(response: bytes) -> int:
    return Reader(response).number("i")


def error_of(request: Request, response: bytes) -> int | None:
    """The error code in an answer; None where it is not at the front."""
    if request.api_key not in BEGINS_WITH_ERROR:
        return None
    reader = Reader(response)
    reader.number("i")
    if request.flexible:
        reader.skip_tagged_fields()
    reader.number("i")  # throttle time
    return reader.number("h")
