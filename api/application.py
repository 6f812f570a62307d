"""The application factory: the only place where the parts of the web meet."""

from typing import Any

from flask import Flask, request
from flask_bootstrap import Bootstrap5
from flask_smorest import Api
from sqlalchemy.orm import Session, sessionmaker
from werkzeug.middleware.proxy_fix import ProxyFix

from api import auth, errors, explanation, health, language, logs, meaning, security, session, words
from api.console import decisions, login, market, needs, products
from api.inputs import KeyConverter
from api.rest import market as rest_market
from api.rest import matches as rest_matches
from api.rest import needs as rest_needs
from api.rest import openapi
from api.rest import products as rest_products
from api.throttle import GuessThrottle
from matcher.database import make_engine, make_sessions
from matcher.settings import Settings

LARGEST_BODY = 1024 * 1024


def create_app(
    settings: Settings | None = None, sessions: sessionmaker[Session] | None = None, **auth_options: Any
) -> Flask:
    """The console and the API as one WSGI application.

    ``settings`` default to the environment's, ``sessions`` to those of the settings' database. ``auth_options`` go to
    ``api.auth.install`` (tests give a clock).
    """
    settings = settings or Settings.from_environment()
    logs.set_up(settings.log_format)
    app = session.Application(__name__)
    if proxies := settings.trusted_proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=proxies, x_proto=proxies, x_host=proxies)  # type: ignore[method-assign]
    app.config.update(
        MAX_CONTENT_LENGTH=LARGEST_BODY,
        MAX_FORM_MEMORY_SIZE=LARGEST_BODY,
        MAX_FORM_PARTS=100,
        MATCHER_FLOOR=settings.floor,
        BOOTSTRAP_SERVE_LOCAL=True,
    )
    app.json.ensure_ascii = False  # type: ignore[attr-defined]  # the default provider has it
    app.url_map.converters["key"] = KeyConverter
    app.extensions[login.THROTTLE] = GuessThrottle()
    sessions = sessions or make_sessions(make_engine(settings.database_url))
    session.install(app, sessions)
    meaning.install(app, settings, sessions)
    language.install(app, settings.language)
    security.install(app)
    auth.install(app, settings, **auth_options)
    Bootstrap5(app)
    _set_up_templates(app, settings)
    for pages in (health, login, needs, products, decisions, market):
        app.register_blueprint(pages.blueprint)
    api: Api = openapi.make_api(app)
    for resources in (rest_needs, rest_products, rest_matches, rest_market):
        api.register_blueprint(resources.blueprint)
    errors.install(app)
    return app


def _set_up_templates(app: Flask, settings: Settings) -> None:
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters["points"] = explanation.points
    app.jinja_env.globals.update(
        count=words.count,
        day=words.day,
        floor=settings.floor,
        here=lambda: request.full_path.rstrip("?") if request.method == "GET" else None,
        joined=words.joined,
        label=words.label,
        moment=words.moment,
        region=words.region,
        sector=words.sector,
    )
