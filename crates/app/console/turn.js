// A page on which one order is carried out at a time.

import { hush } from "./dom.js";

/** Carries out orders of a page one at a time, and then looks at everything again. */
export class Turn {
  constructor(fail) {
    this.fail = fail;
    this.busy = false;
    this.page = null;
    this.refresh = async () => {};
    this.act = this.act.bind(this);
  }

  /** Whose orders they are, and how it is looked at again. */
  of(page, refresh) {
    Object.assign(this, { page, refresh });
  }

  async act(order) {
    if (this.busy) return;
    this.busy = true;
    this.page.setAttribute("aria-busy", "true");
    hush();
    try {
      await order();
    } catch (problem) {
      this.fail(problem);
    } finally {
      this.busy = false;
      this.page.removeAttribute("aria-busy");
      await this.refresh();
    }
  }
}
