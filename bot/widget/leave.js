/* The quick exit of this service's own pages: the link, Escape, three presses of Shift. The loader has the same rules for a host page.
 *
 * A page says where to go by its link with the class "exit". It hears "leaving" on the document while it is already covered, and may
 * prevent the default where somebody else does the leaving (the chat in a frame). It stands in the head, so that the keys work before
 * the page is there.
 */
(() => {
  "use strict";
  let left = false;
  let presses = [];
  let alone = false;

  /** Covers the page at once, tells the page to forget, and goes, so that Back does not return. Never twice. */
  function leave() {
    if (left) return;
    left = true;
    document.documentElement.hidden = true;
    document.title = "Loading";
    const conversation = document.querySelector("input[name=conversation]")?.value; // a talk that was held by form posts
    if (conversation) navigator.sendBeacon("/chat/leave", JSON.stringify({ conversation }));
    if (document.dispatchEvent(new Event("leaving", { cancelable: true }))) location.replace(document.querySelector("a.exit")?.href ?? "about:blank");
  }

  /** Whether a native dialog or full screen is open, which Escape closes. */
  function modal() {
    try {
      return document.querySelector(":modal") !== null;
    } catch {
      return document.fullscreenElement || document.querySelector("dialog[open]") !== null; // a browser before 2022
    }
  }

  addEventListener("keydown", (event) => {
    if (event.isComposing || event.keyCode === 229) return; // the key belongs to an input method
    alone = event.key === "Shift" && !event.repeat;
    if (event.key === "Escape" && !modal()) leave();
    if (event.key !== "Shift") presses = []; // capital letters are no exit
  }, true);

  addEventListener("keyup", (event) => {
    if (event.key !== "Shift" || !alone) return;
    presses = [...presses, event.timeStamp].slice(-3);
    if (presses.length === 3 && event.timeStamp - presses[0] < 5000) leave();
  }, true);

  document.addEventListener("click", (event) => {
    if (!event.target.closest?.("a.exit")) return;
    event.preventDefault();
    leave();
  });

  // What comes back from the browser's memory comes back empty.
  addEventListener("pageshow", ({ persisted }) => {
    if (persisted && (left || document.getElementById("log"))) document.body.replaceChildren();
  });

  document.documentElement.classList.add("scripted");
  window.leaveNow = leave;
})();
