"""The mail of this app: what became of an upload."""

from notifications import kinds

kinds.declare(
    kinds.Kind(
        name="upload-finished",
        number=14,
        label="Upload finished or failed",
        because="you uploaded the file for {organization}",
        templates=("jobs/import_finished",),
        always="It says what became of a file that you handed in.",
    )
)
