"""The public conformance suite of Jupyter, and what it leaves out, against kernels that are installed here.

Runs on the server's Python, in a shell or a container; that Python has `jupyter_kernel_test`:

    python3 kernel.py SAMPLES.json RESULTS.json

The samples are the `[conformance]` tables of nix/kernels/ by kernel name; the results say of each test
"passed", "skipped", or why it failed.
"""

from __future__ import annotations

import json
import sys
import time
import unittest
from pathlib import Path
from queue import Empty
from typing import Any

import jupyter_kernel_test as suite
from jupyter_client.manager import KernelManager

SECONDS = 120
SETTLED = 1.5
WORDS = "→ é 漢 😀"
LINES = 10_000


class Tests(suite.KernelTests):  # type: ignore[misc]  # it comes without types here
    """The suite, with patience: how fast a kernel answers on a busy machine is not what is tested."""

    code_set_variable = ""
    code_show_variable = ""
    code_endless = ""
    code_many_lines = ""
    code_stdin = ""
    code_unicode = ""
    debugger = False
    broken = False

    @classmethod
    def setUpClass(cls) -> None:
        """Start the kernel as the server does: encrypted, where it can be."""
        cls.km = KernelManager(kernel_name=cls.kernel_name)
        if cls.km.has_trait("transport_encryption"):
            cls.km.transport_encryption = "auto"
        cls.km.start_kernel()
        cls.kc = cls.km.client()
        cls.kc.start_channels()
        cls.kc.wait_for_ready(timeout=SECONDS)

    def setUp(self) -> None:
        """Start another kernel after a test that failed."""
        if type(self).broken:
            self.tearDownClass()
            self.setUpClass()
            type(self).broken = False

    def get_non_kernel_info_reply(self, timeout: float | None = None) -> dict[str, Any]:
        """Wait for a reply, but not for ever."""
        reply: dict[str, Any] = super().get_non_kernel_info_reply(timeout=timeout or SECONDS)
        return reply

    def execute_helper(
        self,
        code: str,
        timeout: int = SECONDS,
        silent: bool = False,  # noqa: FBT001, FBT002  (as the suite has it)
        store_history: bool = True,  # noqa: FBT001, FBT002
        stop_on_error: bool = True,  # noqa: FBT001, FBT002
    ) -> tuple[dict[str, Any], list[dict[str, Any]]]:
        """Run code to its end, and check each message as the suite does."""
        message = self.kc.execute(code, silent=silent, store_history=store_history, stop_on_error=stop_on_error)
        reply = self.get_non_kernel_info_reply(timeout=timeout)
        suite.validate_message(reply, "execute_reply", message)
        outputs = []
        published = self.until_idle(message)
        # Deno says that it is idle too early; one test is about that, and the others would fail by chance.
        if code != self.code_many_lines:
            published += self.late(message)
        for each in published:
            suite.validate_message(each, each["msg_type"], message)
            if each["msg_type"] not in {"status", "execute_input"}:
                outputs.append(each)
        return reply, outputs

    def until_idle(self, message: str, seconds: float = SECONDS) -> list[dict[str, Any]]:
        """Give what a request published; messages that belong to another are passed over."""
        found = []
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            try:
                each = self.kc.get_iopub_msg(timeout=1)
            except Empty:
                continue
            if each["parent_header"].get("msg_id") != message:
                continue
            found.append(each)
            if each["msg_type"] == "status" and each["content"]["execution_state"] == "idle":
                return found
        raise AssertionError(f"the kernel is still busy after {seconds:.0f} seconds")

    def late(self, message: str) -> list[dict[str, Any]]:
        """Give what a request published after its end."""
        found: list[dict[str, Any]] = []
        while True:
            try:
                each = self.kc.get_iopub_msg(timeout=0.3)
            except Empty:
                return found
            if each["parent_header"].get("msg_id") == message:
                found.append(each)

    def printed(self, outputs: list[dict[str, Any]]) -> str:
        """Join what arrived on standard output."""
        return "".join(
            each["content"]["text"]
            for each in outputs
            if each["msg_type"] == "stream" and each["content"]["name"] == "stdout"
        )

    def text(self, outputs: list[dict[str, Any]]) -> str:
        """Join all that a person would read."""
        return "".join(
            each["content"].get("text") or "".join(map(str, each["content"].get("data", {}).values()))
            for each in outputs
        )

    def drain(self) -> None:
        """Pass over what has come so far, whatever form it has."""
        for channel in (self.kc.shell_channel, self.kc.iopub_channel):
            while True:
                try:
                    suite.ensure_sync(channel.get_msg)(timeout=0.2)
                except Empty:
                    break

    def needs(self, attribute: str) -> str:
        """Give a sample, or skip the test."""
        code = str(getattr(self, attribute))
        if not code:
            self.skipTest(f"no {attribute}")
        return code

    def assert_still_works(self) -> None:
        """Run another cell."""
        self.drain()
        reply, outputs = self.execute_helper(self.code_hello_world)
        assert reply["content"]["status"] == "ok"
        assert "hello, world" in self.text(outputs)

    def test_own_interrupt(self) -> None:
        """A cell that would run forever is stopped within seconds, and the kernel goes on."""
        code = self.needs("code_endless")
        self.drain()
        message = self.kc.execute(code)
        while self.kc.get_iopub_msg(timeout=SECONDS)["msg_type"] != "execute_input":
            pass
        time.sleep(SETTLED)
        self.km.interrupt_kernel()
        self.until_idle(message, 20)
        assert self.get_non_kernel_info_reply(timeout=SECONDS)["parent_header"]["msg_id"] == message
        self.assert_still_works()

    def test_own_many_lines(self) -> None:
        """Ten thousand lines arrive, each once and in order."""
        code = self.needs("code_many_lines")
        self.drain()
        _, outputs = self.execute_helper(code)
        lines = [line.strip() for line in self.text(outputs).splitlines() if line.strip()]
        assert lines == [str(number) for number in range(1, LINES + 1)]

    def test_own_restart(self) -> None:
        """A restarted kernel works, and has forgotten."""
        if self.code_set_variable:
            self.drain()
            self.execute_helper(self.code_set_variable)
            _, outputs = self.execute_helper(self.code_show_variable)
            assert "4711" in self.text(outputs)
        self.km.restart_kernel(now=False)
        self.kc.wait_for_ready(timeout=SECONDS)
        if self.code_set_variable:
            self.drain()
            _, outputs = self.execute_helper(self.code_show_variable, stop_on_error=False)
            assert "4711" not in self.text(outputs)
        self.assert_still_works()

    def test_own_stdin(self) -> None:
        """The kernel asks for a line, and has what was typed."""
        code = self.needs("code_stdin")
        self.drain()
        message = self.kc.execute(code, allow_stdin=True)
        request = self.kc.get_stdin_msg(timeout=SECONDS)
        # Not the suite's own check: it wants a number where the protocol has true or false.
        assert request["parent_header"]["msg_id"] == message
        self.kc.input("typed words")
        self.get_non_kernel_info_reply(timeout=SECONDS)
        assert "typed words" in self.text(self.until_idle(message))

    def test_own_unicode(self) -> None:
        """Letters beyond ASCII come back as they were."""
        code = self.needs("code_unicode")
        self.drain()
        _, outputs = self.execute_helper(code)
        assert WORDS in self.text(outputs)

    def test_own_debugger(self) -> None:
        """The debugger answers, where the kernel says that it has one."""
        if not self.debugger:
            self.skipTest("no debugger")
        arguments = {"clientID": "tests", "adapterID": "", "pathFormat": "path"}
        request = self.kc.session.msg(
            "debug_request", {"seq": 1, "type": "request", "command": "initialize", "arguments": arguments}
        )
        self.kc.control_channel.send(request)
        reply = self.kc.get_control_msg(timeout=SECONDS)
        assert reply["msg_type"] == "debug_reply"
        assert reply["content"]["success"], reply["content"]
        # Its events are no messages of the other tests.
        type(self).broken = True


