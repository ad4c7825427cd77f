"use strict";
// Draws the page's figures, and leads from a bar of a bridge to the findings behind it.
(function () {
  const figures = JSON.parse(document.getElementById("figures").textContent);
  const MADE_FOR = 18; // the size of letters for which margins and heights were chosen

  function fitted(figure) {
    const narrow = window.innerWidth < 640;
    const size = narrow ? 12 : 15;
    const layout = JSON.parse(JSON.stringify(figure.layout));
    const share = size / MADE_FOR;
    layout.font.size = size;
    layout.height = Math.round(layout.height * Math.max(share, 0.75));
    layout.margin.l = Math.max(8, Math.round(layout.margin.l * share) - (narrow ? 10 : 0));
    layout.margin.r = Math.round(layout.margin.r * share);
    layout.autosize = true;
    return layout;
  }

  function draw(element) {
    const figure = figures[element.dataset.figure];
    if (!figure || element.dataset.drawn) return;
    element.dataset.drawn = "yes";
    Plotly.newPlot(element, figure.data, fitted(figure), { displayModeBar: false, responsive: true }).then(function () {
      element.on("plotly_click", function (event) {
        const cause = event.points[0].customdata;
        if (element.dataset.control && typeof cause === "string" && cause) show(element.dataset.control, cause);
      });
    });
  }

  function show(control, cause) {
    const all = Array.from(document.querySelectorAll("details.control"));
    const found = all.find(function (each) { return each.dataset.control === control; });
    if (!found) return;
    found.open = true;
    const findings = Array.from(found.querySelectorAll("details.one"));
    const meant = findings.filter(function (each) { return each.dataset.cause === cause; });
    meant.forEach(function (each) { each.open = true; });
    (meant[0] || found).scrollIntoView({ block: "start" });
  }

  function visible(element) { return element.offsetParent !== null; }

  document.querySelectorAll(".plot").forEach(function (element) { if (visible(element)) draw(element); });
  document.querySelectorAll("details").forEach(function (details) {
    details.addEventListener("toggle", function () {
      if (details.open) details.querySelectorAll(".plot").forEach(function (each) { if (visible(each)) draw(each); });
    });
  });
  function follow() {
    const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    for (let each = target; each; each = each.parentElement) if (each.tagName === "DETAILS") each.open = true;
    if (target) target.scrollIntoView({ block: "start" });
  }
  window.addEventListener("hashchange", follow);
  follow();
})();
