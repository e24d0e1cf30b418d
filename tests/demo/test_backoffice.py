"""How the demo's desks reach dangol."""

import asyncio
import dataclasses

import pytest
from tests.demo.conftest import SETTINGS

from dangol.demo.backoffice import BackOffice


async def answers_once(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """A server that lets a connection go as soon as it is used again."""
    await reader.readuntil(b"\r\n\r\n")
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")
    await reader.read(1)
    writer.close()


@pytest.mark.anyio
async def test_a_connection_that_the_server_lets_go_costs_no_answer() -> None:
    server = await asyncio.start_server(answers_once, "127.0.0.1")
    port = server.sockets[0].getsockname()[1]
    office = BackOffice(dataclasses.replace(SETTINGS, dangol_url=f"http://127.0.0.1:{port}", admin_key="ak_test"))
    statuses = [(await office.ask("GET", "definitions")).status_code for _ in range(2)]
    await office.close()
    server.close()
    assert statuses == [200, 200]
