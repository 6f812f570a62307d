"""What the market lacks and who is seen in it: gaps in supply, and sellers' exposure."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from api.session import database_session
from matcher.queries.exposure import exposure as read_exposure
from matcher.queries.gaps import latest_gaps
from scoring.diversity import PAGE

NEEDS_SHOWN = 5
SELLERS_SHOWN = 200

blueprint = Blueprint("market", __name__)


@blueprint.get("/gaps")
def gaps() -> ResponseReturnValue:
    """What buyers want and nobody sells, with the needs behind it and the sellers to approach."""
    run, found = latest_gaps(database_session())
    return render_template("gaps.html", run=run, gaps=found, shown=NEEDS_SHOWN)


@blueprint.get("/exposure")
def exposure() -> ResponseReturnValue:
    """Each seller's share of the places against its share of supply."""
    rows = read_exposure(database_session())
    return render_template("exposure.html", rows=rows[:SELLERS_SHOWN], more=len(rows[SELLERS_SHOWN:]), page_size=PAGE)
