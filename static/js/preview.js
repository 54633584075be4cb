/* A form that is only looked at: questions show and hide as in a review, and nothing is kept or sent.

   <div data-preview> with .npcs-field[data-field] inside; see templates/questions/preview.html. */
(function () {
  "use strict";

  const { branch } = window.npcsBranching;
  const { fields } = window.npcsPage;

  for (const form of document.querySelectorAll("[data-preview]")) {
    for (const wrapper of form.querySelectorAll(".npcs-field[data-field]")) {
      for (const area of wrapper.querySelectorAll("textarea[data-prose]")) window.npcsEditor?.attach(area);
      fields.push({ form, wrapper, dirty: false });
    }
    form.addEventListener("input", () => branch(form));
    form.addEventListener("change", () => branch(form));
    branch(form);
  }
})();
