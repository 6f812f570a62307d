"""The WSGI entry: ``gunicorn api.wsgi:application``."""

from api.application import create_app

application = create_app()
