"""The few questions of Kafka's protocol that the tests need of an administrator: users with passwords (SCRAM) and ACLs.

Over a listener without login, whose user is a super user. Kafka's own tools do the same, but each call of theirs is a Java program's start.
"""
from __future__ import annotations

import hashlib
import os
import socket
import struct
import time
from typing import NamedTuple

CREATE_ACLS, DESCRIBE_ACLS, ALTER_SCRAM = 30, 29, 51
RESOURCES = {"topic": 2, "group": 3, "cluster": 4, "transactional-id": 5}
OPERATIONS = {"Read": 3, "Write": 4, "Create": 5, "Delete": 6, "Alter": 7, "Describe": 8, "DescribeConfigs": 10, "AlterConfigs": 11}
PATTERNS = {"literal": 3, "prefixed": 4}
ANY, ALLOW = 1, 3
MECHANISMS = {"SCRAM-SHA-256": (1, "sha256"), "SCRAM-SHA-512": (2, "sha512")}
ITERATIONS = 4096


class Acl(NamedTuple):
    """In the words of kafka-acls.sh."""

    resource: str
    name: str
    pattern: str
    operation: str


def text(value: str | None) -> bytes:
    if value is None:
        return struct.pack(">h", -1)
    return struct.pack(">h", len(value.encode())) + value.encode()


def compact(value: bytes) -> bytes:
    assert len(value) < 127  # a length of one byte
    return bytes([len(value) + 1]) + value


class Admin:
    def __init__(self, address: str) -> None:
        host, _, port = address.rpartition(":")
        self.connection = socket.create_connection((host, int(port)), timeout=20)

    def ask(self, key: int, version: int, body: bytes, flexible: bool = False) -> bytes:
        request = struct.pack(">hhi", key, version, 1) + text("crossbill-test") + (b"\0" if flexible else b"") + body
        self.connection.sendall(struct.pack(">i", len(request)) + request)
        (size,) = struct.unpack(">i", self.receive(4))
        return self.receive(size)[5 if flexible else 4 :]

    def receive(self, count: int) -> bytes:
        data = b""
        while len(data) < count:
            part = self.connection.recv(count - len(data))
            if not part:
                raise ConnectionError("the broker has closed the connection of the administrator")
            data += part
        return data

    def set_password(self, user: str, mechanism: str, password: str) -> None:
        number, digest = MECHANISMS[mechanism]
        salt = os.urandom(24)
        salted = hashlib.pbkdf2_hmac(digest, password.encode(), salt, ITERATIONS)
        one = compact(user.encode()) + struct.pack(">bi", number, ITERATIONS) + compact(salt) + compact(salted) + b"\0"
        answer = self.ask(ALTER_SCRAM, 0, b"\x01" + b"\x02" + one + b"\0", flexible=True)
        name = len(user.encode())
        (code,) = struct.unpack_from(">h", answer, 4 + 1 + 1 + name)
        if code != 0:
            raise RuntimeError(f"the broker does not take the password of {user}: error {code}")

    def allow(self, user: str, acls: list[Acl]) -> None:
        """Waits until the broker acts on them."""
        body = struct.pack(">i", len(acls))
        for acl in acls:
            body += struct.pack(">b", RESOURCES[acl.resource]) + text(acl.name) + struct.pack(">b", PATTERNS[acl.pattern])
            body += text("User:" + user) + text("*") + struct.pack(">bb", OPERATIONS[acl.operation], ALLOW)
        answer = self.ask(CREATE_ACLS, 1, body)
        at = 8
        for acl in acls:
            code, length = struct.unpack_from(">hh", answer, at)
            at += 4 + max(length, 0)
            if code != 0:
                raise RuntimeError(f"the broker does not take the ACL {acl}: error {code}")
        wanted = {(RESOURCES[acl.resource], acl.name, OPERATIONS[acl.operation]) for acl in acls}
        end = time.monotonic() + 10
        while not wanted <= self.acls_of(user):
            if time.monotonic() > end:
                raise TimeoutError(f"the broker does not show the ACLs of {user}")
            time.sleep(0.01)

    def acls_of(self, user: str) -> set[tuple[int, str, int]]:
        filters = struct.pack(">b", ANY) + text(None) + struct.pack(">b", ANY) + text("User:" + user) + text(None) + struct.pack(">bb", ANY, ANY)
        answer = self.ask(DESCRIBE_ACLS, 1, filters)
        code, length = struct.unpack_from(">hh", answer, 4)
        if code != 0:
            raise RuntimeError(f"the broker does not list ACLs: error {code}")
        at = 8 + max(length, 0)
        found = set()

        def take(layout: str) -> int:
            nonlocal at
            (value,) = struct.unpack_from(layout, answer, at)
            at += struct.calcsize(layout)
            return value

        def take_text() -> str:
            nonlocal at
            size = take(">h")
            at += size
            return answer[at - size : at].decode()

        for _ in range(take(">i")):
            resource, name, _pattern = take(">b"), take_text(), take(">b")
            for _ in range(take(">i")):
                take_text(), take_text()
                operation, _permission = take(">b"), take(">b")
                found.add((resource, name, operation))
        return found
