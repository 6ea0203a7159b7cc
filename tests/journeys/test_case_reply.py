"""The answer to the TAC with two files: by keyboard, with scripts and without."""

import pytest

from doa import workflow
from doa.enums import CaseStatus, FileKind
from doa.models import CaseFile
from doa.workflow import Wanted
from partners import clock
from tests import builders as make
from tests import builders_cases as cases
from tests.journeys.keyboard import is_led_to_the_problem, tab_to
from tests.journeys.test_case_application import entered

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

LOG = {"name": "boot.log", "mimeType": "text/plain", "buffer": b"Boot failed at 0x4711.\n"}
PDF = {"name": "sketch.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4\n%%EOF\n"}
WRONG = {"name": "boot.docx", "mimeType": "application/msword", "buffer": b"PK\x03\x04 words"}


@pytest.fixture
def asked():
    """A case whose applicant has been asked for a log and for a sketch, and the applicant."""
    vap = make.make_organization("VAP1", "vap", name="Copperline Example")
    user = make.make_user(vap, email="ada@example.test")
    staff = make.make_staff()
    at = clock.now() - 3 * cases.HOUR
    case = cases.make_case(CaseStatus.IN_REVIEW, organization=vap, user=user, staff=staff, at=at)
    wanted = [Wanted("Console log of the boot", FileKind.LOG), Wanted("Sketch", FileKind.OTHER)]
    workflow.ask(case, items=wanted, reply_by=at + 240 * cases.HOUR, user=staff, at=clock.now())
    return case, user


@pytest.mark.parametrize("has_script", [True, False])
def test_two_files_are_sent_after_one_was_refused(browser, live_server, asked, has_script):
    case, user = asked
    files = CaseFile.unscoped.filter(case=case)
    before = files.count()
    page = entered(browser, live_server.url, user, java_script_enabled=has_script)
    page.goto(f"{live_server.url}/cases/{case.reference}/reply/")
    log, sketch = (f"#{field.get_attribute('id')}" for field in page.locator("[type=file]").all())
    send = "form.reply button"

    tab_to(page, send)
    page.keyboard.press("Enter")
    is_led_to_the_problem(page, "Choose a file that was asked for", "")
    page.set_input_files(log, WRONG)
    page.set_input_files(sketch, PDF)
    tab_to(page, send)
    page.keyboard.press("Enter")
    is_led_to_the_problem(page, "boot.docx", log)
    assert "sketch.pdf is kept" in page.inner_text("main")
    assert files.count() == before

    page.set_input_files(log, LOG)
    tab_to(page, "#id_text")
    page.keyboard.type("Both as asked.")
    tab_to(page, send)
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/cases/{case.reference}/**")
    page.get_by_text("Both as asked.").first.wait_for()
    assert files.count() == before + 2
    assert cases.fresh(case).status == CaseStatus.IN_REVIEW
