// Enhancements only: every page works without this file.
(() => {
  "use strict";

  // Screen readers and keyboard users start at what has to be corrected.
  const summary = document.querySelector("[data-error-summary]");
  if (summary) summary.focus();

  const NARROW = "\u202f";

  // Cents of a French amount, 0 for an empty field, null when it cannot be read.
  function cents(text) {
    const plain = text.replace(/[\s\u00a0\u202f€]/g, "").replace(",", ".");
    if (plain === "") return 0;
    const match = /^(\d{1,12})(?:\.(\d{1,2}))?$/.exec(plain);
    if (!match) return null;
    return Number(match[1]) * 100 + Number((match[2] || "").padEnd(2, "0"));
  }

  function euros(value) {
    const sign = value < 0 ? "\u2212" : "";
    const whole = String(Math.floor(Math.abs(value) / 100)).replace(/\B(?=(\d{3})+$)/g, NARROW);
    const rest = String(Math.abs(value) % 100).padStart(2, "0");
    return Math.abs(value) % 100 === 0 ? `${sign}${whole}\u00a0€` : `${sign}${whole},${rest}\u00a0€`;
  }

  const amounts = [...document.querySelectorAll("[data-sum]")];

  // Null when an amount cannot be read, undefined when none was typed.
  function total(group) {
    let sum;
    for (const input of amounts) {
      if (!input.dataset.sum.split(/\s+/).includes(group)) continue;
      const value = cents(input.value);
      if (value === null) return null;
      if (input.value.trim() !== "") sum = (sum || 0) + value;
    }
    return sum;
  }

  function show(value) {
    if (value === null) return "montant à corriger";
    return value === undefined ? "–" : euros(value);
  }

  function refreshTotals() {
    for (const output of document.querySelectorAll("[data-total]")) {
      output.textContent = show(total(output.dataset.total));
    }
    for (const output of document.querySelectorAll("[data-difference]")) {
      const [left, right] = output.dataset.difference.split(/\s+/).map(total);
      const unknown = left === null || right === null ? null : undefined;
      const known = unknown === undefined && (left !== undefined || right !== undefined);
      output.textContent = show(known ? (left || 0) - (right || 0) : unknown);
    }
  }

  if (amounts.length > 0) {
    for (const input of amounts) input.addEventListener("input", refreshTotals);
    refreshTotals();
  }

  // A question that depends on an answer shows when that answer is chosen.
  for (const block of document.querySelectorAll("[data-when-field]")) {
    const choices = [...document.getElementsByName(block.dataset.whenField)];
    const refresh = () => {
      block.hidden = !choices.some((choice) => choice.checked && choice.value === block.dataset.whenIs);
    };
    for (const choice of choices) choice.addEventListener("change", refresh);
    refresh();
  }

  // Rows are added and taken out in the page; the server does the same when there is no script.
  for (const list of document.querySelectorAll("[data-rows]")) {
    const template = list.querySelector("[data-row-template]");
    const add = list.parentElement.querySelector('[name="ajouter_partenaire"]');
    const max = Number(list.dataset.rowsMax);
    const rows = () => list.querySelectorAll("[data-row]");
    const numbers = () => [...rows()].map((row) => Number(row.querySelector("[name=retirer_partenaire]").value));
    if (!template || !add) continue;
    const refresh = () => {
      add.hidden = Math.max(0, ...numbers()) >= max;
    };
    add.addEventListener("click", (event) => {
      event.preventDefault();
      const next = Math.max(0, ...numbers()) + 1;
      const html = template.innerHTML.replaceAll("__n__", String(next));
      template.insertAdjacentHTML("beforebegin", html);
      template.previousElementSibling.querySelector("input").focus();
      refresh();
    });
    list.addEventListener("click", (event) => {
      const button = event.target.closest('[name="retirer_partenaire"]');
      if (!button) return;
      event.preventDefault();
      button.closest("[data-row]").remove();
      refresh();
      add.focus();
    });
    refresh();
  }

  // What is typed is saved by itself when typing pauses. The buttons do the same, and more, without this.
  for (const form of document.querySelectorAll("form[data-autosave]")) {
    const status = form.querySelector("[data-autosave-status]");
    const version = form.querySelector('[name="version"]');
    if (!status || !version) continue;
    const PAUSE = 4000;
    let timer = 0;
    let dirty = false;
    let stopped = false;
    let running = null;

    const body = () => {
      const fields = new URLSearchParams(new FormData(form));
      fields.append("enregistrement_auto", "oui");
      return fields;
    };

    async function save() {
      dirty = false;
      try {
        const reply = await fetch(form.action, { method: "POST", body: body(), redirect: "error" });
        const answer = await reply.json();
        status.textContent = answer.said;
        if (reply.ok) version.value = String(answer.version);
        else stopped = true;
      } catch {
        dirty = true;
        status.textContent = "L’enregistrement automatique ne répond pas : enregistrez avec le bouton.";
      }
    }

    const soon = () => {
      dirty = true;
      if (stopped) return;
      clearTimeout(timer);
      timer = setTimeout(() => {
        if (!running) running = save().finally(() => { running = null; });
      }, PAUSE);
    };
    form.addEventListener("input", soon);
    form.addEventListener("change", soon);

    // The button waits for a save under way, so that nobody is in conflict with themselves.
    form.addEventListener("submit", (event) => {
      clearTimeout(timer);
      stopped = true;
      if (!running) return;
      event.preventDefault();
      const button = event.submitter;
      running.finally(() => form.requestSubmit(button));
    });
  }

  for (const area of document.querySelectorAll("textarea[data-max]")) {
    const count = document.querySelector(`[data-count-for="${area.id}"]`);
    if (!count) continue;
    const max = Number(area.dataset.max);
    let timer = 0;
    const show = () => {
      const left = max - [...area.value].length;
      const plural = Math.abs(left) > 1 ? "s" : "";
      count.textContent =
        left >= 0
          ? `Il reste ${left} caractère${plural}.`
          : `${-left} caractère${plural} en trop.`;
    };
    // Announced when typing pauses, not at every key.
    area.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(show, 400);
    });
    if (area.value.length > 0) show();
  }

  // Work in progress on the server: the part of the page that shows it is read again until it is over.
  const follow = (part) => {
    setTimeout(async () => {
      try {
        const reply = await fetch(part.dataset.refresh, { credentials: "same-origin" });
        const page = new DOMParser().parseFromString(await reply.text(), "text/html");
        const fresh = page.getElementById(part.id);
        if (!reply.ok || !fresh) return;
        if (!fresh.dataset.refresh) {
          location.reload();
          return;
        }
        part.replaceChildren(...fresh.childNodes);
        follow(part);
      } catch {
        // The link of the page does the same by hand.
      }
    }, 2000);
  };
  for (const part of document.querySelectorAll("[data-refresh]")) follow(part);
})();
