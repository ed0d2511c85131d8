"""What the toolkit is made of is told, with its licences, and no stored file is trusted to hold only data."""

import ast
import json
import re
import runpy
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
SBOM = runpy.run_path(str(ROOT / "tools" / "sbom.py"))
CODE = [p for top in ("digitize", "ocr", "mappers", "validators", "training", "benchmarks", "tests", "tools", "sample_data")
        for p in (ROOT / top).rglob("*.py")]  # fmt: skip


@pytest.fixture(scope="module")
def bill(tmp_path_factory):
    out = tmp_path_factory.mktemp("sbom") / "new" / "sbom.cdx.json"
    done = subprocess.run([sys.executable, ROOT / "tools" / "sbom.py", out], capture_output=True, text=True, check=True)
    assert str(out) in done.stdout
    return json.loads(out.read_text(encoding="utf-8"))


def test_the_bill_lists_each_locked_package_once_with_its_hashes(bill):
    blocks = {re.match(r"[^\s\\;]+", b)[0]: b for b in re.split(r"\n(?=\S)", LOCK.strip()) if not b.startswith("#")}
    listed = {f"{c['name']}=={c['version']}": c for c in bill["components"]}
    assert len(bill["components"]) == len(listed) and set(listed) == set(blocks)
    for pinned, block in blocks.items():
        (files,) = listed[pinned]["externalReferences"]
        assert {h["content"] for h in files["hashes"]} == set(re.findall(r"sha256:(\w+)", block)) != set(), pinned


def test_the_bill_is_of_the_schema(bill):
    """The rules of CycloneDX 1.6 for the parts that we write."""
    assert (bill["bomFormat"], bill["specVersion"], bill["version"]) == ("CycloneDX", "1.6", 1)
    assert set(bill) <= {"bomFormat", "specVersion", "version", "metadata", "components"}
    all_of_them = [bill["metadata"]["component"], *bill["components"]]
    assert len({c["bom-ref"] for c in all_of_them}) == len(all_of_them)
    for c in all_of_them:
        assert c["type"] in ("application", "library") and c["name"] and c["version"]
        assert re.fullmatch(r"pkg:pypi/[a-z0-9.-]+@[\w.%-]+", c["purl"])
        for licence in c.get("licenses", []):
            assert set(licence) == {"expression"} or set(licence["license"]) in ({"id"}, {"name"})
        for reference in c.get("externalReferences", []):
            assert reference["type"] == "distribution" and reference["url"]
            assert all(
                h["alg"] == "SHA-256" and re.fullmatch("[0-9a-f]{64}", h["content"]) for h in reference["hashes"]
            )


def test_the_bill_tells_licences_where_a_package_is_installed(bill):
    licences = {c["name"]: c.get("licenses") for c in bill["components"]}
    assert licences["pikepdf"] == [{"expression": "MPL-2.0"}] and licences["rich"] == [{"license": {"name": "MIT"}}]


def test_markers_and_unknown_packages_are_borne():
    lock = "a_b==1.0+x ; sys_platform == 'win32' \\\n    --hash=sha256:" + "0" * 64 + "\nno-such-thing==2\n"
    first, second = SBOM["bill"](lock, {"name": "n", "version": "1", "license": "Apache-2.0"})["components"]
    assert first["purl"] == "pkg:pypi/a-b@1.0%2Bx" and len(first["externalReferences"][0]["hashes"]) == 1
    assert (second["name"], second["version"], "licenses" in second) == ("no-such-thing", "2", False)


def test_no_stored_array_may_bring_code_with_it():
    """numpy.load would run what a pickled array says; every call says no, whatever the default is."""
    for path in CODE:
        source = path.read_text(encoding="utf-8")
        # Most files load none, and a tree takes a hundred times as long as a look.
        for node in ast.walk(ast.parse(source)) if "load" in source and "np" in source else ():
            if isinstance(node, ast.Call) and ast.unparse(node.func) in ("np.load", "numpy.load"):
                said = {k.arg: ast.unparse(k.value) for k in node.keywords}
                assert said.get("allow_pickle") == "False", f"{path.relative_to(ROOT)}:{node.lineno}"


def test_the_notice_names_every_data_file_of_others_and_is_in_the_wheel():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert "NOTICE" in project["license-files"]
    notice = (ROOT / "NOTICE").read_text(encoding="utf-8")
    shipped = [p for top in ("digitize", "ocr", "mappers", "validators") for p in (ROOT / top).rglob("*")]
    weights = [p for p in shipped if p.suffix in (".onnx", ".geojson")]
    assert weights and all(p.relative_to(ROOT).as_posix() in notice for p in weights)
    for page in (p for p in shipped if p.name == "SOURCES.md"):
        assert page.relative_to(ROOT).as_posix() in notice
    for path in re.findall(r"^(?:digitize|ocr|mappers|validators)/[\w./]+", notice, re.MULTILINE):
        assert (ROOT / path).exists(), path
