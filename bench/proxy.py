"""A small HTTP proxy in front of several processes of the service, each request to the next of them, as a load balancer does it.

In: requests with a Content-Length or without a body. Out: the answers. What a process does not answer goes to the next one.
"""

import asyncio
from contextlib import suppress
from itertools import count


class Proxy:
    """Listens on a free port of this machine while used as a context."""

    def __init__(self, ports: list[int]) -> None:
        self._ports = ports
        self._next = count()
        self.passed_on = 0

    async def __aenter__(self) -> "Proxy":
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.address = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        await self._server.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            head = await reader.readuntil(b"\r\n\r\n")
            request, _, headers = head.partition(b"\r\n")
            kept = [line for line in headers.split(b"\r\n") if line and not line.lower().startswith(b"connection:")]
            lengths = [int(line.partition(b":")[2]) for line in kept if line.lower().startswith(b"content-length:")]
            body = await reader.readexactly(lengths[0]) if lengths else b""
            whole = b"\r\n".join([request, *kept, b"Connection: close", b"", body])
            writer.write(await self._answer(whole))
            await writer.drain()
        writer.close()

    async def _answer(self, request: bytes) -> bytes:
        first = next(self._next)
        for turn in range(len(self._ports)):
            port = self._ports[(first + turn) % len(self._ports)]
            with suppress(OSError):
                answer = await _ask(port, request)
                if answer:
                    return answer
            self.passed_on += 1
        return b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


async def _ask(port: int, request: bytes) -> bytes:
    """The whole answer; empty where the process died over it."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(request)
        await writer.drain()
        return await reader.read()
    finally:
        writer.close()
