"""What a text finds: the one thing it names, or a few of every kind whose number begins so."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.db.models import F
from django.urls import reverse

from catalog.policy import InvalidSerial, suggest_serials, valid_serial
from partners.models import Organization
from portal.bulk_check.suggestions import Suggester
from portal.search.folding import Folded, folded
from portal.search.kinds import KINDS, Kind
from support.models import SupportContract
from warranty.models import FormerSerial, Unit

CAP = 5
"""How many hits of a kind are shown."""
SHORTEST = 3
"""How many characters a search takes; fewer would find everything."""
SHORTEST_SERIAL = 6
"""How many a serial number is looked for by; the first four are much the same."""


@dataclass(frozen=True, slots=True)
class Hit:
    url: str
    label: str
    about: str = ""
    is_serial: bool = False


@dataclass(slots=True)
class Group:
    label: str
    hits: list[Hit] = field(default_factory=list)
    more_url: str = ""
    """Where the rest is, if there is more."""
    exact: list[Hit] = field(default_factory=list)


def serial_of(text: str) -> str:
    """Return a typed serial number normalised, or nothing where it can be none."""
    try:
        return valid_serial(text)
    except InvalidSerial:
        return ""


def unit_url(serial: str, organization: Organization) -> str:
    """Return the page of the unit with this serial number, or with a later one; or nothing."""
    if not serial:
        return ""
    if Unit.objects.for_organization(organization).filter(serial=serial).exists():
        return reverse("unit", args=[serial])
    return renamed(serial, organization)


def renamed(serial: str, organization: Organization) -> str:
    """Return the page of the unit that had this serial number before, or nothing."""
    known = FormerSerial.objects.for_organization(organization).filter(serial=serial)
    former = known.select_related("unit__part_number").order_by("-until", "-pk").first()
    if not serial or former is None:
        return ""
    query = {"part_number": former.unit.part_number.number, "formerly": serial}
    return reverse("unit", args=[former.unit.serial]) + f"?{urlencode(query)}"


def groups(text: str, organization: Organization) -> list[Group]:
    """Return what a text may name besides one unit, by kind, without empty kinds."""
    key = folded(text)
    if len(key) < SHORTEST:
        return []
    found = [_units(text, organization)]
    found += [_numbered(kind, key, text, organization) for kind in KINDS]
    found.append(_customers(text, organization))
    return [group for group in found if group.hits]


def only_exact(found: list[Group]) -> str:
    """Return where the one record leads whose number was typed in full, or nothing."""
    urls = {hit.url for group in found for hit in group.exact}
    return urls.pop() if len(urls) == 1 else ""


def meant(text: str, organization: Organization) -> list[Hit]:
    """Return the units whose serial number somebody may have mistyped."""
    serial, units = serial_of(text), Unit.objects.for_organization(organization)
    if not serial:
        return []
    alike = suggest_serials(serial, lambda readings: _known(units, readings))
    readings = alike or tuple(Suggester(organization).meant([serial]).values())
    return list(_hits_of(units.filter(serial__in=readings)))[:CAP] if readings else []


def _known(units: Any, readings: Any) -> set[str]:
    return set(units.filter(serial__in=readings).values_list("serial", flat=True))


def _units(text: str, organization: Organization) -> Group:
    serial, group = serial_of(text), Group("Units")
    if len(serial) >= SHORTEST_SERIAL:
        units = Unit.objects.for_organization(organization).filter(serial__startswith=serial)
        hits = list(_hits_of(units))
        group.hits = hits[:CAP]
        if len(hits) > CAP:
            group.more_url = _list("shipments", serial)
    return group


def _hits_of(units: Any) -> Iterator[Hit]:
    found = units.select_related("part_number__product").order_by("serial", "pk")[: CAP + 1]
    for unit in found:
        query = urlencode({"part_number": unit.part_number.number})
        url = f"{reverse('unit', args=[unit.serial])}?{query}"
        yield Hit(url, unit.serial, str(unit.product.model), is_serial=True)


def _numbered(kind: Kind, key: str, text: str, organization: Organization) -> Group:
    rows = kind.rows(organization).annotate(folded=Folded(F(kind.column)))
    found = list(rows.filter(folded__startswith=key).order_by("folded", "pk")[: CAP + 1])
    hits = [Hit(kind.url(row), getattr(row, kind.column), kind.about(row)) for row in found]
    exact = [hit for hit, row in zip(hits, found, strict=True) if row.folded == key]
    more = _list(kind.list_name, text) if len(hits) > CAP and kind.list_name else ""
    return Group(kind.label, hits[:CAP], more, exact)


def _customers(text: str, organization: Organization) -> Group:
    """Find end customers whose name begins so, of contracts and of units."""
    names: set[str] = set()
    for model in (SupportContract, Unit):
        # Who has no name is not in the index either.
        rows = model.objects.for_organization(organization).exclude(end_customer="")
        begins = rows.filter(end_customer__istartswith=text).order_by("end_customer")
        names.update(begins.values_list("end_customer", flat=True).distinct()[: CAP + 1])
    ordered = sorted(names)
    hits = [
        Hit(f"{reverse('coverage-plan')}?{urlencode({'customer': name})}", name)
        for name in ordered[:CAP]
    ]
    return Group("Customers", hits, reverse("coverage") if len(ordered) > CAP else "")


def _list(name: str, text: str) -> str:
    return f"{reverse(name)}?{urlencode({'q': text})}"
