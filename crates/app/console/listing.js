// A list of the service's, page by page.

import { get } from "./api.js";
import { h } from "./dom.js";
import { t } from "./words.js";

/** A list under `path` that is shown a page at a time; `row` draws an item. */
export class Listing {
  #next = null;
  #turn = 0;

  constructor({ path, row, empty, testid, className = "rows", signal, fail }) {
    Object.assign(this, { path, row, signal, fail });
    this.items = [];
    this.list = h("ul", { class: className, tabindex: "-1", "data-testid": testid, "aria-busy": "true" });
    this.none = h("p", { class: "hint", "data-testid": `no-${testid}`, hidden: true }, empty);
    this.more = h("button", {
      type: "button", class: "quiet", "data-testid": `more-${testid}`, hidden: true, onclick: () => this.#turnPage(),
    }, t("projects.more"));
    this.node = h("div", { class: "listing" }, this.list, this.none, this.more);
  }

  /** As many items as are shown, as they are now. */
  load() {
    return this.#read(null, Math.min(100, Math.max(10, this.items.length)));
  }

  async #turnPage() {
    const before = this.items.length;
    this.more.disabled = true;
    await this.#read(this.#next, 10);
    this.more.disabled = false;
    this.list.children[before]?.focus();
  }

  #page(limit, after) {
    const more = this.path.includes("?") ? "&" : "?";
    return get(`${this.path}${more}limit=${limit}${after ? `&after=${encodeURIComponent(after)}` : ""}`);
  }

  async #read(after, limit) {
    // Whoever asks later knows better.
    const turn = this.#turn += 1;
    try {
      const page = await this.#page(limit, after);
      // A full page may be the last one: nobody is offered more where there is nothing.
      const more = page.next && (await this.#page(1, page.next)).items.length > 0;
      if (this.signal.aborted || turn !== this.#turn) return;
      this.items = after ? [...this.items, ...page.items] : page.items;
      this.#next = more ? page.next : null;
      this.draw();
    } catch (problem) {
      this.fail(problem);
    }
  }

  /** Draws what is there already. */
  draw() {
    const { testid, id } = this.list.contains(document.activeElement) ? document.activeElement.dataset : {};
    this.list.replaceChildren(...this.items.map((item) => {
      const row = this.row(item);
      row.tabIndex = -1;
      return row;
    }));
    if (testid) (this.list.querySelector(`[data-testid="${testid}"][data-id="${id}"]`) ?? this.list).focus();
    this.list.removeAttribute("aria-busy");
    this.none.hidden = this.items.length > 0;
    this.more.hidden = !this.#next;
  }
}
