/* The chat in its frame. In: settings in the address's fragment, replies from /chat/*. Out: the talk on the screen, and nowhere else:
 * no cookie, no storage, no history entry; the conversation's id lives in one variable.
 */
(() => {
  "use strict";
  const LONGEST = 2000;
  const WARN_FROM = 1800;
  const SLOW_MS = 6000;
  const GIVE_UP_MS = 30000;
  const IN_DANGER = "In danger now? Call 999: a call does not need the internet.";
  const QUICK_EXIT = { text: "To leave quickly, press the Escape key or choose Leave this site." }; // where no answer came that says it

  const at = (id) => document.getElementById(id);
  const [talk, log, dots, status, form, text, count, about] = ["talk", "log", "dots", "status", "form", "text", "count", "about"].map(at);
  const settings = new URLSearchParams(location.hash.slice(1));
  const exit = document.querySelector("a.exit");
  const framed = window.parent !== window;
  const phones = new Set(["999", "101"]); // and those of the contacts, as replies name them

  let conversation = null;
  let waiting = null; // the AbortController of the one request that may be under way
  let loader = null; // the port to the loader in the host page

  // ---- Building the page. Data only ever becomes text, never HTML.

  function make(tag, properties = {}, ...children) {
    const element = Object.assign(document.createElement(tag), properties);
    element.append(...children);
    return element;
  }

  const web = (address) => (/^https?:\/\//i.test(address || "") ? address : null);
  const call = (phone, ...children) => make("a", { href: `tel:${phone.replace(/[^\d+]/g, "")}` }, ...children);
  const unseen = (words) => make("span", { className: "unseen" }, words);

  /** `line` with the phone numbers that are known as links; the longest first, so that no number is cut by a shorter one. */
  function linked(line) {
    const known = [...phones].sort((a, b) => b.length - a.length).map((phone) => phone.replace(/[^\d\s]/g, "\\$&"));
    return line.split(new RegExp(`\\b(${known.join("|")})\\b`)).map((part, index) => (index % 2 ? call(part, part) : part));
  }

  /** A contact as a card, without what the reply's own text has said already. */
  function card(contact, words) {
    const { id, name, phone } = contact;
    const why = words.includes(`${contact.why}\n`) ? "" : contact.why;
    const how = words.includes(`${contact.how}\n`) || (words && id === "999") ? "" : contact.how;
    const deeds = make("div", { className: "deeds" });
    if (phone) deeds.append(call(phone, `Call ${phone}`));
    if (phone && id !== "999") deeds.append(copier(phone)); // nobody needs to copy 999: one thing to tap
    if (web(contact.url)) deeds.append(make("a", { href: contact.url, target: "_blank", rel: "noopener noreferrer" }, "Website", unseen(`: ${name}`), " (new tab)"));
    const body = [make("h2", { dir: "auto" }, name[0].toUpperCase() + name.slice(1))];
    if (why) body.push(make("p", { className: "why", dir: "auto" }, why));
    if (how) body.push(make("p", { dir: "auto" }, how));
    return make("div", { className: id === "999" ? "card urgent" : "card" }, ...body, deeds);
  }

  function copier(phone) {
    const button = make("button", { type: "button" }, "Copy number", unseen(` ${phone}`));
    button.addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText(phone);
        button.firstChild.data = "Copied";
        tell(`Copied: ${phone}`);
      } catch {
        tell(`This browser can't copy. The number is ${phone}.`);
      }
    });
    return button;
  }

  /** A reply as elements: its lines as paragraphs, and each contact's card where the text names it. */
  function written({ text: words, contacts = [], choices = [], quick_exit: leaving = QUICK_EXIT, urgency }) {
    contacts.forEach(({ phone }) => phone && phones.add(phone));
    const body = make("div", { className: urgency === "emergency" ? "turn reply urgent" : "turn reply" }, unseen("Guide: "));
    const lines = words.split("\n").filter((line) => line.trim() && line !== leaving.text);
    const left = new Set(contacts);
    const place = (found, told) => found && left.delete(found) && body.append(card(found, told ? `${words}\n` : ""));
    for (const line of lines) {
      const named = contacts.find(({ name, how }) => line.toLowerCase() === `- ${name}: ${how}`.toLowerCase());
      if (named) place(named);
      else body.append(make("p", { dir: "auto" }, ...linked(line.replace(/^- /, ""))));
      // 999 is told of in the text itself, not in a line of its own: its card comes right below, before anything else.
      if (/\b999\b/.test(line) && urgency === "emergency") place(contacts.find(({ id }) => id === "999"), true);
    }
    left.forEach((contact) => place(contact, true));
    if (choices.length) body.append(make("div", { className: "choices", role: "group", ariaLabel: "Choose" }, ...choices.map(chooser)));
    body.append(make("p", { className: "hint", dir: "auto" }, leaving.text)); // always the last line
    return body;
  }

  function chooser({ label, value }) {
    const button = make("button", { type: "button", dir: "auto" }, label);
    button.addEventListener("click", () => ask({ choice: value }, label));
    return button;
  }

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
    log.setAttribute("aria-live", urgent ? "assertive" : "polite");
    log.append(turn);
    // To what the person said last, with the answer below it; to an emergency itself. The greeting stays below what comes before it.
    const target = urgent ? turn : [...log.querySelectorAll(".you")].pop();
    if (!target || !(own || urgent || following)) return;
    const top = scroller === talk ? talk.getBoundingClientRect().top : 0; // not scrollIntoView: that would move the host page too
    scroller.scrollTop += target.getBoundingClientRect().top - top - 12;
  }

  function show(reply) {
    if (reply.situations?.length === 1 && reply.situations[0] === "leave_now") return window.leaveNow();
    add(written(reply), { urgent: reply.urgency === "emergency" });
  }

  /** What went wrong, calmly, with 999, and the one button that helps. */
  function showProblem(problem, body) {
    const { data, code, wait } = problem;
    const gone = code === 404;
    if (gone) conversation = null;
    const words = data?.text || `I can't reach the service just now, so there is no answer yet. ${IN_DANGER}`;
    const reply = written({ text: wait ? `${words}\nYou can try again in ${wait} seconds.` : words, quick_exit: data?.quick_exit });
    const button = make("button", { type: "button" }, gone ? "Start again" : "Try again");
    button.addEventListener("click", () => (gone ? again() : (reply.remove(), ask(body))));
    reply.querySelector(".hint").before(make("div", { className: "choices" }, button));
    add(reply);
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

  /** One turn: sends `body` (nothing: the greeting alone), shows what comes back. While one is under way, there is no second. */
  async function ask(body, said) {
    if (waiting) return;
    const mine = (waiting = new AbortController());
    log.querySelectorAll(".choices").forEach((old) => old.remove()); // what was offered before is settled now
    if (said) add(make("div", { className: "turn you" }, unseen("You: "), make("p", { dir: "auto" }, said)), { own: true });
    if (body) rest();
    dots.hidden = false;
    rested();
    const slow = setTimeout(() => tell(`This is slow. I'm still waiting for an answer. ${IN_DANGER}`), SLOW_MS);
    const end = setTimeout(() => mine.abort(), GIVE_UP_MS);
    let after = () => {};
    try {
      if (!conversation) {
        const started = await send("/chat/start", { language: settings.get("language") || "en" });
        conversation = started.conversation;
        after = () => body || started.replies.forEach(show);
      }
      if (body) {
        const { replies } = await send("/chat/message", { conversation, ...body });
        after = () => replies.forEach(show);
      }
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
    log.replaceChildren();
    text.value = "";
    measure();
  }

  function again() {
    forget();
    rest();
    ask();
  }

  /** Puts the focus where the next thing happens, without raising an on-screen keyboard that nobody asked for. */
  function rest() {
    (matchMedia("(pointer: fine)").matches ? text : talk).focus({ preventScroll: true });
  }

  function measure() {
    const length = [...text.value].length;
    const free = LONGEST - length;
    count.textContent = length < WARN_FROM ? "" : free < 0 ? `${-free} letters too many. Please send it in two parts.` : `You can write ${free} more letters.`;
    text.style.height = "auto";
    text.style.height = `${text.scrollHeight + 2}px`;
    return free;
  }

  function submit() {
    const words = text.value.trim();
    if (/^\W*(exit|leave)\W*$/i.test(words)) return window.leaveNow();
    if (waiting || measure() < 0) return;
    text.value = "";
    measure();
    ask({ text: words }, words); // nothing typed is no mistake either: the guide offers a menu
  }

  form.addEventListener("submit", (event) => (event.preventDefault(), submit()));
  text.addEventListener("input", measure);
  text.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    submit();
  });
  at("again").addEventListener("click", again);
  at("hide").addEventListener("click", () => loader?.postMessage("hide"));
  addEventListener("offline", rested);
  addEventListener("online", rested);

  // ---- What leaving hides, read inside the frame: a page of its own would stand in the browser's history.

  at("traces").addEventListener("click", async (event) => {
    event.preventDefault();
    if (!about.querySelector("main")) {
      try {
        const response = await fetch("/leaving", { credentials: "omit" });
        if (!response.ok) throw response;
        const page = new DOMParser().parseFromString(await response.text(), "text/html").querySelector("main");
        about.append(make("div", {}, ...document.adoptNode(page).childNodes));
      } catch {
        return tell(`I can't show that page just now. ${IN_DANGER}`);
      }
    }
    document.documentElement.classList.add("reading");
    about.hidden = false;
    at("back").focus();
    about.scrollTop = 0;
  });
  at("back").addEventListener("click", () => {
    document.documentElement.classList.remove("reading");
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
    setTimeout(goByMyself, loader ? 500 : 0); // nobody did it: there is no loader, or it is gone
  });

  // The first message from the host page brings the port; it counts only from the page, and the origin, that opened this frame.
  addEventListener("message", function hello(event) {
    if (event.source !== window.parent || event.origin !== settings.get("host") || event.data !== "hello" || !event.ports[0]) return;
    removeEventListener("message", hello);
    loader = event.ports[0];
    loader.onmessage = ({ data }) => {
      if (data === "shown") rest();
      if (data === "leave") {
        document.documentElement.hidden = true;
        forget();
      }
    };
    at("hide").hidden = false;
    rest();
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
    document.documentElement.style.setProperty("--accent", colour);
    document.documentElement.style.setProperty("--on-accent", readable(colour));
  }
  if (web(settings.get("exit"))) exit.href = settings.get("exit");
  document.documentElement.classList.toggle("framed", framed);
  measure();
  ask();
})();
