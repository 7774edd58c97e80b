#!/usr/bin/env python3
"""A proxy between Kafka's clients and brokers that knows frames: it holds, drops and repeats them, and plays a slow, cut or silent network.

    kafka_proxy.py [--brokers N] [--log FILE]

Listens on N ports of the loopback and prints `listen=PORT[,PORT...] control=PORT`. The control port takes one command a line and gives one
line for each, `ok ...` or `error ...`:

    target I HOST:PORT       where broker I is; before that its connections are refused
    hold API [OPTION...]     keeps the next request of that kind from the broker, and with it all that the connection sends after it
    drop API [OPTION...]     the broker gets the request, the client not the answer
    repeat API [OPTION...]   the broker gets the request twice, the client the first answer
        n=N      of the next N requests; otherwise of one      id=PREFIX      only of transactional ids that begin so
        cut      and cuts the client's connection: when the    commit, abort  only EndTxn that commits or aborts
                 frame is held, when the answer was dropped    for=MS         hold: releases by itself after so long
    release                  sends all held frames to the broker, each on its old connection, and waits for the answers:
                             `ok released=2 errors=0,47`; `-`: an answer without one error code; `none`: no answer within 5 s
    delay MS                 every frame takes so much longer, in both directions
    cut [for=MS]             cuts all connections and refuses new ones
    freeze [for=MS]          accepts and reads, but passes nothing on; later everything arrives, also from clients that are gone
    heal                     ends delay, cut and freeze, and forgets hold, drop and repeat; what is held stays so
    count API                `ok seen=N answered=N held=N dropped=N` since the last reset
    waiting                  `ok requests=N`: for how many requests hold, drop and repeat still wait
    reset                    as new; held frames are lost

API is a name of kafka_frame.py or a number. A client that closes its connection does not take back what it had sent, as with TCP.
"""
from __future__ import annotations

import argparse
import asyncio
import contextlib
import sys
import time
from collections import Counter, defaultdict, deque
from dataclasses import dataclass, field

import kafka_frame as kafka

ANSWER_S = 5.0  # for the answers to released frames
LEAVE_S = 2.0   # for those to a client that is gone


@dataclass
class Rule:
    action: str
    api_key: int
    left: int = 1
    cut: bool = False
    release_ms: int | None = None
    id_prefix: str | None = None
    committed: bool | None = None

    def matches(self, request: kafka.Request) -> bool:
        return (self.left > 0 and request.api_key == self.api_key and self.committed in (None, request.committed) and
                (self.id_prefix is None or (request.transactional_id or "").startswith(self.id_prefix)))


@dataclass(eq=False)
class Exchange:
    """A request on its way and its answer."""
    frame: bytes
    request: kafka.Request
    due: float
    rule: Rule | None = None
    swallow: bool = False  # the answer to a repetition
    gate: asyncio.Event = field(default_factory=asyncio.Event)  # open: the frame may go
    answer: asyncio.Future = field(default_factory=lambda: asyncio.get_running_loop().create_future())  # the error code, or None


class Link:
    """A client's connection and the one to the broker that belongs to it. Each direction is read into a queue and written from it, so that
    a frame that waits keeps those behind it back."""

    def __init__(self, proxy: Proxy, number: int, client, broker):
        self.proxy, self.number = proxy, number
        (self.client_reader, self.client), (self.broker_reader, self.broker) = client, broker
        self.requests: asyncio.Queue[Exchange | None] = asyncio.Queue()  # None: the client has closed
        self.responses: asyncio.Queue[tuple[float, bytes, Exchange | None] | None] = asyncio.Queue()
        self.open: defaultdict[int, deque[Exchange]] = defaultdict(deque)  # by correlation id

    async def run(self) -> None:
        tasks = [asyncio.create_task(step()) for step in (self.read_requests, self.send_requests, self.read_responses, self.send_responses)]
        try:
            # The broker's side decides: it ends when the broker closes, or when all that the client had sent was passed on.
            await asyncio.wait(tasks[1:3], return_when=asyncio.FIRST_COMPLETED)
            self.responses.put_nowait(None)
            await asyncio.wait(tasks[3:], timeout=LEAVE_S)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            self.abort()

    def cut_client(self) -> None:
        self.client.transport.abort()

    def abort(self) -> None:
        self.client.transport.abort()
        self.broker.transport.abort()

    async def read_requests(self) -> None:
        try:
            while True:
                frame = await read_frame(self.client_reader)
                exchange = self.proxy.judge(self, frame)
                self.requests.put_nowait(exchange)
        except (OSError, EOFError):
            self.requests.put_nowait(None)
        except kafka.Malformed as error:
            self.proxy.note(self, f"not Kafka's: {error}")
            self.abort()

    async def send_requests(self) -> None:
        while (exchange := await self.requests.get()) is not None:
            await self.proxy.wait_for_network(exchange.due)
            await exchange.gate.wait()
            self.write_request(exchange)
            if exchange.rule and exchange.rule.action == "repeat":
                self.write_request(Exchange(exchange.frame, exchange.request, exchange.due, swallow=True))
            await drain(self.broker)
        deadline = time.monotonic() + LEAVE_S
        while any(self.open.values()) and time.monotonic() < deadline:
            await asyncio.sleep(0.01)

    def write_request(self, exchange: Exchange) -> None:
        self.open[exchange.request.correlation].append(exchange)
        write_frame(self.broker, exchange.frame)

    async def read_responses(self) -> None:
        with contextlib.suppress(OSError, EOFError, kafka.Malformed):
            while True:
                frame = await read_frame(self.broker_reader)
                waiting = self.open.get(kafka.correlation_of(frame))
                exchange = waiting.popleft() if waiting else None
                if exchange:
                    self.proxy.answered(self, exchange, frame)
                self.responses.put_nowait((self.proxy.due(), frame, exchange))

    async def send_responses(self) -> None:
        while (item := await self.responses.get()) is not None:
            due, frame, exchange = item
            await self.proxy.wait_for_network(due)
            if exchange and exchange.rule and exchange.rule.action == "drop":
                self.proxy.dropped[exchange.request.api_key] += 1
                if exchange.rule.cut:
                    self.cut_client()
            elif not (exchange and exchange.swallow) and not self.client.transport.is_closing():
                write_frame(self.client, frame)
                await drain(self.client)


