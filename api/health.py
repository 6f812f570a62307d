"""Whether this process lives, and whether it can serve: for container probes and balancers."""

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from api.session import session_factory
from migrations import apply

blueprint = Blueprint("health", __name__, url_prefix="/health")


@blueprint.get("/live")
def live() -> ResponseReturnValue:
    """The process answers. Asks nothing else, so that a database's trouble never restarts the web."""
    return jsonify(status="ok")


@blueprint.get("/ready")
def ready() -> ResponseReturnValue:
    """The database is reachable and has the tables that this version of the program expects."""
    engine: Engine = session_factory().kw["bind"]
    try:
        current = apply.is_current(engine)
    except SQLAlchemyError:
        return jsonify(status="unavailable", database="unreachable"), 503
    if not current:
        return jsonify(status="unavailable", database="not-migrated"), 503
    return jsonify(status="ok", database="ok")
