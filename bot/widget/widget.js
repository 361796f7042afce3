/* The loader: one line on a host page gives it a launcher, a quick exit and, once opened, the chat in a frame of its own.
 *
 * It keeps nothing in the browser, and asks for nothing but its own frame. A closed shadow root keeps the host's CSS out,
 * a constructed style sheet works under a strict Content-Security-Policy, and a private message port means that no script
 * of the host ever sees a message from the chat, or a handle to its window.
 *
 * The host's policy must allow this origin in script-src and frame-src; nothing else.
 */
(() => {
  "use strict";
  const script = document.currentScript;
  if (!script) return; // loaded as a module: there is no way to know where from
  const origin = new URL(script.src).origin;
  const { position, colour, exit, language = "en", label = "Help and advice" } = script.dataset;
  const address = [exit, "$exit_url", "https://www.bbc.co.uk/weather"].find((one) => /^https?:\/\//i.test(one));
  const own = /^#([\da-f]{3}|[\da-f]{6})$/i.test(colour) ? colour : "";
  const tint = own || "#1d3f72";

  const UNREACHED = "The chat can't be reached just now. A call to 999 does not need the internet. To leave quickly, press the Escape key or choose Leave this site.";
  const STYLE = `
    :host { all: initial !important; position: fixed !important; z-index: 2147483647 !important; }
    .room { position: fixed; inset: 0; pointer-events: none; color: #1b2430; font: medium/1.4 system-ui, -apple-system, "Segoe UI", Roboto, Arial, sans-serif; }
    .room > * { position: absolute; box-sizing: border-box; pointer-events: auto; }
    .exit, button { display: flex; align-items: center; justify-content: center; gap: .5em; min-block-size: max(44px, 2.75em); padding: .5em 1.1em;
      border: 2px solid #fff; border-radius: 2em; font: inherit; font-weight: 600; text-align: center; text-decoration: none; cursor: pointer; }
    .exit { inset-block-start: 1em; background: #1b2430; color: #fff; box-shadow: 0 1px 6px #0005; }
    .launch { inset-block-end: calc(1em + env(safe-area-inset-bottom)); max-inline-size: calc(100% - 2em); background: var(--tint); color: var(--on-tint); box-shadow: 0 2px 10px #0004; }
    .exit:hover, button:hover { text-decoration: underline; }
    svg { flex: none; inline-size: 1.4em; block-size: 1.4em; fill: currentColor; }
    .exit:focus-visible, button:focus-visible, .wait a:focus-visible { outline: 3px solid #1b2430; outline-offset: 2px; box-shadow: 0 0 0 8px #fff; }
    .right > * { right: 1em; }
    .left > * { left: 1em; }
    iframe, .wait { inset-block: calc(1em + max(44px, 2.75em)) 1em; inline-size: 26em; max-inline-size: calc(100% - 2em); border: 0; border-radius: 0 0 .75em .75em;
      background: #fff; box-shadow: 0 4px 24px #0005; }
    iframe { block-size: calc(100% - 2em - max(44px, 2.75em)); }
    .wait { padding: 1.25em; overflow: auto; }
    .wait p { margin: 0 0 1em; }
    .wait a { color: #a51c17; font-weight: 700; }
    .wait button { display: inline-flex; margin: 0 .5em .5em 0; border: 1px solid #8794a6; border-radius: .5em; background: #fff; color: #1d4f9c; }
    /* Hidden, and not removed: the talk and the place in it are still there when the chat is shown again. */
    .room:not(.open) :is(iframe, .wait), .open .launch, .ready .wait, .room:not(.ready) iframe { visibility: hidden; }
    /* With the chat open, the exit is its top edge: always in the same place, as wide as the chat. */
    .open .exit { inline-size: 26em; max-inline-size: calc(100% - 2em); border-radius: .75em .75em 0 0; }
    @media (max-width: 30em) {
      .right > * { right: .75em; }
      .left > * { left: .75em; }
      /* Under the thumb, and off the host's menu, which stands at the top of most small screens. */
      .exit { inset-block: auto calc(1.5em + max(44px, 2.75em) + env(safe-area-inset-bottom)); }
      .launch { inset-block-end: calc(.75em + env(safe-area-inset-bottom)); }
      .open .exit, iframe, .wait { inline-size: 100%; max-inline-size: none; left: 0; right: 0; border-radius: 0; box-shadow: none; }
      .open .exit { inset-block: 0 auto; border-width: 0 0 1px; }
      iframe, .wait { inset-block: max(44px, 2.75em) 0; block-size: auto; }
      iframe { block-size: calc(100% - max(44px, 2.75em)); }
    }
    @media (prefers-color-scheme: dark) {
      iframe, .wait, .wait button { background: #11161d; color: #edf1f6; }
      .wait a { color: #ffb1aa; }
    }
    @media print { :host { display: none !important; } }
  `;

  const room = make("div", { className: `room ${position === "left" ? "left" : "right"}` });
  const link = make("a", { className: "exit", href: address, rel: "noreferrer" }, "Leave this site");
  const launcher = make("button", { className: "launch", type: "button", lang: language });
  const wait = make("div", { className: "wait" }); // stands where the chat will, and stays where it can't come
  let frame = null;
  let late = 0;
  let port = null;
  let left = false;

  /** Empties the page at once, before anything else is asked of anybody; then the browser leaves, and Back does not return. */
  function leave() {
    if (left) return;
    left = true;
    document.documentElement.style.setProperty("display", "none", "important"); // beats every z-index and modal dialog, and stops a screen reader
    document.title = "Loading";
    port?.postMessage("leave");
    const referrer = document.createElement("meta"); // the next site need not know where this visitor came from
    referrer.name = "referrer";
    referrer.content = "no-referrer";
    document.head?.append(referrer);
    if (window !== top) setTimeout(() => location.replace(address), 500); // framed by a stranger, who may not let the whole window go
    try {
      top.location.replace(address);
    } catch {
      location.replace(address);
    }
  }

  function open() {
    room.classList.add("open");
    launcher.setAttribute("aria-expanded", "true");
    if (room.classList.contains("ready")) return shown();
    say("Opening the chat.");
    wait.lastChild.focus();
    frame?.remove();
    frame = document.createElement("iframe");
    frame.title = label;
    frame.allow = "clipboard-write"; // for "Copy number"
    // In the fragment, which is sent to no server and stands in no log.
    frame.src = `${origin}/chat#${new URLSearchParams({ host: location.origin, language, exit: address, colour: own })}`;
    frame.addEventListener("load", connect);
    room.append(frame);
    fail(15000);
  }

  function shown() {
    frame.focus();
    port.postMessage("shown");
  }

  function hide() {
    clearTimeout(late);
    room.classList.remove("open");
    launcher.setAttribute("aria-expanded", "false");
    launcher.focus();
  }

  function connect() {
    const channel = new MessageChannel();
    port = channel.port1;
    port.onmessage = ({ data }) => ({ leave, hide, ready })[data]?.();
    frame.contentWindow.postMessage("hello", origin, [channel.port2]);
    fail(3000); // what loaded may be the browser's own page about an error, which says nothing
  }

  function ready() {
    clearTimeout(late);
    room.classList.add("ready");
    if (room.classList.contains("open")) shown();
  }

  function fail(ms) {
    clearTimeout(late);
    late = setTimeout(() => say(UNREACHED, true), ms);
  }

  function say(words, failed) {
    wait.querySelector("[role]").textContent = words;
    wait.querySelector("button").hidden = !failed;
  }

  // The keys, first in line before any script of the host. The same rules stand in leave.js, for the pages of this service.
  let presses = [];
  let alone = false;

  function down(event) {
    if (event.isComposing || event.keyCode === 229) return; // the key belongs to an input method
    alone = event.key === "Shift" && !event.repeat;
    if (event.key === "Escape" && !modal()) leave();
    if (event.key !== "Shift") presses = []; // capital letters are no exit
  }

  function up(event) {
    if (event.key !== "Shift" || !alone) return;
    presses = [...presses, event.timeStamp].slice(-3);
    if (presses.length === 3 && event.timeStamp - presses[0] < 5000) leave();
  }

  /** Whether a native dialog or full screen is open, which Escape closes. */
  function modal() {
    try {
      return document.querySelector(":modal") !== null;
    } catch {
      return document.fullscreenElement || document.querySelector("dialog[open]") !== null; // a browser before 2022
    }
  }

  function make(tag, properties, ...children) {
    const element = Object.assign(document.createElement(tag), properties);
    element.append(...children);
    return element;
  }

  /** Black or white, whichever can be read on `colour`: one of the two always has a contrast over 4.5:1. */
  function readable(colour) {
    const pairs = colour.length === 4 ? [...colour.slice(1)].map((digit) => digit + digit) : colour.slice(1).match(/../g);
    const [r, g, b] = pairs.map((pair) => parseInt(pair, 16) / 255).map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b > 0.179 ? "#000" : "#fff";
  }

  /** The part of the screen that an on-screen keyboard leaves free, so that the exit and the text field stay in view. */
  function fit() {
    const { scale, offsetTop, height } = window.visualViewport;
    const whole = scale > 1.01; // who zooms in with two fingers keeps the layout
    room.style.top = whole ? "" : `${offsetTop}px`;
    room.style.bottom = whole ? "" : "auto";
    room.style.height = whole ? "" : `${height}px`;
  }

  function mount() {
    if (document.querySelector("help-widget")) return; // embedded twice: one shows
    const host = document.createElement("help-widget");
    const root = host.attachShadow({ mode: "closed" });
    try {
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(STYLE);
      root.adoptedStyleSheets = [sheet];
    } catch {
      root.append(Object.assign(document.createElement("style"), { textContent: STYLE })); // Safari before 16.4
    }
    host.lang = "en";
    link.addEventListener("click", (event) => (event.preventDefault(), leave()));
    launcher.setAttribute("aria-expanded", "false");
    const icon = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    const shape = document.createElementNS("http://www.w3.org/2000/svg", "path");
    icon.setAttribute("viewBox", "0 0 24 24");
    icon.setAttribute("aria-hidden", "true");
    shape.setAttribute("d", "M4 3h16a2 2 0 0 1 2 2v10a2 2 0 0 1-2 2h-8l-5 4v-4H4a2 2 0 0 1-2-2V5a2 2 0 0 1 2-2zm3 5v2h10V8zm0 4v2h6v-2z");
    icon.append(shape);
    launcher.append(icon, label);
    launcher.addEventListener("click", open);
    const danger = make("p", {}, "In danger now? ", make("a", { href: "tel:999" }, "Call 999"));
    const news = make("p", {});
    news.setAttribute("role", "status");
    const [retry, close] = ["Try again", "Hide"].map((words) => make("button", { type: "button" }, words));
    retry.addEventListener("click", open);
    close.addEventListener("click", hide);
    wait.append(danger, news, retry, close);
    room.style.setProperty("--tint", tint);
    room.style.setProperty("--on-tint", readable(tint));
    room.setAttribute("role", "region");
    room.setAttribute("aria-label", label);
    room.append(link, launcher, wait);
    root.append(room);
    document.documentElement.insertBefore(host, document.body); // ahead of the body: first in keyboard order, and out of its layout
    if (host.showPopover) {
      host.popover = "manual"; // the top layer: above cookie banners, whatever their z-index
      host.showPopover();
    }
    addEventListener("keydown", down, true);
    addEventListener("keyup", up, true);
    // Where somebody else's popover or dialog has opened above, the exit goes back on top; under a modal dialog it gets no click of its own.
    document.addEventListener("toggle", ({ newState, target }) => {
      if (newState !== "open" || target === host || !host.hidePopover) return;
      host.hidePopover();
      host.showPopover();
    }, true);
    addEventListener("pointerdown", ({ clientX, clientY }) => {
      const { left, right, top, bottom } = link.getBoundingClientRect();
      if (modal() && clientX > left && clientX < right && clientY > top && clientY < bottom) leave();
    }, true);
    addEventListener("pageshow", ({ persisted }) => {
      if (!persisted || left) return; // a page that was left stays empty
      frame?.remove(); // a page that comes back from the browser's memory comes back without the talk
      frame = port = null;
      room.classList.remove("open", "ready");
      launcher.setAttribute("aria-expanded", "false");
    });
    window.visualViewport?.addEventListener("resize", fit);
    window.visualViewport?.addEventListener("scroll", fit);
  }

  if (document.body) mount();
  else addEventListener("DOMContentLoaded", mount);
})();
