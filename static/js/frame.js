/* The frame: menus, the folded navigation, focus on what needs attention. Loaded in the head, so that what only
   works with scripts can be styled before the page is drawn. */
(function () {
  "use strict";

  document.documentElement.classList.add("js");

  document.addEventListener("DOMContentLoaded", function () {
    const summary = document.querySelector("[data-focus]");
    if (summary) summary.focus();
  });

  // A link from another page may name the very field that is to be mended. The browser goes there first, then its control is focused.
  window.addEventListener("load", function () {
    const field = location.hash.startsWith("#id_") && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (field && !document.querySelector("[data-focus]")) focusFirst(field);
  });

  // What htmx brings in may carry a summary of its own.
  document.addEventListener("htmx:after:swap", function (event) {
    const target = event.target instanceof Element ? event.target : document;
    const summary = target.querySelector("[data-focus]");
    if (summary) summary.focus();
  });

  document.addEventListener("click", function (event) {
    const target = event.target instanceof Element ? event.target : null;
    if (!target) return;

    for (const menu of document.querySelectorAll("details.npcs-menu[open]")) {
      if (!menu.contains(target)) menu.open = false;
    }

    const button = target.closest("[data-nav-button]");
    if (button) {
      const nav = document.getElementById(button.getAttribute("aria-controls"));
      const open = button.getAttribute("aria-expanded") !== "true";
      button.setAttribute("aria-expanded", String(open));
      nav.classList.toggle("npcs-nav--open", open);
      return;
    }

    const dismiss = target.closest("[data-dismiss]");
    if (dismiss) {
      dismiss.closest(".npcs-alert, .npcs-banner, li")?.remove();
      return;
    }

    // A link of a summary leads to a group: go on to the first thing in it that can be answered.
    const link = target.closest(".npcs-summary a[href^='#']");
    if (link) {
      const place = document.getElementById(decodeURIComponent(link.hash.slice(1)));
      if (place) {
        event.preventDefault();
        focusFirst(place);
      }
    }
  });

  // Words in a form that is sent by its button alone (a remark, a reason) are not left behind by a slip.
  document.addEventListener("input", function (event) {
    const form = event.target instanceof HTMLTextAreaElement && event.target.form;
    if (form && !form.matches("[data-autosave]")) form.dataset.unsent = "";
  });
  document.addEventListener("submit", (event) => delete event.target.dataset.unsent);
  window.addEventListener("beforeunload", function (event) {
    if (document.querySelector("form[data-unsent]")) event.preventDefault();
  });

  document.addEventListener("keydown", function (event) {
    if (event.key !== "Escape") return;
    for (const menu of document.querySelectorAll("details.npcs-menu[open]")) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  });

  function focusFirst(place) {
    const editor = place.hidden ? place.parentElement.querySelector("[contenteditable='true']") : null;
    const control = editor || place.querySelector("input:not([type='hidden']), select, textarea") || place;
    place.closest("details")?.setAttribute("open", "");
    control.focus({ preventScroll: true });
    const calm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
    (place.closest(".npcs-field") || control).scrollIntoView({ block: "start", behavior: calm ? "auto" : "smooth" });
  }
})();
