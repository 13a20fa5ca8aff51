"""The description is whole: what a client's generator needs is there for every operation."""

from __future__ import annotations

import re
from typing import Any

import pytest

from kitabxana.fronts.rest.tests.callers import NOBODY

pytestmark = [pytest.mark.django_db, pytest.mark.urls("kitabxana.fronts.rest.tests.urls")]
ISSUE = {
    ("get", "/libraries"), ("get", "/biblios/{biblio_id}"), ("get", "/biblios/{biblio_id}/items"), ("get", "/items"),
    ("get", "/patrons"), ("get", "/checkouts"), ("post", "/checkouts"), ("get", "/checkouts/{checkout_id}"),
    ("post", "/checkins"), ("post", "/checkouts/{checkout_id}/renewal"), ("post", "/oauth/token"),
    ("get", "/patrons/{patron_id}/account"), ("post", "/patrons/{patron_id}/account/credits"),
    ("post", "/patrons/{patron_id}/account/debits"),
}  # fmt: skip


@pytest.fixture
def document() -> dict[str, Any]:
    found: dict[str, Any] = NOBODY.get("/openapi.json").json()
    return found


def operations(document: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (method, path.removeprefix("/api/v1"), operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    ]


def test_the_frame(document: dict[str, Any]) -> None:
    assert document["openapi"].startswith("3.1")
    assert document["info"]["title"]
    assert set(document["components"]["securitySchemes"]) == {"Basic", "OAuth2", "OwnSession"}
    assert {(method, path) for method, path, _ in operations(document)} >= ISSUE


def test_every_operation_is_described_whole(document: dict[str, Any]) -> None:
    seen: set[str] = set()
    for method, path, operation in operations(document):
        name = operation["operationId"]
        assert name not in seen
        seen.add(name)
        answers = operation["responses"]
        assert {status[0] for status in answers} >= {"2", "4", "5"}, name
        for status, answer in answers.items():
            if status in ("204", "301"):  # done, or elsewhere: nothing is said
                assert "content" not in answer, name
                continue
            schema = answer["content"]["application/json"]["schema"]
            own = path == "/oauth/token" and status in ("400", "401")
            if status[0] != "2":
                assert schema == {"$ref": f"#/components/schemas/{'TokenProblem' if own else 'Problems'}"}, (
                    name,
                    status,
                )
        token = path == "/oauth/token"
        first = "OwnSession" if path.startswith("/public/") else "OAuth2"
        assert operation.get("security") == (None if token else [{first: []}, {"Basic": []}]), name
        assert {"401", "429"} <= set(answers), name
        described = {part["name"] for part in operation["parameters"] if part["in"] == "path"}
        assert described == set(re.findall(r"{(\w+)}", path)), name
        assert ("requestBody" in operation) == (method in ("post", "put", "patch")), name


def test_references_lead_somewhere(document: dict[str, Any]) -> None:
    found: list[str] = []

    def walk(node: Any) -> None:
        if isinstance(node, dict):
            found.extend(value for key, value in node.items() if key == "$ref")
            node = list(node.values())
        if isinstance(node, list):
            for part in node:
                walk(part)

    walk(document)
    assert len(found) > 20
    for reference in found:
        assert reference.removeprefix("#/components/schemas/") in document["components"]["schemas"]
