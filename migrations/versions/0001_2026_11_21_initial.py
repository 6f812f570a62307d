"""The first tables: organisations, products, scenarios, needs, runs, matches, staff, findings, outbox and audit.

Revision 0001, 2026-11-21.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
AMOUNT = sa.Numeric(18, 4).with_variant(sa.BigInteger(), "sqlite")
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "audit_entries",
        sa.Column("actor", sa.String(200), nullable=False),
        sa.Column("action", sa.String(80), nullable=False),
        sa.Column("subject_kind", sa.String(40), nullable=False),
        sa.Column("subject_id", sa.Uuid()),
        sa.Column("before_hash", sa.String(64)),
        sa.Column("after_hash", sa.String(64)),
        sa.Column("details", JSON, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_audit_entries"),
    )
    op.create_index("ix_audit_entries_subject_kind_subject_id", "audit_entries", ["subject_kind", "subject_id"])

    op.create_table(
        "engines",
        sa.Column("fingerprint", sa.String(64), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("weights", JSON, nullable=False),
        sa.Column("term_statistics", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("fingerprint", name="pk_engines"),
    )
    op.create_table(
        "events",
        sa.Column("type", sa.String(80), nullable=False),
        sa.Column("entity_kind", sa.String(40), nullable=False),
        sa.Column("entity_id", sa.Uuid(), nullable=False),
        sa.Column("payload", JSON, nullable=False),
        sa.Column("dispatched_at", INSTANT),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_events"),
    )
    op.create_index("ix_events_dispatched_at", "events", ["dispatched_at"])
    op.create_index("ix_events_entity_kind_entity_id", "events", ["entity_kind", "entity_id"])
    op.create_index("ix_events_type", "events", ["type"])

    op.create_table(
        "organisations",
        sa.Column("external_ref", sa.String(120), nullable=False),
        sa.Column("name", sa.String(300), nullable=False),
        sa.Column("credit_code", sa.String(18)),
        sa.Column("roles", JSON, nullable=False),
        sa.Column("contact_name", sa.String(120)),
        sa.Column("contact_email", sa.String(320)),
        sa.Column("contact_phone", sa.String(40)),
        sa.Column("language", sa.String(16), nullable=False),
        sa.Column("preferences", JSON, nullable=False),
        sa.Column("demonstration", sa.Boolean(), nullable=False),
        sa.Column("source_hash", sa.String(64)),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_organisations"),
        sa.UniqueConstraint("credit_code", name="uq_organisations_credit_code"),
        sa.UniqueConstraint("external_ref", name="uq_organisations_external_ref"),
    )
    op.create_index("ix_organisations_name", "organisations", ["name"])

    op.create_table(
        "scenarios",
        sa.Column("code", sa.String(40), nullable=False),
        sa.Column("domain", sa.String(120), nullable=False),
        sa.Column("title", sa.String(500), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("elements", JSON, nullable=False),
        sa.Column("tags", JSON, nullable=False),
        sa.Column("source_hash", sa.String(64)),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_scenarios"),
        sa.UniqueConstraint("code", name="uq_scenarios_code"),
    )
    op.create_table(
        "staff",
        sa.Column("email", sa.String(320), nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("role", sa.String(32), nullable=False),
        sa.Column("password_hash", sa.String(255), nullable=False),
        sa.Column("language", sa.String(16)),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("session_epoch", sa.Integer(), nullable=False),
        sa.Column("last_login_at", INSTANT),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_staff"),
        sa.UniqueConstraint("email", name="uq_staff_email"),
    )
    op.create_table(
        "findings",
        sa.Column("subject_kind", sa.String(40), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("rule", sa.String(80), nullable=False),
        sa.Column("key", sa.String(200), nullable=False),
        sa.Column("severity", sa.String(32), nullable=False),
        sa.Column("status", sa.String(32), nullable=False),
        sa.Column("details", JSON, nullable=False),
        sa.Column("resolved_at", INSTANT),
        sa.Column("resolved_by", sa.Uuid()),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["resolved_by"], ["staff.id"], name="fk_findings_resolved_by_staff", ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_findings"),
        sa.UniqueConstraint(
            "subject_kind", "subject_id", "rule", "key", name="uq_findings_subject_kind_subject_id_rule_key"
        ),
    )
    op.create_index("ix_findings_status_severity", "findings", ["status", "severity"])

    op.create_table(
        "needs",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("scenario_id", sa.Uuid()),
        sa.Column("external_ref", sa.String(120), nullable=False),
        sa.Column("status", sa.String(32), nullable=False),
        sa.Column("outcome", sa.String(32)),
        sa.Column("title", sa.String(500), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("elements", JSON, nullable=False),
        sa.Column("tags", JSON, nullable=False),
        sa.Column("sectors", JSON, nullable=False),
        sa.Column("sector_text", sa.String(300)),
        sa.Column("regions", JSON, nullable=False),
        sa.Column("region_text", sa.String(500)),
        sa.Column("coverage_start", sa.Date()),
        sa.Column("coverage_end", sa.Date()),
        sa.Column("update_frequency", sa.String(32)),
        sa.Column("frequency_text", sa.String(200)),
        sa.Column("delivery_modes", JSON, nullable=False),
        sa.Column("excluded_delivery_modes", JSON, nullable=False),
        sa.Column("deal_modes", JSON, nullable=False),
        sa.Column("excluded_deal_modes", JSON, nullable=False),
        sa.Column("budget", AMOUNT),
        sa.Column("requires_certificate", sa.Boolean(), nullable=False),
        sa.Column("fresh_since", sa.Date()),
        sa.Column("deadline_on", sa.Date()),
        sa.Column("extra", JSON, nullable=False),
        sa.Column("source_hash", sa.String(64)),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name="fk_needs_organisation_id_organisations"
        ),
        sa.ForeignKeyConstraint(
            ["scenario_id"], ["scenarios.id"], name="fk_needs_scenario_id_scenarios", ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_needs"),
        sa.UniqueConstraint("organisation_id", "external_ref", name="uq_needs_organisation_id_external_ref"),
    )
    op.create_index("ix_needs_external_ref", "needs", ["external_ref"])
    op.create_index("ix_needs_organisation_id", "needs", ["organisation_id"])
    op.create_index("ix_needs_scenario_id", "needs", ["scenario_id"])
    op.create_index("ix_needs_status", "needs", ["status"])

    op.create_table(
        "products",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("external_ref", sa.String(120), nullable=False),
        sa.Column("status", sa.String(32), nullable=False),
        sa.Column("title", sa.String(500), nullable=False),
        sa.Column("provider", sa.String(300)),
        sa.Column("kind", sa.String(32)),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("scenario", sa.Text()),
        sa.Column("elements", JSON, nullable=False),
        sa.Column("tags", JSON, nullable=False),
        sa.Column("outcomes", JSON, nullable=False),
        sa.Column("sectors", JSON, nullable=False),
        sa.Column("sector_text", sa.String(300)),
        sa.Column("regions", JSON, nullable=False),
        sa.Column("region_text", sa.String(500)),
        sa.Column("coverage_start", sa.Date()),
        sa.Column("coverage_end", sa.Date()),
        sa.Column("volume", sa.String(500)),
        sa.Column("update_frequency", sa.String(32)),
        sa.Column("frequency_text", sa.String(200)),
        sa.Column("delivery_modes", JSON, nullable=False),
        sa.Column("deal_modes", JSON, nullable=False),
        sa.Column("price_mode", sa.String(32)),
        sa.Column("price_amount", AMOUNT),
        sa.Column("price_unit", sa.String(40)),
        sa.Column("price_text", sa.String(200)),
        sa.Column("data_class", sa.String(32)),
        sa.Column("personal_information", sa.Boolean()),
        sa.Column("sample", sa.Text()),
        sa.Column("extra", JSON, nullable=False),
        sa.Column("source_hash", sa.String(64)),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name="fk_products_organisation_id_organisations"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_products"),
        sa.UniqueConstraint("organisation_id", "external_ref", name="uq_products_organisation_id_external_ref"),
    )
    op.create_index("ix_products_external_ref", "products", ["external_ref"])
    op.create_index("ix_products_organisation_id", "products", ["organisation_id"])
    op.create_index("ix_products_status", "products", ["status"])

    op.create_table(
        "runs",
        sa.Column("status", sa.String(32), nullable=False),
        sa.Column("fingerprint", sa.String(64), nullable=False),
        sa.Column("library_hash", sa.String(64), nullable=False),
        sa.Column("needs_total", sa.Integer(), nullable=False),
        sa.Column("needs_done", sa.Integer(), nullable=False),
        sa.Column("products_total", sa.Integer(), nullable=False),
        sa.Column("matches_stored", sa.Integer(), nullable=False),
        sa.Column("position", sa.Uuid()),
        sa.Column("started_at", INSTANT, nullable=False),
        sa.Column("finished_at", INSTANT),
        sa.Column("error", sa.Text()),
        sa.Column("held_by", sa.String(200)),
        sa.Column("held_until", INSTANT),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["fingerprint"], ["engines.fingerprint"], name="fk_runs_fingerprint_engines"),
        sa.PrimaryKeyConstraint("id", name="pk_runs"),
    )
    op.create_index("ix_runs_fingerprint", "runs", ["fingerprint"])
    op.create_index("ix_runs_status", "runs", ["status"])
    running = sa.text("status = 'running'")
    op.create_index("uq_runs_running", "runs", ["status"], unique=True, sqlite_where=running, postgresql_where=running)

    op.create_table(
        "staff_tokens",
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("secret_hash", sa.String(64), nullable=False),
        sa.Column("expires_at", INSTANT),
        sa.Column("last_used_at", INSTANT),
        sa.Column("revoked_at", INSTANT),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name="fk_staff_tokens_staff_id_staff", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_staff_tokens"),
        sa.UniqueConstraint("secret_hash", name="uq_staff_tokens_secret_hash"),
    )
    op.create_index("ix_staff_tokens_staff_id", "staff_tokens", ["staff_id"])

    op.create_table(
        "certificates",
        sa.Column("product_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(80), nullable=False),
        sa.Column("recognised", sa.Boolean(), nullable=False),
        sa.Column("valid_number", sa.Boolean()),
        sa.Column("issuer", sa.String(200)),
        sa.Column("issued_on", sa.Date()),
        sa.Column("expires_on", sa.Date()),
        sa.Column("revoked_on", sa.Date()),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["product_id"], ["products.id"], name="fk_certificates_product_id_products", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_certificates"),
    )
    op.create_index("ix_certificates_number", "certificates", ["number"])
    op.create_index("ix_certificates_product_id", "certificates", ["product_id"])

    op.create_table(
        "matches",
        sa.Column("need_id", sa.Uuid(), nullable=False),
        sa.Column("product_id", sa.Uuid(), nullable=False),
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("status", sa.String(32), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("rank", sa.Integer()),
        sa.Column("breakdown", JSON, nullable=False),
        sa.Column("fingerprint", sa.String(64), nullable=False),
        sa.Column("need_version", sa.Integer(), nullable=False),
        sa.Column("product_version", sa.Integer(), nullable=False),
        sa.Column("scored_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["fingerprint"], ["engines.fingerprint"], name="fk_matches_fingerprint_engines"),
        sa.ForeignKeyConstraint(["need_id"], ["needs.id"], name="fk_matches_need_id_needs", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["product_id"], ["products.id"], name="fk_matches_product_id_products", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name="fk_matches_run_id_runs"),
        sa.PrimaryKeyConstraint("id", name="pk_matches"),
        sa.UniqueConstraint("need_id", "product_id", name="uq_matches_need_id_product_id"),
    )
    op.create_index("ix_matches_need_id_rank", "matches", ["need_id", "rank"])
    op.create_index("ix_matches_product_id", "matches", ["product_id"])
    op.create_index("ix_matches_run_id", "matches", ["run_id"])
    op.create_index("ix_matches_status_score", "matches", ["status", "score"])

    op.create_table(
        "shortlists",
        sa.Column("need_id", sa.Uuid(), nullable=False),
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("need_version", sa.Integer(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("best_score", sa.Integer()),
        sa.Column("reason", sa.String(40)),
        sa.Column("scored_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["need_id"], ["needs.id"], name="fk_shortlists_need_id_needs", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name="fk_shortlists_run_id_runs"),
        sa.PrimaryKeyConstraint("need_id", name="pk_shortlists"),
    )
    op.create_index("ix_shortlists_best_score", "shortlists", ["best_score"])
    op.create_index("ix_shortlists_run_id", "shortlists", ["run_id"])

    op.create_table(
        "decisions",
        sa.Column("match_id", sa.Uuid(), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("reason", sa.String(32)),
        sa.Column("comment", sa.Text()),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("fingerprint", sa.String(64), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["match_id"], ["matches.id"], name="fk_decisions_match_id_matches", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name="fk_decisions_staff_id_staff"),
        sa.PrimaryKeyConstraint("id", name="pk_decisions"),
    )
    op.create_index("ix_decisions_match_id", "decisions", ["match_id"])
    op.create_index("ix_decisions_staff_id", "decisions", ["staff_id"])


def downgrade() -> None:
    for table in (
        "decisions",
        "shortlists",
        "matches",
        "certificates",
        "staff_tokens",
        "runs",
        "products",
        "needs",
        "findings",
        "staff",
        "scenarios",
        "organisations",
        "events",
        "engines",
        "audit_entries",
    ):
        op.drop_table(table)
