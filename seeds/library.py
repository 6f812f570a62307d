"""The library that ships: real products and scenarios, demonstration organisations, judged pairs.

The catalogue names providers but no buyers and no contacts. So each scenario domain has an invented buyer, and each
provider an invented contact at example.org; ``demonstration`` marks both wherever they are shown or written to.
"""

import hashlib
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

from matcher.files import FileProblem, InvalidFileError, read_needs, read_products, read_rows
from matcher.messages import LANGUAGES, Message
from matcher.schemas.loading import RowLoader
from matcher.schemas.organisation import OrganisationSchema
from matcher.schemas.scenario import ScenarioSchema
from matcher.states import OrganisationRole

DATA = Path(str(files(__package__))) / "data"
UNNAMED_PROVIDER = "exchange"
"""The organisation that holds listings without a provider."""
PROVIDER_PREFIX = "provider-"
"""How the references of the organisations made from providers' names begin."""

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Library:
    """Rows as names of columns. ``buyers``: scenario's code → the buyer's ``external_ref``."""

    organisations: list[Row]
    scenarios: list[Row]
    needs: list[Row]
    products: list[Row]
    buyers: dict[str, str]

    def __len__(self) -> int:
        return len(self.organisations) + len(self.scenarios) + len(self.needs) + len(self.products)


def read_library(folder: Path = DATA, *, language: str = LANGUAGES[0]) -> Library:
    """All rows of the folder's files, checked. Raises InvalidFileError."""
    organisations = read_rows(
        folder / "organisations.json", RowLoader(OrganisationSchema), "external_ref", language=language
    )
    scenario_file = folder / "scenarios.jsonl"
    scenarios = read_rows(scenario_file, RowLoader(ScenarioSchema), "code", language=language)
    products = read_products([folder / "products.jsonl"], language=language)
    buyers: dict[str, str] = {}
    for organisation in organisations:
        served = organisation.pop("extra", {}).get("scenarios", [])
        buyers.update(dict.fromkeys(served, organisation["external_ref"]))
    _check_references(folder / "organisations.json", organisations, scenarios, buyers, language)
    return Library(
        organisations=[*organisations, *_providers(products)],
        scenarios=scenarios,
        needs=read_needs([scenario_file], language=language),
        products=products,
        buyers=buyers,
    )


def provider_ref(name: str | None) -> str:
    """The ``external_ref`` of a listing's organisation: from the provider's name, the only thing known of it."""
    if not name:
        return UNNAMED_PROVIDER
    return f"{PROVIDER_PREFIX}{hashlib.sha256(name.encode()).hexdigest()[:12]}"


def _providers(products: list[Row]) -> list[Row]:
    names = dict.fromkeys(product.get("provider") for product in products)
    return [_provider(name) for name in names if name]


def _provider(name: str) -> Row:
    ref = provider_ref(name)
    return {
        "external_ref": ref,
        "name": name,
        "roles": [OrganisationRole.PROVIDER.value],
        "contact_name": "演示联系人",
        "contact_email": f"{ref}@example.org",
        "language": "zh_Hans",
        "preferences": {"digest": "weekly", "floor": 35, "cap": 10},
        "demonstration": True,
    }


def _check_references(
    path: Path, organisations: list[Row], scenarios: list[Row], buyers: dict[str, str], language: str
) -> None:
    """Each scenario needs a buyer, and listings without a provider an organisation."""
    known = {organisation["external_ref"] for organisation in organisations}
    missing = [f"buyer of {scenario['code']}" for scenario in scenarios if scenario["code"] not in buyers]
    missing += [UNNAMED_PROVIDER] if UNNAMED_PROVIDER not in known else []
    if missing:
        message = Message("reference-unknown", value=", ".join(missing))
        problem = FileProblem("scenarios", message.in_language(language), message.code, path=str(path), line=None)
        raise InvalidFileError([problem])
