"""The mails of this app: what became of an upload or of a registration in the background."""

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
kinds.declare(
    kinds.Kind(
        name="check-finished",
        number=14,
        label="Check of serial numbers finished or failed",
        because="you asked for the check in the name of {organization}",
        templates=("jobs/check_finished",),
        always="It says what became of serial numbers that you handed in.",
    )
)
kinds.declare(
    kinds.Kind(
        name="contract-not-registered",
        number=14,
        label="Contract not registered",
        because="you asked to register the contract for {organization}",
        templates=("jobs/contract_not_registered",),
        always="It says what became of a contract that you asked for.",
    )
)
