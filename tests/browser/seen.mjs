// What is wrong with the page that is open, in words. It runs in the page, so it can use nothing from outside itself.
export async function faultsOf() {
  const faults = [];
  const found = await axe.run(document, { resultTypes: ["violations"] });
  for (const rule of found.violations) {
    const where = rule.nodes.slice(0, 3).map((node) => `${node.target.join(" ")} ${(node.any[0] ?? node.all[0] ?? node.none[0])?.message ?? ""}`);
    faults.push(`axe ${rule.id} (${rule.impact}), ${rule.nodes.length} times: ${where.join(" | ")}`);
  }

  if (document.documentElement.scrollWidth > innerWidth) {
    const wide = [...document.querySelectorAll("body *")].filter((one) => one.getBoundingClientRect().right > innerWidth + 1 && !one.closest(".scroll, .skip"));
    faults.push(`the page scrolls sideways (${document.documentElement.scrollWidth} px): ${wide.slice(0, 3).map((one) => one.className || one.tagName)}`);
  }
  const texts = document.querySelectorAll("h1, h2, p, li, dt, dd, .label, .value, .change, .before, summary, button, nav a");
  for (const one of texts) {
    if (one.checkVisibility() && one.clientWidth && one.scrollWidth > one.clientWidth + 1 && !one.closest(".scroll")) {
      faults.push(`text is cut: ${one.tagName} ${one.className} ${one.textContent.trim().replace(/\s+/g, " ").slice(0, 60)}`);
    }
  }
  for (const one of document.querySelectorAll("p.failed")) faults.push(`a part could not be read: ${one.textContent.trim()}`);

  // Each value that is known has its mark, inside the picture; and no label stands outside.
  let marks = 0;
  const boxes = [...document.querySelectorAll(".chart")];
  for (const box of boxes) {
    const title = box.closest("section").querySelector("h2").textContent;
    const drawn = JSON.parse(box.parentElement.querySelector(".drawn").textContent);
    const chart = window.echarts?.getInstanceByDom(box);
    if (!chart || !box.querySelector("svg path")) { faults.push(`nothing is drawn: ${title}`); continue; }
    const wanted = drawn.series.flatMap((one) => one.values).filter((one) => one !== null).length;
    let there = 0;
    for (const [number, series] of chart.getModel().getSeries().filter((one) => one.subType !== "custom").entries()) {
      const data = series.getData();
      const points = series.subType === "line" ? data.getLayout("points") : null;  // x and y of each in turn
      for (let place = 0; place < data.count(); place += 1) {
        if (drawn.series[number].values[place] === null) continue;
        const layout = points ? [points[2 * place], points[2 * place + 1]] : data.getItemLayout(place);
        const [x, y] = Array.isArray(layout) ? layout : [layout?.x, layout?.y];
        if (Number.isFinite(x) && Number.isFinite(y)) there += 1;
      }
    }
    if (there !== wanted) faults.push(`${title}: ${there} marks for ${wanted} values`);
    marks += there;
    const edge = box.getBoundingClientRect();
    for (const text of box.querySelectorAll("svg text")) {
      const one = text.getBoundingClientRect();
      if (one.width && (one.left < edge.left - 2 || one.right > edge.right + 2 || one.top < edge.top - 2 || one.bottom > edge.bottom + 2)) {
        faults.push(`${title}: a label stands outside the picture: ${text.textContent}`);
        break;
      }
    }
  }
  return { faults, charts: boxes.length, marks, checks: found.passes.length };
}
