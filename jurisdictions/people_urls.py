from django.urls import path

from jurisdictions.views import (
    audit,
    audit_files,
    directory,
    invitations,
    inviting,
    people,
    policy,
    tokens,
)

app_name = "people"

urlpatterns = [
    path("", people.people_list, name="list"),
    path("invite/", invitations.invite, name="invite"),
    path("invite-list/", inviting.invite_many, name="invite_many"),
    path("invitations/<uuid:invitation>/resend/", invitations.resend, name="resend"),
    path("invitations/<uuid:invitation>/cancel/", invitations.cancel, name="cancel"),
    path("<int:person>/roles/", people.roles, name="roles"),
    path("<int:person>/remove/", people.remove, name="remove"),
    path("<int:person>/start-over/", people.start_over, name="start_over"),
    path("tokens/", tokens.of_agency, name="tokens"),
    path("tokens/<int:api_token>/end/", tokens.end_in_agency, name="end_token"),
    path("contacts/", directory.contacts, name="contacts"),
    path("audit/", audit.of_agency, name="audit"),
    path("audit/files/", audit_files.files, name="audit_files"),
    path("audit/files/<int:audit_file>/download/", audit_files.download, name="audit_download"),
    path("settings/", policy.policy, name="policy"),
]
