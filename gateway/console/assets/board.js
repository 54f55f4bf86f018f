// A board that hangs for weeks: turns its pages, asks for fresh rows, says when it hears nothing.
// Its own clock may be wrong: the time is the gateway's. What did not change is not drawn anew.
"use strict";

{
  const TURN = 12_000;
  const ASK = 15_000;
  const LIMIT = 10_000;
  const SLOWEST = 60_000;
  const RELOADED = "board-reloaded";
  const board = document.querySelector("[data-board]");
  const list = document.getElementById("rows");
  const lost = document.getElementById("lost");
  const over = document.getElementById("over");
  const clock = document.getElementById("clock");
  const turn = document.getElementById("turn");
  const hold = document.getElementById("hold");
  const zone = { timeZone: "Asia/Ho_Chi_Minh" };
  const hours = new Intl.DateTimeFormat("vi-VN", { ...zone, hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  const days = new Intl.DateTimeFormat("vi-VN", { ...zone, day: "2-digit", month: "2-digit", year: "numeric" });

  let ahead = Date.parse(board.dataset.now) - Date.now();
  let heard = Date.parse(board.dataset.now);
  let failures = 0;
  let page = 0;
  let shown = null;

  const now = () => Date.now() + ahead;
  const rows = () => [...list.querySelectorAll("li")];

  // As many rows as fit; the same on every page.
  const room = () => {
    if (matchMedia("(max-width: 640px)").matches) return rows().length || 1;
    const first = rows().find((row) => !row.hidden);
    if (!first) return 1;
    const height = Number.parseFloat(getComputedStyle(list.firstElementChild).gridTemplateRows) || first.offsetHeight;
    const each = Math.max(1, Math.floor(list.clientHeight / height));
    const columns = matchMedia("(min-aspect-ratio: 4/3)").matches ? 2 : 1;
    board.style.setProperty("--each", String(each));
    return each * columns;
  };

  const draw = () => {
    const all = rows();
    const most = room();
    const pages = Math.max(1, Math.ceil(all.length / most));
    page %= pages;
    all.forEach((row, place) => {
      row.hidden = Math.floor(place / most) !== page;
    });
    turn.textContent = `${page + 1}/${pages}`;
    const held = hold.hidden;
    hold.hidden = pages === 1;
    return held === hold.hidden ? pages : draw(); // the button may leave less room
  };

  const tick = () => {
    const at = new Date(now());
    clock.dateTime = at.toISOString();
    clock.parentElement.classList.add("ticks");
    clock.replaceChildren(part(hours.format(at)), ` ${days.format(at)}`);
  };
  const part = (text) => {
    const made = document.createElement("span");
    made.dataset.time = "";
    made.textContent = text;
    return made;
  };

  const tell = () => {
    const at = new Date(heard);
    for (const time of lost.querySelectorAll("time")) {
      time.dateTime = at.toISOString();
      time.textContent = `${hours.format(at)} ${days.format(at)}`;
    }
    lost.hidden = failures === 0 || !over.hidden;
    draw();
  };

  const take = (text, at) => {
    heard = Date.parse(at);
    ahead = heard - Date.now();
    failures = 0;
    over.hidden = true;
    if (text !== shown) {
      shown = text;
      list.innerHTML = text;
    }
    tell();
  };

  // New files of the gateway: load them, but never again and again while two versions are served.
  const renew = () => {
    const before = Number(sessionStorage.getItem(RELOADED) ?? 0);
    if (Date.now() - before < 600_000) return;
    sessionStorage.setItem(RELOADED, String(Date.now()));
    location.reload();
  };

  const ask = async () => {
    try {
      const answer = await fetch(board.dataset.rows, { cache: "no-store", signal: AbortSignal.timeout(LIMIT) });
      if (answer.status === 404) {
        over.hidden = false;
        shown = null;
        list.replaceChildren();
      }
      if (!answer.ok) throw new Error(String(answer.status));
      take(await answer.text(), answer.headers.get("X-Now"));
      if (answer.headers.get("X-Edition") !== board.dataset.edition) renew();
    } catch {
      failures += 1;
      tell();
    }
    setTimeout(ask, failures ? Math.min(SLOWEST, ASK * failures) : ASK);
  };

  hold.addEventListener("click", () => {
    hold.setAttribute("aria-pressed", String(hold.getAttribute("aria-pressed") !== "true"));
  });
  addEventListener("resize", draw);
  setInterval(tick, 1000);
  setInterval(() => {
    if (hold.getAttribute("aria-pressed") === "true") return;
    page += 1;
    if (draw() > 1) {
      list.classList.remove("turned");
      requestAnimationFrame(() => list.classList.add("turned"));
    }
  }, TURN);
  tick();
  draw();
  setTimeout(ask, Number(board.dataset.ask ?? ASK));
}
