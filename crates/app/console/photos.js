// The photos of an ad: chosen, dropped or pasted, uploaded one by one, put in order.

import { remove as erase, put, upload } from "./api.js";
import { announce, h, icon, redraw } from "./dom.js";
import { t, told } from "./words.js";

const TYPES = ["image/jpeg", "image/png", "image/webp"];
const MOST = 20;
const LARGEST = 15 * 1024 * 1024;

let count = 0;

/** A photo is `waiting`, `sending`, `kept` by the service, or `failed`; a hopeless one is not sent again. */
function chosen(file) {
  const fault = file.type && !TYPES.includes(file.type) ? t("photos.type")
    : file.size > LARGEST ? t("photos.large") : null;
  count += 1;
  return {
    key: `new-${count}`, file, url: URL.createObjectURL(file), state: fault ? "failed" : "waiting", fault, hopeless: fault !== null,
  };
}

const kept = (image) => ({ key: image.id, id: image.id, url: image.file.url, state: "kept", fault: null, position: image.position });

export class Photos {
  #list = h("ol", { class: "photos", "data-testid": "photos" });
  #fault = h("p", { class: "fault", role: "alert", hidden: true });
  #dragged = null;
  #work = Promise.resolve();
  #pending = 0;

  /** `items` live longer than what shows them: they are handed on between pages. */
  constructor({ items = [], project = null, onchange = () => {}, onproblem }) {
    Object.assign(this, { items, project, onchange, onproblem, locked: false });
  }

  /** The tray, with what it listens to until `signal` is aborted. */
  mount(signal) {
    const input = h("input", {
      type: "file", accept: TYPES.join(","), multiple: true, class: "unseen", id: "files",
      "data-testid": "file-input", onchange: (event) => {
        this.add(event.target.files);
        event.target.value = "";
      },
    });
    this.drop = h("div", { class: "drop", "data-testid": "drop" },
      h("p", { class: "drop-lead" }, t("photos.drop")),
      h("p", { class: "hint" }, t("photos.how")),
      input, h("label", { for: "files", class: "button quiet" }, icon("plus"), t("photos.choose")));
    const holdsFiles = (event) => event.dataTransfer?.types.includes("Files");
    const listen = (type, heard) => document.addEventListener(type, heard, { signal });
    listen("dragover", (event) => {
      if (!holdsFiles(event)) return;
      event.preventDefault();
      this.drop.classList.add("over");
    });
    listen("dragleave", (event) => {
      if (event.relatedTarget === null) this.drop.classList.remove("over");
    });
    listen("drop", (event) => {
      this.drop.classList.remove("over");
      if (!holdsFiles(event)) return;
      event.preventDefault();
      this.add(event.dataTransfer.files);
    });
    listen("paste", (event) => {
      if (event.clipboardData?.files.length) this.add(event.clipboardData.files);
    });
    this.#draw();
    return h("div", { class: "tray" }, this.drop, this.#fault, this.#list);
  }

  add(files) {
    if (this.locked) return;
    const fresh = Array.from(files, chosen);
    const room = MOST - this.items.length;
    this.items.push(...fresh.slice(0, Math.max(room, 0)));
    this.complain(fresh.length > room ? t("photos.many") : null);
    this.#changed();
    if (this.project) this.send();
  }

  complain(text) {
    this.#fault.textContent = text ?? "";
    this.#fault.hidden = !text;
  }

  get failed() {
    return this.items.some((item) => item.state === "failed");
  }

  /** Uploads what waits, in order; resolves once all that could be sent is sent. */
  send() {
    return this.#enqueue(async () => {
      for (const item of [...this.items]) {
        if (item.state === "waiting" && this.items.includes(item)) await this.#sendOne(item);
      }
      if (!this.#inOrder()) await this.#putOrder();
    });
  }

