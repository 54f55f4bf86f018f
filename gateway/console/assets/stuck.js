// The work-queues by keyboard: j and k go down and up the items, x or space chooses, a chooses the
// page, o goes to the buttons, / to the search. All of it is comfort: boxes and buttons do the same.
"use strict";

{
  const rows = [...document.querySelectorAll("tr[data-row]")];
  const form = document.getElementById("items");
  const all = document.querySelector("input[data-all]");
  const count = document.querySelector("output[data-count]");
  const boxes = form ? [...form.querySelectorAll("input[name=item]")] : [];

  const tell = () => {
    const chosen = boxes.filter((box) => box.checked).length;
    if (count) count.textContent = `(${chosen || count.dataset.none})`;
    if (all) {
      all.checked = chosen > 0 && chosen === boxes.length;
      all.indeterminate = chosen > 0 && chosen < boxes.length;
    }
    for (const box of boxes) box.closest("tr").setAttribute("aria-selected", String(box.checked));
    const whole = form?.querySelector("input[name=whole][value='1']")?.checked;
    for (const button of form?.querySelectorAll("button[name=act]") ?? []) button.disabled = !chosen && !whole;
  };
  // Who chooses one means those that are chosen.
  const choose = () => {
    const some = form?.querySelector("input[name=whole][value='0']");
    if (some && boxes.some((box) => box.checked)) some.checked = true;
    tell();
  };
  const here = () => rows.indexOf(document.activeElement.closest?.("tr[data-row]"));
  const go = (to) => rows[Math.max(0, Math.min(rows.length - 1, to))]?.focus();

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const at = event.target;
    if (at.matches("input:not([type=checkbox]):not([type=radio]), select, textarea")) return;
    const row = rows[here()];
    switch (event.key) {
      case "j": go(here() + 1); break;
      case "k": go(here() < 0 ? 0 : here() - 1); break;
      case "a": if (!all) return; all.click(); break;
      case "o": form?.querySelector("button[name=act]:enabled, input[name=whole]:checked")?.focus(); break;
      case "/": document.getElementById("text")?.focus(); break;
      case " ": if (at !== row) return; // falls through: space on a row chooses it
      case "x": if (!row) return; row.querySelector("input[name=item]")?.click(); break;
      default: return;
    }
    event.preventDefault();
  });
  all?.addEventListener("change", () => { for (const box of boxes) box.checked = all.checked; choose(); });
  for (const box of boxes) box.addEventListener("change", choose);
  for (const one of form?.querySelectorAll("input[name=whole]") ?? []) one.addEventListener("change", tell);
  tell();
}

// The form of an act begins at its first field; what is wrong comes before.
document.querySelector("[data-begins] [aria-invalid=true], [data-begins] .input")?.focus();

// When an act has ended, its list has outcomes: show them.
document.addEventListener("htmx:sseClose", (event) => {
  if (event.target.matches("[data-reload-on]") && event.detail?.type === "message") location.reload();
});
