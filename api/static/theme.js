// Bootstrap takes its dark colours from an attribute; this sets it from the system's choice and follows changes.
// Without scripts the page stays light.
(function () {
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const apply = function () {
    document.documentElement.setAttribute("data-bs-theme", dark.matches ? "dark" : "light");
  };
  apply();
  dark.addEventListener("change", apply);
})();
