"""The wheel in an environment of its own: ``python -m tests.wheel DIST`` runs the demo with it."""

import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path

SEEN = "import eightcut, eightcut.widgets; print(eightcut.__file__)"


def install(wheel, folder):
    """Install a wheel and nothing else into a new environment; return its ``bin``.

    What the wheel depends on is seen in the present environment through a ``.pth``,
    which does not follow the ``.pth`` of an editable install: the checkout stays unseen.
    """
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
    there = folder / "bin" / "python"
    site = Path(sysconfig.get_path("purelib", vars={"base": str(folder)}))
    (site / "seen.pth").write_text(sysconfig.get_path("purelib") + "\n")
    pip = [sys.executable, "-m", "pip", "--python", there, "install", "--quiet", "--no-deps"]
    subprocess.run([*pip, wheel], check=True)
    return folder / "bin"


def run(*command, cwd):
    """What a command prints, run in another folder than the checkout."""
    done = subprocess.run(
        [*map(str, command)], cwd=cwd, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def main(folder):
    """Run the demo with the newest wheel of a folder."""
    wheel = max(Path(folder).resolve().glob("*.whl"), key=lambda path: path.stat().st_mtime)
    with tempfile.TemporaryDirectory() as made:
        binaries = install(wheel, Path(made) / "env")
        print(run(binaries / "python", "-c", SEEN, cwd=made))
        subprocess.run([binaries / "eightcut", "demo"], cwd=made, check=True)


if __name__ == "__main__":
    main(sys.argv[1])
