"""kitabxana user"""

from __future__ import annotations

import secrets
import sys
from typing import Any

import click

from kitabxana.cli.environment import prepare
from kitabxana.cli.output import Failed, json_option, people


@click.group()
def user() -> None:
    """Logins of staff and programs."""


@user.command()
@click.argument("username")
@click.option(
    "--role", type=click.Choice(["administrator", "librarian", "cataloguer", "data_protection"]), required=True
)
@click.option(
    "--unit", default=None, help="Code of the unit where the role holds; the whole installation if not given."
)
@click.option("--name", default="", help="The person's name.")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input; else one is made.")
@click.option("--api-client", is_flag=True, help="Also make an OAuth2 client that acts as this login.")
@json_option
def add(
    *, username: str, role: str, unit: str | None, name: str, password_stdin: bool, api_client: bool, as_json: bool
) -> dict[str, Any]:
    """Add a login with a role."""
    prepare()
    from django.contrib.auth.hashers import make_password
    from django.contrib.auth.password_validation import validate_password
    from django.core.exceptions import ValidationError
    from django.db import transaction

    from kitabxana.base.actor import SYSTEM
    from kitabxana.base.models import ApiClient, User
    from kitabxana.organisation.operations import assign_role

    password = sys.stdin.readline().rstrip("\n") if password_stdin else secrets.token_urlsafe(12)
    try:
        validate_password(password)
    except ValidationError as weak:
        raise Failed(" ".join(weak.messages), code="weak_password") from weak
    if User.objects.filter(username=username).exists():
        raise Failed(f"The login {username} exists already.", code="login_taken")
    result: dict[str, Any] = {"username": username, "role": role, "unit": unit}
    with transaction.atomic():
        login = User.objects.create(username=username, name=name, password=make_password(password))
        assign_role(user_id=login.pk, role=role, unit=unit, by=SYSTEM)
        if api_client:
            client_id, secret = secrets.token_urlsafe(16), secrets.token_urlsafe(32)
            ApiClient.objects.create(client_id=client_id, secret_hash=make_password(secret), user=login)
            result |= {"client_id": client_id, "client_secret": secret}
    if not password_stdin:
        result["password"] = password
    if not as_json:
        people.print(", ".join(f"{key}: {value}" for key, value in result.items() if value is not None), soft_wrap=True)
    return result
