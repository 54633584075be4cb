import os

import psycopg

from launcher import environment


def test_nothing_in_somebodys_shell_steers_the_project():
    shell = {
        "PATH": "/bin",
        "HOME": "/home/somebody",
        "DATABASE_URL": "postgresql://production/npcs",
        "SECRET_KEY_FILE": "/run/secret",
        "DJANGO_SETTINGS_MODULE": "other.settings",
        "GRANIAN_HOST": "0.0.0.0",  # noqa: S104
        "PGHOST": "production",
        "PYTHONPATH": "/elsewhere",
    }
    assert environment.clean(shell) == {"PATH": "/bin", "HOME": "/home/somebody"}


def test_this_run_has_services_of_its_own_and_is_not_the_owner():
    assert os.environ["NPCS_MODE"] == "test"
    with psycopg.connect(os.environ["DATABASE_URL"]) as connection:
        assert connection.execute("SELECT current_user").fetchone() == ("npcs_app",)
        assert connection.execute("SHOW fsync").fetchone() == ("off",)
    with psycopg.connect(os.environ["NPCS_TEST_SUPERUSER_URL"]) as connection:
        assert connection.execute("SHOW is_superuser").fetchone() == ("on",)
