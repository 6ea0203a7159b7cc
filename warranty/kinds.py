"""The kinds of mail about warranties, for headers, preferences and the desk."""

from notifications import kinds

kinds.declare(
    kinds.Kind(
        name="report-decided",
        number=13,
        label="Installation report accepted or sent back",
        because="{organization} handed the report in",
        templates=("warranty/report_accepted", "warranty/report_sent_back"),
        always="It answers what your organization handed in.",
    )
)
kinds.declare(
    kinds.Kind(
        name="report-missing",
        number=12,
        label="Installation reports before day 90",
        because=(
            "these units were shipped to or through {organization}. "
            "There is at most one such message a day"
        ),
        templates=("warranty/nudge",),
        is_starred=True,
        is_collected=True,
    )
)
kinds.declare(
    kinds.Kind(
        name="warranties-started",
        number=21,
        label="Warranties started",
        because=(
            "these units were shipped to or through {organization}. "
            "There is at most one such message a day"
        ),
        templates=("warranty/started",),
        is_starred=True,
    )
)
kinds.declare(
    kinds.Kind(
        name="dates-corrected",
        number=22,
        label="Dates and facts corrected",
        because="these units were shipped to or through {organization}",
        templates=("warranty/corrected", "warranty/record_corrected"),
        always="It changes what you may have told a customer.",
    )
)
kinds.declare(
    kinds.Kind(
        name="warranty-voided",
        number=22,
        label="Warranty voided or reinstated",
        because="this unit was shipped to or through {organization}",
        templates=("warranty/voided", "warranty/reinstated"),
        always="It changes what you may have told a customer.",
    )
)
kinds.declare(
    kinds.Kind(
        name="dispute-decided",
        number=22,
        label="Your report of a wrong date decided",
        because="{organization} reported that a date or a fact is wrong",
        templates=("warranty/dispute_decided",),
        always="It answers what your organization asked.",
    )
)
