"""The list of needs, a need's shortlist, and what would lift one of its matches."""

from dataclasses import dataclass

from flask import Blueprint, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from api import auth, words
from api.explanation import explain as view_explanation
from api.inputs import choice, search_words
from api.language import _, current_language
from api.meaning import current_meaning, current_reranking
from api.paging import decode_cursor, read_page
from api.session import database_session
from api.views import view_matches
from matcher.bundle_texts import conflict_texts, coverage_text, elements_text, price_text, uncovered_text
from matcher.meaning import remark_text
from matcher.models import Need, Product
from matcher.near_miss_texts import with_texts
from matcher.pair import explain_pair
from matcher.queries import matches as match_queries
from matcher.queries import needs as need_queries
from matcher.queries import products as product_queries
from matcher.queries.bundles import StoredBundle, stored_bundles
from matcher.queries.needs import NeedOrder, NeedRow
from matcher.queries.runs import latest_run
from matcher.sentence import sentence
from matcher.states import NeedStatus, RejectReason, RunStatus, StaffRole

ROWS = 50
KEY_KINDS = {NeedOrder.REF: str, NeedOrder.BEST_SCORE: int}

blueprint = Blueprint("needs", __name__)


@blueprint.get("/")
def home() -> ResponseReturnValue:
    """The first page is the list of needs."""
    return redirect(url_for("needs.index"))


@blueprint.get("/needs")
def index() -> ResponseReturnValue:
    """Needs with their best match and how far their review is."""
    session = database_session()
    status = choice(NeedStatus, request.args.get("status"))
    order = choice(NeedOrder, request.args.get("order"), KEY_KINDS) or NeedOrder.REF
    text = search_words(request.args.get("q"))
    rows: list[NeedRow] = need_queries.list_needs(
        session,
        floor=current_app.config["MATCHER_FLOOR"],
        status=status,
        text=text,
        order=order,
        after=decode_cursor(request.args.get("cursor"), KEY_KINDS[order]),
        limit=ROWS + 1,
    )
    run = latest_run(session, RunStatus.FINISHED)
    return render_template(
        "needs.html",
        page=read_page(rows, ROWS, lambda row: row.key),
        run=run,
        remarks=[remark_text(remark, current_language()) for remark in run.remarks] if run else [],
        tabs=[(None, _("All")), *((member, words.label(member)) for member in NeedStatus)],
        orders=[(NeedOrder.REF, _("by reference")), (NeedOrder.BEST_SCORE, _("by best score"))],
        status=status,
        order=order,
        text=text,
    )


@blueprint.get("/needs/<key:key>")
def show(key: str) -> ResponseReturnValue:
    """A need beside its matches, each with its reasons."""
    session = database_session()
    need = need_queries.get_need(session, key)
    return render_template(
        "need.html",
        need=need,
        views=view_matches(session, match_queries.shortlist(session, need)),
        bundles=[view_bundle(b) for b in stored_bundles(session, need_queries.get_shortlist(session, need))],
        conditions=conditions(need),
        empty_reason=empty_reason(session, need),
        may_decide=auth.caller().may(StaffRole.REVIEWER),
        reject_reasons=list(RejectReason),
    )


@blueprint.get("/needs/<key:need_key>/products/<key:product_key>")
def explain(need_key: str, product_key: str) -> ResponseReturnValue:
    """One need and one product: the reasons of the score, and what would lift it.

    A page of its own, as listings are scored anew for it; a list of matches would take seconds.
    """
    session = database_session()
    need, product = need_queries.get_need(session, need_key), product_queries.get_product(session, product_key)
    floor = current_app.config["MATCHER_FLOOR"]
    pair = explain_pair(session, need, product, floor, current_meaning(), current_reranking())
    language = current_language()
    return render_template(
        "pair.html",
        need=need,
        product=product,
        match=match_queries.of_pair(session, need, product),
        explanation=view_explanation(pair.explanation.breakdown),
        sentence=sentence(pair.explanation.breakdown, language, pair.explanation.excluded),
        engine_gone=pair.engine_gone,
        near_miss=with_texts(pair.near_miss.to_json(), language) if pair.near_miss else None,
        remarks=[remark_text(remark, language) for remark in pair.remarks],
    )


@dataclass(frozen=True, slots=True)
class BundleView:
    """A bundle in the reader's words; ``members``: each product with what it adds."""

    covers: str
    members: list[tuple[Product, str]]
    uncovered: str
    price: str
    conflicts: list[str]


def view_bundle(bundle: StoredBundle) -> BundleView:
    """The view of ``bundle`` in the current language."""
    language = current_language()
    return BundleView(
        covers=coverage_text(bundle, language),
        members=[(product, elements_text(adds, language)) for product, adds in bundle.members],
        uncovered=uncovered_text(bundle, language),
        price=price_text(bundle, language),
        conflicts=conflict_texts(bundle, language),
    )


def conditions(need: Need) -> list[tuple[str, str]]:
    """What the need asks of a product besides content: name and value of each facet that says something."""
    welcome = words.joined_modes(need.delivery_modes, need.deal_modes)
    refused = words.joined_modes(need.excluded_delivery_modes, need.excluded_deal_modes)
    rows = [
        (_("Sector"), words.joined(words.sector(code) for code in need.sectors) or need.sector_text),
        (_("Region"), words.joined(words.region(code) for code in need.regions) or need.region_text),
        (_("Update frequency"), words.label(need.update_frequency) if need.update_frequency else need.frequency_text),
        (_("Welcome modes"), welcome),
        (_("Refused modes"), refused),
        (_("Budget"), words.money(need.budget) if need.budget is not None else None),
        (_("Certificate"), _("required") if need.requires_certificate else None),
        (_("Updated since"), words.day(need.fresh_since) if need.fresh_since else None),
        (_("Deadline"), words.day(need.deadline_on) if need.deadline_on else None),
    ]
    return [(name, value) for name, value in rows if value]


def empty_reason(session: Session, need: Need) -> str:
    """Why the shortlist is empty, in words."""
    found = need_queries.get_shortlist(session, need)
    if found is None:
        return _("This need has not been scored yet.")
    reasons = {
        "stop_words_only": _("The need consists of words that say nothing about data. More telling words would help."),
        "nothing_in_common": _("No listed product has anything in common with it: a gap in supply."),
        "no_products": _("No product is listed."),
        "all_excluded": _("Every product with something in common is ruled out by a hard rule."),
    }
    return reasons.get(found.reason or "", _("The latest run found nothing."))
