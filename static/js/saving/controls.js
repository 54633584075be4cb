/* What a control of templates/components/field.html holds, as the server takes it, and the way back.

   npcsControls.read(wrapper)                   {value, missing}, or {hold: why} for a date that is not whole yet
   npcsControls.write(wrapper, value, missing)  shows a value, or the reason for none
   npcsControls.joined(type, mine, theirs, by)  both texts in one, for a person to edit
   npcsControls.named(wrapper), .part(wrapper, suffix), .first(wrapper)  the controls themselves */
(function () {
  "use strict";

  // Kept when a reason for no answer is given over them: words are never cleared by a slip.
  const TEXTS = new Set(["text", "plain", "prose"]);

  function named(wrapper) {
    const name = wrapper.dataset.field;
    return [...wrapper.querySelectorAll("input, select, textarea")].filter((control) => control.name === name);
  }

  function part(wrapper, suffix) {
    return wrapper.querySelector("[name='" + CSS.escape(wrapper.dataset.field + "-" + suffix) + "']");
  }

  function read(wrapper) {
    const type = wrapper.dataset.type;
    const reason = wrapper.querySelector("[data-missing]");
    const missing = reason ? reason.value : "";
    const [first] = named(wrapper);
    if (type === "date" || type === "partial_date") return readDate(wrapper, type, missing);
    if (type === "choices" || type === "links") {
      const chosen = named(wrapper).filter((control) => control.checked).map((control) => control.value);
      return { value: chosen.length ? chosen : null, missing: chosen.length ? "" : missing };
    }
    if (first && first.type === "radio") {
      const chosen = named(wrapper).find((control) => control.checked);
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
    for (const control of named(wrapper)) {
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

  // Where somebody goes on typing in this field.
  function first(wrapper) {
    return wrapper.querySelector("[role='textbox'], input:not([type='hidden']), select, textarea:not([hidden])");
  }

  window.npcsControls = { TEXTS, named, part, first, read, write, joined };
})();
