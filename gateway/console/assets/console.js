// What pages do beside htmx: open dialogs, tell of what failed, let toasts go.
// Everything here is comfort: each page can be read, and each form sent, without it.
"use strict";

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-opens]");
  if (opener) {
    const dialog = document.getElementById(opener.dataset.opens);
    if (dialog && dialog.showModal) {
      event.preventDefault();
      dialog.showModal();
    }
    return;
  }
  const closer = event.target.closest("[data-closes]");
  if (closer) closer.closest("dialog, .notice")?.[closer.closest("dialog") ? "close" : "remove"]();
});

// A menu that lies over the page closes with Escape, and once one has gone elsewhere.
function closeMenus(except) {
  for (const menu of document.querySelectorAll("details[data-closes-outside][open]")) {
    if (!except || !menu.contains(except)) menu.open = false;
  }
}
document.addEventListener("click", (event) => closeMenus(event.target));
document.addEventListener("focusin", (event) => closeMenus(event.target));
document.addEventListener("keydown", (event) => {
  const menu = event.key === "Escape" && event.target.closest("details[data-closes-outside][open]");
  if (!menu) return;
  menu.open = false;
  menu.querySelector("summary").focus();
});

// A request of htmx that failed changes nothing on the page; say so in the page's own words.
for (const name of ["htmx:responseError", "htmx:sendError", "htmx:timeout"]) {
  document.addEventListener(name, () => {
    const pattern = document.getElementById("failed");
    const toasts = document.getElementById("toasts");
    if (!pattern || !toasts) return;
    const toast = pattern.content.firstElementChild.cloneNode(true);
    toasts.replaceChildren(toast);
    setTimeout(() => toast.remove(), 8000);
  });
}
