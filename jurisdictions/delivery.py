"""Mailing an invitation."""

from jurisdictions import links, mail
from jurisdictions.models import Invitation
from jurisdictions.roles import ROLE_LABELS, Role


def post_invitation(invitation: Invitation) -> bool:
    """Send the link to the invited address; one that was accepted, cancelled or ran out meanwhile is not sent."""
    if invitation.state != "open":
        return False
    mail.send(
        to=invitation.email,
        subject=f"You are invited to join {invitation.jurisdiction.name} in NPCS",
        template="mail/invitation.txt",
        context={
            "agency": invitation.jurisdiction.name,
            "inviter": invitation.invited_by.display_name,
            "roles": [ROLE_LABELS[Role(role)] for role in invitation.roles],
            "link": links.link_to(invitation),
            "expires_at": invitation.expires_at,
        },
        # The nonce changes when somebody sends it again: that is another mail, not a copy of the first.
        key=f"invitation.{invitation.nonce.hex[:16]}",
    )
    return True
