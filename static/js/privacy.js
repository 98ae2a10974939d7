// The register extract on paper, or as a PDF by the browser's own print.
document.querySelector("[data-print]")?.addEventListener("click", () => window.print());
