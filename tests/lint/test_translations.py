# SPDX-License-Identifier: MIT
"""Danish keeps up with English: nearly every sentence in _() has its translation, and formats agree."""
import pathlib
import re
import shutil
import subprocess

import laugwire
import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
DANISH = ROOT / "client" / "share" / "po" / "da.po"
MOST_MISSING = 0.05
pytestmark = pytest.mark.skipif(not shutil.which("xgettext"), reason="gettext is not here")


def entries(text):
    """(sentence, translation) of a .po file, without its header."""
    for match in re.finditer(r'^msgid ((?:".*"\n)+)msgstr ((?:".*"\n)+)', text, re.M):
        parts = ["".join(re.findall(r'"(.*)"\n', part)) for part in match.groups()]
        if parts[0]:
            yield parts


def test_sentences_have_a_translation(tmp_path):
    sources = [str(path.relative_to(ROOT)) for folder in ("daemon", "client", "proto")
               for path in (ROOT / folder).rglob("*.c") if "laugc" not in path.parts]
    # what the catalogue tool collects from the .laug files
    sources += [str(path) for path in [laugwire.build_folder() / "made" / "strings.c"] if path.exists()]
    template = tmp_path / "laug.pot"
    subprocess.run(["xgettext", "--language=C", "--from-code=UTF-8", "--keyword=_", f"--output={template}", *sources],
                   cwd=ROOT, check=True)
    if not template.exists():
        pytest.skip("no sentences yet")
    wanted = {sentence for sentence, _ in entries(template.read_text())}
    there = {sentence for sentence, translation in entries(DANISH.read_text()) if translation}
    missing = sorted(wanted - there)
    assert len(missing) <= MOST_MISSING * len(wanted), f"{len(missing)} of {len(wanted)} missing:\n" + "\n".join(
        missing)


def test_formats_agree(tmp_path):
    done = subprocess.run(["msgfmt", "--check", "-o", str(tmp_path / "laug.mo"), str(DANISH)], capture_output=True,
                          text=True)
    assert done.returncode == 0, done.stderr
    formats = re.compile(r"%[-+ #0]*\d*(?:\.\d+|\.\*)?(?:hh|h|ll|l|z|j|t)?[a-zA-Z]|\{\w+\}")
    for sentence, translation in entries(DANISH.read_text()):
        if translation:
            assert sorted(formats.findall(sentence)) == sorted(formats.findall(translation)), sentence