class Results(unittest.TestResult):
    """What became of each test; one that failed leaves no kernel to the next."""

    def __init__(self) -> None:
        super().__init__()
        self.outcome: dict[str, str] = {}

    def addSuccess(self, test: unittest.TestCase) -> None:  # noqa: N802  (unittest's name)
        """Note a test that passed."""
        self.outcome.setdefault(_name(test), "passed")

    def addSkip(self, test: unittest.TestCase, reason: str) -> None:  # noqa: ARG002, N802
        """Note a skipped test, unless only a part of it was."""
        self.outcome.setdefault(_name(test), "skipped")

    def addSubTest(self, test: unittest.TestCase, subtest: unittest.TestCase, err: Any) -> None:  # noqa: ARG002, N802
        """Note a failed part."""
        if err is not None:
            self._failed(test, err)

    def addFailure(self, test: unittest.TestCase, err: Any) -> None:  # noqa: N802
        """Note a failed test."""
        self._failed(test, err)

    def addError(self, test: unittest.TestCase, err: Any) -> None:  # noqa: N802
        """Note a test that could not be carried out."""
        self._failed(test, err)

    def _failed(self, test: unittest.TestCase, err: Any) -> None:
        text = (str(err[1]).strip().splitlines() or [""])[0]
        if isinstance(test, Tests):
            self.outcome[_name(test)] = f"{err[0].__name__}: {text}"[:200]
            type(test).broken = True
        else:
            # What stands for the whole class: the kernel did not start.
            self.outcome["start"] = f"{err[0].__name__}: {text}"[:200]


def _name(test: unittest.TestCase) -> str:
    return test.id().rpartition(".")[2].removeprefix("test_").removeprefix("own_")


def run(kernel: str, samples: dict[str, Any]) -> dict[str, str]:
    """Run all tests against one kernel, and give what became of each."""
    case = type("Kernel", (Tests,), {**samples, "kernel_name": kernel})
    names = unittest.defaultTestLoader.getTestCaseNames(case)
    results = Results()
    # The suite's own tests first: those of ours restart the kernel.
    unittest.TestSuite(case(name) for name in sorted(names, key=lambda name: (name.startswith("test_own_"), name))).run(
        results
    )
    return results.outcome


def main(samples: Path, results: Path) -> None:
    """Test each kernel of the samples; results are written after each, so that a crash loses little."""
    found: dict[str, dict[str, str]] = {}
    for kernel, each in json.loads(samples.read_text(encoding="utf-8")).items():
        started = time.monotonic()
        found[kernel] = run(kernel, each)
        results.write_text(json.dumps(found, ensure_ascii=False), encoding="utf-8")
        print(f"{kernel}: {time.monotonic() - started:.0f} s", file=sys.stderr, flush=True)  # noqa: T201


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
