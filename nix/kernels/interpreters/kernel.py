"""A kernel for an interpreter that has none: a program in its own language runs the cells, and this one is for Jupyter.

    python kernel.py LANGUAGE.json -f CONNECTION_FILE

The two speak in frames: `kind argument length`, a line's end, and so many bytes. Requests are `execute`, `check` (is a
cell complete?), `complete` and `inspect` (a word), and `answer` to what the program asks. Replies are `version`,
`result`, `display` (its argument is a MIME type), `error` (a name, a line's end, and the message), `trace`, `status`,
`match`, `text` and `ask`; `done` is the last one. Before that the program writes the mark to both of its outputs, which
are pipes: what comes before belongs to the cell.
"""

from __future__ import annotations

import codecs
import json
import os
import re
import selectors
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

from ipykernel.kernelapp import IPKernelApp
from ipykernel.kernelbase import Kernel

MARK = "\x1e\x04\x1e"
# How long an interrupted cell may take to end before it is asked again, and before its interpreter is ended.
AGAIN = 1
PATIENCE = 5
# How long output is gathered.
TOGETHER = 0.02
# How long outputs may take to end once a cell has: somebody may have closed them.
OUTPUTS = 2


class Output:
    """What comes through one pipe, as text."""

    def __init__(self, file):
        self.file = file
        self.decode = codecs.getincrementaldecoder("utf-8")("replace").decode
        self.held = ""
        self.marked = False

    def read(self):
        """Give what there is up to the mark; nothing at the end."""
        data = os.read(self.file.fileno(), 1 << 16)
        self.held += self.decode(data)
        text, mark, rest = self.held.partition(MARK)
        if mark:
            self.marked, self.held = True, rest
            return text
        # The mark may come in two pieces.
        kept = next((size for size in (2, 1) if self.held.endswith(MARK[:size])), 0) if data else 0
        text, self.held = self.held[: len(self.held) - kept], self.held[len(self.held) - kept :]
        self.marked = self.marked or not data
        return text


