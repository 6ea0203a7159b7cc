"""The kinds of mail that pages of the portal cause."""

from notifications import kinds

kinds.declare(
    kinds.Kind(
        name="check-question",
        number=20,
        label="Question about a serial number",
        because=(
            "somebody asked on the public check about equipment that {organization} answers for. "
            "Ninety has not told them who you are"
        ),
        templates=("portal/question",),
        always="A customer waits for your answer.",
    )
)
