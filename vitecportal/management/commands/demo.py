"""Demo offices and accounts, one a role."""

from __future__ import annotations

import dataclasses
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import transaction

from offices.models import Credential, Membership, Office, Right, RightException, Role, User

OFFICES = {
    "M30011": "Vikens Mäkleri Sundbyberg",
    "M30012": "Vikens Mäkleri Solna",
}


@dataclasses.dataclass(frozen=True)
class Account:
    username: str
    first_name: str
    last_name: str
    role: Role
    offices: tuple[str, ...]
    is_superuser: bool = False


ACCOUNTS = [
    Account("bokare", "Berit", "Bokare", Role.BOOKER, ("M30011",)),
    Account("maklare", "Mats", "Mäklare", Role.BROKER, ("M30011",)),
    Account("chef", "Carin", "Chef", Role.MANAGER, ("M30011",)),
    Account("grannkontor", "Greta", "Granne", Role.BOOKER, ("M30012",)),
    Account("ombud", "Disa", "Dataskydd", Role.ADMINISTRATOR, ("M30011",)),
    Account("admin", "Asta", "Admin", Role.ADMINISTRATOR, ("M30011", "M30012"), is_superuser=True),
]


class Command(BaseCommand):
    help = "Create the demo offices and accounts. Safe to run again; changes no password."

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        offices = {key: self._office(key, name) for key, name in OFFICES.items()}
        for account in ACCOUNTS:
            self._account(account, offices)

    def _office(self, customer_id: str, name: str) -> Office:
        office, _ = Office.objects.get_or_create(customer_id=customer_id, defaults={"name": name})
        login = {"username": settings.VITEC_USERNAME, "password": settings.VITEC_PASSWORD}
        credential = Credential.objects.filter(office=office, group="").first()
        if credential is None:
            Credential.objects.create(office=office, **login)
        elif (credential.username, credential.password) != (login["username"], login["password"]):
            # The environment is the demo's word on which Vitec it talks to.
            credential.username, credential.password = login["username"], login["password"]
            credential.save()
        return office

    def _account(self, account: Account, offices: dict[str, Office]) -> None:
        user, created = User.objects.get_or_create(
            username=account.username,
            defaults={
                "first_name": account.first_name,
                "last_name": account.last_name,
                "is_staff": account.is_superuser,
                "is_superuser": account.is_superuser,
            },
        )
        if created:
            user.set_password(settings.DEMO_PASSWORD)
            user.save()
        for customer_id in account.offices:
            place, made = Membership.objects.get_or_create(
                user=user, office=offices[customer_id], defaults={"role": account.role}
            )
            if made and account.role == Role.BROKER:
                # The practice Vitec has no colleague of that name, in whose name to send.
                RightException.objects.create(membership=place, right=Right.ON_BEHALF)
