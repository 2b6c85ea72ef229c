#!/usr/bin/env python3
"""Receives webhooks: checks the signature, leaves out repeats, prints one line an event.

    CALLBOARD_SECRET='…' PORT=8000 python3 receive.py
"""
import collections
import hashlib
import hmac
import http.server
import json
import os
import time

SECRET = os.environ["CALLBOARD_SECRET"].encode()
OLDEST = 300  # seconds: what is older may be a recording that somebody plays again
seen = collections.OrderedDict()  # ids of the last messages; keep them in your database if repeats must not survive a restart


def is_genuine(headers, body):
    delivery, timestamp = headers.get("Callboard-Id", ""), headers.get("Callboard-Timestamp", "")
    if not timestamp.isdigit() or abs(time.time() - int(timestamp)) > OLDEST:
        return False
    wanted = "v1=" + hmac.new(SECRET, f"{delivery}.{timestamp}.".encode() + body, hashlib.sha256).hexdigest()
    # There are two signatures, by comma, while the secret is being changed.
    return any(hmac.compare_digest(wanted, one) for one in headers.get("Callboard-Signature", "").split(","))


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        genuine = is_genuine(self.headers, body)
        delivery = self.headers.get("Callboard-Id")
        if genuine and delivery not in seen:
            seen[delivery] = True
            if len(seen) > 10_000:
                seen.popitem(last=False)
            event = json.loads(body)
            print(event["event"], event["ressource"], event["data"].get("Calling", ""), flush=True)
        self.send_response(204 if genuine else 401)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


if __name__ == "__main__":
    http.server.ThreadingHTTPServer(("127.0.0.1", int(os.environ.get("PORT", 8000))), Handler).serve_forever()
