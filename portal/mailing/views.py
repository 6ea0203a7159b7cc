"""Who gets which mail, as a page and as a file; people choose for themselves."""

from collections.abc import Iterator, Sequence

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render

from jobs.exports import csv_lines
from notifications import kinds
from notifications.kinds import BECAUSE
from partners.enums import Permission
from partners.pages import OrganizationPage
from portal.mailing.facts import readers_of, unread

HEADER = (
    *("name", "email", "role", "number", "mail", "gets", "decided_by"),
    *("quiet_hours", "time_zone"),
)


class Mailing(OrganizationPage):
    """Each member with the mail that can wait, then what comes whatever was chosen."""

    permissions = {"GET": Permission.MANAGE_MEMBERS}

    def get(self, request: HttpRequest) -> HttpResponse:
        readers = readers_of(self.organization)
        starred = kinds.starred()
        context = {
            "page": "organization",
            "rows": [(r, [gets for gets in r.gets if gets.kind.is_starred]) for r in readers],
            "starred": starred,
            "unread": list(unread(readers)),
            "always": [
                (kind, kind.why(self.organization).removeprefix(BECAUSE))
                for kind in kinds.every()
                if not kind.is_starred
            ],
        }
        return render(request, "portal/mailing.html", context)


class MailingCsv(OrganizationPage):
    """The same as a table: one line for each member and kind."""

    permissions = {"GET": Permission.MANAGE_MEMBERS}

    def get(self, request: HttpRequest) -> StreamingHttpResponse:
        lines = csv_lines(HEADER, self._rows())
        response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = 'attachment; filename="mail.csv"'
        return response

    def _rows(self) -> Iterator[Sequence[object]]:
        for reader in readers_of(self.organization):
            user = reader.member.user
            for gets in reader.gets:
                who = (user.name, user.email, reader.member.get_role_display())
                what = (gets.kind.number, gets.kind.label, gets.word, gets.by)
                waits = (reader.hours, reader.zone) if gets.kind.is_starred else ("None", "")
                yield (*who, *what, *waits)
