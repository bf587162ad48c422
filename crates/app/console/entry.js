// The way in: the printed link or a key, an email and a password, or a new account.

import { logIn, post } from "./api.js";
import { h } from "./dom.js";
import { SmallForm } from "./form.js";
import { t, told } from "./words.js";

export function entryPage({ enter, fail }) {
  return h("section", { class: "login", "data-testid": "login-page" },
    h("h1", {}, t("login.title")),
    h("p", { class: "lead" }, t("login.lead")),
    h("p", { class: "hint" }, t("login.or")),
    keyForm({ enter, fail }),
    h("section", { class: "door" }, h("h2", {}, t("session.title")), sessionForm(enter)),
    h("details", { class: "door" }, h("summary", { "data-testid": "join" }, t("join.title")), joinForm(enter)));
}

function keyForm({ enter, fail }) {
  const fault = h("p", { class: "fault", role: "alert", id: "login-fault", "data-testid": "login-fault", hidden: true });
  const key = h("input", {
    id: "login-key", type: "password", autocomplete: "off", spellcheck: "false",
    "data-testid": "login-key", "aria-describedby": "login-fault",
  });
  const submit = async (event) => {
    event.preventDefault();
    // The whole link may have been pasted instead of the key in it.
    const [, linked] = /[?&]token=([^&\s]+)/.exec(key.value) ?? [];
    const token = linked ? decodeURIComponent(linked) : key.value.trim();
    let found = "bad";
    try {
      if (token !== "") found = await logIn(token);
    } catch (problem) {
      return fail(problem);
    }
    if (found === "good") return enter();
    fault.textContent = t(`login.${found}`);
    fault.hidden = false;
    return key.focus();
  };
  return h("form", { class: "field", onsubmit: submit },
    h("label", { for: "login-key" }, t("login.key")),
    h("div", { class: "row nowrap" }, key,
      h("button", { type: "submit", class: "strong", "data-testid": "login" }, t("login.go"))),
    fault);
}

const email = () => ({ name: "email", word: t("profile.email"), type: "email", autocomplete: "username" });

function sessionForm(enter) {
  return new SmallForm("session", [
    email(), { name: "password", word: t("session.password"), type: "password", autocomplete: "current-password" },
  ], {
    go: t("login.go"), ongo: async ({ email: address, password }, form) => {
      try {
        await post("/v1/sessions", { email: address, password });
        enter();
      } catch (problem) {
        form.blame(problem, told(problem));
      }
    },
  }).node;
}

function joinForm(enter) {
  return new SmallForm("join", [
    email(), { name: "password", word: t("session.password"), hint: t("join.password.hint"), type: "password", autocomplete: "new-password" },
    { name: "name", word: t("profile.name"), maxlength: 50, autocomplete: "name" },
  ], {
    go: t("join.go"), ongo: async (values, form) => {
      try {
        await post("/v1/members", values);
        await post("/v1/sessions", { email: values.email, password: values.password });
        enter();
      } catch (problem) {
        form.blame(problem, told(problem));
      }
    },
  }).node;
}
