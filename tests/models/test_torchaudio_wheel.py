import os
import subprocess
import sys

import pytest
import torch

pytestmark = pytest.mark.skipif(torch.version.cuda is not None, reason="torch here is no CPU build")


@pytest.fixture
def wheel(tmp_path):
    """A package that looks like the registry's torchaudio."""
    lib = tmp_path / "torchaudio" / "lib"
    lib.mkdir(parents=True)
    (tmp_path / "torchaudio" / "__init__.py").write_text("name = 'it works'\n")
    (lib / "__init__.py").write_text("")
    (lib / "_torchaudio.abi3.so").write_bytes(b"\x7fELF....libc10_cuda.so\0libtorch.so")
    (lib / "libtorchaudio.so").write_bytes(b"\x7fELF....libtorch.so")
    return tmp_path


def run(wheel, code):
    code = f"from eightcut.models import torchaudio_wheel as w\n{code}"
    environment = os.environ | {"PYTHONPATH": str(wheel)}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False
    )
    return done.stdout.strip(), done.stderr.strip()


def test_a_wheel_linked_against_cuda_is_named_and_the_cure_told(wheel):
    out, problem = run(wheel, "print(w.diagnose())\nw.load()")
    assert out == "torchaudio is linked against CUDA (_torchaudio.abi3.so) but torch is a CPU build"
    assert problem.splitlines()[-1] == f"ImportError: {out}; run `eightcut doctor --fix`"


def test_mending_removes_the_compiled_files_and_doing_it_twice_is_harmless(wheel):
    out, _ = run(wheel, "print(len(w.mend()), len(w.mend()), w.diagnose(), w.load().name)")
    assert out == "2 0 None it works"
    assert [path.name for path in (wheel / "torchaudio" / "lib").iterdir()] == ["__init__.py"]


def test_a_wheel_that_fits_is_left_alone(wheel):
    (wheel / "torchaudio" / "lib" / "_torchaudio.abi3.so").unlink()
    assert run(wheel, "print(w.diagnose(), w.mend())")[0] == "None []"
