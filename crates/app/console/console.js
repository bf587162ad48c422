// The console: which page is shown, in which language, to whom.

import { accountPage } from "./account.js";
import { get, logOut } from "./api.js";
import { deskPage } from "./desk.js";
import { alarm, h, hush } from "./dom.js";
import { entryPage } from "./entry.js";
import { homePage, projectsPage } from "./home.js";
import { projectPage } from "./project.js";
import { speak, spoken, t, told } from "./words.js";

const main = document.getElementById("main");
let view = new AbortController();
let inside = true;

/** Shows the page that the address names. */
function show() {
  view.abort();
  view = new AbortController();
  const { signal } = view;
  const context = { signal, go, fail: (problem) => signal.aborted || fail(problem) };
  frame();
  if (!inside) return place(entryPage({ enter, fail: context.fail }));
  const [, kind, id] = location.hash.split("/");
  if (kind === "projects" && id) return place(projectPage(decodeURIComponent(id), context));
  if (kind === "account") return place(accountPage(context));
  if (kind === "desk") return place(deskPage(context));
  return place(kind === "projects" ? projectsPage(context) : homePage(context));
}

function enter() {
  inside = true;
  show();
}

function place(page) {
  main.replaceChildren(page);
  document.title = "Castad";
}

function go(hash) {
  if (location.hash === hash) show();
  else location.hash = hash;
}

function fail(problem) {
  if (problem.status === 401) {
    inside = false;
    show();
  } else if (problem.code) {
    alarm(problem.code === "photos" ? problem.message : told(problem), t("close"));
  } else {
    console.error(problem);
    alarm(t("problem.internal"), t("close"));
  }
}

function frame() {
  document.documentElement.lang = spoken();
  document.getElementById("skip").textContent = t("skip");
  const nav = document.getElementById("nav");
  nav.setAttribute("aria-label", t("nav"));
  const here = location.hash || "#/";
  const link = (hash, name, testid) =>
    h("a", { href: hash, "data-testid": testid, "aria-current": here === hash ? "page" : null }, t(name));
  nav.replaceChildren(...(inside ? [link("#/", "nav.new", "nav-new"), link("#/projects", "nav.projects", "nav-projects"), link("#/account", "nav.account", "nav-account")] : []));
  const other = spoken() === "ko" ? "en" : "ko";
  document.getElementById("tools").replaceChildren(
    h("button", {
      type: "button", class: "bare text", lang: other, "data-testid": "toggle-language", onclick: () => {
        speak(other);
        show();
        document.querySelector("[data-testid=toggle-language]").focus();
      },
    }, t("language.other")),
    ...(inside ? [h("button", { type: "button", class: "bare text", "data-testid": "log-out", onclick: leave }, t("log-out"))] : []));
  document.getElementById("foot").replaceChildren(
    h("span", {}, t("foot.local")),
    h("a", { href: "/docs" }, t("foot.api")),
    h("a", { href: "/docs/errors" }, t("foot.errors")));
}

async function leave() {
  try {
    await logOut();
    inside = false;
    hush();
    go("#/");
  } catch (problem) {
    fail(problem);
  }
}

document.getElementById("skip").addEventListener("click", (event) => {
  event.preventDefault();
  main.focus();
});
addEventListener("click", (event) => {
  if (event.target instanceof Element && event.target.closest('a[href^="#/"]')) hush();
});
addEventListener("hashchange", () => {
  show();
  scrollTo(0, 0);
  main.querySelector("h1")?.focus();
});
inside = await get("/v1/projects?limit=1").then(() => true, (problem) => problem.status !== 401);
show();
