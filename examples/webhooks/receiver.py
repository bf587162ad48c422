#!/usr/bin/env python3
"""Receives webhooks of Castad and says which events came. Python's own library is enough.

    WEBHOOK_SECRET=whsec_… PORT=8000 python3 receiver.py

While a secret is being changed, name both, parted by a space.
"""

import base64
import hashlib
import hmac
import json
import os
import time
from http.server import BaseHTTPRequestHandler, HTTPServer

TOLERANCE_S = 300
LARGEST = 1024 * 1024


class Refused(Exception):
    """Why a message is not taken; the status says whether it is worth sending again."""

    def __init__(self, status, why):
        super().__init__(why)
        self.status = status


def key(secret):
    return base64.b64decode(secret.removeprefix("whsec_"), validate=True)


def verify(secrets, headers, body, now):
    """The message's id and time, if one of the secrets signed it a moment ago."""
    message_id = headers.get("webhook-id", "")
    timestamp = headers.get("webhook-timestamp", "")
    signatures = headers.get("webhook-signature", "").split()
    if not message_id or not timestamp.isascii() or not timestamp.isdigit():
        raise Refused(400, "this is no webhook")
    if abs(now - int(timestamp)) > TOLERANCE_S:
        raise Refused(400, "the message is too old, or a clock is wrong")
    signed = b".".join([message_id.encode(), timestamp.encode(), body])
    for secret in secrets:
        digest = hmac.new(key(secret), signed, hashlib.sha256).digest()
        ours = "v1," + base64.b64encode(digest).decode()
        # Each is compared in the same time, whatever it says.
        if any(hmac.compare_digest(ours.encode(), theirs.encode()) for theirs in signatures):
            return message_id, int(timestamp)
    raise Refused(401, "nobody who knows the secret has signed this")


class Inbox:
    """Takes each message once. Yours lies in a database, in the transaction of what you do with it."""

    def __init__(self):
        self.seen = {}

    def is_new(self, message_id, timestamp):
        before = self.seen.get(message_id)
        if before is not None and timestamp <= before:
            raise Refused(409, "this very message came before")
        self.seen[message_id] = timestamp
        # Sent again, because the answer to the last one was lost: it was dealt with.
        return before is None


class Receiver(BaseHTTPRequestHandler):
    secrets = os.environ.get("WEBHOOK_SECRET", "").split()
    inbox = Inbox()

    def do_POST(self):
        try:
            status = self.take()
        except Refused as refused:
            status = refused.status
        self.send_response(status)
        self.send_header("content-length", "0")
        self.end_headers()

    def take(self):
        length = int(self.headers.get("content-length") or 0)
        if length > LARGEST:
            raise Refused(413, "too large")
        body = self.rfile.read(length)
        message_id, timestamp = verify(self.secrets, self.headers, body, time.time())
        if self.inbox.is_new(message_id, timestamp):
            event = json.loads(body)
            print(json.dumps({"id": message_id, "type": event["type"]}), flush=True)
        return 204

    def log_message(self, *_):
        pass


if __name__ == "__main__":
    server = HTTPServer(("127.0.0.1", int(os.environ.get("PORT", "8000"))), Receiver)
    print(f"listening on {server.server_port}", flush=True)
    server.serve_forever()
