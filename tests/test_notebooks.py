"""Notebooks are thin stories that run from top to bottom on real sample media."""

import ast
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

FOLDER = Path(__file__).parent.parent / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))
LOGIC = (ast.FunctionDef, ast.ClassDef, ast.For, ast.While, ast.Try, ast.AsyncFunctionDef)


def code_cells(path):
    return [cell for cell in nbformat.read(path, 4).cells if cell.cell_type == "code"]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_a_notebook_holds_no_logic(path):
    trees = [ast.parse(cell.source) for cell in code_cells(path)]
    assert not [node for tree in trees for node in ast.walk(tree) if isinstance(node, LOGIC)]
    assert len(trees) <= 12


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_a_notebook_is_stored_without_outputs(path):
    assert not any(cell.outputs or cell.execution_count for cell in code_cells(path))


@pytest.mark.notebooks
@pytest.mark.weights
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_a_notebook_runs_from_top_to_bottom(path, sample_home):
    command = [sys.executable, "-m", "pytest", "--nbmake", "--nbmake-timeout=900", "-q", str(path)]
    options = ["-p", "no:randomly", "--override-ini=addopts=", "--override-ini=filterwarnings="]
    done = subprocess.run([*command, *options], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-3000:]
