import datetime as dt, pytest
from django.utils import timezone
from playwright.sync_api import sync_playwright
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.test import Client
from inbox.actions import queue_message
from inbox.models import Message
from jurisdictions import links
from jurisdictions.actions.invitations import invite_person, invite_first_administrator
from jurisdictions.models import *
from jurisdictions.roles import Role
from jurisdictions.tenancy import jurisdiction_scope
from tests.cast import member, make_person

@pytest.mark.django_db(transaction=True)
def test_look(live_server, cedar, birch, administrator, reviewer, director, partner, coordinator):
    settings.CSRF_TRUSTED_ORIGINS = [live_server.url]
    Membership.objects.create(jurisdiction=birch, user=administrator, roles=["reviewer","director"])
    settings.ALLOWED_HOSTS = ["*"]
    elm = Jurisdiction.objects.create(slug="elm", name="Elm City Child Safety", kind="city", parent=birch)
    with jurisdiction_scope(cedar.pk):
        a = member(administrator, cedar)
        inv = invite_person(cedar, email="dana@example.org", roles=["reviewer", "director"], by=a)
        exp = invite_person(cedar, email="old@example.org", roles=["guest"], by=a)
        wrong = invite_person(cedar, email="reviewer2@example.org", roles=["guest"], by=a)
        Invitation.objects.filter(pk=exp.pk).update(expires_at=timezone.now())
        for i,k in enumerate(["turn_returned","named_to_review","overdue","report_ready","turn_director","export_ready"]):
            m = queue_message(k, to=a, number=f"2026-0{i:02}", path="/j/cedar/x-work-home/", occasion=str(i))
            if i>3: Message.objects.filter(pk=m.pk).update(read_at=timezone.now())
        d = queue_message("overdue", to=member(reviewer,cedar), number="2026-001", path="/j/cedar/x/", occasion="q")
        Message.objects.filter(pk=d.pk).update(dead_at=timezone.now(), trouble="SMTPRecipientsRefused")
        AgencyPolicy.objects.create(jurisdiction=cedar, support_line="Call 555-0171")
    fi = None
    def cookie(user):
        c = Client(); c.force_login(user); return c.cookies[settings.SESSION_COOKIE_NAME].value
    u = live_server.url
    rp = member(reviewer, cedar).pk; ap = member(administrator, cedar).pk
    pages = {
      "inbox": (administrator, "/j/cedar/inbox/"), "inbox-empty": (reviewer, "/j/birch/inbox/"), "undelivered": (administrator, "/j/cedar/inbox/undelivered/"),
      "people": (administrator, "/j/cedar/people/"), "invite": (administrator, "/j/cedar/people/invite/"), "roles": (administrator, f"/j/cedar/people/{rp}/roles/"),
      "remove": (administrator, f"/j/cedar/people/{rp}/remove/"), "remove-last": (administrator, f"/j/cedar/people/{ap}/remove/"),
      "policy": (administrator, "/j/cedar/people/settings/"), "choose": (administrator, "/"),
      "agencies": (partner, "/partnership/agencies/"), "add": (partner, "/partnership/agencies/add/"), "agency": (partner, "/partnership/agencies/elm/"), "agency-has": (partner, "/partnership/agencies/cedar/"),
      "inv-new": (None, f"/invitation/{links.token_for(inv)}/"), "inv-expired": (None, f"/invitation/{links.token_for(exp)}/"), "inv-wrong": (reviewer, f"/invitation/{links.token_for(inv)}/"),
      "inv-broken": (None, "/invitation/abc/"),
    }
    pages["inbox-empty"] = (director, "/j/cedar/inbox/")
    cookies = {id(w): cookie(w) for w, _ in pages.values() if w}
    import os; os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]="true"
    bad = []
    with sync_playwright() as p:
        b = p.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        for name,(who,path) in pages.items():
            for w in (1440, 360):
                ctx = b.new_context(viewport={"width": w, "height": 900})
                if who: ctx.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookies[id(who)], "url": u}])
                pg = ctx.new_page(); pg.on("console", lambda m: bad.append((name, m.text)) if m.type=="error" else None)
                pg.goto(u+path)
                if w == 1440 or name in ("people","inbox","policy","agency","inv-new"):
                    pg.screenshot(path=f"/tmp/inv/shots/{name}-{w}.png", full_page=True)
                over = pg.evaluate("document.documentElement.scrollWidth - innerWidth")
                if over > 0: bad.append((name, w, "overflow", over))
                for v in Axe().run(pg).response["violations"]: bad.append((name, w, v["id"], [n["html"][:150] for n in v["nodes"]][:2]))
                if w == 1440 and name in ("invite","policy","add","inv-new","roles"):
                    if name=="policy": pg.fill("#id_review_due_days","0"); pg.fill("#id_confidentiality_statement","x")
                    if name=="roles":
                        for c in pg.locator("input[type=checkbox]").all(): c.uncheck(force=True)
                    pg.locator("main form button.usa-button").first.click()
                    pg.wait_for_load_state(); pg.screenshot(path=f"/tmp/inv/shots/{name}-errors.png", full_page=True)
                    for v in Axe().run(pg).response["violations"]: bad.append((name, "errors", v["id"], [n["html"][:150] for n in v["nodes"]][:2]))
                ctx.close()
        b.close()
    for x in bad: print("BAD", x)
