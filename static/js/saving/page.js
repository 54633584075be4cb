/* What the page as a whole says: whether everything is saved, that nobody is signed in, that the server is away.

   npcsPage.fields       every npcsField of the page
   npcsPage.tell(time)   says where saving stands; with a time, that something was saved then
   npcsPage.warn(id, signIn), npcsPage.calm()   the banner of components/autosave.html; calm() takes it off and tries all again
   npcsPage.unsaved()    the fields that are not saved yet */
(function () {
  "use strict";

  const fields = [];
  let banner = null;
  let lastSaved = "";

  function unsaved() {
    return fields.filter((field) => field.dirty || field.sending);
  }

  function tell(savedAt) {
    if (savedAt) lastSaved = savedAt;
    const open = unsaved();
    const stuck = open.filter((field) => field.stopped || field.tries);
    let words = lastSaved ? "Saved " + lastSaved : "Saved as you type";
    let tone = "done";
    if (stuck.length) [words, tone] = ["Not saved: " + stuck.length + (stuck.length === 1 ? " answer" : " answers"), "stop"];
    else if (open.some((field) => field.sending)) [words, tone] = ["Saving…", "going"];
    else if (open.length) [words, tone] = ["Not saved yet", "wait"];
    for (const place of document.querySelectorAll("[data-save-state]")) {
      if (place.textContent !== words) place.textContent = words;
      place.dataset.tone = tone;
    }
  }

  function warn(id, signIn) {
    if (banner && banner.dataset.banner === id) return;
    if (banner && banner.dataset.banner === "npcs-signed-out") return;
    hideBanner();
    const template = document.getElementById(id);
    if (!template) return;
    banner = template.content.firstElementChild.cloneNode(true);
    banner.dataset.banner = id;
    const link = banner.querySelector("[data-sign-in]");
    if (link && signIn && new URL(signIn, location.href).origin === location.origin) link.href = signIn;
    banner.querySelector("[data-retry]").addEventListener("click", retryAll);
    document.body.append(banner);
  }

  function hideBanner() {
    if (banner) banner.remove();
    banner = null;
  }

  // The server is back: what else was waiting for it need not wait longer.
  function calm() {
    if (!banner) return;
    hideBanner();
    retryAll();
  }

  function retryAll() {
    for (const field of fields) field.again();
  }

  function comeBack() {
    if (document.visibilityState !== "visible") return;
    for (const field of fields) if (field.stopped === "signed-out" || field.tries) field.again();
  }

  window.npcsPage = { fields, unsaved, tell, warn, calm, comeBack };
})();
