/* Small help while typing: a whole date spread over its boxes, what is left of a limit, a reason or an answer but not both.

   npcsTyping.spreadDate(wrapper, control), .reasonAndValue(field, target), .refresh(field) */
(function () {
  "use strict";

  const { TEXTS, named, part, read, write } = window.npcsControls;

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
    if (clear) clear.hidden = !named(wrapper).some((control) => control.checked);
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

  window.npcsTyping = { spreadDate, reasonAndValue, refresh };
})();
