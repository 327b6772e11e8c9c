// Looks at every page as a reader would: 3 languages, light and dark, phone and desk. `make test-browser` starts it.
//   node look.mjs ADDRESS PASSWORD SITE OUT
// ADDRESS: pages that are served; SITE: folder of the same pages as files; OUT: where figures and pictures go.
import { mkdir, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";
import { faultsOf } from "./seen.mjs";

const [address, password, site, out] = process.argv.slice(2);
const AXE = createRequire(import.meta.url).resolve("axe-core/axe.min.js");
const LANGUAGES = ["en", "vi", "am"];
const SCHEMES = ["light", "dark"];
const WIDTHS = [390, 1440];
const only = (process.env.ONLY ?? "").split(",").filter(Boolean);

const browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: process.getuid() === 0 ? ["--no-sandbox"] : [] });
const faults = [];
const figures = { visits: 0, charts: 0, marks: 0, checks: 0 };
const fault = (where, what) => { faults.push(`${where}: ${what}`); console.log(`  FAULT ${where}: ${what}`); };

// A page that remembers what went wrong in it: errors, refused answers, and requests that left its own host.
const opened = async (context, host) => {
  const page = await context.newPage();
  const wrong = [];
  page.on("console", (said) => said.type() === "error" && wrong.push(`console: ${said.text()}`));
  page.on("pageerror", (error) => wrong.push(`script: ${error.message}`));
  page.on("request", (request) => {
    const url = new URL(request.url());
    if (!["data:", "blob:"].includes(url.protocol) && url.host !== host) wrong.push(`asks another host: ${request.url()}`);
  });
  page.on("requestfailed", (request) => wrong.push(`not answered: ${request.url()}`));
  return { page, wrong };
};

const look = async ({ page, wrong }, where, url, status = 200) => {
  wrong.length = 0;
  const answer = await page.goto(url, { waitUntil: "load" });
  if (answer.status() !== status) fault(where, `answered ${answer.status()}`);
  else if (status !== 200) wrong.length = 0;  // the browser reports that status as an error
  await page.addScriptTag({ path: AXE });
  const seen = await page.evaluate(faultsOf);
  figures.visits += 1;
  figures.charts += seen.charts;
  figures.marks += seen.marks;
  figures.checks += seen.checks;
  for (const what of [...wrong, ...seen.faults]) fault(where, what);
};

const context = async (scheme, width) => browser.newContext({
  colorScheme: scheme, viewport: { width, height: 900 }, reducedMotion: "reduce", bypassCSP: true, acceptDownloads: true,
});

const loggedIn = async (scheme, width) => {
  const made = await context(scheme, width);
  const one = await opened(made, new URL(address).host);
  await one.page.goto(new URL("login", address).href);
  await one.page.fill("#password", password);
  await Promise.all([one.page.waitForURL(/overview/), one.page.click("button[type=submit]")]);
  return [made, one];
};

await mkdir(out, { recursive: true });
let names = [];
for (const scheme of SCHEMES) {
  for (const width of WIDTHS) {
    const [made, one] = await loggedIn(scheme, width);
    names = await one.page.$$eval("nav ul a", (links) => links.map((link) => link.getAttribute("href").split("?")[0]));
    names = [...new Set(names)].filter((name) => !only.length || only.includes(name));
    for (const language of LANGUAGES) {
      for (const name of names) {
        const where = `${name} ${language} ${scheme} ${width}`;
        await look(one, where, new URL(`${name}?lang=${language}`, address).href);
        await one.page.screenshot({ path: `${out}/${where.replaceAll(" ", "-")}.png`, fullPage: true });
      }
      for (const name of ["login", "nothing-of-this-name"]) {
        const where = `${name} ${language} ${scheme} ${width}`;
        await look(one, where, new URL(`${name}?lang=${language}`, address).href, name === "login" ? 200 : 404);
      }
      console.log(`${scheme} ${width} px ${language}: ${names.length} pages`);
    }
    await made.close();
  }
}

