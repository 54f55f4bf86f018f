// A chosen file is read into the form's text, which is what is sent; without script one pastes it.
"use strict";

for (const field of document.querySelectorAll("[data-file-of]")) {
  const text = document.getElementById(field.dataset.fileOf);
  field.hidden = false;
  field.querySelector("input").addEventListener("change", async (event) => {
    const [file] = event.target.files;
    if (file) text.value = await file.text();
  });
}
