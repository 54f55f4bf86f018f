// A transfer's page: copies its address for a colleague; where its way is wider than the window, the
// present is what is seen of it first.
"use strict";

for (const button of document.querySelectorAll("[data-copies]")) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    const address = new URL(button.dataset.copies, location.href).href;
    try {
      await navigator.clipboard.writeText(address);
    } catch {
      // Without TLS there is no clipboard: a field that is selected can be copied all the same.
      const field = document.createElement("textarea");
      field.value = address;
      button.after(field);
      field.select();
      document.execCommand("copy");
      field.remove();
      button.focus();
    }
    const said = button.textContent;
    button.textContent = button.dataset.done;
    setTimeout(() => { button.textContent = said; }, 2500);
  });
}

for (const way of document.querySelectorAll(".way")) {
  const line = way.querySelector(".now");
  if (!line || way.scrollWidth <= way.clientWidth) continue;
  const x = line.getBoundingClientRect().left - way.getBoundingClientRect().left;
  way.scrollLeft = Math.max(0, x - way.clientWidth * 0.75);
}
