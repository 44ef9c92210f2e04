// Counts a text while its slots are typed: UTF-16 units, 70 alone, else 67 each, no character cut in two.
(function () {
  "use strict";
  var ALONE = 70, EACH = 67;
  var form = document.querySelector("[data-counter]");
  if (!form) { return; }
  var byId = function (id) { return document.getElementById(id); };
  var room = Number(form.getAttribute("data-room"));

  function partsOf(text) {
    if (text.length <= ALONE) { return [text]; }
    var parts = [];
    for (var from = 0; from < text.length;) {
      var to = Math.min(from + EACH, text.length);
      var last = text.charCodeAt(to - 1);
      if (to < text.length && last >= 0xd800 && last <= 0xdbff) { to -= 1; }
      parts.push(text.slice(from, to));
      from = to;
    }
    return parts;
  }

  function filled() {
    return form.getAttribute("data-text").replace(/\{(\w+)\}/g, function (_, name) {
      var input = byId("slot-" + name);
      return input.value.trim() || input.getAttribute("data-full");
    });
  }

  function count() {
    var text = filled(), parts = partsOf(text);
    var tooLong = Array.from(form.querySelectorAll("[data-most]")).filter(function (input) {
      var over = input.value.trim().length > Number(input.getAttribute("data-most"));
      input.setAttribute("aria-invalid", over ? "true" : "false");
      return over;
    });
    var spent = EACH * (parts.length - 1) + parts[parts.length - 1].length;
    var fits = spent <= room && tooLong.length === 0;
    byId("units").textContent = text.length + "字";
    byId("n-parts").textContent = parts.length + "条（" + parts.map(function (part) { return part.length; }).join(" + ") + "）";
    byId("left").className = fits ? "tag good" : "tag halt";
    byId("left").textContent = spent > room ? "超过" + room + "字，不能发" : fits ? "还能写" + (room - spent) + "字" : "有变量写得太长";
    byId("fill").setAttribute("width", String(Math.min(spent, room)));
    byId("preview").replaceChildren.apply(byId("preview"), [].concat.apply([], parts.map(function (part, at) {
      if (at === 0) { return [part]; }
      var cut = document.createElement("span");
      cut.className = "cut";
      cut.textContent = "第" + (at + 1) + "条";
      return [cut, part];
    })));
  }

  form.addEventListener("input", count);
}());
