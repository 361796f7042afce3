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
  const address = [exit, "__EXIT_URL__", "https://www.bbc.co.uk/weather"].find((one) => /^https?:\/\//i.test(one));
  const own = /^#([\da-f]{3}|[\da-f]{6})$/i.test(colour) ? colour : "";
  const tint = own || "#1d3f72";

  const STYLE = `
    :host { all: initial !important; position: fixed !important; z-index: 2147483647 !important; }
    .room { position: fixed; inset: 0; pointer-events: none; font: medium/1.4 system-ui, -apple-system, "Segoe UI", Roboto, Arial, sans-serif; }
    .room > * { position: absolute; box-sizing: border-box; pointer-events: auto; }
    a, button { display: flex; align-items: center; justify-content: center; gap: .5em; min-block-size: max(44px, 2.75em); padding: .5em 1.1em;
      border: 2px solid #fff; font: inherit; font-weight: 600; text-align: center; text-decoration: none; cursor: pointer; }
    a { inset-block-start: .5em; border-radius: .5em; background: #1b2430; color: #fff; box-shadow: 0 1px 6px #0005; }
    a:hover { background: #36414f; text-decoration: underline; }
    button { inset-block-end: calc(1em + env(safe-area-inset-bottom)); max-inline-size: calc(100% - 2em); border-radius: 2em; background: var(--tint);
      color: var(--on-tint); box-shadow: 0 2px 10px #0004; }
    button:hover { text-decoration: underline; }
    svg { flex: none; inline-size: 1.4em; block-size: 1.4em; fill: currentColor; }
    a:focus-visible, button:focus-visible { outline: 3px solid #1b2430; outline-offset: 2px; box-shadow: 0 0 0 8px #fff; }
    .right a, .right button { right: 1em; }
    .left a, .left button { left: 1em; }
    iframe { inset-block: 3.75em 1em; inline-size: 26em; max-inline-size: calc(100% - 2em); block-size: calc(100% - 4.75em); border: 0;
      border-radius: 0 0 .75em .75em; background: #fff; box-shadow: 0 4px 24px #0005; }
    .right iframe { right: 1em; }
    .left iframe { left: 1em; }
    /* Hidden, and not removed: the talk and the place in it are still there when the chat is shown again. */
    .room:not(.open) iframe, .open button { visibility: hidden; }
    /* With the chat open, the exit is its top edge: always in the same place, as wide as the chat. */
    .open a { inline-size: 26em; max-inline-size: calc(100% - 2em); min-block-size: max(44px, 2.75em); inset-block-start: 1em; border-radius: .75em .75em 0 0; }
    @media (max-width: 30em) {
      .open a, iframe { inline-size: 100%; max-inline-size: none; left: 0 !important; right: 0 !important; border-radius: 0; }
      .open a { inset-block-start: 0; }
      iframe { inset-block: 2.75em 0; block-size: calc(100% - 2.75em); }
    }
    @media (prefers-color-scheme: dark) { iframe { background: #11161d; } }
    @media print { :host { display: none !important; } }
  `;

  const room = document.createElement("div");
  const link = document.createElement("a");
  const launcher = document.createElement("button");
  let frame = null;
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
    try {
      top.location.replace(address);
    } catch {
      location.replace(address); // the host page is itself framed by a stranger
    }
  }

  function open() {
    if (!frame) {
      frame = document.createElement("iframe");
      frame.title = label;
      frame.allow = "clipboard-write"; // for "Copy number"
      // In the fragment, which is sent to no server and stands in no log.
      const settings = new URLSearchParams({ host: location.origin, language, exit: address, colour: own });
      frame.src = `${origin}/frame#${settings}`;
      frame.addEventListener("load", connect);
      room.append(frame);
    }
    room.classList.add("open");
    launcher.setAttribute("aria-expanded", "true");
    frame.focus();
    port?.postMessage("shown");
  }

  function hide() {
    room.classList.remove("open");
    launcher.setAttribute("aria-expanded", "false");
    launcher.focus();
  }

  function connect() {
    const channel = new MessageChannel();
    port = channel.port1;
    port.onmessage = ({ data }) => (data === "leave" ? leave() : data === "hide" && hide());
    frame.contentWindow.postMessage("hello", origin, [channel.port2]);
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
    link.href = address;
    link.rel = "noreferrer";
    link.textContent = "Leave this site";
    link.addEventListener("click", (event) => (event.preventDefault(), leave()));
    launcher.type = "button";
    launcher.lang = language;
    launcher.setAttribute("aria-expanded", "false");
    const icon = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    const shape = document.createElementNS("http://www.w3.org/2000/svg", "path");
    icon.setAttribute("viewBox", "0 0 24 24");
    icon.setAttribute("aria-hidden", "true");
    shape.setAttribute("d", "M4 3h16a2 2 0 0 1 2 2v10a2 2 0 0 1-2 2h-8l-5 4v-4H4a2 2 0 0 1-2-2V5a2 2 0 0 1 2-2zm3 5v2h10V8zm0 4v2h6v-2z");
    icon.append(shape);
    launcher.append(icon, label);
    launcher.addEventListener("click", open);
    room.className = `room ${position === "left" ? "left" : "right"}`;
    room.style.setProperty("--tint", tint);
    room.style.setProperty("--on-tint", readable(tint));
    room.setAttribute("role", "region");
    room.setAttribute("aria-label", label);
    room.append(link, launcher);
    root.append(room);
    document.documentElement.insertBefore(host, document.body); // ahead of the body: first in keyboard order, and out of its layout
    if (host.showPopover) {
      host.popover = "manual"; // the top layer: above cookie banners, whatever their z-index
      host.showPopover();
    }
    addEventListener("keydown", down, true);
    addEventListener("keyup", up, true);
    addEventListener("pageshow", ({ persisted }) => {
      if (!persisted || left) return; // a page that was left stays empty
      frame?.remove(); // a page that comes back from the browser's memory comes back without the talk
      frame = port = null;
      room.classList.remove("open");
      launcher.setAttribute("aria-expanded", "false");
    });
    window.visualViewport?.addEventListener("resize", fit);
    window.visualViewport?.addEventListener("scroll", fit);
  }

  if (document.body) mount();
  else addEventListener("DOMContentLoaded", mount);
})();
