"""The name of a saved view may name a customer after all: it lies sealed, and so do old ones."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.test import Client
from django.urls import reverse

from meetings.models import SavedView
from offices.models import User

NAME = "Kanariefågel Ek"
OPEN = [("meetings", "0006_without_their_person")]


def stored() -> str:
    """The table as the database holds it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM meetings_savedview")
        return str(cursor.fetchall())


@pytest.mark.django_db
def test_however_it_got_its_name(as_bokare: Client) -> None:
    posted = {"name": NAME, "reach": "private", "query": ""}
    assert as_bokare.post(reverse("meetings:new_view"), posted).status_code == 302
    view = SavedView.objects.named().get()
    assert "Kanarief" not in stored()

    again = {"do": "rename", "name": f"{NAME} igen"}
    as_bokare.post(reverse("meetings:change_view", args=[view.pk]), again)

    assert "Kanarief" not in stored()
    assert f"{NAME} igen" in as_bokare.get(reverse("meetings:views")).content.decode()


class TestUpgrading:
    @pytest.fixture
    def before(self, transactional_db: None) -> Iterator[MigrationExecutor]:
        executor = MigrationExecutor(connection)
        latest = [key for key in executor.loader.graph.leaf_nodes() if key[0] == "meetings"]
        executor.migrate(OPEN)
        yield executor
        executor = MigrationExecutor(connection)
        executor.migrate(latest)

    def test_views_from_before_keep_their_names_and_the_usual_list_its_place(
        self, before: MigrationExecutor
    ) -> None:
        old = before.loader.project_state(OPEN).apps
        owner = User.objects.create(username="karin")
        table = old.get_model("meetings", "SavedView").objects
        view = table.create(name=NAME, owner_id=owner.pk, reach="private")
        table.create(name="", owner_id=owner.pk, query={"columns": ["id"]}, start=view)
        assert "Kanarief" in stored()

        after = MigrationExecutor(connection)
        after.migrate([key for key in after.loader.graph.leaf_nodes() if key[0] == "meetings"])

        assert "Kanarief" not in stored()
        named, usual = SavedView.objects.order_by("pk")
        assert (named.name, named.is_usual) == (NAME, False)
        assert (usual.name, usual.is_usual, usual.start) == ("", True, named)

        after = MigrationExecutor(connection)
        after.migrate(OPEN)
        assert "Kanarief" in stored()
