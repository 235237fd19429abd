"""docs/settings.md lists every setting exactly as the code knows it, and every name of the seed documents."""

from __future__ import annotations

from importlib.metadata import entry_points
from pathlib import Path

import pytest

from ezcore.settings import SECTIONS, Settings, env_name

ROOT = Path(__file__).parents[3]
PAGE = ROOT / "docs" / "settings.md"

# The variables of the seed documents; those of a vendor belong to its plugin.
SEED = """
DATABASE_URL REDIS_URL EZ_SECRET_KEYS SITE_URL EZ_DEBUG ALLOWED_HOSTS CSRF_TRUSTED_ORIGINS
STRIPE_SECRET_KEY STRIPE_PUBLISHABLE_KEY STRIPE_WEBHOOK_SECRET PROXMOX_API_URL PROXMOX_TOKEN_ID
PROXMOX_TOKEN_SECRET PROXMOX_VERIFY_SSL PROXMOX_TEMPLATE_VMID PROXMOX_DEFAULT_NODE PROXMOX_DEFAULT_STORAGE
EMAIL_HOST EMAIL_PORT EMAIL_HOST_USER EMAIL_HOST_PASSWORD DEFAULT_FROM_EMAIL MAILGUN_API_KEY
MAILGUN_SENDER_DOMAIN AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_STORAGE_BUCKET_NAME AWS_S3_REGION_NAME
SENTRY_DSN DJANGO_SECRET_KEY DJANGO_DEBUG DJANGO_ALLOWED_HOSTS DJANGO_CSRF_TRUSTED_ORIGINS
"""


def row(section: str, key: str) -> str:
    """The line of the page for one setting."""
    field = SECTIONS[section].model_fields[key]
    default = getattr(getattr(Settings(), section), key)
    shown = (
        f"`{str(default).lower() if isinstance(default, bool) else default}`" if default != "" else "(empty)"
    )
    secret = "" if field.repr else " (secret)"
    return f"| `ez.{section}.{key}` | `{env_name(section, key)}` | {shown} | {field.description}{secret} |"


@pytest.mark.parametrize("section", SECTIONS)
def test_every_setting_stands_on_the_page_as_the_code_knows_it(section):
    lines = PAGE.read_text("utf-8").splitlines()
    expected = [row(section, key) for key in SECTIONS[section].model_fields]
    missing = [line for line in expected if line not in lines]
    assert not missing, "docs/settings.md needs these lines:\n" + "\n".join(missing)


def test_the_page_names_no_setting_that_is_gone():
    known = {row(section, key) for section, model in SECTIONS.items() for key in model.model_fields}
    listed = [line for line in PAGE.read_text("utf-8").splitlines() if line.startswith("| `ez.")]
    extras = {"ez.plugins", "ez.state_dir"}
    stale = [line for line in listed if line not in known and line.split("`")[1] not in extras]
    assert stale == []


@pytest.mark.parametrize("name", SEED.split())
def test_every_name_of_the_seed_documents_is_mapped(name):
    assert f"`{name}`" in PAGE.read_text("utf-8")


def test_every_variable_of_a_shipped_plugin_is_on_the_page():
    page = PAGE.read_text("utf-8")
    variables = {
        variable
        for point in entry_points(group="ezcore.plugins")
        if (ROOT / "plugins" / point.name).is_dir()
        for variable in point.load().environment.values()
    }
    assert sorted(variable for variable in variables if f"`{variable}`" not in page) == []


def test_the_example_environment_holds_names_only_and_each_is_on_the_page():
    page = PAGE.read_text("utf-8")
    lines = [line for line in (ROOT / ".env.example").read_text("utf-8").splitlines() if line.strip()]
    names = [line for line in lines if not line.startswith("#")]
    assert all(line.endswith("=") for line in names), "no values in .env.example"
    assert [line for line in names if f"`{line.rstrip('=')}`" not in page] == []
