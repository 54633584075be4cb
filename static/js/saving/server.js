/* One request to the server, and what became of it.

   npcsServer.post(url, body)  {status, body}; status 0: no answer, 401: signed out
   npcsServer.csrfToken()      the token that counts now
   npcsServer.PATIENCE         how long an answer is waited for, in milliseconds */
(function () {
  "use strict";

  const PATIENCE = 15000;

  // A sign-in in another tab brings a new token, so the cookie is read each time; the page's own token is the fallback.
  function csrfToken() {
    const cookie = /(?:^|;\s*)(?:__Host-|__Secure-)?(?:npcs-?)?csrftoken=([^;]+)/.exec(document.cookie);
    return cookie ? decodeURIComponent(cookie[1]) : document.querySelector("[name='csrfmiddlewaretoken']")?.value || "";
  }

  // {status, body}; a page in place of JSON means that the sign-in page, or something between, answered.
  async function post(url, body) {
    const text = JSON.stringify(body);
    const response = await fetch(url, {
      method: "POST",
      credentials: "same-origin",
      headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": csrfToken() },
      body: text,
      // A page that is being closed may still finish a request this short.
      keepalive: text.length < 60000 && document.visibilityState === "hidden",
      signal: AbortSignal.timeout(PATIENCE),
    });
    const json = (response.headers.get("Content-Type") || "").includes("json");
    if (json) return { status: response.status, body: await response.json() };
    if (response.redirected && response.ok) return { status: 401, body: { sign_in: response.url } };
    return { status: response.ok ? 0 : response.status, body: {} };
  }

  window.npcsServer = { PATIENCE, csrfToken, post };
})();
