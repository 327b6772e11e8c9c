// Draws what the server wrote: every number and label comes from the page, nothing is computed here.
(() => {
  const color = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;

  const valueAxis = (axis, extra) => ({
    type: "value", min: axis.min, max: axis.max, interval: axis.step,
    axisLabel: { color: color("--soft"), hideOverlap: true, formatter: (value) => axis.ticks[Math.round((value - axis.min) / axis.step)] ?? "" },
    splitLine: { lineStyle: { color: color("--line") } }, ...extra,
  });
  const nameAxis = (drawn, extra) => ({
    type: "category", data: drawn.categories, axisTick: { show: false },
    axisLine: { lineStyle: { color: color("--line") } },
    axisLabel: { color: color("--ink"), ...extra.axisLabel }, ...extra.more,
  });
  const dash = ["solid", "dashed", "dotted", [8, 3, 2, 3], [2, 6], [12, 4]];
  const symbols = ["circle", "rect", "triangle", "diamond", "pin", "arrow"];

  const tip = (drawn) => ({
    trigger: "axis", renderMode: "richText", confine: true,
    backgroundColor: color("--card"), borderColor: color("--line"), textStyle: { color: color("--ink"), fontSize: 13 },
    formatter: (found) => {
      const place = found[0].dataIndex;
      return [drawn.categories[place], ...drawn.series.map((one) => `${one.name}: ${one.texts[place]}`)].join("\n");
    },
  });
  // The legend needs a line, on a narrow picture one for each series.
  const above = (drawn) => (drawn.series.length < 2 ? 12 : drawn.narrow ? 16 + 20 * drawn.series.length : 36);
  const base = (drawn) => ({
    animation: !still, animationDuration: 250, tooltip: tip(drawn),
    aria: { enabled: true, label: { enabled: false }, decal: { show: false } },
    textStyle: { fontFamily: getComputedStyle(document.body).fontFamily },
    legend: drawn.series.length > 1 ? {
      top: 0, left: 0, itemGap: drawn.narrow ? 6 : 16, orient: drawn.narrow ? "vertical" : "horizontal", icon: "roundRect",
      textStyle: { color: color("--ink") },
    } : undefined,
    color: [1, 2, 3, 4, 5, 6].map((number) => color(`--c${number}`)),
    grid: { left: 8, right: 24, top: above(drawn), bottom: 8, containLabel: true },
  });

  const bars = (drawn) => ({
    ...base(drawn),
    grid: { ...base(drawn).grid, right: 76 },
    xAxis: valueAxis(drawn.axes[0]),
    yAxis: nameAxis(drawn, { more: { inverse: true }, axisLabel: { width: drawn.narrow ? 110 : 220, overflow: "truncate" } }),
    series: drawn.series.map((one) => ({
      type: "bar", name: one.name, data: one.values, barMaxWidth: 18, barGap: "15%",
      label: { show: true, position: "right", color: color("--ink"), formatter: (point) => one.texts[point.dataIndex] },
    })),
  });
  const upright = (drawn) => ({
    ...base(drawn),
    xAxis: nameAxis(drawn, { axisLabel: { hideOverlap: true } }),
    yAxis: drawn.axes.map((axis, place) => valueAxis(axis, { position: place ? "right" : "left", splitLine: { show: !place, lineStyle: { color: color("--line") } } })),
    series: drawn.series.map((one, place) => one.line
      ? { type: "line", name: one.name, data: one.values, yAxisIndex: one.axis, symbol: symbols[place % 6], symbolSize: drawn.categories.length > 40 ? 0 : 7,
          lineStyle: { width: 2, type: dash[place % 6] }, connectNulls: false }
      : { type: "bar", name: one.name, yAxisIndex: one.axis, barMaxWidth: 28,
          data: one.values.map((value, at) => drawn.open[at] ? { value, itemStyle: { opacity: 0.45, borderType: "dashed", borderColor: color("--ink"), borderWidth: 1 } } : value) }),
  });
  // A line from the first to the last series, with dots: the range of a row, or what it was and should be.
  const range = (drawn) => {
    const ends = drawn.series.length - 1;
    return {
      ...base(drawn),
      xAxis: valueAxis(drawn.axes[0]),
      yAxis: nameAxis(drawn, { more: { inverse: true }, axisLabel: { width: drawn.narrow ? 110 : 220, overflow: "truncate" } }),
      series: [
        { type: "custom", silent: true, z: 1, data: drawn.categories.map((_, at) => [at, drawn.series[0].values[at], drawn.series[ends].values[at]]),
          renderItem: (_, api) => {
            if (api.value(1) == null || api.value(2) == null) return null;
            const [from, to] = [api.coord([api.value(1), api.value(0)]), api.coord([api.value(2), api.value(0)])];
            return { type: "line", shape: { x1: from[0], y1: from[1], x2: to[0], y2: to[1] }, style: { stroke: color("--soft"), lineWidth: 3 } };
          } },
        ...drawn.series.map((one, place) => ({
          type: "scatter", name: one.name, data: one.values, z: 2, symbol: symbols[place % 6],
          symbolSize: one.mark ? 13 : 9, itemStyle: { color: color(`--c${one.mark ? 2 : place === ends && ends === 1 ? 2 : 1}`), opacity: 1 },
        })),
      ],
    };
  };
  const kinds = { bars, columns: upright, lines: upright, combined: upright, range, plan: range };
  const heights = (drawn) => {
    if (!["bars", "range", "plan"].includes(drawn.kind)) return 264 + above(drawn);
    return 34 + above(drawn) + drawn.categories.length * (drawn.kind === "bars" ? 14 + 18 * drawn.series.length : 30);
  };
  const charts = [];
  for (const box of document.querySelectorAll(".chart")) {
    if (!window.echarts) { box.classList.add("missing"); box.removeAttribute("role"); box.removeAttribute("aria-label"); continue; }
    const drawn = JSON.parse(box.parentElement.querySelector(".drawn").textContent);
    const chart = echarts.init(box, null, { renderer: "svg", height: 300 });
    const draw = () => {
      drawn.narrow = box.clientWidth < 600;
      box.style.height = `${heights(drawn)}px`;
      chart.resize({ height: heights(drawn) });
      chart.setOption(kinds[drawn.kind](drawn), true);
    };
    draw();
    charts.push({ draw });
    let width = box.clientWidth;
    new ResizeObserver(() => { if (box.clientWidth !== width) { width = box.clientWidth; draw(); } }).observe(box);
  }
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => charts.forEach((one) => one.draw()));
  // Paper is narrower than most screens, and nothing is laid out anew for it: charts shrink in proportion before.
  const sheet = 980;
  addEventListener("beforeprint", () => {
    document.querySelectorAll("details.astable").forEach((one) => { one.open = true; });
    const share = Math.min(1, sheet / document.documentElement.clientWidth);
    charts.forEach(({ chart, box }) => chart.resize({ width: Math.floor(box.clientWidth * share) }));
  });
  addEventListener("afterprint", () => charts.forEach(({ chart }) => chart.resize({ width: "auto" })));

  // Tables are sorted by a click on a head; the address keeps it, so that it can be sent to somebody.
  const sorted = (table, place, down) => {
    const value = (row) => { const cell = row.cells[place]; return cell.dataset.value === undefined ? cell.dataset.sort ?? cell.textContent.trim() : Number(cell.dataset.value); };
    const rank = (one) => (one === "–" || one === "" ? 1 : 0);
    const rows = [...table.tBodies[0].rows].sort((a, b) => {
      const [x, y] = [value(a), value(b)];
      if (rank(x) !== rank(y)) return rank(x) - rank(y);
      const order = typeof x === "number" && typeof y === "number" ? x - y : String(x).localeCompare(String(y), document.documentElement.lang);
      return down ? -order : order;
    });
    table.tBodies[0].append(...rows);
    table.querySelectorAll("thead th").forEach((head) => head.removeAttribute("aria-sort"));
    table.tHead.rows[0].cells[place].setAttribute("aria-sort", down ? "descending" : "ascending");
  };
  for (const table of document.querySelectorAll("table[data-key]")) {
    [...table.tHead.rows[0].cells].forEach((head, place) => {
      const button = document.createElement("button");
      button.type = "button";
      button.append(...head.childNodes);
      head.append(button);
      button.addEventListener("click", () => {
        const down = head.getAttribute("aria-sort") ? head.getAttribute("aria-sort") === "ascending" : head.classList.contains("n");
        sorted(table, place, down);
        history.replaceState(null, "", `#sort=${table.dataset.key}.${head.dataset.key}.${down ? "down" : "up"}`);
      });
    });
  }
  const [, key, column, way] = location.hash.match(/^#sort=([\w-]+)\.(\w+)\.(up|down)$/) ?? [];
  if (key) {
    const table = document.querySelector(`table[data-key="${key}"]`);
    const place = table ? [...table.tHead.rows[0].cells].findIndex((head) => head.dataset.key === column) : -1;
    if (place >= 0) sorted(table, place, way === "down");
  }
})();
