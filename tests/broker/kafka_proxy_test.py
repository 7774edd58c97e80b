#!/usr/bin/env python3
"""kafka_proxy.py against a broker that is played: it answers every request with its own bytes behind the correlation id."""
from __future__ import annotations

import socket
import struct
import subprocess
import sys
import threading
import time
import unittest
from pathlib import Path

import kafka_frame as kafka

PROXY = Path(__file__).with_name("kafka_proxy.py")


def string(text: str) -> bytes:
    return struct.pack(">h", len(text)) + text.encode()


def compact(text: str) -> bytes:
    return bytes([len(text) + 1]) + text.encode()


def end_txn(correlation: int, owner: str = "crm.1", commit: bool = True, version: int = 1) -> bytes:
    head = struct.pack(">hhi", 26, version, correlation) + string("test")
    body = (b"\x00" + compact(owner) if version >= 3 else string(owner)) + struct.pack(">qhb", 7, 0, commit)
    return head + body + (b"\x00" if version >= 3 else b"")


def metadata(correlation: int) -> bytes:
    return struct.pack(">hhi", 3, 12, correlation) + string("test") + b"\x00" * 8


def send(connection: socket.socket, frame: bytes) -> None:
    connection.sendall(struct.pack(">i", len(frame)) + frame)


def receive(connection: socket.socket) -> bytes | None:
    """One frame; None when the connection is closed."""
    head = exactly(connection, 4)
    return None if head is None else exactly(connection, struct.unpack(">i", head)[0])


def exactly(connection: socket.socket, count: int) -> bytes | None:
    data = b""
    while len(data) < count:
        try:
            more = connection.recv(count - len(data))
        except ConnectionResetError:
            return None
        if not more:
            return None
        data += more
    return data


class Broker:
    """Remembers the requests in order; error code 0, or 47 after the first EndTxn."""

    def __init__(self):
        self.requests: list[bytes] = []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.address = "%s:%d" % self.listener.getsockname()
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self) -> None:
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=(connection,), daemon=True).start()

    def serve(self, connection: socket.socket) -> None:
        with connection:
            while (request := receive(connection)) is not None:
                error = 47 if any(struct.unpack(">h", r[:2])[0] == 26 for r in self.requests) else 0
                self.requests.append(request)
                try:
                    send(connection, request[4:8] + struct.pack(">ih", 0, error) + request)
                except OSError:
                    return

    def wait_for(self, count: int) -> None:
        deadline = time.monotonic() + 10
        while len(self.requests) < count:
            if time.monotonic() > deadline:
                raise AssertionError(f"{len(self.requests)} requests, {count} wanted")
            time.sleep(0.005)


