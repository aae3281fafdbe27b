# SPDX-License-Identifier: MIT
"""The mail server of ./dev bench: takes every mail at once and forgets it. Writes its port into the file that it is given."""
import asyncio
import os
import sys

ANSWERS = {b"EHLO": b"250-bench\r\n250 PIPELINING\r\n", b"DATA": b"354 go on\r\n", b"QUIT": b"221 bye\r\n"}


async def serve(reader, writer):
    writer.write(b"220 bench\r\n")
    while line := await reader.readline():
        word = line[:4].upper()
        writer.write(ANSWERS.get(word, b"250 ok\r\n"))
        if word == b"DATA":
            await reader.readuntil(b"\r\n.\r\n")
            writer.write(b"250 taken\r\n")
        elif word == b"QUIT":
            break
    writer.close()


async def main(path):
    server = await asyncio.start_server(serve, "127.0.0.1", 0, limit=1 << 20)
    with open(path + ".new", "w", encoding="ascii") as file:
        file.write(str(server.sockets[0].getsockname()[1]))
    os.rename(path + ".new", path)
    await server.serve_forever()

asyncio.run(main(sys.argv[1]))
