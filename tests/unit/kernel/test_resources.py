"""The folders that travel with the code are found in the repository and in an installed package."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from ezcore.kernel import resources


def test_the_repository_has_its_themes_and_migrations():
    for name in ("themes", "migrations"):
        assert resources.find_tree(name) == Path(__file__).parents[3] / name


def test_an_installed_package_carries_its_own_folders(tmp_path):
    shutil.copytree(Path(resources.__file__).parents[1] / "kernel", tmp_path / "ezcore/kernel")
    shutil.copy(Path(resources.__file__).parents[1] / "__init__.py", tmp_path / "ezcore")
    (tmp_path / "ezcore/_data/themes").mkdir(parents=True)
    question = "from ezcore.kernel.resources import find_tree; print(find_tree('themes'))"
    answer = subprocess.check_output([sys.executable, "-c", question], cwd=tmp_path, text=True)
    assert Path(answer.strip()) == tmp_path / "ezcore/_data/themes"


def test_a_folder_that_was_not_installed_is_named():
    with pytest.raises(resources.TreeMissing, match="pictures"):
        resources.find_tree("pictures")
