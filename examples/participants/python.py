"""A participant on Python 3.9 or newer, without packages: PORT=3001 BATUTA_URL=http://localhost:3000 python3 python.py"""
import json
import os
import signal
import sqlite3
import sys
import threading
import urllib.error
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

BATUTA_URL = os.environ.get("BATUTA_URL", "http://localhost:3000")
PORT = int(os.environ.get("PORT", "3001"))
db = sqlite3.connect(os.environ.get("FILE", "seats.sqlite"), check_same_thread=False)
db.execute("CREATE TABLE IF NOT EXISTS acts (key TEXT PRIMARY KEY, event TEXT NOT NULL)")
lock = threading.Lock()


def act(label, metadata):
    """The work itself: the label of the event that answers the command. None: there is no such command here."""
    guests = metadata.get("guests", 0)
    if label == "validateReservation":
        return "validationOK" if 1 <= guests <= 12 else "validationKO"
    if label == "checkReservation":
        return "checkOK" if guests <= 8 else "checkKO"
    return None


def event_of(key, command):
    """The event of a command, made once: a repeat of the key finds the first one."""
    with lock, db:  # one transaction: work in this database belongs into it
        known = db.execute("SELECT event FROM acts WHERE key = ?", (key,)).fetchone()
        if known is not None:
            return known[0]
        label = act(command["value"]["messageLabel"], command["value"]["messagePayload"])
        if label is None:
            return None
        event = json.dumps({"key": command["key"], "value": {"messageLabel": label, "messagePayload": {}}})
        db.execute("INSERT INTO acts (key, event) VALUES (?, ?)", (key, event))
        return event


def handle(key, command):
    """The status for Batuta: 204 once it has the event, 503 where it must send the command again."""
    event = event_of(key, command)
    if event is None:
        return 404
    headers = {"content-type": "application/json", "idempotency-key": key}
    request = urllib.request.Request(BATUTA_URL + "/event", event.encode(), headers, method="POST")
    try:
        urllib.request.urlopen(request, timeout=5).close()
    except urllib.error.HTTPError as error:
        if error.code >= 500 or error.code == 429:
            return 503
        print(f"event of {key}: {error.code}", file=sys.stderr)
    return 204


class Participant(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        key = self.headers.get("idempotency-key", "")
        try:
            status = handle(key, json.loads(self.rfile.read(int(self.headers.get("content-length", 0)))))
        except Exception as error:
            print(f"command {key}: {error}", file=sys.stderr)
            status = 503
        self.send_response(status)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
ThreadingHTTPServer(("", PORT), Participant).serve_forever()
