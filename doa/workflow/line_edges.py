"""The steps of a line: on the track of its replacement, and on that of its return."""

from doa.enums import ReplacementTrack, ReturnTrack
from doa.models import CaseLine
from doa.workflow.case_edges import HANDED_IN, WORK, either
from doa.workflow.doers import applies, ships, waives
from doa.workflow.edges import LineEdge

REPLACEMENT, RETURN = "replacement_track", "return_track"
ON_ITS_WAY = frozenset({ReturnTrack.AWAITED, ReturnTrack.IN_TRANSIT})
NOT_HERE = ON_ITS_WAY | {ReturnTrack.NOT_DUE}


def _is_granted(line: CaseLine) -> bool:
    return line.is_granted


ORDER = LineEdge(
    name="order",
    event="line.ordered",
    track=REPLACEMENT,
    sources=frozenset({ReplacementTrack.NONE}),
    target=ReplacementTrack.ORDERED,
    statuses=WORK,
    is_permitted=ships,
    is_ready=_is_granted,
)
SHIP = LineEdge(
    name="ship",
    event="line.shipped",
    track=REPLACEMENT,
    sources=frozenset({ReplacementTrack.ORDERED}),
    target=ReplacementTrack.SHIPPED,
    statuses=WORK,
    is_permitted=ships,
    is_ready=_is_granted,
)
DELIVER = LineEdge(
    name="deliver",
    event="line.delivered",
    track=REPLACEMENT,
    sources=frozenset({ReplacementTrack.SHIPPED}),
    target=ReplacementTrack.DELIVERED,
    statuses=WORK,
    is_permitted=either(ships, applies),
    is_ready=_is_granted,
)
SEND_BACK = LineEdge(
    name="send-back",
    event="line.sent_back",
    track=RETURN,
    sources=frozenset({ReturnTrack.NOT_DUE, ReturnTrack.AWAITED}),
    target=ReturnTrack.IN_TRANSIT,
    statuses=WORK,
    is_permitted=applies,
    is_ready=_is_granted,
)
RECEIVE = LineEdge(
    name="receive",
    event="line.received",
    track=RETURN,
    sources=NOT_HERE | {ReturnTrack.WAIVED},
    target=None,
    statuses=HANDED_IN,
    is_permitted=ships,
    is_ready=lambda line: line.received_at is None or line.return_track in NOT_HERE,
)
RESOLVE = LineEdge(
    name="resolve-mismatch",
    event="line.mismatch_resolved",
    track=RETURN,
    sources=frozenset({ReturnTrack.RECEIVED}),
    target=None,
    statuses=HANDED_IN,
    is_permitted=ships,
    is_ready=lambda line: line.is_mismatch,
)
INSPECT = LineEdge(
    name="inspect",
    event="line.inspected",
    track=RETURN,
    sources=frozenset({ReturnTrack.RECEIVED}),
    target=ReturnTrack.INSPECTED,
    statuses=HANDED_IN,
    is_permitted=ships,
    is_ready=lambda line: not line.is_mismatch,
)
WAIVE = LineEdge(
    name="waive",
    event="line.waived",
    track=RETURN,
    sources=NOT_HERE,
    target=ReturnTrack.WAIVED,
    statuses=WORK,
    is_permitted=waives,
    is_ready=_is_granted,
)
BILL = LineEdge(
    name="bill",
    event="line.billed",
    track=RETURN,
    sources=ON_ITS_WAY,
    target=None,
    statuses=WORK,
    is_permitted=waives,
    is_ready=lambda line: line.is_granted and line.billing == "",
)
LINE_EDGES = (ORDER, SHIP, DELIVER, SEND_BACK, RECEIVE, RESOLVE, INSPECT, WAIVE, BILL)
