// What scripts add to a page that works without them: nothing typed is lost, files can be dropped and pasted,
// the forms beside the conversation follow it, and what colleagues change appears by itself.
(function () {
  "use strict";

  var RETRY = 4000, LOOK = 4000;
  var UNSENT = "shenbao.unsent.", FORM = "shenbao.form.", FIELD = "a_";
  var say = document.getElementById("say");

  document.documentElement.classList.add("has-scripts");
  if (say) { converse(say); }
  each("[data-saved]", forgetSaved);
  each("[data-stopped]", forgetProject);
  each("form[data-keep]", keepFields);

  function each(selector, action) {
    Array.prototype.forEach.call(document.querySelectorAll(selector), action);
  }

  function stored(action) {
    try { return action(window.localStorage); } catch (error) { return null; }
  }

  // ---- the conversation ------------------------------------------------------------------------------

  function converse(form) {
    var text = document.getElementById("text");
    var file = document.getElementById("file");
    var log = document.getElementById("log");
    var offline = document.getElementById("offline");
    var key = UNSENT + form.getAttribute("data-project");
    var sending = false, pressed = null, retry = 0;

    restore();
    follow();

    text.addEventListener("input", remember);
    text.addEventListener("keydown", function (event) {
      if (event.key === "Enter" && !event.shiftKey && !event.isComposing && event.keyCode !== 229) {
        event.preventDefault();
        document.getElementById("send").click();
      }
    });
    form.addEventListener("click", function (event) {
      var button = event.target.closest ? event.target.closest("button") : null;
      pressed = button && button.name ? button : null;
    });
    file.addEventListener("change", function () {
      if (file.files.length) { document.getElementById("send").click(); }
    });
    form.addEventListener("dragover", function (event) {
      event.preventDefault();
      form.classList.add("is-dragging");
    });
    form.addEventListener("dragleave", function () { form.classList.remove("is-dragging"); });
    form.addEventListener("drop", function (event) {
      event.preventDefault();
      form.classList.remove("is-dragging");
      take(event.dataTransfer.files);
    });
    text.addEventListener("paste", function (event) {
      var files = event.clipboardData && event.clipboardData.files;
      if (files && files.length) {
        event.preventDefault();
        take(files);
      }
    });

    document.body.addEventListener("htmx:beforeRequest", function (event) {
      if (!concerns(event)) { return; }
      if (sending) { event.preventDefault(); return; }
      sending = true;
      window.clearTimeout(retry);
      form.classList.add("is-sending");
    });
    document.body.addEventListener("htmx:afterRequest", function (event) {
      if (!concerns(event)) { return; }
      sending = false;
      form.classList.remove("is-sending");
    });
    document.body.addEventListener("htmx:sendError", function (event) {
      if (!concerns(event)) { return; }
      warn(form.getAttribute("data-offline"));
      var button = pressed;
      // The same form with the same key: if it did arrive, it is not applied twice.
      retry = window.setTimeout(function () {
        if (button && document.contains(button)) { button.click(); } else { document.getElementById("send").click(); }
      }, RETRY);
    });
    document.body.addEventListener("htmx:responseError", function (event) {
      if (concerns(event)) { warn(form.getAttribute("data-failed")); }
    });
    document.body.addEventListener("taken", function () {
      text.value = "";
      file.value = "";
      remember();
      warn("");
      refresh("side");
    });
    document.body.addEventListener("htmx:afterSettle", function (event) {
      if (event.detail.target && event.detail.target.id === "turns") { follow(); }
      if (event.detail.target && event.detail.target.id === "side") { pointSide(); }
    });

    window.setInterval(function () {
      if (!sending && !document.hidden) { refresh("live"); }
    }, LOOK);

    Array.prototype.forEach.call(document.querySelectorAll("[data-pane-link]"), function (link) {
      link.addEventListener("click", function (event) {
        event.preventDefault();
        showPane(link.getAttribute("data-pane-link"));
      });
    });

    function concerns(event) {
      var source = event.detail.elt;
      return source === form || form.contains(source) || source.hasAttribute("data-edit");
    }

    function take(files) {
      if (!files || !files.length) { return; }
      file.files = files;
      document.getElementById("send").click();
    }

    function warn(words) {
      offline.textContent = words;
      offline.hidden = !words;
    }

    function remember() {
      // Before it is settled that the project is not secret, nothing that is typed may be kept anywhere.
      var keeps = form.getAttribute("data-keeps-typing") === "yes";
      stored(function (storage) {
        if (keeps && text.value) { storage.setItem(key, text.value); } else { storage.removeItem(key); }
      });
    }

    function restore() {
      var words = stored(function (storage) { return storage.getItem(key); });
      if (words && !text.value) { text.value = words; }
    }

    function follow() {
      log.scrollTop = log.scrollHeight;
      // In a low window the page scrolls, not the log.
      if (log.scrollHeight <= log.clientHeight) { document.getElementById("ask").scrollIntoView({ block: "nearest" }); }
    }

    function showPane(name) {
      document.getElementById("workspace").setAttribute("data-pane", name);
      Array.prototype.forEach.call(document.querySelectorAll("[data-pane-link]"), function (link) {
        if (link.getAttribute("data-pane-link") === name) {
          link.setAttribute("aria-current", "true");
        } else {
          link.removeAttribute("aria-current");
        }
      });
    }

    document.body.addEventListener("click", function (event) {
      var cell = event.target.closest ? event.target.closest("[data-edit]") : null;
      if (!cell) { return; }
      event.preventDefault(); // a link inside a drawing: htmx does not know it for one
      showPane("chat");
      text.focus();
    });
  }

  function refresh(id) {
    if (window.htmx && document.getElementById(id)) { window.htmx.trigger("#" + id, "refresh"); }
  }

  // The side refreshes to the tab that is open now.
  function pointSide() {
    var now = document.getElementById("side-now"), side = document.getElementById("side");
    if (now && side) { side.setAttribute("hx-get", now.getAttribute("data-side")); }
  }

  // ---- the form view ---------------------------------------------------------------------------------

  // What is typed is held back in this browser until it is saved. It comes back only onto the answer that it was
  // typed over (data-was): whatever was saved since, here or elsewhere, is newer.
  function keepFields(form) {
    var key = FORM + form.getAttribute("data-keep");
    var kept = stored(function (storage) { return JSON.parse(storage.getItem(key) || "{}"); }) || {};
    Array.prototype.forEach.call(form.elements, function (field) {
      if (!isText(field) || !kept[field.name]) { return; }
      if (kept[field.name].was === field.getAttribute("data-was")) {
        field.value = kept[field.name].text;
      } else {
        delete kept[field.name];
      }
    });
    form.addEventListener("input", function (event) {
      if (!isText(event.target)) { return; }
      kept[event.target.name] = { was: event.target.getAttribute("data-was"), text: event.target.value };
      hold();
    });
    form.addEventListener("click", function (event) {
      if (event.target.name === "take") { delete kept[FIELD + event.target.value.split("=")[0]]; hold(); }
    });

    function hold() {
      stored(function (storage) { storage.setItem(key, JSON.stringify(kept)); });
    }
  }

  // The page says so when a section was saved; once only, so that going back to the page drops nothing newer.
  function forgetSaved(notice) {
    stored(function (storage) { storage.removeItem(FORM + notice.getAttribute("data-saved")); });
    if (window.history.replaceState) {
      var query = window.location.search.replace(/&(saved|from|refused)=[^&]*/g, "");
      window.history.replaceState(null, "", window.location.pathname + query);
    }
  }

  // A project that may be secret: nothing of it stays in this browser (4).
  function forgetProject(notice) {
    var project = notice.getAttribute("data-stopped");
    stored(function (storage) {
      storage.removeItem(UNSENT + project);
      Object.keys(storage).forEach(function (key) {
        if (key.indexOf(FORM + project + ".") === 0) { storage.removeItem(key); }
      });
    });
  }

  function isText(field) {
    return field.name && (field.tagName === "TEXTAREA" || (field.tagName === "INPUT" && field.type === "text"));
  }
})();
