"""A PostgreSQL of one's own for tests: started from the installed binaries, on a free port, gone at the end.

Use the fixture `pg_url` (an empty database of this test's own, as a URL), `postgres_target` (one with a target's tables),
`pg_copy` (one that a function filled, which is called once) or `pg_server` (the server, to stop it in the middle). A version whose `initdb` is on PATH goes before all others. DIGITIZE_TEST_PG=postgresql://USER@HOST:PORT/postgres
names a server that runs already instead; its user must be allowed to make databases and roles, and its password comes from
PGPASSWORD or .pgpass. Such a server is never stopped.
"""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql

from tools.test_folder import database_folder, database_user, shared_memory_type

SETTINGS = {
    "fsync": "off",  # a killed server loses nothing without it, only a machine without power does
    "full_page_writes": "off",
    "max_connections": "40",
    "shared_buffers": "64MB",
    "max_wal_size": "512MB",
    "autovacuum": "off",
    "log_min_messages": "warning",
}
_PLACES = (
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/opt/homebrew/opt/postgresql@*/bin",
    "/usr/local/pgsql/bin",
)
SECONDS = 300


def binaries():
    """The folder with `initdb` and `postgres`: what is on PATH, else the newest version's; None when there is none."""
    found = [p for pattern in _PLACES for p in sorted(Path("/").glob(pattern[1:]), key=_version)]
    if on_path := shutil.which("initdb"):
        found.append(Path(on_path).resolve().parent)
    return next((p for p in reversed(found) if (p / "initdb").is_file() and (p / "postgres").is_file()), None)


def _version(folder):
    digits = "".join(c for c in folder.parent.name if c.isdigit())
    return int(digits or 0)


class Server:
    """One server and the ways to reach it.

    is_own: started here, so that it may be stopped and started again. user: the number of the user it runs as.
    """

    def __init__(self, url, process=None, folder=None, command=(), user=None):
        self.url, self.folder = url, folder
        self._process, self._command, self._user = process, command, user
        self.is_own = folder is not None
        self.user = (user or {}).get("user", os.geteuid())

    def database_url(self, database, user=None):
        """The URL of a database of this server, for another role when one is given."""
        info = psycopg.conninfo.conninfo_to_dict(self.url)
        host, port = info.get("host", "127.0.0.1"), info.get("port", 5432)
        return f"postgresql://{user or info.get('user', 'postgres')}@{host}:{port}/{database}"

    def run(self, statement, database="postgres"):
        """Run one statement as the superuser and give its rows."""
        with psycopg.connect(self.database_url(database), autocommit=True) as db:
            done = db.execute(statement)
            return done.fetchall() if done.description else []

    def create_database(self, like="template0"):
        """A new database, empty or a copy of another. Returns its URL."""
        name = f"t_{uuid4().hex[:16]}"
        made = sql.SQL("CREATE DATABASE {} TEMPLATE {} ENCODING 'UTF8'")
        self.run(made.format(sql.Identifier(name), sql.Identifier(like)))
        return self.database_url(name)

    def drop_database(self, url):
        """Remove a database, whoever is still connected to it."""
        name = psycopg.conninfo.conninfo_to_dict(url)["dbname"]
        self.run(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    def start(self):
        """Start it, and wait until it answers."""
        log = (self.folder / "log").open("ab")
        self._process = subprocess.Popen(
            self._command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, **(self._user or {})
        )
        log.close()
        self._wait()

    def _wait(self):
        end = time.monotonic() + SECONDS
        while time.monotonic() < end:
            try:
                psycopg.connect(self.url, connect_timeout=5).close()
                return
            except psycopg.OperationalError:
                if self._process.poll() is not None:
                    raise RuntimeError(f"PostgreSQL ended: {(self.folder / 'log').read_text()[-2000:]}") from None
                time.sleep(0.05)
        raise RuntimeError("PostgreSQL does not answer")

    def stop(self, *, immediate=True):
        """Stop it; at once, as in a crash, unless immediate is false."""
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(signal.SIGQUIT if immediate else signal.SIGINT)
            self._process.wait(SECONDS)


def start_server(parent=None, settings=None):
    """Make a cluster in a temporary folder and start it. Raises RuntimeError when that fails; the caller stops it.

    parent: where the folder is made. settings: over SETTINGS, by name.
    """
    bin_ = binaries()
    assert bin_ is not None
    folder = Path(tempfile.mkdtemp(prefix="digitize-pg-", dir=parent or database_folder(database_user())))
    user = _unprivileged()
    if user:
        os.chown(folder, user["user"], user["group"])
    made = subprocess.run(
        [bin_ / "initdb", "-D", folder / "data", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "-N"],
        capture_output=True, text=True, cwd=folder, check=False, **user,
    )  # fmt: skip
    if made.returncode:
        raise RuntimeError(f"initdb: {made.stderr[-2000:]}")
    return start_again(folder, settings)


def start_again(folder, settings=None):
    """Start the cluster of a folder that `start_server` made; the caller stops it."""
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        port = s.getsockname()[1]
    options = {"port": port, "listen_addresses": "127.0.0.1", "unix_socket_directories": "", **SETTINGS}
    options["dynamic_shared_memory_type"] = shared_memory_type(database_user())
    options |= settings or {}
    command = [
        binaries() / "postgres",
        "-D",
        folder / "data",
        *(f"--{name}={value}" for name, value in options.items()),
    ]
    server = Server(
        f"postgresql://postgres@127.0.0.1:{port}/postgres", None, folder, command, {**_unprivileged(), "cwd": folder}
    )
    server.start()
    return server


def _unprivileged():
    """Whom to run the server as: root may not."""
    who = database_user()
    if who is None:
        return {}
    return {"user": who.pw_uid, "group": who.pw_gid, "extra_groups": []}


@pytest.fixture(scope="session")
def pg_server():
    """A running PostgreSQL server."""
    if given := os.environ.get("DIGITIZE_TEST_PG"):
        yield Server(given)
        return
    if binaries() is None:
        pytest.skip("no PostgreSQL server is installed; tools/setup.sh --tests brings one, or set DIGITIZE_TEST_PG")
    server = start_server()
    yield server
    server.stop()
    shutil.rmtree(server.folder, ignore_errors=True)


@pytest.fixture(scope="session")
def _filled(pg_server):
    """Names of the databases that are copied, by the function that filled them."""
    made = {}
    yield made
    for name in made.values():
        pg_server.drop_database(pg_server.database_url(name))


@pytest.fixture
def pg_copy(pg_server, _filled):
    """copy(fill): the URL of a database of this test's own, as fill(URL) leaves one; it is called once, since that takes
    longer than all that follows, and must leave no connection open.
    """
    made = []

    def copy(fill):
        if fill not in _filled:
            url = pg_server.create_database()
            fill(url)
            _filled[fill] = psycopg.conninfo.conninfo_to_dict(url)["dbname"]
        made.append(pg_server.create_database(_filled[fill]))
        return made[-1]

    yield copy
    for url in made:
        pg_server.drop_database(url)


def make_target(url):
    """What `digitize target init` makes."""
    # Here: whoever starts a server of its own, as the benchmarks do, needs none of it.
    from digitize.targets.postgres.address import parse_address
    from digitize.targets.postgres.setup import init_target

    init_target(parse_address(url))


@pytest.fixture
def postgres_target(pg_copy):
    """The URL of a database of this test's own that was made ready as a target: `digitize target init`."""
    return pg_copy(make_target)


@pytest.fixture
def pg_url(pg_server):
    """The URL of an empty database of this test's own."""
    url = pg_server.create_database()
    yield url
    pg_server.drop_database(url)
