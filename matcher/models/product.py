"""Products and their certificates: supply."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matcher.database import Amount, Base, Identified, Versioned, enum_column
from matcher.models.organisation import Organisation
from matcher.states import DataClass, PriceMode, ProductKind, ProductStatus, UpdateFrequency


class Product(Versioned, Base):
    """A data product 数据产品 as listed. ``None``, ``[]`` and ``""`` mean unknown, never "no".

    ``elements``: ``[{"name": str, "items": [str]}]``. ``sectors``, ``regions``, ``delivery_modes``, ``deal_modes``:
    codes of ``matcher.codes`` and ``matcher.states``; the source's own words stay in ``sector_text``, ``region_text``,
    ``frequency_text`` and ``price_text``. ``provider`` is the name as printed on the listing, where it has one.
    ``source_hash`` is the hash of the content as last loaded from a file: where the row's content no longer has it,
    people have edited the row. ``extra`` keeps the file's unknown fields.
    """

    __tablename__ = "products"
    __table_args__ = (UniqueConstraint("organisation_id", "external_ref"),)

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"), index=True)
    external_ref: Mapped[str] = mapped_column(String(120), index=True)
    status: Mapped[ProductStatus] = mapped_column(enum_column(ProductStatus), default=ProductStatus.LISTED, index=True)
    title: Mapped[str] = mapped_column(String(500))
    provider: Mapped[str | None] = mapped_column(String(300))
    kind: Mapped[ProductKind | None] = mapped_column(enum_column(ProductKind))
    summary: Mapped[str] = mapped_column(Text, default="")
    scenario: Mapped[str | None] = mapped_column(Text)
    elements: Mapped[list[Any]] = mapped_column(default=list)
    tags: Mapped[list[str]] = mapped_column(default=list)
    outcomes: Mapped[list[str]] = mapped_column(default=list)
    sectors: Mapped[list[str]] = mapped_column(default=list)
    sector_text: Mapped[str | None] = mapped_column(String(300))
    regions: Mapped[list[str]] = mapped_column(default=list)
    region_text: Mapped[str | None] = mapped_column(String(500))
    coverage_start: Mapped[date | None]
    coverage_end: Mapped[date | None]
    volume: Mapped[str | None] = mapped_column(String(500))
    update_frequency: Mapped[UpdateFrequency | None] = mapped_column(enum_column(UpdateFrequency))
    frequency_text: Mapped[str | None] = mapped_column(String(200))
    delivery_modes: Mapped[list[str]] = mapped_column(default=list)
    deal_modes: Mapped[list[str]] = mapped_column(default=list)
    price_mode: Mapped[PriceMode | None] = mapped_column(enum_column(PriceMode))
    price_amount: Mapped[Decimal | None] = mapped_column(Amount)
    price_unit: Mapped[str | None] = mapped_column(String(40))
    price_text: Mapped[str | None] = mapped_column(String(200))
    data_class: Mapped[DataClass | None] = mapped_column(enum_column(DataClass))
    personal_information: Mapped[bool | None]
    sample: Mapped[str | None] = mapped_column(Text)
    extra: Mapped[dict[str, Any]] = mapped_column(default=dict)
    source_hash: Mapped[str | None] = mapped_column(String(64))

    organisation: Mapped[Organisation] = relationship()
    certificates: Mapped[list["Certificate"]] = relationship(
        back_populates="product", cascade="all, delete-orphan", order_by="Certificate.position"
    )


class Certificate(Identified, Base):
    """A registration certificate 登记证书 of a product.

    Two listings may print the same number: both are kept and a finding is raised, so ``number`` is not unique.
    ``recognised`` says whether the number has a known form, ``valid_number`` whether its check character holds
    (``None`` where the form has none).
    """

    __tablename__ = "certificates"

    product_id: Mapped[UUID] = mapped_column(ForeignKey("products.id", ondelete="CASCADE"), index=True)
    position: Mapped[int] = mapped_column(default=0)
    number: Mapped[str] = mapped_column(String(80), index=True)
    recognised: Mapped[bool] = mapped_column(default=False)
    valid_number: Mapped[bool | None]
    issuer: Mapped[str | None] = mapped_column(String(200))
    issued_on: Mapped[date | None]
    expires_on: Mapped[date | None]
    revoked_on: Mapped[date | None]

    product: Mapped[Product] = relationship(back_populates="certificates")
