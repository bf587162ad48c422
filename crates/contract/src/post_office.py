"""A mail server that tells what came: an Arrived line for each letter, hexadecimal words apart by spaces.

It says "listening PORT CA" once it is ready, "synced" to each line that it reads, and ends with its input.
"""

import argparse
import asyncio
import email
import email.policy
import ssl
import sys
import tempfile
import threading

import trustme
from aiosmtpd.smtp import SMTP, AuthResult

said = threading.Lock()


def say(line):
    with said:
        print(line, flush=True)


class Letters:
    async def handle_RCPT(self, server, session, envelope, address, options):
        name = address.split("@")[0]
        if name == "refused":
            return "550 5.1.1 there is nobody of that name"
        if name == "busy":
            return "451 4.3.2 come back later"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 go on"

    async def handle_DATA(self, server, session, envelope):
        letter = email.message_from_bytes(envelope.content, policy=email.policy.default)
        text = letter.get_content().replace("\r\n", "\n")
        words = [letter["Message-ID"], ",".join(envelope.rcpt_tos), letter["Subject"], text]
        say("arrived " + " ".join(str(word).encode().hex() for word in words))
        if any(to.startswith("lost@") for to in envelope.rcpt_tos):
            server.transport.abort()
        if any(to.startswith("silent@") for to in envelope.rcpt_tos):
            await asyncio.sleep(600)
        return "250 2.0.0 taken"


def secrets():
    """What the server shows, and a file with whom to trust for it."""
    ca = trustme.CA()
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    ca.issue_cert("localhost", "127.0.0.1").configure_cert(context)
    with tempfile.NamedTemporaryFile("wb", suffix=".pem", delete=False) as file:
        file.write(ca.cert_pem.bytes())
    return context, file.name


def obey():
    for _ in sys.stdin:
        say("synced")
    asyncio.run_coroutine_threadsafe(leave(), loop)


async def leave():
    loop.stop()


async def main(options):
    context, trusted = secrets() if options.tls else (None, "-")

    def login(server, session, envelope, mechanism, data):
        given = f"{data.login.decode()}:{data.password.decode()}"
        return AuthResult(success=given == options.login, handled=False)

    def talk():
        return SMTP(
            Letters(),
            hostname="post.example",
            tls_context=context if options.tls == "starttls" else None,
            require_starttls=options.tls == "starttls",
            authenticator=login if options.login else None,
            auth_required=bool(options.login),
            auth_require_tls=False,
        )

    wrapped = context if options.tls == "wrapped" else None
    server = await loop.create_server(talk, "127.0.0.1", options.port, ssl=wrapped)
    say(f"listening {server.sockets[0].getsockname()[1]} {trusted}")


words = argparse.ArgumentParser()
words.add_argument("--port", type=int, default=0)
words.add_argument("--tls", choices=["starttls", "wrapped"])
words.add_argument("--login")
loop = asyncio.new_event_loop()
loop.run_until_complete(main(words.parse_args()))
threading.Thread(target=obey, daemon=True).start()
loop.run_forever()