class Proxy:
    def __init__(self, brokers: int, log):
        self.log = log
        self.began = time.monotonic()
        self.targets: list[tuple[str, int] | None] = [None] * brokers
        self.links: set[Link] = set()
        self.made = 0
        self.refusing = False
        self.flowing = asyncio.Event()
        self.flowing.set()
        self.delay_s = 0.0
        self.healing: asyncio.TimerHandle | None = None
        self.rules: list[Rule] = []
        self.held: list[tuple[Link, Exchange]] = []
        self.seen: Counter[int] = Counter()
        self.answers: Counter[int] = Counter()
        self.dropped: Counter[int] = Counter()

    def note(self, link: Link | None, text: str) -> None:
        if self.log:
            print(f"{time.monotonic() - self.began:9.3f} {'control' if link is None else f'link {link.number}'}: {text}", file=self.log, flush=True)

    # -- traffic ----------------------------------------------------------------------------------------------------------------------

    async def serve(self, broker: int, reader, writer) -> None:
        target = self.targets[broker]
        if self.refusing or target is None:
            writer.transport.abort()
            return
        try:
            upstream = await asyncio.open_connection(*target)
        except OSError:
            writer.transport.abort()
            return
        self.made += 1
        link = Link(self, self.made, (reader, writer), upstream)
        self.links.add(link)
        try:
            await link.run()
        finally:
            self.links.discard(link)
            self.held = [(owner, exchange) for owner, exchange in self.held if owner is not link]

    def due(self) -> float:
        return time.monotonic() + self.delay_s

    async def wait_for_network(self, due: float) -> None:
        await self.flowing.wait()
        if (rest := due - time.monotonic()) > 0:
            await asyncio.sleep(rest)
            await self.flowing.wait()

    def judge(self, link: Link, frame: bytes) -> Exchange:
        request = kafka.parse_request(frame)
        self.seen[request.api_key] += 1
        exchange = Exchange(frame, request, self.due(), next((rule for rule in self.rules if rule.matches(request)), None))
        rule = exchange.rule
        if rule:
            rule.left -= 1
        self.note(link, f"{request}{f' {rule.action}' if rule else ''}")
        if rule is None or rule.action != "hold":
            exchange.gate.set()
            return exchange
        self.held.append((link, exchange))
        if rule.release_ms is not None:
            asyncio.get_running_loop().call_later(rule.release_ms / 1000, self.let_go, link, exchange)
        if rule.cut:
            link.cut_client()
        return exchange

    def let_go(self, link: Link, exchange: Exchange) -> None:
        if (link, exchange) in self.held:
            self.held.remove((link, exchange))
            self.note(link, f"{exchange.request} released")
            exchange.gate.set()

    def answered(self, link: Link, exchange: Exchange, frame: bytes) -> None:
        error = kafka.error_of(exchange.request, frame)
        self.answers[exchange.request.api_key] += 1
        self.note(link, f"{exchange.request} answered{'' if error is None else f', error {error}'}")
        if not exchange.answer.done():
            exchange.answer.set_result(error)

    # -- commands ---------------------------------------------------------------------------------------------------------------------

    async def control(self, reader, writer) -> None:
        with contextlib.suppress(OSError):
            while line := await reader.readline():
                words = line.decode("utf-8", "replace").split()
                try:
                    answer = "ok " + (await self.do(words) or "")
                except (ValueError, IndexError, KeyError) as error:
                    answer = f"error {' '.join(words)!r}: {error}"
                self.note(None, f"{' '.join(words)} -> {answer}")
                writer.write((answer.rstrip() + "\n").encode())
                await drain(writer)
        writer.close()

    async def do(self, words: list[str]) -> str | None:
        verb, *rest = words
        if verb == "target":
            host, port = rest[1].rsplit(":", 1)
            self.targets[int(rest[0])] = (host, int(port))
        elif verb in ("hold", "drop", "repeat"):
            self.rules = [rule for rule in self.rules if rule.left > 0] + [parse_rule(words)]
        elif verb == "release":
            return await self.release()
        elif verb == "delay":
            self.delay_s = int(rest[0]) / 1000
        elif verb in ("cut", "freeze"):
            self.disturb(verb, rest)
        elif verb == "heal":
            self.rules = []
            self.heal()
        elif verb == "count":
            key = api_key(rest[0])
            held = sum(exchange.request.api_key == key for _, exchange in self.held)
            return f"seen={self.seen[key]} answered={self.answers[key]} held={held} dropped={self.dropped[key]}"
        elif verb == "waiting":
            return f"requests={sum(rule.left for rule in self.rules)}"
        elif verb == "reset":
            self.reset()
        else:
            raise ValueError("no such command")
        return None

    async def release(self) -> str:
        frames = list(self.held)
        for link, exchange in frames:
            self.let_go(link, exchange)
        if not frames:
            return "released=0 errors="
        await asyncio.wait([exchange.answer for _, exchange in frames], timeout=ANSWER_S)
        errors = ["none" if not exchange.answer.done() else "-" if exchange.answer.result() is None else str(exchange.answer.result())
                  for _, exchange in frames]
        return f"released={len(frames)} errors={','.join(errors)}"

    def disturb(self, verb: str, options: list[str]) -> None:
        duration_ms = None
        for option in options:
            name, _, value = option.partition("=")
            if name != "for":
                raise ValueError(f"what is {option}?")
            duration_ms = int(value)
        self.heal()
        if verb == "cut":
            self.refusing = True
            for link in self.links:
                link.abort()
        else:
            self.flowing.clear()
        if duration_ms is not None:
            self.healing = asyncio.get_running_loop().call_later(duration_ms / 1000, self.heal)

    def heal(self) -> None:
        if self.healing:
            self.healing.cancel()
        self.healing = None
        self.refusing = False
        self.delay_s = 0.0
        self.flowing.set()

    def reset(self) -> None:
        for link, _ in self.held:
            link.abort()
        self.held, self.rules = [], []
        self.seen.clear()
        self.answers.clear()
        self.dropped.clear()
        self.heal()


