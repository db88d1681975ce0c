"""Programs of their own that show notebooks to the tests, and a second client on a kernel."""

import ast
import json
import os
import socket
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


class Server:
    """A program that shows notebooks, with settings, data and history of its own.

    Args:
        root: where the notebooks lie; what else it needs is kept beside.
        module: what Python runs.
        options: what it is told.
    """

    def __init__(self, root, module, *options):
        self.root, home = root, root.parent / f"{module}-home"
        self.runtime = home / FOLDERS["JUPYTER_RUNTIME_DIR"]
        for folder in FOLDERS.values():
            (home / folder).mkdir(parents=True, exist_ok=True)
        for name, value in SETTINGS.items():
            file = home / "settings/@jupyterlab" / f"{name}.jupyterlab-settings"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(json.dumps(value))
        self.log = home / "server.log"
        folders = {name: str(home / at) for name, at in FOLDERS.items()}
        with self.log.open("wb") as out:
            self.process = subprocess.Popen(
                [sys.executable, "-m", module, "--no-browser", *options],
                cwd=self.root,
                env=os.environ | folders,
                stdout=out,
                stderr=out,
            )
        try:
            until(self.is_up, f"{module} answers", 90)
        except BaseException:
            self.close()
            raise

    def is_up(self):
        """Whether it answers; it must not have ended."""
        assert self.process.poll() is None, self.log.read_text()[-3000:]
        return True

    def close(self):
        self.process.terminate()
        try:
            self.process.wait(15)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


class Lab(Server):
    """JupyterLab, or Notebook, on a free port."""

    def __init__(self, root, module="jupyterlab"):
        options = [
            "--allow-root",
            "--expose-app-in-browser",
            "--ServerApp.ip=127.0.0.1",
            "--ServerApp.port=0",
            f"--ServerApp.root_dir={root}",
            "--LabApp.news_url=",
        ]
        super().__init__(root, module, *options)

    def connection_file(self, notebook):
        """Where the kernel of a notebook says how to reach it."""

        def found():
            for session in self._ask("sessions"):
                file = self.runtime / f"kernel-{(session['kernel'] or {}).get('id')}.json"
                if session["path"] == notebook and file.exists():
                    return file
            return None

        return until(found, f"the kernel of {notebook}")

    def is_up(self):
        super().is_up()
        told = self.runtime / f"jpserver-{self.process.pid}.json"
        server = json.loads(told.read_text())  # the server's own word on port and token
        self.base, self.token = server["url"].rstrip("/"), server["token"]
        return self._ask("status")

    def _ask(self, path):
        with urllib.request.urlopen(f"{self.base}/api/{path}?token={self.token}", timeout=5) as got:
            return json.load(got)


class Voila(Server):
    """Voilà on a free port, which runs a notebook anew for whoever opens its page."""

    def __init__(self, notebook, *options):
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        self.base = f"http://127.0.0.1:{port}/"
        super().__init__(notebook.parent, "voila", str(notebook), f"--port={port}", *options)

    def is_up(self):
        super().is_up()
        with urllib.request.urlopen(f"{self.base}voila/static/voila.js", timeout=5) as got:
            return got.status == 200
