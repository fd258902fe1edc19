"""The architecture, held: who may import whom, what is loaded when, data well formed, public names."""

import ast
import json
import subprocess
import sys
import tomllib
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

import scraper
from tests.conftest import ROOT

PACKAGES = ("scraper", "normalise")
SOURCES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))

# One importer per third-party package: a module, or a folder that is one thing. msgspec, in which records are written, is everywhere.
IMPORTERS = {
    "backports": {"scraper.readers.coding"},
    "brotli": {"scraper.readers.coding"},
    "can_ada": {"normalise.url", "scraper.fetch.url"},  # what a link means, and what is dialled
    "cchardet": {"scraper.encoding"},
    "compression": {"scraper.readers.coding"},
    "datatrove": {"scraper.integrations.datatrove"},
    "fsspec": {"scraper.bulk.stores"},
    "httpcore": {"scraper.fetch.transport"},
    "httpx": {"scraper.fetch.transport"},
    "isal": {"scraper.readers.coding"},
    "itemadapter": {"scraper.integrations.scrapy"},
    "langchain_core": {"scraper.integrations.langchain"},
    "llama_index": {"scraper.integrations.llama_index"},
    "numpy": {"scraper.model", "scraper.product", "scraper.text", "scraper.word_count"},
    "hishel": {"scraper.fetch.cache"},
    "playwright": {"scraper.fetch.render"},
    "protego": {"scraper.fetch.robots"},
    "pyarrow": {"scraper.bulk.writers", "scraper.readers.rows"},  # tables written, and read
    "ray": {"scraper.bulk.ray_engine"},
    "rensa": {"scraper.bulk.minhash"},
    "ruamel": {"scraper.config"},
    "scrapy": {"scraper.integrations.scrapy"},
    "selectolax": {"scraper.classify.rules", "scraper.document", "scraper.walk"},  # marked, made, and numbered and read
    "tld": {"scraper.fetch.cookies"},
    "trafilatura": {"scraper.classify.second_opinion"},
    "typer": {"scraper.cli"},
}
HEAVY = ("charset_normalizer", "httpcore", "httpx", "lxml", "numpy", "pydantic", "selectolax", "tld", "trafilatura", "typer")


def _module(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def _imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are absolute"
            yield node.module or ""


def test_normalise_never_imports_scraper() -> None:
    guilty = [
        _module(path) for path in SOURCES for name in _imports(path) if _module(path).startswith("normalise") and name.startswith("scraper")
    ]
    assert guilty == []


def test_bench_and_tests_are_never_imported() -> None:
    guilty = [_module(path) for path in SOURCES for name in _imports(path) if name.split(".")[0] in ("bench", "tests")]
    assert guilty == []


def test_only_the_command_line_imports_the_command_line() -> None:
    guilty = [
        _module(path)
        for path in SOURCES
        for name in _imports(path)
        if name.startswith("scraper.cli") and "scraper.cli" not in _module(path)
    ]
    assert guilty == ["scraper.__main__"]


def test_one_importer_per_third_party_package() -> None:
    found = defaultdict(set)
    for path in SOURCES:
        for name in _imports(path):
            package = name.split(".")[0]
            if package not in sys.stdlib_module_names and package not in (*PACKAGES, "msgspec"):
                found[package].add(_module(path))
    strangers = {
        package: sorted(module for module in modules if not any(module.startswith(home) for home in IMPORTERS.get(package, ())))
        for package, modules in found.items()
    }
    assert {package: modules for package, modules in strangers.items() if modules} == {}


def test_what_is_imported_is_declared() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    declared = " ".join([*project["dependencies"], *(entry for extra in project["optional-dependencies"].values() for entry in extra)])
    names = {"backports": "backports.zstd", "can_ada": "can-ada", "cchardet": "faust-cchardet", "ruamel": "ruamel.yaml"}
    wanted = (
        {name.split(".")[0] for path in SOURCES for name in _imports(path)} - set(sys.stdlib_module_names) - set(PACKAGES) - {"compression"}
    )
    assert [name for name in sorted(wanted) if names.get(name, name).replace("_", "-") not in declared] == []


def test_files_and_functions_stay_short() -> None:
    """The house rule: files rarely over 400 lines, functions rarely over 60."""
    long_files = [_module(path) for path in SOURCES if len(path.read_text().splitlines()) > 500]
    assert long_files == []


@pytest.mark.parametrize(
    "statement", ["import scraper", "import scraper; scraper.Article, scraper.Page, scraper.InputError, scraper.Config"]
)
def test_importing_is_cheap(statement: str) -> None:
    code = f"{statement}\nimport sys\nprint(*[name for name in {HEAVY!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


def test_help_loads_nothing_heavy() -> None:
    heavy = {*HEAVY} - {"typer", "pydantic"}  # some versions of typer load pydantic
    code = f"import sys\nfrom scraper.cli.app import run\nrun(['--help'])\nsys.stderr.write(' '.join({heavy!r} & sys.modules.keys()))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stderr.split() == []


def test_public_names() -> None:
    assert scraper.__all__ == [
        "Article",
        "ClipError",
        "Config",
        "ConfigError",
        "Failure",
        "InputError",
        "LockedError",
        "OutputError",
        "Page",
        "clean",
        "clean_many",
        "fetch",
        "load",
        "read",
    ]
    assert all(callable(getattr(scraper, name)) for name in scraper.__all__)
    assert set(scraper.__all__) <= set(dir(scraper))
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        scraper.nothing  # noqa: B018


def test_fetch_stays_a_function_when_its_package_is_imported_first() -> None:
    code = "import scraper.fetch.url, scraper; assert callable(scraper.fetch); from scraper import fetch; assert callable(fetch)"
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)


def test_versions_agree() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert project["version"] == scraper.__version__
    assert f"## {scraper.__version__}\n" in (ROOT / "CHANGELOG.md").read_text()


DATA = sorted(path for package in PACKAGES for path in (ROOT / package / "data").rglob("*") if path.is_file())


@pytest.mark.parametrize("path", DATA, ids=[str(path.relative_to(ROOT)) for path in DATA])
def test_data_files_are_well_formed(path: Path) -> None:
    if path.suffix == ".toml":
        _check_values(tomllib.loads(path.read_text(encoding="utf-8")), path.name)
    elif path.suffix == ".json":
        json.loads(path.read_text(encoding="utf-8"))
    elif path.suffix == ".txt":
        lines = path.read_text(encoding="utf-8").splitlines()
        assert len(lines) == len(set(lines))
    else:
        import numpy

        assert path.suffix in (".npy", ".npz"), "a kind of data file that nothing checks"
        numpy.load(path, allow_pickle=False)


def _check_values(value: object, place: str) -> None:
    """No list of words has one twice or an empty one."""
    if isinstance(value, dict):
        for key, inner in value.items():
            _check_values(inner, f"{place}: {key}")
    elif isinstance(value, list):
        words = [entry for entry in value if isinstance(entry, str)]
        assert len(words) == len(set(words)), f"{place}: {sorted(word for word in set(words) if words.count(word) > 1)}"
        for entry in value:
            _check_values(entry, place)


def test_no_module_is_without_a_docstring() -> None:
    assert [_module(path) for path in SOURCES if not ast.get_docstring(ast.parse(path.read_text()))] == []
