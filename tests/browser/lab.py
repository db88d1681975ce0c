"""A JupyterLab of its own for the tests, and a second client on a notebook's kernel."""

import ast
import json
import os
import subprocess
import sys
import time
import urllib.request

from jupyter_client import BlockingKernelClient

SETTINGS = {  # what would put something over the page, or unmount what is scrolled away
    "apputils-extension/notification": {
        "fetchNews": "false",
        "checkForUpdates": False,
        "doNotDisturbMode": True,
    },
    "notebook-extension/tracker": {"windowingMode": "none"},
}
FOLDERS = {
    "JUPYTER_CONFIG_DIR": "config",
    "JUPYTER_DATA_DIR": "data",
    "JUPYTER_RUNTIME_DIR": "runtime",
    "JUPYTERLAB_SETTINGS_DIR": "settings",
    "JUPYTERLAB_WORKSPACES_DIR": "workspaces",
    "IPYTHONDIR": "ipython",
}


def until(condition, what, timeout_s=30.0):
    """Wait for a condition to hold; an OSError or ValueError means not yet."""
    end, last = time.monotonic() + timeout_s, None
    while time.monotonic() < end:
        try:
            last = condition()
        except (OSError, ValueError) as problem:
            last = problem
        else:
            if last:
                return last
        time.sleep(0.05)
    raise AssertionError(f"timed out: {what} (last: {last!r})")


class Kernel:
    """Reads and sets the state of a notebook's kernel without touching the page."""

    def __init__(self, connection_file):
        self._client = BlockingKernelClient(connection_file=str(connection_file))
        self._client.load_connection_file()
        self._client.start_channels()
        self._client.wait_for_ready(timeout=60)

    def run(self, code):
        """Execute code; what it raises fails the test."""
        reply = self._reply(self._client.execute(code, store_history=False))
        assert reply["status"] == "ok", "\n".join(reply.get("traceback", []))

    def get(self, expression):
        """The value of an expression, through JSON."""
        turned = "lambda o: o.tolist() if hasattr(o, 'tolist') else repr(o)"
        asked = {"v": f"__import__('json').dumps({expression}, default={turned})"}
        message = self._client.execute("", silent=True, store_history=False, user_expressions=asked)
        value = self._reply(message)["user_expressions"]["v"]
        assert value["status"] == "ok", value
        return json.loads(ast.literal_eval(value["data"]["text/plain"]))

    def expect(self, expression, holds=bool, timeout_s=15.0):
        """Wait until the expression's value is right, and return it. State the final condition."""
        seen = []

        def right():
            seen[:] = [self.get(expression)]
            return holds(seen[0])

        try:
            until(right, expression, timeout_s)
        except AssertionError as problem:
            raise AssertionError(f"{problem}; its value was {seen}") from None
        return seen[0]

    def close(self):
        self._client.stop_channels()

    def _reply(self, message_id, timeout_s=60.0):
        while True:
            reply = self._client.get_shell_msg(timeout=timeout_s)
            if reply["parent_header"].get("msg_id") == message_id:
                return reply["content"]


class Lab:
    """JupyterLab on a free port, with settings, data and history of its own."""

    def __init__(self, root):
        self.root, home = root, root.parent / "jupyter-home"
        self._runtime = home / FOLDERS["JUPYTER_RUNTIME_DIR"]
        for folder in FOLDERS.values():
            (home / folder).mkdir(parents=True, exist_ok=True)
        for name, value in SETTINGS.items():
            file = home / "settings/@jupyterlab" / f"{name}.jupyterlab-settings"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(json.dumps(value))
        self._log = home / "lab.log"
        self._process = self._start({name: str(home / at) for name, at in FOLDERS.items()})
        until(self._is_up, "JupyterLab answers", 90)

    def connection_file(self, notebook):
        """Where the kernel of a notebook says how to reach it."""

        def found():
            for session in self._ask("sessions"):
                file = self._runtime / f"kernel-{(session['kernel'] or {}).get('id')}.json"
                if session["path"] == notebook and file.exists():
                    return file
            return None

        return until(found, f"the kernel of {notebook}")

    def close(self):
        self._process.terminate()
        try:
            self._process.wait(15)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _start(self, folders):
        command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root"]
        options = [
            "--expose-app-in-browser",
            "--ServerApp.ip=127.0.0.1",
            "--ServerApp.port=0",
            f"--ServerApp.root_dir={self.root}",
            "--LabApp.news_url=",
        ]
        environment = os.environ | folders
        with self._log.open("wb") as out:
            return subprocess.Popen(
                [*command, *options], cwd=self.root, env=environment, stdout=out, stderr=out
            )

    def _is_up(self):
        assert self._process.poll() is None, self._log.read_text()[-3000:]
        told = self._runtime / f"jpserver-{self._process.pid}.json"
        server = json.loads(told.read_text())  # the server's own word on port and token
        self.base, self.token = server["url"].rstrip("/"), server["token"]
        return self._ask("status")

    def _ask(self, path):
        with urllib.request.urlopen(f"{self.base}/api/{path}?token={self.token}", timeout=5) as got:
            return json.load(got)
