"""What the engine knows of a product and of a need.

A profile is plain, frozen and complete: whoever builds one has already mapped source words to codes. ``None`` and
the empty tuple mean *unknown*, and the unknown is neutral in every part of a score.
"""

from dataclasses import dataclass
from datetime import date

from scoring.errors import ProfileError


@dataclass(frozen=True, slots=True)
class Element:
    """One piece of data contained or wanted, with the finer items it is made of.

    ``must`` holds on the need's side only: without this element the product does not serve.
    """

    name: str
    items: tuple[str, ...] = ()
    must: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """What both sides have.

    ``ref`` is the owner's own id (``external_ref``): ties break by it, then by ``id``. ``id`` is unique on its side.
    ``owner`` is the organisation's id. Codes are those of ``matcher.codes``: sectors, GB/T 2260 regions (six digits,
    ``100000`` for all of China), update frequencies, delivery and deal modes.
    """

    id: str
    ref: str
    owner: str | None = None
    title: str = ""
    text: str = ""
    elements: tuple[Element, ...] = ()
    tags: tuple[str, ...] = ()
    sectors: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    update_frequency: str | None = None
    delivery_modes: tuple[str, ...] = ()
    deal_modes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductProfile(Profile):
    """Supply.

    ``price`` is the amount in yuan where the price mode names one. ``certified`` says whether a certificate valid
    today is on record (``None``: nothing known), ``certificate_expired`` that one was and has run out. ``filled`` is
    the share (0–1) of the listing's fields that say something. ``covers_until``: the last day that the data is about.
    """

    listed: bool = True
    data_class: str | None = None
    price: float | None = None
    covers_until: date | None = None
    certified: bool | None = None
    certificate_expired: bool = False
    filled: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedProfile(Profile):
    """Demand.

    ``budget`` is the most the buyer pays, in yuan. ``excluded_delivery_modes`` and ``excluded_deal_modes`` are refused
    outright; the modes of the base class are welcome ones. ``fresh_since`` asks for data that reaches that day.
    """

    open: bool = True
    budget: float | None = None
    excluded_delivery_modes: tuple[str, ...] = ()
    excluded_deal_modes: tuple[str, ...] = ()
    requires_certificate: bool = False
    fresh_since: date | None = None


def as_need(profile: Profile) -> NeedProfile:
    """``profile`` as a need; ProfileError if it is none."""
    if not isinstance(profile, NeedProfile):
        raise ProfileError(f"{profile.id!r} is not a need")
    return profile


def as_product(profile: Profile) -> ProductProfile:
    """``profile`` as a product; ProfileError if it is none."""
    if not isinstance(profile, ProductProfile):
        raise ProfileError(f"{profile.id!r} is not a product")
    return profile
