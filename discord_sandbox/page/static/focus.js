/** Keep the keyboard's focus in a usable place when what had it goes away. */

const USABLE = "button:not(:disabled), input:not(:disabled), textarea:not(:disabled), a[href]";

/** Focus the component with this custom id inside `parent`, else the first usable one, else the message box. */
export function focusAgain(parent, customId) {
  const same = parent.querySelector(`[data-custom-id="${CSS.escape(customId)}"]:not(:disabled)`);
  const found = same ?? parent.querySelector(USABLE);
  if (found) found.focus();
  else focusComposer();
}

/** Remember what has the focus; the returned function focuses it again, or whatever took its place. */
export function rememberFocus() {
  const before = document.activeElement;
  const customId = before?.dataset?.customId;
  const message = before?.closest?.(".message")?.id;
  return () => {
    if (before?.isConnected && before !== document.body) before.focus();
    if (document.activeElement === before && before !== document.body) return;
    const components = message && document.getElementById(message)?.querySelector(".components");
    if (components && customId) focusAgain(components, customId);
    else focusComposer();
  };
}

function focusComposer() {
  const composer = document.getElementById("composer");
  composer.querySelector("textarea:not(:disabled), input:not(:disabled)")?.focus();
}
