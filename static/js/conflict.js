/* Two people changed one field: both texts side by side beside it, and three ways on.

   npcsConflict.show(wrapper, {label, by, at, yours, theirs, canJoin}, choose)
   yours and theirs are HTML the server has cleaned and marked; choose gets "mine", "theirs" or "both". */
(function () {
  "use strict";

  function show(wrapper, conflict, choose) {
    const template = document.getElementById("npcs-conflict");
    wrapper.querySelector(".npcs-conflict")?.remove();
    const section = template.content.firstElementChild.cloneNode(true);
    fill(section, "label", conflict.label);
    fill(section, "by", conflict.by);
    fill(section, "at", conflict.at);
    section.querySelector("[data-yours]").append(window.npcsEditor.clean(conflict.yours, true));
    section.querySelector("[data-theirs]").append(window.npcsEditor.clean(conflict.theirs, true));
    for (const text of section.querySelectorAll("[data-yours], [data-theirs]")) {
      if (!text.textContent.trim()) text.textContent = "(nothing)";
    }
    if (!conflict.canJoin) section.querySelector("[data-join]").remove();

    const heading = section.querySelector(".npcs-conflict-title");
    heading.id = wrapper.dataset.field + "-conflict";
    section.setAttribute("aria-labelledby", heading.id);
    section.addEventListener("click", function (event) {
      const button = event.target.closest("[data-keep]");
      if (!button) return;
      section.remove();
      choose(button.dataset.keep);
    });
    wrapper.append(section);
    // Somebody typing elsewhere is not pulled away; the words are announced where the field's state is read out.
    if (wrapper.contains(document.activeElement)) section.scrollIntoView({ block: "nearest" });
    return section;
  }

  function fill(section, name, words) {
    for (const place of section.querySelectorAll("[data-" + name + "]")) place.textContent = words;
  }

  window.npcsConflict = { show };
})();
