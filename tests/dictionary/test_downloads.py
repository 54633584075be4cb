"""An edition's files on its page: anybody signed in gets them, and each is what the edition says."""

from typing import Any

import pytest
from django.test import Client

from dictionary import downloads
from dictionary.interchange import own_file, redcap, xlsform
from dictionary.loading import fingerprint
from dictionary.models import Edition
from jurisdictions.models import User

READ = {
    "redcap": lambda data: redcap.read(data).edition.sha256,
    "xlsform": lambda data: xlsform.read(data).edition.sha256,
    "document": lambda data: fingerprint(own_file.read(data)),
}
NAMES = {
    "redcap": "redcap-dictionary-1.0.csv",
    "xlsform": "xlsform-1.0.xlsx",
    "document": "dictionary-1.0.yaml",
}


@pytest.fixture
def signed_in(client: Client, reviewer: User) -> Client:
    client.force_login(reviewer)
    return client


@pytest.mark.parametrize("kind", downloads.FORMATS)
def test_each_file_is_the_edition(signed_in: Client, kind: str):
    answer = signed_in.get(f"/codebook/1.0/{kind}/")
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{NAMES[kind]}"'
    assert READ[kind](answer.content) == Edition.objects.in_force().sha256


def test_the_page_offers_each(signed_in: Client):
    page = signed_in.get("/codebook/1.0/").content.decode()
    for kind in downloads.FORMATS:
        assert f'href="/codebook/1.0/{kind}/"' in page


def test_the_page_says_where_an_item_goes(signed_in: Client):
    page = signed_in.get("/codebook/1.0/", {"q": "county where"}).content.decode()
    assert "Stands in the list of incidents as a workbook." in page
    assert "Can be brought in from a file of past incidents." in page
    page = signed_in.get("/codebook/1.0/", {"section": "needs"}).content.decode()
    assert "Stands in the list of incidents" not in page
    assert "Can be brought in from" not in page


def test_a_file_is_made_once_for_an_edition(signed_in: Client, django_assert_max_num_queries: Any):
    signed_in.get("/codebook/1.0/document/")
    with django_assert_max_num_queries(3):
        signed_in.get("/codebook/1.0/document/")


@pytest.mark.parametrize("page", ["/codebook/9.9/redcap/", "/codebook/1.0/sas/"])
def test_what_is_not_there_is_not_found(signed_in: Client, page: str):
    assert signed_in.get(page).status_code == 404


def test_strangers_sign_in_first_and_nobody_posts(client: Client, reviewer: User):
    assert client.get("/codebook/1.0/redcap/").status_code == 302
    client.force_login(reviewer)
    assert client.post("/codebook/1.0/redcap/").status_code == 405
