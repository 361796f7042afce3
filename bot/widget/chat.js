/* The chat. In: settings in the address's fragment, replies from /chat/*. Out: the talk on the screen, and nowhere else:
 * no cookie, no storage, no history entry; the conversation's id lives in one variable, and begins with the first message.
 *
 * The page works by form posts without this script, which takes over from there: the greeting already stands in the page.
 */
import { make, unseen, web, written } from "/reply.js";

const LONGEST = 2000;
const WARN_FROM = 1800;
const SLOW_MS = 6000;
const GIVE_UP_MS = 30000;
const DOUBLE_MS = 700; // the second tap of a double tap on the launcher lands on Send, which has just come under the finger
const IN_DANGER = "In danger now? Call 999: a call does not need the internet.";

const at = (id) => document.getElementById(id);
const [talk, log, dots, status, alarm, form, text, count, about] = ["talk", "log", "dots", "status", "alarm", "form", "text", "count", "about"].map(at);
const settings = new URLSearchParams(location.hash.slice(1));
const root = document.documentElement;
const exit = document.querySelector("a.exit");
const framed = window.parent !== window;
const greeting = log.cloneNode(true).childNodes; // for starting again
const QUICK_EXIT = { text: log.querySelector(".hint").textContent }; // where no answer came that says it

let conversation = form.conversation.value || null; // not empty where a talk was begun before this script came
let waiting = null; // the AbortController of the one request that may be under way
let loader = null; // the port to the loader in the host page
let shown = -Infinity; // when the loader last showed this frame
let alone; // the timer after which this frame leaves without the loader

// ---- The talk.

function tell(words) {
  status.textContent = words;
}

/** Nothing to tell, unless the device is offline: that stays said until it is over. */
function rested() {
  tell(navigator.onLine ? "" : `This device is offline. ${IN_DANGER}`);
}

/** Adds a turn. The view follows, unless the person has scrolled up to read; an emergency is always brought into view. */
function add(turn, { urgent = false, own = false } = {}) {
  const scroller = getComputedStyle(talk).overflowY === "auto" ? talk : document.scrollingElement;
  const following = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < 120;
  log.append(turn);
  if (!own && !urgent && !following) return;
  // To what the person said last, with the answer below it; to an emergency itself.
  const target = urgent ? turn : [...log.querySelectorAll(".you")].pop();
  const top = scroller === talk ? talk.getBoundingClientRect().top : exit.getBoundingClientRect().bottom; // not scrollIntoView: that would move the host page too
  if (target) scroller.scrollTop += target.getBoundingClientRect().top - top - 12;
}

function show(reply) {
  if (reply.situations?.length === 1 && reply.situations[0] === "leave_now") return window.leaveNow();
  const urgent = reply.urgency === "emergency";
  if (urgent) alarm.textContent = reply.text.split("\n")[0];
  add(written(reply), { urgent });
}

/** What went wrong, calmly, with 999, and the one button that helps. */
function showProblem({ data, code, wait }, body) {
  const gone = code === 404;
  if (gone) conversation = null;
  const words = data?.text || `I can't reach the service just now, so there is no answer yet. ${IN_DANGER}`;
  const turn = written({ text: wait ? `${words}\nYou can try again in ${wait} seconds.` : words, quick_exit: data?.quick_exit ?? QUICK_EXIT });
  const button = make("button", { type: "button", className: "retry" }, gone ? "Start again" : "Try again");
  button.addEventListener("click", () => (gone ? again() : (turn.remove(), ask(body))));
  turn.querySelector(".hint").before(make("div", { className: "choices" }, button));
  add(turn);
}

async function send(path, body) {
  const response = await fetch(path, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
    cache: "no-store",
    credentials: "omit",
    signal: waiting.signal,
  });
  const data = await response.json();
  if (!response.ok) throw { data, code: response.status, wait: Number(response.headers.get("Retry-After")) };
  return data;
}

/** One turn: sends `body`, shows what comes back. While one is under way, there is no second. */
async function ask(body, said) {
  if (waiting) return;
  const mine = (waiting = new AbortController());
  log.querySelectorAll(".choices").forEach((old) => old.remove()); // what was offered before is settled now
  if (said) add(make("div", { className: "turn you" }, unseen("You: "), make("p", { dir: "auto" }, said)), { own: true });
  rest();
  dots.hidden = false;
  alarm.textContent = "";
  rested();
  const slow = setTimeout(() => tell(`This is slow. I'm still waiting for an answer. ${IN_DANGER}`), SLOW_MS);
  const end = setTimeout(() => mine.abort(), GIVE_UP_MS);
  let after;
  try {
    conversation ??= (await send("/chat/start", { language: settings.get("language") || "en" })).conversation;
    const { replies } = await send("/chat/message", { conversation, ...body });
    after = () => replies.forEach(show);
  } catch (problem) {
    after = () => showProblem(problem, body);
  }
  clearTimeout(slow);
  clearTimeout(end);
  if (waiting !== mine) return; // started again, or left, in the meantime
  waiting = null;
  dots.hidden = true;
  rested();
  after();
}

/** Drops the conversation, here and on the server; the beacon goes out even while the page goes away. */
function forget() {
  if (conversation) navigator.sendBeacon("/chat/leave", JSON.stringify({ conversation }));
  waiting?.abort();
  conversation = waiting = null;
  form.conversation.value = text.value = alarm.textContent = "";
  log.replaceChildren();
  measure();
}

