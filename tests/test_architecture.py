"""Which module may know which: every file is parsed, and a breach of the order fails."""

import ast
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(__file__).resolve().parent.parent
APPS = [
    "audit",
    "partners",
    "documents",
    "notifications",
    "accounts",
    "webhooks",
    "jobs",
    "catalog",
    "warranty",
    "support",
    "doa",
    "lifecycle",
    "portal",
    "config",
]
"""An app imports from those before it, never from those behind it."""

LAYERS = [
    {"enums"},
    {"policy"},
    {"models"},
    {"workflow"},
    {"tasks", "forms", "filters"},
    {"views", "api", "admin"},
    {"urls"},
]
"""Inside an app a module imports from earlier layers; other names may stand anywhere."""

HEAVY = {"openpyxl", "python_calamine", "playwright"}
"""May be imported inside a function: they cost every start of a command otherwise."""

NOT_READY = {("config/apps.py", "django.contrib.auth.models")}
"""Models that can only be imported after every app is loaded."""

WRITERS_OF_TABLES = {
    "jobs/exports.py": "every export: it is the one that defuses formulas",
    "portal/bulk_check/check.py": "a million lines: defuses only the columns that were typed",
    "portal/demo/story.py": "a file for our own importer, which nobody opens",
    "portal/seeding.py": "files for our own importer, which nobody opens",
}

DRAWS_ROWS = "partners/templatetags/components.py"
"""Hands on what a Jinja template has escaped, which does not say so itself."""

RULES = {"policy.py", "milestones.py"}
"""Modules of pure rules."""

CLOCK = "partners/clock.py"
MAX_LINES = 300


def sources() -> list[Path]:
    return sorted(
        path
        for app in APPS
        for path in (ROOT / app).rglob("*.py")
        if "migrations" not in path.parts
    )


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(), str(path))


def imports(tree: ast.AST) -> Iterator[str]:
    """Yield every imported name with dots: module, and module.name for `from` imports."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def layer(module: str) -> int | None:
    return next((number for number, names in enumerate(LAYERS) if module in names), None)


def calls(tree: ast.AST) -> Iterator[str]:
    """Yield what is called, as written: `datetime.now`, `mark_safe`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func)


def test_finds_the_house():
    assert len(sources()) > 30
    assert {path.relative_to(ROOT).parts[0] for path in sources()} == set(APPS)


@pytest.mark.parametrize("path", sources(), ids=name_of)
def test_imports_only_from_apps_before_it(path):
    own = APPS.index(path.relative_to(ROOT).parts[0])
    later = {name for name in imports(tree_of(path)) if name.split(".")[0] in APPS[own + 1 :]}
    assert later == set()


@pytest.mark.parametrize("path", sources(), ids=name_of)
def test_imports_only_from_earlier_layers_of_its_own_app(path):
    app, module = path.relative_to(ROOT).parts[0], path.relative_to(ROOT).parts[1]
    own = layer(module.removesuffix(".py"))
    if own is None:
        return
    used = {name.split(".")[1] for name in imports(tree_of(path)) if name.startswith(f"{app}.")}
    assert {name for name in used if (layer(name) or 0) > own} == set()


@pytest.mark.parametrize("path", [p for p in sources() if p.name in RULES], ids=name_of)
def test_rules_know_neither_django_nor_models_nor_a_clock(path):
    tree = tree_of(path)
    forbidden = re.compile(r"^(django|rest_framework|celery)\b|\.models\b|\.clock\b|^time\b")
    assert {name for name in imports(tree) if forbidden.search(name)} == set()
    assert {call for call in calls(tree) if call.endswith((".today", ".now"))} == set()


@pytest.mark.parametrize("path", sources(), ids=name_of)
def test_imports_stand_at_the_top_of_the_file(path):
    functions = [
        node
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    hidden = {name for function in functions for name in imports(function)}
    allowed = {
        name
        for name in hidden
        if name.split(".")[0] in HEAVY or (name_of(path), name.rpartition(".")[0]) in NOT_READY
    }
    assert hidden - allowed == set()


@pytest.mark.parametrize("path", sources(), ids=name_of)
def test_one_module_reads_the_clock(path):
    tree = tree_of(path)
    readers = re.compile(r"\b(datetime|date|timezone)\.(now|utcnow|today|localdate|localtime)$")
    read = {call for call in calls(tree) if readers.search(call)}
    if name_of(path) != CLOCK:
        assert read == set()
    automatic = {
        keyword.arg
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        for keyword in node.keywords
        if keyword.arg in {"auto_now", "auto_now_add"}
    }
    assert automatic == set()


@pytest.mark.parametrize("path", sources(), ids=name_of)
def test_only_named_modules_write_tables_and_none_trusts_markup(path):
    called = set(calls(tree_of(path)))
    trusting = {"mark_safe", "SafeString", "Markup", "eval", "exec"}
    assert called & trusting == ({"SafeString"} if name_of(path) == DRAWS_ROWS else set())
    if name_of(path) not in WRITERS_OF_TABLES:
        assert not called & {"csv.writer", "csv.DictWriter"}


@pytest.mark.parametrize("path", sources(), ids=name_of)
def test_no_module_has_outgrown_its_subject(path):
    with tokenize.open(path) as lines:
        assert sum(1 for _ in lines) <= MAX_LINES


def test_no_template_trusts_markup_or_runs_inline_code():
    breach = re.compile(
        r"\|\s*safe\b|autoescape (off|false)|\son\w+=|style=\"|<script(?![^>]*\bsrc=)"
    )
    found = {
        name_of(path): match.group()
        for path in sorted((ROOT / "templates").rglob("*"))
        if path.suffix in {".html", ".jinja"}
        and "email" not in path.relative_to(ROOT).parts
        and (match := breach.search(path.read_text()))
    }
    assert found == {}


def test_every_app_is_installed():
    installed = set(APPS) - {"config"}
    assert installed <= set(settings.INSTALLED_APPS)
    assert all((ROOT / app / "apps.py").exists() for app in installed)
