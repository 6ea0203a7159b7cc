"""What the import commands share: the file, the printed outcome, the exit status."""

import json
import shutil
import sys
import tempfile
from argparse import ArgumentParser
from contextlib import ExitStack
from dataclasses import dataclass
from typing import IO, Any

from django.core.management.base import BaseCommand, CommandError

from audit.trail import Actor
from jobs.imports import Outcome, write_bad_rows
from jobs.problems import Problem
from jobs.tabular import Layout
from partners.enums import Permission, Role
from partners.models import Organization

SHOWN = 20
"""How many refusals are printed."""


def open_source(path: str) -> IO[bytes]:
    """Open a file, or standard input for `-`, so that it can be read twice.

    Raises: CommandError (status 2) if it cannot be opened.
    """
    if path == "-":
        spool = tempfile.TemporaryFile()  # noqa: SIM115 (the caller closes it)
        shutil.copyfileobj(sys.stdin.buffer, spool)
        return spool
    try:
        return open(path, "rb")
    except OSError as error:
        raise CommandError(f"{path}: {error.strerror}.", returncode=2) from None


@dataclass(frozen=True, slots=True)
class Operator:
    """Whoever runs a command on the server: may do what staff may, under the command's name."""

    command: str

    def actor(self) -> Actor:
        return Actor(kind="command", id=None, label=f"manage.py {self.command}")

    def can(self, permission: Permission, organization: Organization) -> bool:
        """Allow what staff may; who holds the server holds the database anyway."""
        return permission in Role.STAFF.permissions


class ImportCommand(BaseCommand):
    """Read FILE, import it, say what came of it. Status 0 done, 1 refused, 2 usage."""

    noun = "rows"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FILE", help="CSV or XLSX; - is standard input.")
        parser.add_argument("--json", action="store_true", help="Print one JSON object.")

    def handle(self, *args: Any, **options: Any) -> None:
        with ExitStack() as stack:
            source = stack.enter_context(open_source(options["file"]))
            outcome = self.import_file(source, **options)
            self.finish_files(source, outcome, **options)
        self.report(outcome, **options)
        if outcome.is_refused:
            sys.exit(1)

    @property
    def operator(self) -> Operator:
        return Operator(type(self).__module__.rpartition(".")[2])

    def import_file(self, source: IO[bytes], **options: Any) -> Outcome:
        raise NotImplementedError

    def finish_files(self, source: IO[bytes], outcome: Outcome, **options: Any) -> None:
        """Write what goes beside the printed outcome; a command may have nothing."""

    def report(self, outcome: Outcome, **options: Any) -> None:
        if options["json"]:
            self.stdout.write(json.dumps(as_json(outcome), ensure_ascii=False))
            return
        for warning in outcome.warnings:
            self.stderr.write(f"Note: {warning}")
        if not outcome.is_refused:
            counts = ", ".join(f"{n:,} {word}" for word, n in outcome.counts.items())
            done = "Would import" if options.get("dry_run") else "Imported"
            self.stdout.write(f"{done} {self.noun}: {counts} ({outcome.seconds} s).")
            if outcome.left_out:
                rest = self._name(outcome.left_out)
                self.stderr.write(f"Left out: {outcome.rejected:,} refused rows.{rest}")
            return
        rest = self._name(outcome.problems)
        self.stderr.write(f"Nothing was imported: correct the file and run it again.{rest}")

    def _name(self, problems: list[Problem]) -> str:
        """Print the first problems; return a sentence about the others, if any."""
        for problem in problems[:SHOWN]:
            self.stderr.write(str(problem))
        more = len(problems) - SHOWN
        return f" {more:,} more problems are not shown." if more > 0 else ""


def write_errors(path: str, source: IO[bytes], layout: Layout, outcome: Outcome) -> None:
    """Write the refused rows to a file of their own. Raises: CommandError (status 2)."""
    try:
        with open(path, "w", encoding="utf-8", newline="") as output:
            write_bad_rows(source, layout, outcome.problems + outcome.left_out, output)
    except OSError as error:
        raise CommandError(f"{path}: {error.strerror}.", returncode=2) from None


def organization_of(code: str | None) -> Organization | None:
    """Return the organization named on the command line.

    Raises: CommandError (status 2) if there is none.
    """
    if code is None:
        return None
    organization = Organization.objects.filter(code=code).first()
    if organization is None:
        raise CommandError(f"No organization has the code {code}.", returncode=2)
    return organization


def as_json(outcome: Outcome) -> dict[str, Any]:
    """Return an outcome as programs read it."""
    return {
        "status": "refused" if outcome.is_refused else "done",
        **outcome.all_counts,
        "warnings": outcome.warnings,
        "problems": [problem._asdict() for problem in outcome.problems + outcome.left_out],
        "seconds": outcome.seconds,
    }
