// What scripts add to the page of documents: a file can be dropped on its document, and several files together
// on the first box; they are sent one after another, and the page then shows what came of each.
(function () {
  "use strict";

  var many = document.querySelector("[data-many]");
  if (!many || !window.FormData || !window.fetch) { return; }
  var input = many.querySelector("input[type=file]");
  input.multiple = true;
  input.form.addEventListener("submit", function (event) {
    if (input.files.length > 1) {
      event.preventDefault();
      send(many, input.files);
    }
  });

  Array.prototype.forEach.call(document.querySelectorAll("[data-drop]"), function (box) {
    box.addEventListener("dragover", function (event) {
      event.preventDefault();
      box.classList.add("is-dragging");
    });
    box.addEventListener("dragleave", function () { box.classList.remove("is-dragging"); });
    box.addEventListener("drop", function (event) {
      event.preventDefault();
      box.classList.remove("is-dragging");
      var files = event.dataTransfer.files;
      if (files.length > 1 && box !== many) {
        tell(box, many.getAttribute("data-one"));
      } else if (files.length) {
        send(box, files);
      }
    });
  });
  // A file that misses its box must not replace the page.
  ["dragover", "drop"].forEach(function (name) {
    window.addEventListener(name, function (event) { event.preventDefault(); });
  });

  function send(box, files) {
    var form = box.querySelector("form[data-upload]"), shown = [];

    function next(place) {
      if (place === files.length) { return leave(form, shown); }
      var places = { number: place + 1, count: files.length, name: files[place].name };
      tell(box, filled(many.getAttribute("data-sending"), places));
      var body = new FormData(form);
      body.set("file", files[place]);
      window.fetch(form.action, { method: "POST", body: body, credentials: "same-origin" }).then(function (answer) {
        var entry = /[?&]shown=(\d+)/.exec(answer.url);
        if (!answer.ok || !entry) { throw new Error(String(answer.status)); }
        shown.push(entry[1]);
        next(place + 1);
      }).catch(function () {
        tell(box, filled(many.getAttribute("data-failed"), places));
      });
    }

    next(0);
  }

  function leave(form, shown) {
    var path = form.action.replace(/\/documents\/.*/, "/documents"), id = form.action.split("/").slice(-2)[0];
    window.location.assign(path + "?at=" + id + "&shown=" + shown.join("&shown=") + "#document-" + id);
  }

  function tell(box, words) {
    var line = box.querySelector("[data-progress]");
    line.textContent = words;
    line.hidden = false;
  }

  function filled(words, places) {
    return words.replace(/\{(\w+)\}/g, function (whole, name) {
      return places[name] === undefined ? whole : String(places[name]);
    });
  }
})();
