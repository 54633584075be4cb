#!/bin/sh
# Runs once, when the database's volume is new: the two roles of the site and its database.
# Their passwords are the ones in the addresses that the site is given.
set -eu

password_in() {
    sed -n 's#^postgresql://[^:]*:\([^@]*\)@.*#\1#p' "/run/secrets/$1"
}

# By environment and \getenv, so that no command line shows a password.
OWNER_PASSWORD=$(password_in owner_database_url) APP_PASSWORD=$(password_in database_url) \
    psql -v ON_ERROR_STOP=1 -U postgres -d postgres <<'SQL'
\getenv owner_password OWNER_PASSWORD
\getenv app_password APP_PASSWORD
CREATE ROLE npcs_owner LOGIN PASSWORD :'owner_password';
CREATE ROLE npcs_app LOGIN PASSWORD :'app_password';
CREATE DATABASE npcs OWNER npcs_owner;
REVOKE ALL ON DATABASE npcs FROM PUBLIC;
GRANT CONNECT ON DATABASE npcs TO npcs_app;
SQL
