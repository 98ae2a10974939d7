// Draws the figures that stand in the tables. The colours are those of the legend.
(() => {
  const data = document.getElementById("figures-charts");
  if (!data || !window.Chart) return;
  const all = JSON.parse(data.textContent);
  const root = document.documentElement;
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const swatch = (name) => document.querySelector(`[data-swatch="${name}"]`);
  const word = (name) => swatch(name).parentElement.textContent.trim();
  const colour = (name) => getComputedStyle(swatch(name)).backgroundColor;
  const charts = [];

  const bars = (from, vertical) =>
    Object.entries(from.bars).map(([name, values]) => ({
      type: "bar",
      label: word(name),
      data: values,
      stack: "meetings",
      backgroundColor: colour(name),
      maxBarThickness: vertical ? 48 : 24,
      named: name,
    }));

  const rate = (from) => ({
    type: "line",
    label: word("rate"),
    data: from.rate,
    yAxisID: "rate",
    spanGaps: true,
    pointRadius: 3,
    borderWidth: 2,
    named: "rate",
  });

  const paint = (chart) => {
    const ink = getComputedStyle(document.querySelector(".legend")).color;
    const line = getComputedStyle(document.querySelector(".tiles > div")).borderTopColor;
    for (const set of chart.data.datasets) {
      set.backgroundColor = set.borderColor = colour(set.named);
    }
    for (const scale of Object.values(chart.options.scales)) {
      scale.ticks.color = ink;
      scale.grid.color = line;
      if (scale.title) scale.title.color = ink;
    }
    chart.update("none");
  };

  const draw = (canvas) => {
    const from = all[canvas.dataset.chart];
    const vertical = canvas.dataset.chart === "week";
    const counted = { stacked: true, beginAtZero: true, ticks: { precision: 0 }, grid: {} };
    const named = { stacked: true, ticks: {}, grid: { display: false } };
    const scales = vertical ? { x: named, y: counted } : { x: counted, y: named };
    const datasets = bars(from, vertical);
    if (vertical) {
      datasets.unshift(rate(from));
      scales.rate = {
        position: "right",
        min: 0,
        max: 100,
        ticks: { callback: (value) => `${value} %` },
        grid: { display: false },
      };
    }
    const chart = new window.Chart(canvas, {
      data: { labels: from.labels, datasets },
      options: {
        indexAxis: vertical ? "x" : "y",
        animation: false,
        maintainAspectRatio: false,
        interaction: { mode: "index", axis: vertical ? "x" : "y", intersect: false },
        plugins: {
          colors: { enabled: false },
          legend: { display: false },
          tooltip: {
            callbacks: {
              label: (item) =>
                `${item.dataset.label}: ${Math.round(item.raw ?? 0).toLocaleString(root.lang)}`,
              afterBody: (items) => {
                const value = from.rate[items[0].dataIndex];
                return vertical || value === null ? "" : `${word("rate")}: ${Math.round(value)}`;
              },
            },
          },
        },
        scales,
      },
    });
    charts.push(chart);
    paint(chart);
  };

  window.Chart.defaults.font.family = getComputedStyle(document.body).fontFamily;
  document.querySelectorAll("canvas[data-chart]").forEach(draw);

  const repaint = () => charts.forEach(paint);
  dark.addEventListener("change", repaint);
  new MutationObserver(repaint).observe(root, { attributeFilter: ["data-bs-theme", "class"] });

  // On paper: black on white, as wide as the sheet.
  window.addEventListener("beforeprint", () => {
    root.classList.add("printing");
    for (const chart of charts) {
      chart.resize(1000, chart.height);
      paint(chart);
    }
  });
  window.addEventListener("afterprint", () => {
    root.classList.remove("printing");
    for (const chart of charts) chart.resize();
    repaint();
  });
})();
