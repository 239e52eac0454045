"use strict";
(() => {
  const by = (id) => document.getElementById(id);
  const root = document.documentElement;
  const filters = ["action", "language", "category", "status"].map((id) => [id, by(id)]).filter(([, select]) => select);
  const search = by("search");
  const names = [...document.querySelectorAll("section.name")].map((section) => ({
    section,
    shown: [...section.querySelectorAll("article.shown")].map((article) => ({ article, words: null })),
  }));

  const apply = () => {
    const wanted = search.value.trim().toLowerCase().split(/\s+/).filter(Boolean);
    let messages = 0;
    let sections = 0;
    for (const { section, shown } of names) {
      let left = 0;
      for (const one of shown) {
        const fits = filters.every(([id, select]) => !select.value || one.article.dataset[id] === select.value);
        if (fits && wanted.length && one.words === null) {
          one.words = (one.article.getAttribute("aria-label") + " " + one.article.textContent).toLowerCase();
        }
        const seen = fits && wanted.every((word) => one.words.includes(word));
        one.article.hidden = !seen;
        left += seen;
      }
      section.hidden = left === 0;
      messages += left;
      sections += left > 0;
    }
    const told = (number, noun) => `${number} ${noun}${number === 1 ? "" : "s"}`;
    const noun = by("count").dataset.noun;
    by("count").textContent = noun ? told(messages, noun) : `${told(sections, "name")}, ${told(messages, "message")}`;
    by("none").hidden = messages > 0 || names.length === 0;
  };

  const clear = () => {
    search.value = "";
    for (const [, select] of filters) select.value = "";
    apply();
  };

  search.addEventListener("input", apply);
  for (const [, select] of filters) select.addEventListener("change", apply);
  search.form.addEventListener("submit", (event) => event.preventDefault());
  by("names").addEventListener("change", (event) => document.body.classList.toggle("named", event.target.checked));
  by("theme").addEventListener("change", (event) => {
    if (event.target.value) root.dataset.theme = event.target.value;
    else delete root.dataset.theme;
  });
  document.addEventListener("keydown", (event) => {
    const typing = event.target.matches("input, select, textarea");
    if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      search.focus();
    } else if (event.key === "Escape") {
      clear();
    }
  });

  // The names of languages as the reader's browser has them; codes stay where it knows none.
  const words = new Intl.DisplayNames(["en"], { type: "language" });
  for (const span of document.querySelectorAll(".language")) {
    try {
      const word = span.dataset.tag && words.of(span.dataset.tag);
      if (word && word !== span.dataset.tag) span.append(` · ${word}`);
    } catch {
      continue;
    }
  }
  apply();
})();
