"""The API of cases: what a partner's programs begin, hand in, answer and follow."""

from doa.api.cases import Cases, OneCase
from doa.api.steps import AnswerCase, CaseFiles, SendBack, SubmitCase

__all__ = ["AnswerCase", "CaseFiles", "Cases", "OneCase", "SendBack", "SubmitCase"]
