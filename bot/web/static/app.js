// What scripts add to a page that works without them: nothing typed is lost, files can be dropped and pasted,
// the forms beside the conversation follow it, and what colleagues change appears by itself.
(function () {
  "use strict";

  var SOON = 1000, RETRY = 4000, LOOK = 4000, PATIENCE = 30000;
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
    var send = document.getElementById("send");
    var log = document.getElementById("log");
    var offline = document.getElementById("offline");
    var heard = document.getElementById("heard");
    var key = UNSENT + form.getAttribute("data-project");
    var pressed = null;   // the button of the form that was pressed last, the one for sending apart
    var sending = null;   // what is on its way
    var unsent = null;    // what did not arrive, and is sent again by itself
    var files = [];       // what was dropped together, and goes one by one
    var before = null;    // how the page stood before an answer was put into it
    var retry = 0, latestSide = null;

    file.multiple = true;
    restore();
    fitQuestion();
    follow();

    // What the user does.

    text.addEventListener("input", function () {
      // What is being rewritten is not sent behind the writer's back.
      if (unsent && unsent.button === send) { giveUp(form.getAttribute("data-failed")); }
      grow();
      remember();
    });
    text.addEventListener("keydown", function (event) {
      if (event.key === "Enter" && !event.shiftKey && !event.isComposing && event.keyCode !== 229) {
        event.preventDefault();
        send.click();
      }
    });
    form.addEventListener("click", function (event) {
      var button = event.target.closest ? event.target.closest("button") : null;
      if (!button) { return; }
      // The second click of a double click finds the next question in the place of the first.
      if (event.detail > 1) { event.preventDefault(); return; }
      pressed = button === send ? null : button;
      if (button === send && !text.value.trim() && !file.files.length) {
        event.preventDefault();
        text.focus();
      }
    });
    file.addEventListener("change", function () { hand(file.files); });
    text.addEventListener("paste", function (event) {
      var data = event.clipboardData;
      // Cells of a spreadsheet come as text and as a picture of it: the text is meant.
      if (!data || !data.files || !data.files.length || data.getData("text/plain")) { return; }
      event.preventDefault();
      hand(data.files);
    });
    // Beside its place a file would be opened in place of the page, so it may be dropped anywhere.
    document.addEventListener("dragover", function (event) {
      if (!holdsFiles(event)) { return; }
      event.preventDefault();
      form.classList.add("is-dragging");
    });
    document.addEventListener("dragleave", function (event) {
      if (!event.relatedTarget) { form.classList.remove("is-dragging"); }
    });
    document.addEventListener("drop", function (event) {
      if (!holdsFiles(event)) { return; }
      event.preventDefault();
      form.classList.remove("is-dragging");
      hand(event.dataTransfer.files);
    });
    document.body.addEventListener("click", function (event) {
      var cell = event.target.closest ? event.target.closest("[data-edit]") : null;
      if (!cell) { return; }
      event.preventDefault(); // a link inside a drawing: htmx does not know it for one
      showPane("chat");
      focusAnswer();
    });
    each("[data-pane-link]", function (link) {
      link.addEventListener("click", function (event) {
        event.preventDefault();
        showPane(link.getAttribute("data-pane-link"));
      });
    });

    // What happens to what was sent.

    on("configRequest", function (event) {
      if (!(event.target === form && file.files.length)) { event.detail.timeout = PATIENCE; }
    });
    on("beforeRequest", function (event) {
      if (event.detail.target.id === "side") { latestSide = event.detail.xhr; }
      if (!isSaid(event)) { return; }
      if (sending) { event.preventDefault(); return; }
      window.clearTimeout(retry);
      var isForm = event.detail.elt === form;
      sending = {
        isAgain: unsent !== null,
        button: isForm ? pressed || send : event.detail.elt,
        hasFile: isForm && file.files.length > 0,
        // A command beside half an answer does not take it.
        text: isForm && (!pressed || pressed.name === "choice" || pressed.name === "picked") ? text.value : "",
        isTaken: false
      };
      unsent = null;
      form.classList.add("is-sending");
    });
    on("taken", take);
    on("afterRequest", function (event) {
      if (!isSaid(event) || !sending) { return; }
      if (event.detail.xhr.status === 200 && event.detail.xhr.getResponseHeader("HX-Redirect")) { take(); }
      var sent = sending;
      sending = null;
      form.classList.remove("is-sending");
      var status = event.detail.xhr.status;
      if (status === 0 || (status >= 502 && status <= 504)) {
        // The same form with the same key: if it did arrive, it is not applied twice.
        unsent = sent;
        warn(form.getAttribute("data-offline"));
        retry = window.setTimeout(sendAgain, sent.isAgain ? RETRY : SOON);
      } else if (status >= 400) {
        giveUp(sentence(event.detail.xhr.responseText) || form.getAttribute("data-failed"));
      } else if (sent.hasFile && !sent.isTaken) {
        giveUp(form.getAttribute("data-no-file"));
      } else if (files.length) {
        window.setTimeout(handNext, 0); // until this has ended nothing else is sent
      }
    });
    on("beforeSwap", function (event) {
      var detail = event.detail, ask = document.getElementById("ask");
      if (detail.target.id === "side") {
        detail.shouldSwap = detail.shouldSwap && detail.xhr === latestSide;
        return;
      }
      if (detail.requestConfig.elt.id === "live") {
        // What was asked for before the last answer would add its turn twice.
        var isOld = detail.requestConfig.parameters.after !== ask.querySelector("[name=after]").value;
        detail.shouldSwap = detail.shouldSwap && !isOld && !sending && !unsent;
      }
      before = {
        question: words("ask-text"),
        isAtEnd: Math.abs(log.scrollTop) < 40,
        isInAsk: ask.contains(document.activeElement)
      };
    });
    on("afterSettle", function (event) {
      var target = event.detail.target;
      if (event.target !== target) { return; } // once, not for everything that was put in
      if (target.id === "side") { pointSide(); }
      if (target.id !== "turns") { return; }
      var isOurs = event.detail.requestConfig.elt.id !== "live";
      var hasMoved = words("ask-text") !== before.question;
      if (!isOurs && hasMoved && text.value) { warn(form.getAttribute("data-moved")); }
      fitQuestion();
      grow();
      remember();
      if (hasMoved) { heard.textContent = words("ask-text"); }
      if (isOurs || before.isAtEnd) { follow(); }
      if (document.activeElement === document.body && (isOurs || before.isInAsk)) { focusAnswer(); }
      refresh("side");
    });
    window.addEventListener("online", sendAgain);
    window.addEventListener("pageshow", function (event) { if (event.persisted) { look(); } });
    document.addEventListener("visibilitychange", look);
    window.setInterval(look, LOOK);

    function on(name, action) {
      document.body.addEventListener(name === "taken" ? name : "htmx:" + name, action);
    }

    function isSaid(event) {
      return event.detail.target.id === "turns" && event.detail.elt.id !== "live";
    }

    // What was sent has arrived, and may go; what was typed since stays.
    function take() {
      if (!sending) { return; }
      sending.isTaken = true;
      if (text.value.indexOf(sending.text) === 0) { text.value = text.value.slice(sending.text.length); }
      if (sending.hasFile) { file.value = ""; }
      remember();
      warn("");
    }

    // See whether a colleague, or another window, has gone on.
    function look() {
      if (!sending && !unsent && !document.hidden) { refresh("live"); }
    }

    function sendAgain() {
      if (!unsent) { return; }
      window.clearTimeout(retry);
      if (document.contains(unsent.button)) { press(unsent.button); } else { giveUp(form.getAttribute("data-failed")); }
    }

    function press(button) {
      // A cell is a link inside a drawing, which has no click of its own.
      if (button.click) { button.click(); } else { window.htmx.trigger(button, "click"); }
    }

    function giveUp(why) {
      window.clearTimeout(retry);
      unsent = null;
      files = [];
      file.value = "";
      warn(why);
    }

    // Sentence of a page that says what went wrong.
    function sentence(page) {
      var found = new DOMParser().parseFromString(page, "text/html").querySelector(".error-page .lead");
      return found ? found.textContent : "";
    }

    function hand(chosen) {
      files = files.concat(Array.prototype.slice.call(chosen));
      file.value = "";
      if (!sending) { handNext(); }
    }

    function handNext() {
      var next = files.shift(), holder = new DataTransfer();
      if (!next) { return; }
      if (next.size > Number(form.getAttribute("data-largest"))) {
        giveUp(form.getAttribute("data-too-large"));
        return;
      }
      holder.items.add(next);
      file.files = holder.files;
      send.click();
    }

    function holdsFiles(event) {
      return event.dataTransfer && Array.prototype.indexOf.call(event.dataTransfer.types, "Files") >= 0;
    }

    function warn(said) {
      offline.textContent = said;
      offline.hidden = !said;
    }

    // What is typed stays in this browser until it is sent; but before it is settled that the project is not
    // secret, nothing that is typed may be kept anywhere (4).
    function remember() {
      stored(function (storage) {
        if (keepsTyping() && text.value) { storage.setItem(key, text.value); } else { storage.removeItem(key); }
      });
    }

    function restore() {
      var kept = stored(function (storage) { return storage.getItem(key); });
      if (kept && !text.value && keepsTyping()) { text.value = kept; }
      remember();
    }

    function keepsTyping() {
      return document.getElementById("ask").getAttribute("data-keeps-typing") === "yes";
    }

    function fitQuestion() {
      var isLocked = document.querySelector("#ask .editor-note") !== null;
      text.disabled = send.disabled = file.disabled = isLocked;
      text.setAttribute("autocomplete", keepsTyping() ? "on" : "off");
    }

    function grow() {
      if (window.CSS && CSS.supports("field-sizing", "content")) { return; }
      text.style.height = "auto";
      text.style.height = text.scrollHeight + 2 + "px";
    }

    // Under a finger a keyboard on the screen would cover the question.
    function focusAnswer() {
      var isTouched = window.matchMedia("(pointer: coarse)").matches;
      (isTouched || text.disabled ? document.getElementById("ask") : text).focus();
    }

    function follow() {
      var last = document.querySelector("#turns > :last-child");
      if (log.scrollHeight <= log.clientHeight) {
        // In a low window the page scrolls, not the log.
        document.getElementById("ask").scrollIntoView({ block: "nearest" });
      } else if (last && last.offsetHeight > log.clientHeight) {
        log.scrollTop += last.getBoundingClientRect().top - log.getBoundingClientRect().top; // read from its start
      } else {
        log.scrollTop = log.scrollHeight;
      }
    }

    function showPane(name) {
      document.getElementById("workspace").setAttribute("data-pane", name);
      each("[data-pane-link]", function (link) {
        if (link.getAttribute("data-pane-link") === name) {
          link.setAttribute("aria-current", "true");
        } else {
          link.removeAttribute("aria-current");
        }
      });
    }
  }

  function words(id) {
    var element = document.getElementById(id);
    return element ? element.textContent : "";
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
