/* Long texts. A textarea[data-prose] becomes a region one can write in with headings, bold, italic, lists and the
   tables of a paste. What comes from Word keeps its shape and loses its dress; the server cleans it again.

   npcsEditor.attach(textarea)    {element, early, html(), set(html), focus()}, also kept as textarea.npcsEditor
   npcsEditor.clean(html, marks)  a DocumentFragment of the allowed elements; with marks, <ins>, <del> and <mark> too */
(function () {
  "use strict";

  const RENAMED = { B: "strong", STRONG: "strong", I: "em", EM: "em", H1: "h2", H2: "h2", H3: "h3", H4: "h4", H5: "h4", H6: "h4" };
  const KEPT = new Set(["P", "UL", "OL", "LI", "TABLE", "THEAD", "TBODY", "TR", "TH", "TD", "BLOCKQUOTE", "BR"]);
  const MARKS = new Set(["INS", "DEL", "MARK"]);
  const DROPPED = new Set(["SCRIPT", "STYLE", "TITLE", "META", "LINK", "HEAD", "TEMPLATE", "IFRAME", "OBJECT", "SVG", "MATH", "NOSCRIPT", "SELECT", "TEXTAREA", "XML"]);
  const BLOCKS = new Set(["p", "h2", "h3", "h4", "ul", "ol", "table", "blockquote"]);
  const BULLETED_LINE = /^\s*[•·▪◦‣*–-][ \t]+(?=\S)/;
  const NUMBERED_LINE = /^\s*[0-9]{1,3}[.)][ \t]+(?=\S)/;
  const NUMBERED = /^\s*\(?([0-9]{1,3}|[a-zA-Z]|[ivxlcIVXLC]{1,6})[.)]/;

  function clean(html, marks) {
    const source = new DOMParser().parseFromString(undressed(html), "text/html");
    const result = document.createDocumentFragment();
    copyChildren(source.body, result, Boolean(marks));
    return blocksOnly(result);
  }

  // The page's policy refuses styles and handlers even where they are only read, so they are read under other names.
  function undressed(html) {
    return html
      .replace(/<style\b[\s\S]*?<\/style\s*>/gi, "")
      .replace(/<[a-z][^<>]*>/gi, (tag) => tag.replace(/[\s"'/](style|on[a-z]+)(?=\s*=)/gi, (found, name) => found[0] + " data-" + name.toLowerCase()));
  }

  function copyChildren(from, to, marks) {
    for (const node of from.childNodes) copy(node, to, marks);
  }

  function copy(node, to, marks) {
    if (node.nodeType === Node.TEXT_NODE) {
      to.append(node.data.replace(/[\t\r\n ]+/g, " "));
      return;
    }
    if (node.nodeType !== Node.ELEMENT_NODE) return;
    const tag = node.tagName.toUpperCase();
    if (DROPPED.has(tag)) return;
    const style = node.getAttribute("data-style") || "";
    if (/mso-list:\s*ignore/i.test(style)) return;

    const item = wordListItem(node, style);
    if (item) {
      const place = wordList(to, item.level, item.ordered);
      const entry = document.createElement("li");
      copyChildren(node, entry, marks);
      if (!entry.textContent.trim()) return;
      trimMarker(entry, item.marker);
      place.append(entry);
      return;
    }

    const heading = /^P$|^DIV$/.test(tag) && /MsoTitle|MsoHeading([1-9])/.exec(node.className || "");
    let name = heading ? (heading[1] > 2 ? "h3" : "h2") : RENAMED[tag];
    if (name === "strong" && /font-weight:\s*(normal|400)/i.test(style)) name = undefined;
    if (!name && (KEPT.has(tag) || (marks && MARKS.has(tag)))) name = tag.toLowerCase();
    if (!name && tag === "SPAN") name = /font-weight:\s*(bold|[6-9]00)/i.test(style) ? "strong" : /font-style:\s*italic/i.test(style) ? "em" : undefined;
    if (!name && tag === "DIV" && !hasBlock(node)) name = "p";
    if (!name) {
      copyChildren(node, to, marks);
      return;
    }
    const made = document.createElement(name);
    if (name === "td" || name === "th") copySpans(node, made);
    copyChildren(node, made, marks);
    // A browser may nest blocks where only words belong; they stand after one another instead.
    if (/^(p|h[234])$/.test(name) && made.querySelector("p, h2, h3, h4, ul, ol, table, blockquote")) {
      to.append(blocksOnly(made));
      return;
    }
    if (name === "br" || name === "td" || name === "th" || made.textContent.trim() || made.querySelector("table")) to.append(made);
    else if (name === "p" && node.querySelector("br")) made.remove();
    else if (made.textContent) to.append(made.textContent);
  }

  function hasBlock(node) {
    return node.querySelector("p, div, ul, ol, table, h1, h2, h3, h4, h5, h6, blockquote") !== null;
  }

  function copySpans(from, to) {
    for (const name of ["colspan", "rowspan"]) {
      const value = from.getAttribute(name);
      if (value && /^[1-9][0-9]?$/.test(value) && value !== "1") to.setAttribute(name, value);
    }
  }

  // Word writes its lists as paragraphs: the level stands in the style, the mark in a span of its own.
  function wordListItem(node, style) {
    if (node.tagName.toUpperCase() !== "P") return null;
    const level = /mso-list:[^;]*level([1-9])/i.exec(style);
    if (!level && !/MsoListParagraph/.test(node.className || "")) return null;
    const mark = node.querySelector("[data-style*='mso-list:Ignore' i], [data-style*='mso-list: Ignore' i]");
    const marker = mark ? mark.textContent.trim() : "";
    if (!level && !marker && !/^\s*([•·▪◦‣o§]|[0-9]{1,3}[.)])\s/.test(node.textContent)) return null;
    const lead = marker || node.textContent;
    return { level: level ? Number(level[1]) : 1, ordered: NUMBERED.test(lead) && !/^o\s/.test(lead), marker };
  }

  function trimMarker(entry, marker) {
    if (marker) return;
    const first = document.createTreeWalker(entry, NodeFilter.SHOW_TEXT).nextNode();
    if (first) first.data = first.data.replace(/^\s*([•·▪◦‣o§]|\(?[0-9]{1,3}[.)])\s+/, "");
  }

  function wordList(to, level, ordered) {
    let place = lastList(to, ordered, level === 1);
    for (let depth = 1; depth < level; depth += 1) {
      const last = place.lastElementChild;
      if (!last) break;
      place = lastList(last, ordered, depth === level - 1);
    }
    return place;
  }

  function lastList(parent, ordered, exact) {
    const last = parent.lastElementChild;
    const wanted = ordered ? "OL" : "UL";
    const nothingAfter = last && !(last.nextSibling && last.nextSibling.textContent.trim());
    if (nothingAfter && (last.tagName === wanted || (!exact && /^[OU]L$/.test(last.tagName)))) return last;
    const made = document.createElement(wanted.toLowerCase());
    parent.append(made);
    return made;
  }

  // Loose text and inline elements at the top stand in paragraphs; space between blocks goes.
  function blocksOnly(fragment) {
    const result = document.createDocumentFragment();
    let open = null;
    for (const node of [...fragment.childNodes]) {
      const name = node.nodeType === Node.ELEMENT_NODE ? node.tagName.toLowerCase() : "";
      if (BLOCKS.has(name)) {
        open = null;
        result.append(node);
      } else if (name === "br") {
        open = null;
      } else if (["li", "tr", "td", "th", "tbody", "thead"].includes(name)) {
        open = null;
        const paragraph = document.createElement("p");
        paragraph.append(...node.childNodes);
        result.append(paragraph);
      } else if (open || node.textContent.trim()) {
        if (!open) {
          open = document.createElement("p");
          result.append(open);
        }
        open.append(node);
      }
    }
    return result;
  }

  // As the server reads plain text (dictionary/prose.py): an empty line parts paragraphs, bullets and numbers are lists.
  function fromPlain(text) {
    const result = document.createDocumentFragment();
    for (const block of text.replace(/\r\n?/g, "\n").split(/\n[ \t]*\n/)) {
      let run = null;
      for (const line of block.split("\n").filter((one) => one.trim())) {
        const mark = BULLETED_LINE.exec(line) || NUMBERED_LINE.exec(line);
        const name = !mark ? "P" : mark[0].match(/[0-9]/) ? "OL" : "UL";
        const goesOn = run && run.tagName === name;
        if (!goesOn) result.append((run = document.createElement(name)));
        if (mark) {
          const entry = document.createElement("li");
          entry.append(line.slice(mark[0].length));
          run.append(entry);
        } else {
          if (goesOn) run.append(document.createElement("br"));
          run.append(line);
        }
      }
    }
    return result;
  }

  function htmlOf(fragment) {
    const holder = document.createElement("div");
    holder.append(fragment);
    return holder.innerHTML;
  }

  const BUTTONS = [
    ["Heading", "heading"],
    ["Bold", "bold"],
    ["Italic", "italic"],
    ["Bullets", "insertUnorderedList"],
    ["Numbers", "insertOrderedList"],
  ];

  function attach(textarea) {
    if (textarea.npcsEditor) return textarea.npcsEditor;
    const label = document.getElementById(textarea.id + "-label");
    const words = label ? label.firstChild.textContent.trim() : "Text";

    const region = document.createElement("div");
    region.className = "npcs-editor-text npcs-prose";
    region.contentEditable = "true";
    region.id = textarea.id + "-editor";
    region.setAttribute("role", "textbox");
    region.setAttribute("aria-multiline", "true");
    region.setAttribute("aria-label", words);
    for (const name of ["aria-describedby", "aria-invalid"]) {
      if (textarea.hasAttribute(name)) region.setAttribute(name, textarea.getAttribute(name));
    }
    // Words typed while this file was still on its way stay; they are plain ones then.
    const early = textarea.value !== textarea.defaultValue;
    const typing = document.activeElement === textarea;
    region.append(early ? fromPlain(textarea.value) : clean(textarea.dataset.html || ""));

    const toolbar = makeToolbar(words, region);
    const box = document.createElement("div");
    box.className = "npcs-editor";
    box.append(toolbar.element, region);
    textarea.before(box);
    textarea.hidden = true;
    const says = document.createElement("input");
    says.type = "hidden";
    says.name = "h-" + textarea.name;
    says.value = "1";
    textarea.after(says);
    if (label) label.addEventListener("click", () => region.focus());
    document.execCommand("defaultParagraphSeparator", false, "p");

    const editor = {
      element: region,
      early,
      html: () => htmlOf(clean(region.innerHTML)),
      set(html) {
        region.replaceChildren(clean(html));
        textarea.value = editor.html();
      },
      focus: () => region.focus(),
    };

    region.addEventListener("focus", startParagraph);
    region.addEventListener("input", startParagraph);
    textarea.form?.addEventListener("submit", () => {
      textarea.value = editor.html();
    });
    region.addEventListener("paste", (event) => {
      event.preventDefault();
      const html = event.clipboardData.getData("text/html");
      const pasted = html ? clean(html) : fromPlain(event.clipboardData.getData("text/plain"));
      insert(region, pasted);
    });
    region.addEventListener("drop", (event) => event.preventDefault());
    region.addEventListener("keydown", (event) => {
      if (event.altKey && event.key === "F10") {
        event.preventDefault();
        toolbar.focus();
      }
    });
    // What is left after everything was deleted is a paragraph again, not the heading that stood first.
    function startParagraph() {
      if (region.textContent || region.querySelector("table, li")) return;
      if (region.children.length === 1 && region.firstElementChild.tagName === "P") return;
      const paragraph = document.createElement("p");
      paragraph.append(document.createElement("br"));
      region.replaceChildren(paragraph);
      if (document.activeElement === region) window.getSelection().collapse(paragraph, 0);
    }

    textarea.value = editor.html();
    textarea.npcsEditor = editor;
    if (typing) {
      region.focus();
      window.getSelection().selectAllChildren(region);
      window.getSelection().collapseToEnd();
    }
    return editor;
  }

  // Words alone go through the browser's own command, and its Undo. Shaped text is put in as nodes, because the
  // command writes inline styles, which the page's policy refuses; one press of Undo right after takes it back.
  function insert(region, fragment) {
    const only = fragment.childNodes.length === 1 ? fragment.firstChild : null;
    if (only && only.tagName === "P" && !only.firstElementChild) {
      document.execCommand("insertText", false, only.textContent);
      return;
    }
    const before = [...region.childNodes].map((node) => node.cloneNode(true));
    const selection = window.getSelection();
    if (!selection.rangeCount || !region.contains(selection.anchorNode)) {
      region.append(fragment);
    } else {
      const range = selection.getRangeAt(0);
      range.deleteContents();
      placeBlocks(region, range, fragment);
    }
    const told = () => region.dispatchEvent(new InputEvent("input", { bubbles: true, inputType: "insertFromPaste" }));
    told();
    const settle = new AbortController();
    region.addEventListener("input", () => settle.abort(), { signal: settle.signal });
    region.addEventListener(
      "keydown",
      function (event) {
        if (event.key.toLowerCase() !== "z" || event.shiftKey || !(event.ctrlKey || event.metaKey)) return;
        event.preventDefault();
        settle.abort();
        region.replaceChildren(...before);
        if (region.lastChild) caretAfter(region.lastChild);
        told();
      },
      { signal: settle.signal },
    );
  }

  function placeBlocks(region, range, fragment) {
    let top = range.startContainer;
    if (top === region) {
      const last = fragment.lastChild;
      region.insertBefore(fragment, region.childNodes[range.startOffset] || null);
      caretAfter(last);
      return;
    }
    while (top.parentNode !== region) top = top.parentNode;
    const rest = document.createRange();
    rest.setStart(range.startContainer, range.startOffset);
    rest.setEndAfter(top);
    const tail = rest.extractContents();
    const last = fragment.lastChild;
    top.after(fragment, tail);
    for (const edge of [top, last && last.nextSibling]) {
      if (edge && edge.nodeType === Node.ELEMENT_NODE && !edge.textContent.trim() && !edge.querySelector("td, th")) edge.remove();
    }
    caretAfter(last);
  }

  function caretAfter(node) {
    if (!node) return;
    const selection = window.getSelection();
    const range = document.createRange();
    range.selectNodeContents(node);
    range.collapse(false);
    selection.removeAllRanges();
    selection.addRange(range);
    node.scrollIntoView?.({ block: "nearest" });
  }

  function makeToolbar(words, region) {
    const element = document.createElement("div");
    element.className = "npcs-editor-tools";
    element.setAttribute("role", "toolbar");
    element.setAttribute("aria-label", "Shape of the text: " + words);
    element.setAttribute("aria-controls", region.id);
    const buttons = BUTTONS.map(function ([word, command], index) {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = word;
      button.tabIndex = index ? -1 : 0;
      button.setAttribute("aria-pressed", "false");
      button.addEventListener("mousedown", (event) => event.preventDefault());
      button.addEventListener("click", function () {
        region.focus();
        if (command === "heading") toggleHeading(region);
        else document.execCommand(command);
        region.dispatchEvent(new InputEvent("input", { bubbles: true }));
        show();
      });
      element.append(button);
      return button;
    });
    element.addEventListener("keydown", function (event) {
      const at = buttons.indexOf(document.activeElement);
      const step = { ArrowRight: 1, ArrowLeft: -1, Home: -at, End: buttons.length - 1 - at }[event.key];
      if (step === undefined || at < 0) return;
      event.preventDefault();
      const next = (at + step + buttons.length) % buttons.length;
      buttons.forEach((button, index) => (button.tabIndex = index === next ? 0 : -1));
      buttons[next].focus();
    });
    function show() {
      if (!region.contains(window.getSelection().anchorNode)) return;
      BUTTONS.forEach(function ([, command], index) {
        const on = command === "heading" ? topBlocks(region).some(isHeading) : document.queryCommandState(command);
        buttons[index].setAttribute("aria-pressed", String(Boolean(on)));
      });
    }
    document.addEventListener("selectionchange", show);
    return { element, focus: () => buttons.find((button) => button.tabIndex === 0).focus() };
  }

  const isHeading = (block) => /^H[234]$/.test(block.tagName);

  // The blocks that the selection touches.
  function topBlocks(region) {
    const selection = window.getSelection();
    if (!selection.rangeCount || !region.contains(selection.anchorNode)) return [];
    const range = selection.getRangeAt(0);
    return [...region.children].filter((block) => range.intersectsNode(block));
  }

  function toggleHeading(region) {
    const selection = window.getSelection();
    const { anchorNode, anchorOffset, focusNode, focusOffset } = selection;
    const blocks = topBlocks(region).filter((block) => isHeading(block) || block.tagName === "P");
    const name = blocks.some(isHeading) ? "p" : "h2";
    const renamed = new Map();
    for (const block of blocks) {
      const made = document.createElement(name);
      made.append(...block.childNodes);
      block.replaceWith(made);
      renamed.set(block, made);
    }
    selection.setBaseAndExtent(renamed.get(anchorNode) || anchorNode, anchorOffset, renamed.get(focusNode) || focusNode, focusOffset);
  }

  window.npcsEditor = { attach, clean };
  for (const textarea of document.querySelectorAll("textarea[data-prose]")) attach(textarea);
})();
