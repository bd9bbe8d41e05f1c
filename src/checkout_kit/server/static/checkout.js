// Live updates of the checkout page. Without this file the form still works: every button is a plain submit.

const form = document.getElementById("checkout");
const announcer = document.getElementById("announce");
const TYPING_PAUSE_MS = 450;

let timer = 0;
let running = null;
let isStale = false;
let pressed = null;

function schedule(delay) {
  clearTimeout(timer);
  isStale = true;
  timer = setTimeout(flush, delay);
}

// One request at a time: what changes meanwhile is sent when the answer is there.
function flush() {
  clearTimeout(timer);
  if (running || !isStale) return running ?? Promise.resolve();
  isStale = false;
  running = send().finally(() => {
    running = null;
    if (isStale) return flush();
  });
  return running;
}

async function send() {
  const body = new URLSearchParams(new FormData(form));
  const focused = document.activeElement?.name;
  if (focused) body.set("focused", focused);
  if (pressed) body.set(pressed.name, pressed.value);
  const wanted = pressed;
  pressed = null;
  form.classList.add("is-busy");
  try {
    const answer = await fetch(form.getAttribute("action"), {
      method: "PATCH",
      body,
      headers: { "X-CSRF-Token": form.elements.csrf.value },
      credentials: "same-origin",
    });
    if (answer.redirected || answer.status === 409) return location.reload();
    if (!answer.ok || !(answer.headers.get("content-type") ?? "").startsWith("text/html")) throw new Error(`status ${answer.status}`);
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    // Changed meanwhile: showing this answer would undo the newer choice; the next one is on its way.
    if (!isStale) show(fresh, wanted);
  } catch {
    say(form.dataset.offline);
  } finally {
    form.classList.remove("is-busy");
  }
}

function show(fresh, wanted) {
  const focusedId = document.activeElement?.id;
  for (const region of document.querySelectorAll("[data-live]")) {
    const next = fresh.querySelector(`[data-live="${CSS.escape(region.dataset.live)}"]`);
    if (!next || !differs(region, next)) continue;
    region.replaceWith(next);
    if (focusedId && next.querySelector(`#${CSS.escape(focusedId)}`)) {
      document.getElementById(focusedId).focus({ preventScroll: true });
    }
  }
  for (const field of form.querySelectorAll("[data-field]")) {
    const next = fresh.querySelector(`[data-field="${CSS.escape(field.dataset.field)}"]`);
    if (next && !field.contains(document.activeElement)) field.hidden = next.hidden;
  }
  for (const control of form.querySelectorAll("[aria-describedby]")) {
    const next = fresh.getElementById(control.id);
    if (next) control.toggleAttribute("aria-invalid", next.hasAttribute("aria-invalid"));
    if (control.hasAttribute("aria-invalid")) control.setAttribute("aria-invalid", "true");
  }
  tick();
  // A button that made or took away a delivery is gone: go on where it led.
  if (wanted?.name === "action") [...document.querySelectorAll("[data-live=deliveries] h2")].at(-1)?.focus();
  say(document.querySelector("[data-live=say]")?.textContent ?? "");
}

// A keyed region (the fields of a country) is replaced only when its key changes, so that typing is never undone.
function differs(old, next) {
  if (old.dataset.key !== undefined) return old.dataset.key !== next.dataset.key;
  return old.innerHTML !== next.innerHTML;
}

function say(text) {
  if (announcer.textContent !== text) announcer.textContent = text;
}

function remaining(seconds) {
  const [d, h, min, s] = form.dataset.units.split(",");
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor((seconds % 3600) / 60);
  if (hours >= 24) return `${Math.floor(hours / 24)} ${d} ${hours % 24} ${h}`;
  if (hours) return `${hours} ${h} ${minutes} ${min}`;
  return minutes >= 10 ? `${minutes} ${min}` : `${minutes} ${min} ${String(seconds % 60).padStart(2, "0")} ${s}`;
}

function tick() {
  for (const clock of document.querySelectorAll("[data-countdown]")) {
    const seconds = Math.floor((Date.parse(clock.dataset.countdown) - Date.now()) / 1000);
    if (seconds >= 0) clock.textContent = remaining(seconds);
    else if (!clock.dataset.isOver) {
      clock.dataset.isOver = "yes";
      schedule(0);
    }
  }
}

form.addEventListener("change", (event) => {
  if (event.target.name === "billing_same") {
    const word = form.querySelector("[data-billing-word]");
    word.textContent = event.target.checked ? word.dataset.same : word.dataset.other;
  }
  schedule(0);
});

form.addEventListener("input", (event) => {
  if (event.target.matches("input[type=text]")) schedule(TYPING_PAUSE_MS);
});

form.addEventListener("submit", async (event) => {
  const button = event.submitter;
  if (button?.value === "place" || button?.value === "authenticate") {
    if (form.dataset.isPlacing) return event.preventDefault();
    if (!running && !isStale) {
      form.dataset.isPlacing = "yes";
      form.classList.add("is-busy");
      return;
    }
    event.preventDefault();
    const shown = form.elements.shown?.value;
    await flush();
    if (form.elements.shown?.value === shown) form.requestSubmit(button);
    else say(form.dataset.changed);
    return;
  }
  event.preventDefault();
  if (button) pressed = { name: button.name, value: button.value };
  schedule(0);
});

// The browser may bring back an old page with old text in the fields (back button): ask for the present state.
addEventListener("pageshow", (event) => {
  delete form.dataset.isPlacing;
  form.classList.remove("is-busy");
  if (event.persisted) schedule(0);
});

document.getElementById("problems")?.focus();
setInterval(tick, 1000);
tick();
