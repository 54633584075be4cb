/* One field and its saving: a second after a pause, three at the latest, one request at a time. What is not saved stays in
   this open page, says so, and is tried again; nothing goes into browser storage.

   new npcsField(wrapper, form)   touched(), save(), again(), say(words, tone); dirty, sending, stopped, tries */
(function () {
  "use strict";

  const PAUSE = 1000;
  const LONGEST = 3000;
  const BACKOFF = [2000, 4000, 8000, 15000, 30000];
  const QUIET_SAVING = 400;
  const { TEXTS, named, read, write, joined } = window.npcsControls;
  const page = window.npcsPage;

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
      page.tell();
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
        page.tell();
        return;
      }
      if (now.hold) {
        this.say(this.wrapper.contains(document.activeElement) ? "" : now.hold, "wait");
        return;
      }
      this.sending = true;
      const slow = setTimeout(() => this.say("Saving…", "going"), QUIET_SAVING);
      page.tell();
      let answer = null;
      try {
        answer = await window.npcsServer.post(this.form.dataset.saveUrl, {
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
      page.tell();
    }

    answered({ status, body }, sent, now) {
      if (status === 200) return this.accepted(body, sent);
      if (status === 409) return this.conflict(body);
      if (status === 401) {
        this.stop("signed-out", "Not saved: you are signed out. Nothing is lost while this page stays open.");
        return page.warn("npcs-signed-out", body.sign_in);
      }
      if (status === 422 || status === 400) {
        const errors = body.errors || [body.message || "This could not be saved as it stands."];
        this.errors(errors);
        return this.stop("refused", "Not saved: " + errors.join(" "));
      }
      if (status === 403 || status === 404) return this.stop("refused", "Not saved: " + (body.message || "you cannot change this any more."));
      this.tries += 1;
      this.say("Not saved: the server does not answer, trying again", "stop");
      if (this.tries > 1) page.warn("npcs-unreachable");
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
      page.tell(body.saved_at);
      if (body.shown) window.npcsBranching.serverShows(this, body.shown);
      if (this.dirty) {
        this.since = performance.now();
        this.wait(PAUSE);
      }
      page.calm();
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
        window.npcsBranching.branch(this.form);
      } else {
        if (keep === "both") write(this.wrapper, joined(this.type, read(this.wrapper).value, theirs.value, body.by), "");
        this.saved = "";
        this.dirty = true;
        this.since = performance.now();
        if (keep === "mine") this.save();
        else this.touched();
      }
      const [control] = named(this.wrapper);
      const target = control && control.npcsEditor ? control.npcsEditor : control || this.wrapper.querySelector("input, select");
      if (target) target.focus();
      page.tell();
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

  window.npcsField = Field;
})();