class Interpreter:
    """The program that runs the cells."""

    def __init__(self, command):
        theirs, self.requests = os.pipe()
        self.replies, answers = os.pipe()
        self.process = subprocess.Popen(
            [*command, f"/dev/fd/{theirs}", f"/dev/fd/{answers}"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            pass_fds=(theirs, answers),
            bufsize=0,
        )
        os.close(theirs)
        os.close(answers)
        self.outputs = {"stdout": Output(self.process.stdout), "stderr": Output(self.process.stderr)}
        self.unread = b""
        # Whether it has closed its replies, which it does by ending.
        self.ended = False
        self.read = 0
        self.asked = False

    def send(self, kind, text):
        """Send a request."""
        data = text.encode()
        data = b"%s - %d\n%s" % (kind.encode(), len(data), data)
        while data:
            data = data[os.write(self.requests, data) :]

    def frames(self):
        """Read what has been replied; the end of all replies is the end of this one too."""
        data = os.read(self.replies, 1 << 16)
        self.unread += data
        found = []
        while head := re.match(rb"(\S+) (\S+) (\d+)\n", self.unread):
            end = head.end() + int(head[3])
            if len(self.unread) < end:
                break
            found.append((head[1].decode(), head[2].decode(), self.unread[head.end() : end].decode(errors="replace")))
            self.unread = self.unread[end:]
        self.ended = not data
        return [*found, ("done", "-", "")] if self.ended else found

    def conversation(self):
        """Yield outputs and replies until a request is done, with interrupts passed on."""
        interrupts = []
        main = threading.current_thread() is threading.main_thread()
        before = signal.signal(signal.SIGINT, lambda *_: interrupts.append(time.monotonic())) if main else None
        try:
            yield from self._conversation(interrupts)
        finally:
            if main:
                signal.signal(signal.SIGINT, before)

    def _conversation(self, interrupts):
        done = None
        for output in self.outputs.values():
            output.marked = False
        with selectors.DefaultSelector() as selector:
            selector.register(self.replies, selectors.EVENT_READ)
            for name, output in self.outputs.items():
                selector.register(output.file, selectors.EVENT_READ, name)
            while done is None or not all(output.marked for output in self.outputs.values()):
                ready = selector.select(0.2)
                if done and not ready and time.monotonic() - done > OUTPUTS:
                    return
                for key, _ in ready:
                    for kind, argument, text in self._read(key.data):
                        if kind == "done":
                            done = time.monotonic()
                        else:
                            yield kind, argument, text
                    if self.outputs[key.data].marked if key.data else self.ended:
                        selector.unregister(key.fileobj)
                if interrupts and not done:
                    self._press(interrupts)

    def _read(self, name):
        """Give what there is of one output, or of the replies."""
        if not name:
            return self.frames()
        # Not each line is a message: who gets thousands at once loses some.
        time.sleep(max(0, self.read + TOGETHER - time.monotonic()))
        text = self.outputs[name].read()
        self.read = time.monotonic()
        return [(name, "-", text)] if text else []

    def _press(self, interrupts):
        """Interrupt again, once, what goes on; then end it."""
        waited = time.monotonic() - interrupts[0]
        if waited > PATIENCE:
            self.process.kill()
        elif waited > AGAIN and not self.asked:
            self.process.send_signal(signal.SIGINT)
        self.asked = waited > AGAIN

    def close(self):
        """End it, and give its status."""
        os.close(self.requests)
        try:
            self.process.wait(1)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        os.close(self.replies)
        for output in self.outputs.values():
            output.file.close()
        return self.process.returncode


class InterpreterKernel(Kernel):
    """Runs the cells of one language."""

    about = {}  # noqa: RUF012  (the language's table, set below)
    implementation = "jupyflake"
    implementation_version = "1"

    def __init__(self, **options):
        super().__init__(**options)
        self.lock = threading.Lock()
        self.word = re.compile(f"(?:{self.about['word']})+")
        version = self.begin()
        self.language_info = {**self.about["language-info"], "version": version}
        self.banner = f"{self.about['display-name']} {version}"

    def begin(self):
        """Start the interpreter, and give its version."""
        self.interpreter = Interpreter(self.about["command"])
        version = ""
        for kind, _, text in self.interpreter.conversation():
            if kind == "version":
                version = text
            elif kind in {"stdout", "stderr"}:
                sys.__stderr__.write(text)
        if not version:
            status = self.interpreter.close()
            raise SystemExit(f"{self.about['command'][0]} ended at once, with status {status}")
        return version

    def ask(self, kind, text):
        """Send a request, and yield outputs and replies."""
        with self.lock:
            self.interpreter.send(kind, text)
            yield from self.interpreter.conversation()
            if self.interpreter.ended:
                yield "error", "-", self.again()

    def again(self):
        """Start another interpreter for one that has ended."""
        status = self.interpreter.close()
        how = f"by signal {-status}" if status < 0 else f"with status {status}"
        self.begin()
        return f"Ended\nthe interpreter ended {how}; another one was started, without the variables of before"

    def do_execute(self, code, silent, store_history=True, user_expressions=None, allow_stdin=False, **options):
        """Run a cell."""
        self._allow_stdin = allow_stdin
        error = None
        trace = []
        results = []
        for kind, argument, text in self.ask("execute", code):
            if kind == "error":
                error = text
            elif kind == "trace":
                trace += text.splitlines()
            elif kind == "ask":
                self.answer()
            elif kind == "result":
                results.append(text)
            elif not silent:
                self.show(kind, argument, text)
        # After what was printed, which comes by another way.
        for result in results if not silent else []:
            content = {"execution_count": self.execution_count, "data": {"text/plain": result}, "metadata": {}}
            self.send_response(self.iopub_socket, "execute_result", content)
        if error is None:
            return {
                "status": "ok",
                "execution_count": self.execution_count,
                "payload": [],
                "user_expressions": {},
            }
        name, _, value = error.partition("\n")
        content = {"ename": name, "evalue": value, "traceback": [f"{name}: {value}", *trace]}
        if not silent:
            self.send_response(self.iopub_socket, "error", content)
        return {"status": "error", "execution_count": self.execution_count, **content}

    def show(self, kind, argument, text):
        """Publish an output."""
        if kind in {"stdout", "stderr"}:
            self.send_response(self.iopub_socket, "stream", {"name": kind, "text": text})
        elif kind == "display":
            self.send_response(self.iopub_socket, "display_data", {"data": {argument: text}, "metadata": {}})

    def answer(self):
        """Ask the user for a line; an interrupt reaches the interpreter itself."""
        handler = signal.signal(signal.SIGINT, signal.default_int_handler)
        try:
            self.interpreter.send("answer", self.raw_input() + "\n")
        except KeyboardInterrupt:
            pass
        except Exception:  # noqa: BLE001  (there is nobody to ask: that is the end of the input)
            self.interpreter.send("answer", "")
        finally:
            signal.signal(signal.SIGINT, handler)

    def first(self, wanted, kind, text):
        """Give the reply of one kind to a request, or nothing."""
        return next((reply for found, _, reply in list(self.ask(kind, text)) if found == wanted), "")

    def do_is_complete(self, code):
        """Ask the interpreter, which only reads."""
        status = self.first("status", "check", code) or "unknown"
        return {"status": status, "indent": "  "} if status == "incomplete" else {"status": status}

    def do_complete(self, code, cursor_pos):
        """Give the names that begin as the word before the cursor."""
        words = [found for found in self.word.finditer(code[:cursor_pos]) if found.end() == cursor_pos]
        start = words[0].start() if words else cursor_pos
        matches = self.first("match", "complete", code[start:cursor_pos]).splitlines() if words else []
        return {
            "status": "ok",
            "matches": sorted(set(matches)),
            "cursor_start": start,
            "cursor_end": cursor_pos,
            "metadata": {},
        }

    def do_inspect(self, code, cursor_pos, detail_level=0, omit_sections=()):
        """Say what the word at the cursor is."""
        words = [found[0] for found in self.word.finditer(code) if found.start() <= cursor_pos <= found.end()]
        text = self.first("text", "inspect", words[0]) if words else ""
        return {"status": "ok", "found": bool(text), "data": {"text/plain": text} if text else {}, "metadata": {}}

    def do_shutdown(self, restart):
        """End the interpreter too."""
        self.interpreter.close()
        return {"status": "ok", "restart": restart}


if __name__ == "__main__":
    InterpreterKernel.about = json.loads(Path(sys.argv.pop(1)).read_text(encoding="utf-8"))
    IPKernelApp.launch_instance(kernel_class=InterpreterKernel)