class ProxyTest(unittest.TestCase):
    def setUp(self):
        self.broker = Broker()
        self.addCleanup(self.broker.listener.close)
        self.process = subprocess.Popen([sys.executable, str(PROXY)], stdout=subprocess.PIPE, text=True)
        self.addCleanup(self.end)
        words = dict(word.split("=") for word in self.process.stdout.readline().split())
        self.port = int(words["listen"])
        connection = socket.create_connection(("127.0.0.1", int(words["control"])), timeout=10)
        self.control = connection.makefile("rw")
        self.addCleanup(connection.close)
        self.addCleanup(self.control.close)
        self.do("target 0 " + self.broker.address)

    def end(self):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()

    def ask(self, command: str) -> str:
        self.control.write(command + "\n")
        self.control.flush()
        return self.control.readline().strip()

    def do(self, command: str) -> str:
        answer = self.ask(command)
        self.assertTrue(answer.startswith("ok"), answer)
        return answer[3:]

    def client(self) -> socket.socket:
        connection = socket.create_connection(("127.0.0.1", self.port), timeout=10)
        self.addCleanup(connection.close)
        return connection

    def assert_answered(self, connection: socket.socket, correlation: int) -> None:
        answer = receive(connection)
        self.assertIsNotNone(answer)
        self.assertEqual(kafka.correlation_of(answer), correlation)

    def assert_silent(self, connection: socket.socket) -> None:
        connection.settimeout(0.2)
        with self.assertRaises(TimeoutError):
            connection.recv(1)
        connection.settimeout(10)

    def test_passes_on(self):
        client = self.client()
        for number in range(3):
            send(client, end_txn(number))
            self.assert_answered(client, number)
        self.assertEqual(self.do("count EndTxn"), "seen=3 answered=3 held=0 dropped=0")

    def test_holds_and_keeps_the_order(self):
        self.do("hold EndTxn")
        client = self.client()
        send(client, metadata(1))
        self.assert_answered(client, 1)
        send(client, end_txn(2))
        send(client, metadata(3))
        self.assert_silent(client)
        self.assertEqual(self.do("release"), "released=1 errors=0")
        self.assert_answered(client, 2)
        self.assert_answered(client, 3)

    def test_holds_from_a_client_that_is_cut(self):
        self.do("hold EndTxn cut id=crm abort")
        client = self.client()
        send(client, end_txn(1, "erp.1", commit=False))
        self.assert_answered(client, 1)
        send(client, end_txn(2, "crm.1", commit=True))
        self.assert_answered(client, 2)
        send(client, end_txn(3, "crm.1", commit=False))
        self.assertIsNone(receive(client))
        second = self.client()
        send(second, end_txn(4, "crm.1", commit=False))
        self.assert_answered(second, 4)
        self.assertEqual(self.do("count EndTxn"), "seen=4 answered=3 held=1 dropped=0")
        self.assertEqual(self.do("release"), "released=1 errors=47")
        self.assertEqual([struct.unpack(">i", request[4:8])[0] for request in self.broker.requests], [1, 2, 4, 3])

    def test_releases_by_itself(self):
        self.do("hold EndTxn for=50")
        client = self.client()
        send(client, end_txn(1))
        self.assert_answered(client, 1)

    def test_drops(self):
        self.do("drop EndTxn")
        self.do("drop Metadata cut")
        client = self.client()
        send(client, end_txn(1))
        self.broker.wait_for(1)
        send(client, end_txn(2))
        self.assert_answered(client, 2)
        send(client, metadata(3))
        self.assertIsNone(receive(client))
        self.broker.wait_for(3)
        self.assertEqual(self.do("waiting"), "requests=0")

    def test_repeats(self):
        self.do("repeat EndTxn n=2")
        self.assertEqual(self.do("waiting"), "requests=2")
        client = self.client()
        send(client, end_txn(1))
        self.assert_answered(client, 1)
        send(client, metadata(2))
        self.assert_answered(client, 2)
        self.assertEqual(self.broker.requests, [end_txn(1), end_txn(1), metadata(2)])
        self.assertEqual(self.do("waiting"), "requests=1")

    def test_delays(self):
        self.do("delay 100")
        client = self.client()
        began = time.monotonic()
        for number in range(3):
            send(client, metadata(number))
        for number in range(3):
            self.assert_answered(client, number)
        took = time.monotonic() - began
        self.assertGreaterEqual(took, 0.2)

    def test_cuts_and_heals(self):
        client = self.client()
        send(client, metadata(1))
        self.assert_answered(client, 1)
        self.do("cut")
        self.assertIsNone(receive(client))
        self.assertIsNone(receive(self.client()))
        self.do("heal")
        client = self.client()
        send(client, metadata(2))
        self.assert_answered(client, 2)

    def test_freezes_and_delivers_what_gone_clients_had_sent(self):
        client, other = self.client(), self.client()
        for number, connection in enumerate((client, other)):
            send(connection, metadata(number))
            self.assert_answered(connection, number)
        self.do("freeze")
        send(client, metadata(2))
        send(other, metadata(3))
        self.assert_silent(client)
        other.close()
        self.assertEqual(len(self.broker.requests), 2)
        self.do("heal")
        self.assert_answered(client, 2)
        self.broker.wait_for(4)

    def test_reset_forgets(self):
        self.do("hold EndTxn cut")
        self.do("drop Metadata")
        client = self.client()
        send(client, end_txn(1))
        self.assertIsNone(receive(client))
        self.do("reset")
        self.assertEqual(self.do("release"), "released=0 errors=")
        client = self.client()
        send(client, metadata(2))
        self.assert_answered(client, 2)
        self.assertEqual(self.do("count EndTxn"), "seen=0 answered=0 held=0 dropped=0")

    def test_answers_nonsense_with_errors(self):
        for command in ("", "nonsense", "hold", "hold Nothing", "hold EndTxn for=x", "repeat EndTxn cut", "delay", "cut 3", "target 7 a:1"):
            self.assertTrue(self.ask(command).startswith("error"), command)
        client = self.client()
        client.sendall(b"GET / HTTP/1.1\r\n\r\n")
        self.assertIsNone(receive(client))
        client = self.client()
        send(client, b"\x00")
        self.assertIsNone(receive(client))
        self.test_passes_on()


class FrameTest(unittest.TestCase):
    def test_reads_headers_of_both_kinds(self):
        for version in (1, 3, 5):
            request = kafka.parse_request(end_txn(9, "crm.1", False, version))
            self.assertEqual((request.name, request.version, request.correlation, request.client), ("EndTxn", version, 9, "test"))
            self.assertEqual((request.transactional_id, request.committed, request.flexible), ("crm.1", False, version >= 3))
        self.assertIsNone(kafka.parse_request(metadata(1)).transactional_id)

    def test_refuses_what_is_cut_short(self):
        whole = end_txn(1)
        for length in range(len(whole)):
            with self.assertRaises(kafka.Malformed):
                kafka.parse_request(whole[:length])


if __name__ == "__main__":
    unittest.main()