def api_key(name: str) -> int:
    if name in kafka.API_KEYS:
        return kafka.API_KEYS[name]
    if name.isdigit():
        return int(name)
    raise ValueError(f"no API {name}; there are {', '.join(kafka.API_KEYS)}")


def parse_rule(words: list[str]) -> Rule:
    rule = Rule(words[0], api_key(words[1]))
    for option in words[2:]:
        name, _, value = option.partition("=")
        if name == "n":
            rule.left = int(value)
        elif name == "for" and rule.action == "hold":
            rule.release_ms = int(value)
        elif name == "id":
            rule.id_prefix = value
        elif option == "cut" and rule.action != "repeat":
            rule.cut = True
        elif option in ("commit", "abort"):
            rule.committed = option == "commit"
        else:
            raise ValueError(f"what is {option}?")
    return rule


async def read_frame(reader) -> bytes:
    length = int.from_bytes(await reader.readexactly(4), "big")
    if length > kafka.LARGEST_FRAME:
        raise kafka.Malformed(f"a frame of {length} bytes")
    return await reader.readexactly(length)


def write_frame(writer, frame: bytes) -> None:
    writer.write(len(frame).to_bytes(4, "big") + frame)


async def drain(writer) -> None:
    with contextlib.suppress(OSError):  # the reader of that side finds out
        await writer.drain()


async def run(arguments: argparse.Namespace) -> None:
    log = open(arguments.log, "w", encoding="utf-8") if arguments.log else None
    proxy = Proxy(arguments.brokers, log)
    listeners = [await asyncio.start_server(lambda r, w, i=i: proxy.serve(i, r, w), "127.0.0.1", 0) for i in range(arguments.brokers)]
    control = await asyncio.start_server(proxy.control, "127.0.0.1", 0)
    ports = [server.sockets[0].getsockname()[1] for server in listeners]
    print(f"listen={','.join(map(str, ports))} control={control.sockets[0].getsockname()[1]}", flush=True)
    await asyncio.Event().wait()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--brokers", type=int, default=1)
    parser.add_argument("--log")
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(run(parser.parse_args()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
