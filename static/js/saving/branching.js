/* Which questions show now. The rules are the dictionary's (rules.js); where they need another page, the server decides.

   npcsBranching.branch(form)                   shows and hides by what stands in the form
   npcsBranching.serverShows(source, answers)   shows and hides as the server said when it saved the field `source` */
(function () {
  "use strict";

  const { read } = window.npcsControls;
  const { fields } = window.npcsPage;

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

  window.npcsBranching = { branch, serverShows };
})();