function again() {
  forget();
  dots.hidden = true;
  log.append(...[...greeting].map((node) => node.cloneNode(true)));
  talk.scrollTop = 0;
  rest();
  tell("The chat starts again. Nothing of the last one is kept.");
}

/** Puts the focus where the next thing happens, without raising an on-screen keyboard that nobody asked for. */
function rest() {
  (matchMedia("(pointer: fine)").matches ? text : talk).focus({ preventScroll: true });
}

/** How many letters are still free. Tells it before it bites; the box grows with what is in it. */
function measure() {
  const length = [...text.value].length;
  const free = LONGEST - length;
  count.textContent = length < WARN_FROM ? "" : free < 0 ? `${-free} letters too many. Please send it in two parts.` : `You can write ${free} more letters.`;
  text.style.height = "auto";
  if (text.scrollHeight) text.style.height = `${text.scrollHeight + 2}px`;
  return free;
}

function submit() {
  const words = text.value.trim();
  if (/^\W*(exit|leave)\W*$/i.test(words)) return window.leaveNow();
  if (measure() < 0) return tell(count.textContent);
  if (waiting) return tell("One moment: I'm still answering.");
  text.value = "";
  measure();
  ask({ text: words }, words); // nothing typed is no mistake either: the guide offers a menu
}

async function copy(button) {
  try {
    await navigator.clipboard.writeText(button.value);
    button.firstChild.data = "Copied";
    tell(`Copied: ${button.value}`);
  } catch {
    tell(`This browser can't copy. The number is ${button.value}.`);
  }
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const pressed = event.submitter;
  if (pressed?.name === "choice") ask({ choice: pressed.value }, pressed.textContent);
  else if (pressed?.name === "again") again();
  else if (text.value.trim() || performance.now() - shown > DOUBLE_MS) submit();
});
log.addEventListener("click", ({ target }) => target.closest(".copy") && copy(target.closest(".copy")));
let pause;
text.addEventListener("input", () => {
  measure();
  clearTimeout(pause);
  pause = setTimeout(() => count.textContent && tell(count.textContent), 1500); // read out once the typing rests, not at each letter
});
text.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
  event.preventDefault();
  submit();
});
at("hide").addEventListener("click", () => loader?.postMessage("hide"));
addEventListener("offline", rested);
addEventListener("online", rested);

// ---- What leaving hides, read inside the chat: a page of its own would stand in the browser's history.

at("traces").addEventListener("click", async (event) => {
  event.preventDefault();
  if (!about.querySelector("h1, h2")) {
    try {
      const response = await fetch("/leaving", { credentials: "omit" });
      if (!response.ok) throw response;
      const page = new DOMParser().parseFromString(await response.text(), "text/html").querySelector("main");
      page.querySelector(".danger").remove(); // it stands above already
      about.append(make("div", {}, ...document.adoptNode(page).childNodes));
    } catch {
      return tell(`I can't show that page just now. ${IN_DANGER}`);
    }
  }
  root.classList.add("reading");
  about.hidden = false;
  at("back").focus();
  about.scrollTop = 0;
});
at("back").addEventListener("click", () => {
  root.classList.remove("reading");
  about.hidden = true;
  at("traces").focus();
});

// ---- Leaving, and the loader.

function goByMyself() {
  try {
    window.top.location.replace(exit.href); // the browser may allow it, where the person has tapped
  } catch {
    location.replace(exit.href);
  }
}

document.addEventListener("leaving", (event) => {
  forget();
  if (!framed) return;
  event.preventDefault();
  loader?.postMessage("leave");
  alone = setTimeout(goByMyself, loader ? 500 : 0); // nobody says that it is done: there is no loader, or it is gone
});

// The first message from the host page brings the port; it counts only from the page, and the origin, that opened this frame.
addEventListener("message", function hello(event) {
  if (event.source !== window.parent || event.origin !== settings.get("host") || event.data !== "hello" || !event.ports[0]) return;
  removeEventListener("message", hello);
  loader = event.ports[0];
  loader.onmessage = ({ data }) => {
    if (data === "shown") {
      shown = performance.now();
      rest();
    }
    if (data === "leave") {
      clearTimeout(alone); // setting out twice would take twice as long
      root.hidden = true;
      forget();
    }
  };
  at("hide").hidden = false;
  loader.postMessage("ready");
});

addEventListener("pagehide", forget); // closed, reloaded or left in any other way: nothing stays here or on the server

/** Black or white, whichever can be read on `colour`: one of the two always has a contrast over 4.5:1. */
function readable(colour) {
  const pairs = colour.length === 4 ? [...colour.slice(1)].map((digit) => digit + digit) : colour.slice(1).match(/../g);
  const [r, g, b] = pairs.map((pair) => parseInt(pair, 16) / 255).map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b > 0.179 ? "#000" : "#fff";
}

const colour = settings.get("colour");
if (/^#([\da-f]{3}|[\da-f]{6})$/i.test(colour)) {
  root.style.setProperty("--accent", colour);
  root.style.setProperty("--on-accent", readable(colour));
}
if (web(settings.get("exit"))) exit.href = settings.get("exit");
root.classList.toggle("framed", framed);
text.removeAttribute("maxlength"); // it would cut what is pasted in silence
text.rows = 1;
measure();