// A click on a head sorts, the address keeps it, and the address alone sorts again.
{
  const [made, one] = await loggedIn("light", 1440);
  for (const name of names) {
    await one.page.goto(new URL(name, address).href);
    const order = () => one.page.$eval(`table[data-key="${key}"]`, (table) => [...table.tBodies[0].rows].map((row) => row.textContent).join("\n"));
    const key = await one.page.evaluate(() => {
      const tables = [...document.querySelectorAll("table[data-key]")].filter((table) => table.tBodies[0].rows.length > 1 && table.checkVisibility());
      return tables[0]?.dataset.key;
    });
    if (!key) continue;
    for (const place of [1, 0]) {
      await one.page.click(`table[data-key="${key}"] thead th:nth-child(${place + 1}) button`);
      const now = [one.page.url(), await order()];
      if (!now[0].includes(`#sort=${key}.`)) fault(`${name} sort`, `the address does not keep it: ${now[0]}`);
      const again = await made.newPage();
      await again.goto(now[0]);
      const then = await again.$eval(`table[data-key="${key}"]`, (table) => [
        [...table.tBodies[0].rows].map((row) => row.textContent).join("\n"), table.querySelectorAll("[aria-sort]").length,
      ]);
      if (then[0] !== now[1] || then[1] !== 1) fault(`${name} sort`, `${now[0]} shows another order when it is opened`);
      await again.close();
    }
    // Filters are links: what is sent along stays in the address, and other pages get it.
    const form = await one.page.$("form.filters select, form.filters input[type=search]");
    if (form) {
      await Promise.all([one.page.waitForNavigation(), one.page.click("form.filters button")]);
      const chosen = await one.page.$$eval("form.filters select", (all) => all.map((one) => [one.name, one.value]));
      const query = new URL(one.page.url()).searchParams;
      for (const [filter, value] of chosen) {
        if (value && query.get(filter) !== value) fault(`${name} filter`, `${filter}=${value} is not in ${one.page.url()}`);
      }
    }
    const csv = await one.page.$(".foot a[download]");
    if (csv) {
      const [file] = await Promise.all([one.page.waitForEvent("download"), csv.click()]);
      if (!file.suggestedFilename().endsWith(".csv")) fault(`${name} CSV`, `is called ${file.suggestedFilename()}`);
    }
    // On paper: no filters, every table open, nothing wider than the sheet (A4 on its side, with margins of 1 cm).
    await one.page.emulateMedia({ media: "print" });
    await one.page.setViewportSize({ width: 1046, height: 718 });
    // Charts follow the sheet with the frame after it: a print is never faster than that.
    const laidOut = () => one.page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
    await laidOut();
    await one.page.evaluate(() => dispatchEvent(new Event("beforeprint")));
    await laidOut();
    const paper = await one.page.evaluate(() => ({
      wide: [...document.querySelectorAll("main *")].filter((one) => one.getBoundingClientRect().right > innerWidth + 1).map((one) => one.closest("section")?.querySelector("h2")?.textContent ?? one.className),
      left: [...document.querySelectorAll("form.filters, nav, .skip")].filter((one) => one.checkVisibility()).length,
      closed: document.querySelectorAll("details.astable:not([open])").length,
    }));
    if (paper.wide.length) fault(`${name} print`, `wider than the sheet: ${[...new Set(paper.wide)].join("; ")}`);
    if (paper.left || paper.closed) fault(`${name} print`, `${paper.left} filters or menus, ${paper.closed} closed tables`);
    if (!(await one.page.pdf({ preferCSSPageSize: true })).length) fault(`${name} print`, "gives no PDF");
    await one.page.emulateMedia({ media: "screen" });
    await one.page.setViewportSize({ width: 1440, height: 900 });
  }
  await made.close();
}

// The site opens from files, asks nobody for anything and draws the same.
{
  const made = await context("light", 1440);
  const one = await opened(made, "");
  for (const language of LANGUAGES) {
    for (const name of names) {
      await look(one, `file ${name} ${language}`, pathToFileURL(`${site}/${language}/${name}.html`).href);
    }
  }
  await made.close();
}
await browser.close();

const said = { ...figures, pages: names.length, languages: LANGUAGES, schemes: SCHEMES, widths: WIDTHS, faults };
await writeFile(`${out}/figures.json`, JSON.stringify(said, null, 1));
console.log(`${figures.visits} visits, ${figures.checks} axe checks passed, ${figures.charts} charts with ${figures.marks} marks, ${faults.length} faults`);
process.exit(faults.length ? 1 : 0);
