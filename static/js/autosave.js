/* Everything typed reaches the server by itself, field by field. This file listens; static/js/saving/ does the work.

   <form data-autosave data-save-url="…"> with .npcs-field[data-field] inside; see templates/components/field.html. */
(function () {
  "use strict";

  const { TEXTS, named, first, read, write } = window.npcsControls;
  const { branch } = window.npcsBranching;
  const page = window.npcsPage;
  const typing = window.npcsTyping;

  // Whether somebody answered while this file was still on its way.
  function isChanged(wrapper) {
    return [...wrapper.querySelectorAll("input:not([type='hidden']), select, textarea")].some(function (control) {
      if (control.matches("[type='radio'], [type='checkbox']")) return control.checked !== control.defaultChecked;
      if (control.npcsEditor) return control.npcsEditor.early; // which had to read it before it put its own in its place
      if (control.localName !== "select") return control.value !== control.defaultValue;
      return control.selectedIndex !== Math.max(0, [...control.options].findIndex((option) => option.defaultSelected));
    });
  }

  function start(form) {
    const early = [];
    for (const wrapper of form.querySelectorAll(".npcs-field[data-field]")) {
      const wasChanged = isChanged(wrapper);
      for (const area of wrapper.querySelectorAll("textarea[data-prose]")) window.npcsEditor?.attach(area);
      const field = new window.npcsField(wrapper, form);
      wrapper.npcsField = field;
      page.fields.push(field);
      typing.refresh(field);
      if (wasChanged) early.push(field);
    }

    function changed(event) {
      const field = event.target.closest?.(".npcs-field[data-field]")?.npcsField;
      if (!field) return;
      if (event.type === "input" && event.target.matches("input[type='text']")) typing.spreadDate(field.wrapper, event.target);
      if (event.type === "change" || !event.target.matches("select, [type='radio'], [type='checkbox']")) typing.reasonAndValue(field, event.target);
      typing.refresh(field);
      field.touched();
      if (!TEXTS.has(field.type)) branch(form);
    }
    form.addEventListener("input", changed);
    form.addEventListener("change", changed);
    for (const field of early) {
      field.saved = ""; // what it took for the server's is what somebody answered
      field.touched();
    }

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
      typing.refresh(field);
      field.touched();
      branch(form);
      named(field.wrapper)[0].focus();
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
    // A form that is asked to submit while its submit event is still going on does nothing, by the HTML standard.
    await new Promise((done) => setTimeout(done));
    const own = page.fields.filter((field) => field.form === form);
    for (const field of own) if (field.dirty) field.again();
    const until = performance.now() + window.npcsServer.PATIENCE;
    const busy = () => own.some((field) => field.sending || (field.dirty && !field.stopped && !field.tries && !read(field.wrapper).hold));
    while (busy() && performance.now() < until) await new Promise((done) => setTimeout(done, 50));
    const stuck = own.find((field) => field.dirty);
    if (stuck) {
      const held = read(stuck.wrapper).hold;
      if (held) stuck.say(held, "wait");
      first(stuck.wrapper)?.focus();
      return;
    }
    for (const token of form.querySelectorAll("[name='csrfmiddlewaretoken']")) token.value = window.npcsServer.csrfToken();
    form.dataset.leaving = "true";
    form.requestSubmit(submitter);
    delete form.dataset.leaving;
  }

  for (const form of document.querySelectorAll("form[data-autosave]")) start(form);
  if (page.fields.length) page.tell();

  window.addEventListener("beforeunload", function (event) {
    if (page.unsaved().length) event.preventDefault();
  });
  document.addEventListener("visibilitychange", function () {
    if (document.visibilityState === "hidden") for (const field of page.fields) if (!field.tries) field.save();
    page.comeBack();
  });
  window.addEventListener("focus", page.comeBack);
  window.addEventListener("online", page.comeBack);
})();
