// Reports: a button that prints, and days to be named only where a period is made of them.
"use strict";

for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}

const period = document.getElementById("period");
const days = document.querySelector(".report-question .days");
if (period && days) {
  const follow = () => { days.hidden = period.value !== "days"; };
  period.addEventListener("change", follow);
  follow();
}
