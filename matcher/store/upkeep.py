"""The store of `ports.Upkeep`: one home folder and its database, read through, copied, put back."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from sqlalchemy.engine import make_url

import matcher
from matcher.errors import StoreError, UsageError
from matcher.ports.upkeep import BackupMade, Soundness
from matcher.store import archive, audit, batches, dumping, keyring, refusals_journal, schema
from matcher.store.archive import DATABASE, HOME, Manifest
from matcher.store.database import Database
from matcher.store.index_folder import FOLDER
from matcher.store.keyholder import Keyholder
from matcher.store.soundness import soundness
from matcher.store.store import open_store

_KEYS: Final = f"{HOME}/keys/keyring.json"
_BESIDE: Final = ("-wal", "-shm", "-journal")


class HomeUpkeep:
    """Looks after the database of a URL and the home its keys stand in."""

    def __init__(self, url: str, *, home: Path) -> None:
        self.url = url
        self.home = home

    def soundness(self, head: str = "") -> Soundness:
        """Everything read through in one snapshot; UsageError for a `head` that is none."""
        with self._database(self.url) as database, database.reading() as connection:
            return soundness(connection, Keyholder(self.home).vault(connection), head)

    def backup(self, out: Path, *, at: datetime, keys_apart: Path | None = None) -> BackupMade:
        """Copy home and database to `out`, a file, or a folder in which it gets a name of its own.

        keys_apart : the file the keys go to; without it they are in the copy, which then opens everything it holds
        """
        if out.is_dir():
            out = out / f"matcher-{at:%Y%m%d-%H%M%S}.backup"
        for path in (out, keys_apart):
            if path is not None and path.exists():
                raise UsageError("a file stands there already", where=str(path), remedy="Choose another name.")
        out.parent.mkdir(parents=True, exist_ok=True)
        with self._database(self.url) as database, tempfile.TemporaryDirectory(dir=out.parent, prefix=".copy-") as held:
            dumped = Path(held) / DATABASE
            with database.reading() as connection:
                Keyholder(self.home).vault(connection)
            dumping.dump(database.file or self.url, database.is_sqlite, dumped)
            # After the database: the journal of refusals and the keys then hold all that it rests on.
            files = {DATABASE: dumped, **_still(self._files(out), Path(held))}
            keys = files.pop(_KEYS) if keys_apart is not None else None
            manifest = self._manifest(database, dumped, files, at)
            archive.write(out, manifest, files)
            if keys is not None and keys_apart is not None:
                shutil.copyfile(keys, keys_apart)
                keys_apart.chmod(0o600)
        return BackupMade(
            file=str(out),
            sha256=archive.digest(out),
            n_files=len(manifest.files),
            octets=out.stat().st_size,
            schema=manifest.schema,
            revision=manifest.revision,
            audit_head=manifest.audit_head,
            keys_in=str(keys_apart or ""),
        )

    def restore(self, file: Path, *, at: datetime, keys: Path | None = None, replace: bool = False) -> dict[str, Any]:
        """Put a copy into the home: unpack beside it, hold all against the list, try the keys, then move.

        What stood there is moved aside, not deleted. The journal of refusals stays if it goes on where the copy's
        ends: a no that came since then still counts.
        """
        manifest = archive.manifest_of(file)
        self._refuse(manifest, file, replace=replace)
        self.home.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=self.home.parent, prefix=".restore-") as held:
            folder = Path(held)
            archive.unpack(file, manifest, folder)
            if keys is not None:
                (folder / _KEYS).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(keys, folder / _KEYS)
                (folder / _KEYS).chmod(0o600)
            keyring.load(folder / HOME)
            if manifest.engine == "sqlite":
                self._try(folder)
            else:
                dumping.load(folder / DATABASE, self.url)
            aside = self._move(folder, at)
        store = open_store(self.url, home=self.home)
        try:
            store.migrate()
            revision = store.revision()
        finally:
            store.close()
        return {
            "home": str(self.home),
            "made_at": manifest.made_at.isoformat(),
            "schema": schema.HEAD,
            "revision": revision,
            "n_files": len(manifest.files),
            "moved_aside": aside,
        }

    @staticmethod
    @contextmanager
    def _database(url: str) -> Iterator[Database]:
        database = Database(url)
        try:
            yield database
        finally:
            database.close()

    def _files(self, out: Path) -> dict[str, Path]:
        """Files of the home by their names in a copy, without database, earlier copies and what is being written."""
        database = Path(make_url(self.url).database or "").resolve()
        ours = {database, *(database.with_name(database.name + end) for end in _BESIDE), out.resolve()}
        found = sorted(path for path in self.home.rglob("*") if path.is_file() and not path.is_symlink())
        kept = [path for path in found if path.resolve() not in ours and not self._is_passing(path)]
        return {f"{HOME}/{path.relative_to(self.home).as_posix()}": path for path in kept}

    def _is_passing(self, path: Path) -> bool:
        parts = path.relative_to(self.home).parts
        # An index is made again from the database in a moment.
        passing = parts[0] == FOLDER or any(part.startswith(".copy-") for part in parts)
        return passing or path.suffix == ".part" or archive.is_backup(path)

    def _manifest(self, database: Database, dumped: Path, files: dict[str, Path], at: datetime) -> Manifest:
        """The list of a copy; of SQLite its revision and head are those of the copied file itself."""
        copied = f"sqlite:///{dumped}" if database.is_sqlite else self.url
        with self._database(copied) as copy, copy.reading() as connection:
            revision, head = batches.revision(connection), audit.head(connection)
        return Manifest(
            program=matcher.__version__,
            made_at=at,
            engine="sqlite" if database.is_sqlite else "postgresql",
            schema=schema.HEAD,
            revision=revision,
            audit_head=head,
            keys=_KEYS in files,
            files=tuple(archive.entry(name, path) for name, path in files.items()),
        )

    def _refuse(self, manifest: Manifest, file: Path, *, replace: bool) -> None:
        """What is known before anything is unpacked."""
        if not manifest.schema.isdigit() or int(manifest.schema) > int(schema.HEAD):
            raise StoreError(
                f"the backup has schema {manifest.schema}, this program knows schemas up to {schema.HEAD}",
                where=str(file),
                remedy="Install the version of the program that wrote it, or restore an older backup.",
            )
        engine = make_url(self.url).get_backend_name()
        if engine != manifest.engine:
            raise UsageError(
                f"the backup is of {manifest.engine}, the database named is of {engine}",
                where=str(file),
                remedy="Name a database of the same kind with --database.",
            )
        database = Path(make_url(self.url).database or "")
        stands = self.home.is_dir() and any(self.home.iterdir())
        if (stands or (engine == "sqlite" and database.exists())) and not replace:
            raise UsageError(
                "the home is not empty",
                where=str(self.home),
                remedy="Name an empty folder with --home, or stop the server and add --replace: what stands there is "
                "moved aside.",
            )

    def _try(self, folder: Path) -> None:
        """The keys open the database, and it is of a schema this program knows; raises StoreError."""
        with self._database(f"sqlite:///{folder / DATABASE}") as copy, copy.engine.connect() as connection:
            copy.refuse_newer(copy.version(connection))
            Keyholder(folder / HOME).vault(connection)

    def _move(self, folder: Path, at: datetime) -> str:
        """Put what was unpacked in its place; where what stood there went, empty if nothing did."""
        aside = self.home.with_name(f"{self.home.name}-before-{at:%Y%m%d-%H%M%S}")
        stood = self.home.is_dir() and any(self.home.iterdir())
        if stood:
            self.home.rename(aside)
            self._keep_refusals(aside / refusals_journal.FILE, folder / HOME / refusals_journal.FILE)
        elif self.home.is_dir():
            self.home.rmdir()
        (folder / HOME).rename(self.home)
        if make_url(self.url).get_backend_name() == "sqlite":
            database = Path(make_url(self.url).database or "")
            database.parent.mkdir(parents=True, exist_ok=True)
            for path in (database, *(database.with_name(database.name + end) for end in _BESIDE)):
                if path.exists():
                    aside.mkdir(exist_ok=True)
                    shutil.move(path, aside / path.name)
            shutil.move(folder / DATABASE, database)
        return str(aside) if aside.exists() else ""

    @staticmethod
    def _keep_refusals(stood: Path, copied: Path) -> None:
        """The longer of two journals that begin alike."""
        if not stood.is_file():
            return
        body, before = stood.read_bytes(), copied.read_bytes() if copied.is_file() else b""
        if body.startswith(before):
            copied.parent.mkdir(parents=True, exist_ok=True)
            copied.write_bytes(body)
            copied.chmod(0o600)


def _still(files: dict[str, Path], folder: Path) -> dict[str, Path]:
    """Copies of files that others may be writing, as they were at one moment each; one that has gone is left out."""
    copies = {}
    for name, path in files.items():
        copy = folder / name
        copy.parent.mkdir(parents=True, exist_ok=True)
        try:
            shutil.copyfile(path, copy)
        except FileNotFoundError:
            continue
        copies[name] = copy
    return copies
