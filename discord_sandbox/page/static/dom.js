/** Create and find elements; text is never parsed as HTML. */

/**
 * Create an element with attributes and children. `on` maps events to listeners, `data` fills the dataset, `style`
 * sets custom properties; true and false add or omit an attribute, null and undefined omit it.
 */
export function el(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name === "on") for (const [event, heard] of Object.entries(value)) element.addEventListener(event, heard);
    else if (name === "data") Object.assign(element.dataset, value);
    else if (name === "style") for (const [key, set] of Object.entries(value)) element.style.setProperty(key, set);
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/** The element with this id from index.html. */
export function byId(id) {
  return document.getElementById(id);
}

/**
 * Make `wanted` the children of `parent`, in order, without moving elements that are already in place.
 * Callers reuse elements, so focus and scroll position are kept.
 */
export function arrange(parent, wanted) {
  let next = parent.firstChild;
  for (const element of wanted) {
    if (element === next) next = next.nextSibling;
    else parent.insertBefore(element, next);
  }
  while (next) {
    const gone = next;
    next = next.nextSibling;
    gone.remove();
  }
}

/** Keep one element per key: `make(item)` runs once, `update(element, item)` when the item is another object. */
export class Keyed {
  #kept = new Map();

  constructor(keyOf, make, update) {
    Object.assign(this, { keyOf, make, update });
  }

  /** The elements for these items; elements of other keys are dropped. */
  of(items) {
    const kept = new Map();
    const elements = items.map((item) => {
      const key = this.keyOf(item);
      let held = this.#kept.get(key);
      if (!held) held = { item: undefined, element: this.make(item) };
      if (held.item !== item) this.update(held.element, item);
      held.item = item;
      kept.set(key, held);
      return held.element;
    });
    this.#kept = kept;
    return elements;
  }
}