  async #sendOne(item) {
    Object.assign(item, { state: "sending", progress: 0 });
    this.#draw();
    try {
      const { images: [image] } = await upload(`/v1/projects/${this.project}/images`, item.file, (part) => {
        item.progress = part;
        const bar = this.#list.querySelector(`[data-key="${item.key}"] progress`);
        if (bar) bar.value = part;
      });
      Object.assign(item, { id: image.id, state: "kept", fault: null, position: image.position });
    } catch (problem) {
      const hopeless = ["picture_rejected", "body_too_large", "too_many_images"].includes(problem.code);
      Object.assign(item, { state: "failed", fault: told(problem), hopeless });
    }
    this.#changed();
  }

  /** Takes over what the service has, unless something of ours is under way. */
  sync(images, locked) {
    const relocked = this.locked !== locked;
    this.locked = locked;
    if (this.#pending === 0) {
      const held = this.items.filter((item) => item.state === "kept").map((item) => item.id);
      const same = held.length === images.length && images.every((image, i) => image.id === held[i]);
      if (!same) {
        const known = new Map(this.items.map((item) => [item.id, item]));
        const ours = this.items.filter((item) => item.state !== "kept");
        const theirs = images.map((image) => ({ ...kept(image), ...known.get(image.id), position: image.position }));
        this.items.splice(0, this.items.length, ...theirs, ...ours);
      }
      if (same && !relocked && this.#list.childElementCount === this.items.length) return;
    }
    this.#draw();
  }

  #enqueue(work) {
    this.#pending += 1;
    this.#work = this.#work.then(work).catch((problem) => this.onproblem(problem)).finally(() => {
      this.#pending -= 1;
    });
    return this.#work;
  }

  #order() {
    return this.items.filter((item) => item.state === "kept").map((item) => item.id);
  }

  /** New pictures are put behind the others; a failed one that is sent again may belong further ahead. */
  #inOrder() {
    const places = this.items.filter((item) => item.position !== undefined).map((item) => item.position);
    return places.every((place, i) => i === 0 || places[i - 1] < place);
  }

  async #putOrder() {
    const order = this.#order();
    if (order.length < 2) return;
    const { images } = await put(`/v1/projects/${this.project}/images/order`, { images: order });
    for (const image of images) {
      const item = this.items.find((known) => known.id === image.id);
      if (item) item.position = image.position;
    }
  }

  #move(item, to) {
    const from = this.items.indexOf(item);
    if (from < 0 || to < 0 || to >= this.items.length || from === to) return;
    this.items.splice(to, 0, ...this.items.splice(from, 1));
    this.#changed();
    announce(t("photos.moved", { n: to + 1 }));
    if (this.project && item.state === "kept") this.#enqueue(() => this.#putOrder());
  }

  #remove(item) {
    const place = this.items.indexOf(item);
    this.items.splice(place, 1);
    if (item.file) URL.revokeObjectURL(item.url);
    this.#changed();
    const near = this.#list.children[Math.min(place, this.items.length - 1)];
    (near?.querySelector("[data-act=remove]") ?? this.drop.querySelector("input")).focus();
    if (item.id) this.#enqueue(() => erase(`/v1/projects/${this.project}/images/${item.id}`));
  }

  #again(item) {
    item.state = "waiting";
    this.#changed();
    this.send();
  }

  #changed() {
    this.#draw();
    this.onchange(this.items);
  }

  #draw() {
    this.drop.hidden = this.locked;
    redraw(this.#list, this.items.map((item, i) => this.#card(item, i)));
  }

  #card(item, i) {
    const n = i + 1;
    const tool = (act, name, disabled, onclick) => h("button", {
      type: "button", class: "bare", "data-act": act, "data-testid": `photo-${act}-${item.key}`,
      "aria-label": t(`photos.${act}`, { n }), disabled, onclick,
    }, icon(name));
    const picture = h("img", { src: item.url, alt: t("photos.alt", { n }), draggable: "false", decoding: "async" });
    picture.addEventListener("error", () => picture.replaceWith(h("span", { class: "nameless" }, item.file?.name ?? "")));
    const retry = item.state === "failed" && !item.hopeless && this.project;
    return h("li", {
      "data-key": item.key, "data-state": item.state, "data-testid": "photo", draggable: String(!this.locked),
      ondragstart: (event) => {
        this.#dragged = item;
        event.dataTransfer.effectAllowed = "move";
        event.dataTransfer.setData("text/plain", item.key);
      },
      ondragend: () => (this.#dragged = null),
      ondragover: (event) => this.#dragged && event.preventDefault(),
      ondrop: (event) => {
        if (!this.#dragged) return;
        event.preventDefault();
        this.#move(this.#dragged, this.items.indexOf(item));
      },
    },
    h("div", { class: "frame" }, picture, h("span", { class: "number", "aria-hidden": "true" }, String(n)),
      item.state === "sending" && h("progress", { max: 1, value: item.progress, "aria-label": t("photos.progress", { n }) })),
    !this.locked && h("div", { class: "row tight" },
      tool("left", "left", i === 0, () => this.#move(item, i - 1)),
      tool("right", "right", i === this.items.length - 1, () => this.#move(item, i + 1)),
      tool("remove", "close", item.state === "sending", () => this.#remove(item))),
    item.fault && h("p", { class: "fault", role: "alert" }, item.fault),
    retry && h("button", { type: "button", class: "link", onclick: () => this.#again(item) }, t("photos.again")));
  }
}
