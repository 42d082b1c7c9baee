"""An editor, as far as a language server can tell: it speaks the protocol over a pipe."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import deque
from itertools import count
from pathlib import Path
from queue import Empty, Queue
from threading import Thread
from typing import Any
from urllib.parse import unquote, urlparse

ROOT = Path(__file__).parents[2]
TIMEOUT = 60


class Editor:
    """`shown` are the diagnostics as last published, by the name of the file; `messages` what the user is told."""

    def __init__(self, cache: Path, errors: Path, *encodings: str) -> None:
        self.errors = errors.open("wb")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "hypolicy", "lsp"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.errors,
            cwd=ROOT,
            env={"HYPOLICY_CACHE": str(cache), "PATH": "", "PYTHONPATH": str(ROOT)},
        )
        self.numbers = count(1)
        self.incoming: Queue[dict[str, Any]] = Queue()
        self.shown: dict[Path, list[dict[str, Any]]] = {}
        self.published: deque[Path] = deque()
        self.messages: list[str] = []
        self.listener = Thread(target=self._listen, daemon=True)
        self.listener.start()
        general = {"general": {"positionEncodings": list(encodings)}} if encodings else {}
        self.capabilities = self.ask("initialize", processId=None, rootUri=None, capabilities=general)[
            "capabilities"
        ]
        self.tell("initialized")

    def _listen(self) -> None:
        out = self.process.stdout
        assert out is not None
        length = 0
        while header := out.readline():
            name, _, value = header.partition(b":")
            if name == b"Content-Length":
                length = int(value)
            elif not header.strip():
                self.incoming.put(json.loads(out.read(length)))

    def _send(self, message: dict[str, Any]) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        assert self.process.stdin is not None
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))
        self.process.stdin.flush()

    def tell(self, method: str, **params: Any) -> None:
        self._send({"method": method, "params": params})

    def ask(self, method: str, **params: Any) -> Any:
        number = next(self.numbers)
        self._send({"id": number, "method": method, "params": params})
        while (message := self._next()).get("id") != number:
            pass
        assert "error" not in message, message
        return message["result"]

    def _next(self, timeout: float = TIMEOUT) -> dict[str, Any]:
        message = self.incoming.get(timeout=timeout)
        match message.get("method"):
            case "textDocument/publishDiagnostics":
                path = Path(unquote(urlparse(message["params"]["uri"]).path))
                self.shown[path] = message["params"]["diagnostics"]
                self.published.append(path)
            case "window/showMessage" | "window/logMessage":
                self.messages.append(message["params"]["message"])
        return message

    # ------------------------------------------------------------------------------------------------- documents

    def open(self, path: Path, text: str | None = None) -> None:
        document = {"uri": path.as_uri(), "languageId": "hyp", "version": 1}
        document["text"] = path.read_text(encoding="utf-8") if text is None else text
        self.tell("textDocument/didOpen", textDocument=document)

    def change(self, path: Path, text: str) -> None:
        document = {"uri": path.as_uri(), "version": next(self.numbers)}
        self.tell("textDocument/didChange", textDocument=document, contentChanges=[{"text": text}])

    def close(self, path: Path) -> None:
        self.tell("textDocument/didClose", textDocument={"uri": path.as_uri()})

    def at(self, method: str, path: Path, line: int, character: int, **more: Any) -> Any:
        position = {"line": line, "character": character}
        return self.ask(
            f"textDocument/{method}", textDocument={"uri": path.as_uri()}, position=position, **more
        )

    def wait_for(self, path: Path) -> list[dict[str, Any]]:
        """The diagnostics of a file as they are published next."""
        while path not in self.published:
            self._next()
        self.published.remove(path)
        return self.shown[path]

    def silent(self, seconds: float) -> bool:
        """Whether nothing comes for so long."""
        try:
            self._next(seconds)
        except Empty:
            return True
        return False

    def end(self) -> int:
        self.ask("shutdown")
        self.tell("exit")
        code = self.process.wait(TIMEOUT)
        self.listener.join()
        for stream in (self.errors, self.process.stdin, self.process.stdout):
            assert stream is not None
            stream.close()
        return code
