/* Everything typed reaches the server: a second after a pause, three at the latest, field by field. One request at a time
   for each field. What is not saved stays in this open page, says so, and is tried again; nothing goes into browser storage.

   <form data-autosave data-save-url="…"> with .npcs-field[data-field] inside; see templates/components/field.html. */
(function () {
  "use strict";

  const PAUSE = 1000;
  const LONGEST = 3000;
  const PATIENCE = 15000;
  const BACKOFF = [2000, 4000, 8000, 15000, 30000];
  const TEXTS = new Set(["text", "plain", "prose"]);
  const QUIET_SAVING = 400;

  const fields = [];
  let banner = null;

  // A sign-in in another tab brings a new token, so the cookie is read each time; the page's own token is the fallback.
  function csrfToken() {
    const cookie = /(?:^|;\s*)(?:__Host-|__Secure-)?(?:npcs-?)?csrftoken=([^;]+)/.exec(document.cookie);
    return cookie ? decodeURIComponent(cookie[1]) : document.querySelector("[name='csrfmiddlewaretoken']")?.value || "";
  }

  // -- Reading and writing a control ---------------------------------------------------------

  function controls(wrapper) {
    const name = wrapper.dataset.field;
    return [...wrapper.querySelectorAll("input, select, textarea")].filter((control) => control.name === name);
  }

  function part(wrapper, suffix) {
    return wrapper.querySelector("[name='" + CSS.escape(wrapper.dataset.field + "-" + suffix) + "']");
  }

  // {value, missing}, or {hold: why} for a date that is not whole yet.
  function read(wrapper) {
    const type = wrapper.dataset.type;
    const reason = wrapper.querySelector("[data-missing]");
    const missing = reason ? reason.value : "";
    const [first] = controls(wrapper);
    if (type === "date" || type === "partial_date") return readDate(wrapper, type, missing);
    if (type === "choices" || type === "links") {
      const chosen = controls(wrapper).filter((control) => control.checked).map((control) => control.value);
      return { value: chosen.length ? chosen : null, missing: chosen.length ? "" : missing };
    }
    if (first && first.type === "radio") {
      const chosen = controls(wrapper).find((control) => control.checked);
      if (!chosen) return { value: null, missing };
      if ("reason" in chosen.dataset) return { value: null, missing: chosen.value };
      return { value: chosen.value, missing: "" };
    }
    const text = first.npcsEditor ? first.npcsEditor.html() : first.value;
    const empty = !text.trim();
    return { value: empty ? null : text, missing: empty ? missing : "" };
  }

  function readDate(wrapper, type, missing) {
    const [day, month, year] = ["day", "month", "year"].map((name) => part(wrapper, name).value.trim());
    if (!day && !month && !year) return { value: null, missing };
    const precision = type === "partial_date" ? part(wrapper, "precision").value : "day";
    const gaps = [["day", day || precision === "month" || precision === "about"], ["month", month], ["year", year]].filter(([, given]) => !given);
    if (gaps.length) return { hold: "Not saved yet: give the " + gaps.map(([name]) => name).join(" and the ") + " too." };
    const date = year + "-" + month + (precision === "month" || !day ? "" : "-" + day.padStart(2, "0"));
    if (type === "date") return { value: date, missing: "" };
    const time = part(wrapper, "time").value.trim();
    const value = { date, precision };
    if (precision === "exact" && time) value.time = time;
    return { value, missing: "" };
  }

  function write(wrapper, value, missing) {
    const type = wrapper.dataset.type;
    const reason = wrapper.querySelector("[data-missing]");
    if (reason) reason.value = missing || "";
    if (type === "date" || type === "partial_date") {
      const date = (type === "date" ? value : value && value.date) || "";
      part(wrapper, "day").value = date.length > 7 ? String(Number(date.slice(8, 10))) : "";
      part(wrapper, "month").value = date.slice(5, 7);
      part(wrapper, "year").value = date.slice(0, 4);
      if (type === "partial_date") {
        part(wrapper, "precision").value = (value && value.precision) || "day";
        part(wrapper, "time").value = (value && value.time) || "";
      }
      return;
    }
    const list = Array.isArray(value) ? value.map(String) : [];
    for (const control of controls(wrapper)) {
      if (control.type === "checkbox") control.checked = list.includes(control.value);
      else if (control.type === "radio") control.checked = control.value === ("reason" in control.dataset ? missing : value);
      else if (control.npcsEditor) control.npcsEditor.set(value || "");
      else control.value = value === null || value === undefined ? "" : String(value);
    }
  }

  function joined(type, mine, theirs, by) {
    if (Array.isArray(mine) || Array.isArray(theirs)) return [...new Set([...(mine || []), ...(theirs || [])].map(String))];
    if (type === "prose") return (mine || "") + "<p>[" + escaped(by) + ":]</p>" + (theirs || "");
    if (type === "plain") return (mine || "") + "\n\n[" + by + ":]\n" + (theirs || "");
    return [mine, theirs].filter(Boolean).join(" / ");
  }

  function escaped(text) {
    const holder = document.createElement("span");
    holder.textContent = text;
    return holder.innerHTML;
  }

  // -- One field -----------------------------------------------------------------------------

  class Field {
    constructor(wrapper, form) {
      this.wrapper = wrapper;
      this.form = form;
      this.version = Number(wrapper.dataset.version);
      this.stateLine = wrapper.querySelector(".npcs-field-state");
      this.saved = this.snapshot();
      this.dirty = false; // something differs, or may differ, from what the server has
      this.sending = false;
      this.stopped = ""; // "": goes on by itself; conflict | refused | signed-out: waits for a person
      this.since = 0;
      this.tries = 0;
      this.timer = 0;
    }

    get label() {
      const words = this.wrapper.querySelector(".npcs-label");
      return words ? words.firstChild.textContent.trim() : this.wrapper.dataset.item;
    }

    get type() {
      return this.wrapper.dataset.type;
    }

    snapshot() {
      return JSON.stringify(read(this.wrapper));
    }

    touched() {
      const now = performance.now();
      if (!this.dirty) this.since = now;
      this.dirty = true;
      if (this.stopped === "refused") this.stopped = "";
      pageState();
      if (this.stopped || this.tries) return;
      this.wait(Math.max(0, Math.min(PAUSE, this.since + LONGEST - now)));
    }

    wait(delay) {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.save(), delay);
    }

    async save() {
      clearTimeout(this.timer);
      if (this.sending || !this.dirty || this.stopped) return;
      const now = read(this.wrapper);
      const sent = JSON.stringify(now);
      if (sent === this.saved) {
        this.dirty = false;
        this.tries = 0;
        this.say("");
        pageState();
        return;
      }
      if (now.hold) {
        this.say(this.wrapper.contains(document.activeElement) ? "" : now.hold, "wait");
        return;
      }
      this.sending = true;
      const slow = setTimeout(() => this.say("Saving…", "going"), QUIET_SAVING);
      pageState();
      let answer = null;
      try {
        answer = await post(this.form.dataset.saveUrl, {
          item: this.wrapper.dataset.item,
          entry: this.wrapper.dataset.entry ? Number(this.wrapper.dataset.entry) : null,
          version: this.version,
          value: now.value,
          missing: now.missing,
        });
      } catch {
        answer = { status: 0, body: {} };
      }
      clearTimeout(slow);
      this.sending = false;
      this.answered(answer, sent, now);
      pageState();
    }

    answered({ status, body }, sent, now) {
      if (status === 200) return this.accepted(body, sent);
      if (status === 409) return this.conflict(body);
      if (status === 401) {
        this.stop("signed-out", "Not saved: you are signed out. Nothing is lost while this page stays open.");
        return showBanner("npcs-signed-out", body.sign_in);
      }
      if (status === 422 || status === 400) {
        const errors = body.errors || [body.message || "This could not be saved as it stands."];
        this.errors(errors);
        return this.stop("refused", "Not saved: " + errors.join(" "));
      }
      if (status === 403 || status === 404) return this.stop("refused", "Not saved: " + (body.message || "you cannot change this any more."));
      this.tries += 1;
      this.say("Not saved: the server does not answer, trying again", "stop");
      if (this.tries > 1) showBanner("npcs-unreachable");
      return this.wait(BACKOFF[Math.min(this.tries, BACKOFF.length) - 1]);
    }

    accepted(body, sent) {
      this.setVersion(body.version);
      this.saved = sent;
      this.tries = 0;
      this.stopped = "";
      this.errors([]);
      this.warnings(body.warnings || []);
      this.dirty = this.snapshot() !== sent;
      this.say(this.dirty ? "" : "Saved " + body.saved_at, "done");
      lastSaved = body.saved_at;
      if (body.shown) serverShows(this, body.shown);
      if (this.dirty) {
        this.since = performance.now();
        this.wait(PAUSE);
      }
      // The server is back: what else was waiting for it need not wait longer.
      if (banner) {
        hideBanner();
        retryAll();
      }
      return undefined;
    }

    conflict(body) {
      this.stop("conflict", "Not saved: " + body.by + " changed this too. Choose below which text stays.");
      const theirs = body.theirs || {};
      window.npcsConflict.show(
        this.wrapper,
        {
          label: this.label,
          by: body.by,
          at: body.at,
          yours: (body.yours && body.yours.html) || "",
          theirs: theirs.html || "",
          canJoin: TEXTS.has(this.type) || this.type === "choices" || this.type === "links",
        },
        (keep) => this.choose(keep, body, theirs),
      );
    }

    choose(keep, body, theirs) {
      this.setVersion(body.version);
      this.stopped = "";
      if (keep === "theirs") {
        write(this.wrapper, theirs.value, theirs.missing);
        this.saved = this.snapshot();
        this.dirty = false;
        this.say("Saved " + body.at + " by " + body.by, "done");
        branch(this.form);
      } else {
        if (keep === "both") write(this.wrapper, joined(this.type, read(this.wrapper).value, theirs.value, body.by), "");
        this.saved = "";
        this.dirty = true;
        this.since = performance.now();
        if (keep === "mine") this.save();
        else this.touched();
      }
      const [control] = controls(this.wrapper);
      const target = control && control.npcsEditor ? control.npcsEditor : control || this.wrapper.querySelector("input, select");
      if (target) target.focus();
      pageState();
    }

    setVersion(version) {
      this.version = version;
      this.wrapper.dataset.version = String(version);
      const input = this.wrapper.querySelector("[data-version-input]");
      if (input) input.value = String(version);
    }

    stop(why, words) {
      this.stopped = why;
      this.say(words, "stop");
    }

    again() {
      if (!this.dirty || this.stopped === "conflict") return;
      this.stopped = "";
      this.tries = 0;
      this.save();
    }

    say(words, tone) {
      if (!this.stateLine || this.stateLine.textContent === words) return;
      this.stateLine.textContent = words;
      this.stateLine.dataset.tone = words ? tone || "" : "";
    }

    errors(messages) {
      const place = this.wrapper.querySelector("[data-errors]");
      this.wrapper.classList.toggle("npcs-field--error", messages.length > 0);
      if (place) {
        place.replaceChildren(...messages.map((message) => paragraph("Error: ", message)));
        place.hidden = !messages.length;
      }
      for (const control of this.wrapper.querySelectorAll("input[type='text'], textarea, select, [role='textbox']")) {
        if (control.closest(".npcs-missing")) continue;
        if (messages.length) control.setAttribute("aria-invalid", "true");
        else control.removeAttribute("aria-invalid");
      }
    }

    warnings(messages) {
      for (const old of this.wrapper.querySelectorAll("[data-warning]")) old.remove();
      for (const message of messages) {
        const line = paragraph("Please check: ", message);
        line.className = "npcs-warning";
        line.dataset.warning = "";
        this.stateLine.before(line);
      }
    }
  }

  function paragraph(hidden, words) {
    const line = document.createElement("p");
    const spoken = document.createElement("span");
    spoken.className = "usa-sr-only";
    spoken.textContent = hidden;
    line.append(spoken, words);
    return line;
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

  // -- The page ------------------------------------------------------------------------------

  let lastSaved = "";

  function unsaved() {
    return fields.filter((field) => field.dirty || field.sending);
  }

  function pageState() {
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

  function showBanner(id, signIn) {
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

  function retryAll() {
    for (const field of fields) field.again();
  }

  function comeBack() {
    if (document.visibilityState !== "visible") return;
    for (const field of fields) if (field.stopped === "signed-out" || field.tries) field.again();
  }

  // -- Branching -----------------------------------------------------------------------------

  function branch(form) {
    if (!window.npcsRules) return;
    const own = fields.filter((field) => field.form === form);
    const once = own.filter((field) => !field.wrapper.dataset.entry);
    for (const entry of new Set(own.map((field) => field.wrapper.dataset.entry))) {
      const near = entry ? [...once, ...own.filter((field) => field.wrapper.dataset.entry === entry)] : once;
      const values = {};
      const whens = {};
      for (const field of near) {
        const item = field.wrapper.dataset.item;
        const now = read(field.wrapper);
        values[item] = now.hold ? null : now.missing ? { missing: now.missing } : now.value;
        whens[item] = field.wrapper.dataset.when ? JSON.parse(field.wrapper.dataset.when) : null;
      }
      const shown = new Set(window.npcsRules.visible(whens, values));
      for (const field of near) {
        const item = field.wrapper.dataset.item;
        // A rule over another page's answers is the server's to decide.
        const decidable = whens[item] && window.npcsRules.itemsIn(whens[item]).every((other) => other in whens);
        if (decidable && field.wrapper.dataset.entry === entry) show(field, shown.has(item));
      }
    }
  }

  function serverShows(source, answers) {
    for (const field of fields) {
      const { item, entry, field: name } = field.wrapper.dataset;
      const near = !entry || entry === source.wrapper.dataset.entry;
      if (name in answers) show(field, answers[name]);
      else if (near && item in answers) show(field, answers[item]);
    }
  }

  function show(field, shown) {
    field.wrapper.dataset.shown = String(Boolean(shown));
    const note = field.wrapper.querySelector(".npcs-only-if");
    if (shown && note) note.remove();
  }

  // -- Small help while typing ---------------------------------------------------------------

  const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

  // "2026-03-03" or "3 March 2026" in the first box is spread over the three.
  function spreadDate(wrapper, control) {
    if (control !== part(wrapper, "day")) return;
    const text = control.value.trim();
    const iso = /^(\d{4})-(\d{1,2})-(\d{1,2})$/.exec(text);
    const words = /^(\d{1,2})\.?\s+([a-z]{3,9})\.?\s+(\d{4})$/i.exec(text);
    const month = iso ? Number(iso[2]) : words ? MONTHS.indexOf(words[2].slice(0, 3).toLowerCase()) + 1 : 0;
    if (month < 1 || month > 12) return;
    part(wrapper, "day").value = String(Number(iso ? iso[3] : words[1]));
    part(wrapper, "month").value = String(month).padStart(2, "0");
    part(wrapper, "year").value = iso ? iso[1] : words[3];
  }

  function reasonAndValue(field, target) {
    if (target.matches("[data-missing]")) {
      if (!target.value) return;
      const now = read(field.wrapper);
      if (TEXTS.has(field.type) && now.value) {
        target.value = "";
        field.say("There is an answer already. Clear it first, then say why there is none.", "wait");
      } else {
        write(field.wrapper, null, target.value);
      }
      return;
    }
    const reason = field.wrapper.querySelector("[data-missing]");
    if (reason && reason.value) reason.value = "";
  }

  function refresh(field) {
    const { wrapper } = field;
    const counter = wrapper.querySelector("[data-counter]");
    const limited = wrapper.querySelector("[data-limit]");
    if (counter && limited) {
      const left = Number(limited.dataset.limit) - limited.value.length;
      counter.textContent = left < 0 ? -left + " characters too many" : left + " characters left";
      counter.dataset.over = String(left < 0);
    }
    const day = part(wrapper, "day");
    if (day && document.activeElement !== day) day.value = day.value.trim().replace(/^0(?=[1-9]$)/, "");
    const clear = wrapper.querySelector("[data-clear]");
    if (clear) clear.hidden = !controls(wrapper).some((control) => control.checked);
    const time = wrapper.querySelector("[data-time]");
    if (time) {
      time.hidden = part(wrapper, "precision").value !== "exact";
      part(wrapper, "day").parentElement.hidden = part(wrapper, "precision").value === "month";
    }
    for (const area of wrapper.querySelectorAll("textarea.npcs-grows:not([hidden])")) grow(area);
  }

  // Browsers that size a textarea by its content need no help.
  function grow(area) {
    if (CSS.supports("field-sizing", "content")) return;
    area.rows = Math.max(area.dataset.prose === undefined ? 3 : 8, area.value.split("\n").length + 1);
  }

  // -- Start ---------------------------------------------------------------------------------

  function start(form) {
    for (const wrapper of form.querySelectorAll(".npcs-field[data-field]")) {
      for (const area of wrapper.querySelectorAll("textarea[data-prose]")) window.npcsEditor?.attach(area);
      const field = new Field(wrapper, form);
      wrapper.npcsField = field;
      fields.push(field);
      refresh(field);
    }

    function changed(event) {
      const field = event.target.closest?.(".npcs-field[data-field]")?.npcsField;
      if (!field) return;
      if (event.type === "input" && event.target.matches("input[type='text']")) spreadDate(field.wrapper, event.target);
      if (event.type === "change" || !event.target.matches("select, [type='radio'], [type='checkbox']")) reasonAndValue(field, event.target);
      refresh(field);
      field.touched();
      if (!TEXTS.has(field.type)) branch(form);
    }
    form.addEventListener("input", changed);
    form.addEventListener("change", changed);

    form.addEventListener("focusout", function (event) {
      const field = event.target.closest?.(".npcs-field[data-field]")?.npcsField;
      if (!field || field.tries) return;
      // Leaving for another part of the same date is not leaving.
      setTimeout(() => {
        if (field.dirty && !field.wrapper.contains(document.activeElement)) field.save();
      }, 0);
    });

    form.addEventListener("click", function (event) {
      if (!event.target.closest?.("[data-clear] button")) return;
      const field = event.target.closest(".npcs-field").npcsField;
      write(field.wrapper, null, "");
      refresh(field);
      field.touched();
      branch(form);
      controls(field.wrapper)[0].focus();
    });

    form.addEventListener("submit", function (event) {
      if (form.dataset.leaving) return;
      event.preventDefault();
      leave(form, event.submitter);
    });

    branch(form);
  }

  // The button's own post follows once everything is saved; while something is not, the person stays here and sees what.
  async function leave(form, submitter) {
    const own = fields.filter((field) => field.form === form);
    for (const field of own) if (field.dirty) field.again();
    const until = performance.now() + PATIENCE;
    const busy = () => own.some((field) => field.sending || (field.dirty && !field.stopped && !field.tries && !read(field.wrapper).hold));
    while (busy() && performance.now() < until) await new Promise((done) => setTimeout(done, 50));
    const stuck = own.find((field) => field.dirty);
    if (stuck) {
      const held = read(stuck.wrapper).hold;
      if (held) stuck.say(held, "wait");
      const place = stuck.wrapper.querySelector("[role='textbox'], input:not([type='hidden']), select, textarea:not([hidden])");
      if (place) place.focus();
      return;
    }
    for (const token of form.querySelectorAll("[name='csrfmiddlewaretoken']")) token.value = csrfToken();
    form.dataset.leaving = "true";
    form.requestSubmit(submitter);
    delete form.dataset.leaving;
  }

  for (const form of document.querySelectorAll("form[data-autosave]")) start(form);
  if (fields.length) pageState();

  window.addEventListener("beforeunload", function (event) {
    if (unsaved().length) event.preventDefault();
  });
  document.addEventListener("visibilitychange", function () {
    if (document.visibilityState === "hidden") for (const field of fields) if (!field.tries) field.save();
    comeBack();
  });
  window.addEventListener("focus", comeBack);
  window.addEventListener("online", comeBack);
})();
