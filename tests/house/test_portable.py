"""States run Windows PCs: what only POSIX has stays in one room, behind a look at the system; names of files fit both."""

import ast
import re
import subprocess
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("digitize", "ocr", "mappers", "validators")
FILES = sorted(p for top in PACKAGES for p in (ROOT / top).rglob("*.py"))
ONLY_POSIX = {
    "os": {"fork", "forkpty", "getuid", "geteuid", "getgid", "getegid", "setuid", "setgid", "killpg", "setsid", "statvfs",
           "mkfifo", "chown", "getloadavg", "sched_getaffinity", "sched_setaffinity", "nice", "WIFSIGNALED", "WTERMSIG",
           "O_DIRECTORY", "O_NOFOLLOW", "posix_fadvise", "uname", "sysconf", "fchmod", "fchown", "setpriority"},
    "signal": {"SIGKILL", "SIGHUP", "SIGUSR1", "SIGUSR2", "SIGALRM", "alarm", "setitimer", "pause", "SIGSTOP", "SIGCONT"},
}  # fmt: skip
ONLY_POSIX_MODULES = {"fcntl", "resource", "pwd", "grp", "termios", "tty", "pty", "syslog"}
ROOM = "digitize/machine/"
# Names that no file may have on Windows, with any ending; and letters.
DEVICES = re.compile(r"(?i)^(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?$")
FORBIDDEN = re.compile(r'[<>:"|?*\\]|[. ]$')


@cache
def nodes(path: Path) -> list[ast.AST]:
    """All of a file's tree, which is looked through three times; the module itself is the first."""
    return list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))


def posix_only(found_in: Iterable[ast.AST]) -> set[str]:
    """What a module names that Windows lacks."""
    found = set()
    for node in found_in:
        if isinstance(node, ast.Import):
            found |= {a.name for a in node.names} & ONLY_POSIX_MODULES
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            if node.module in ONLY_POSIX_MODULES:
                found.add(node.module)
            found |= {f"{node.module}.{a.name}" for a in node.names if a.name in ONLY_POSIX.get(node.module, ())}
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            if node.attr in ONLY_POSIX.get(node.value.id, ()):
                found.add(f"{node.value.id}.{node.attr}")
        elif isinstance(node, ast.Constant) and re.match(r"/(proc|tmp|dev|etc|var)/", str(node.value)):
            found.add(str(node.value))
    return found


def test_the_look_sees_what_it_is_for():
    text = "import os, fcntl\nfrom signal import SIGKILL\nos.fork()\nopen('/proc/self/stat')\nos.replace('a', 'b')\n"
    assert posix_only(ast.walk(ast.parse(text))) == {"fcntl", "signal.SIGKILL", "os.fork", "/proc/self/stat"}


def test_what_only_posix_has_is_called_in_one_room():
    found = {p.relative_to(ROOT).as_posix(): names for p in FILES if (names := posix_only(nodes(p)))}
    outside = {name: names for name, names in found.items() if not name.startswith(ROOM)}
    assert outside == {}


def test_a_module_that_only_posix_has_is_not_imported_at_the_top():
    """There, `import digitize.machine` itself would fail."""
    for path in FILES:
        for node in nodes(path)[0].body:
            if isinstance(node, ast.Import | ast.ImportFrom):
                names = {a.name for a in node.names} if isinstance(node, ast.Import) else {node.module}
                assert not names & ONLY_POSIX_MODULES, path.relative_to(ROOT)


def test_the_day_is_asked_in_one_place():
    """A server in UTC is a day behind until half past five in the morning: what it sends would be of yesterday."""
    calls = [(p, n) for p in FILES for n in nodes(p) if isinstance(n, ast.Call) and isinstance(n.func, ast.Attribute)]
    # Whatever `date` is called where it is imported.
    asked = [p for p, n in calls if n.func.attr in ("today", "utcnow") and not n.args and not n.keywords]
    assert [p.relative_to(ROOT).as_posix() for p in asked] == []


def test_files_are_read_as_utf8_not_as_the_system_likes():
    """Windows reads text in a code page of its own unless an encoding is told."""
    calls = [(p, n) for p in FILES for n in nodes(p) if isinstance(n, ast.Call)]
    missing = [
        f"{path.relative_to(ROOT)}:{call.lineno}"
        for path, call in calls
        if isinstance(call.func, ast.Attribute)
        and call.func.attr in ("read_text", "write_text")
        and isinstance(call.func.value, ast.Name | ast.BinOp)
        and not call.args[call.func.attr == "write_text" :]
        and not call.keywords
    ]
    assert missing == []


@pytest.fixture(scope="module")
def tracked():
    done = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    if done.returncode:
        pytest.skip("not a checkout")
    return [n for n in done.stdout.decode("utf-8").split("\0") if n]


def test_a_checkout_has_names_that_windows_can_hold(tracked):
    for name in tracked:
        for part in name.split("/"):
            assert not DEVICES.match(part) and not FORBIDDEN.search(part), name
        assert len(name) < 180, name  # 260 in all, with the folder it is cloned into
    folded = [n.casefold() for n in tracked]
    assert len(set(folded)) == len(folded)
