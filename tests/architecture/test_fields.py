"""Every field has a privacy class, from one vocabulary; what hides from `repr` stays hidden."""

import pytest
from django.apps import apps
from django.db import models

CLASSES = {"direct", "quasi", "sensitive", "open"}
OURS = [
    model
    for model in apps.get_models()
    if model._meta.app_label in {"jurisdictions", "inbox", "dictionary", "reviews"}
]


@pytest.mark.parametrize("model", OURS, ids=lambda model: model._meta.label)
def test_every_field_is_classified_once(model: type[models.Model]) -> None:
    privacy = {name: set(fields) for name, fields in vars(model.Privacy).items() if not name.startswith("_")}
    assert set(privacy) <= CLASSES
    classified = [field for fields in privacy.values() for field in fields]
    assert len(classified) == len(set(classified)), "a field stands in two classes"
    assert set(classified) == {field.name for field in model._meta.concrete_fields}


@pytest.mark.parametrize("model", OURS, ids=lambda model: model._meta.label)
def test_a_model_says_what_it_means(model: type[models.Model]) -> None:
    assert model.__doc__
    assert not model.__doc__.startswith(f"{model.__name__}("), "the docstring is Django's own"


@pytest.mark.parametrize("model", OURS, ids=lambda model: model._meta.label)
def test_constraint_names_fit_and_are_sentences(model: type[models.Model]) -> None:
    for constraint in model._meta.constraints:
        assert "_" in constraint.name
        assert len(constraint.name) <= 63
