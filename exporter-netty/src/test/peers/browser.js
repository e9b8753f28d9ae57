"use strict";

// Looks at the exporter's pages as people do, in a Chromium without a window, and prints what it
// saw as JSON. Their policy lets no script of a page run; what looks at them comes from outside.
//
//   node browser.js CHROMIUM BASE_URL GOOD BAD [SCREENSHOTS]
//
// BASE_URL is where the exporter's first page is, GOOD a target that answers, and BAD one that does
// not. With SCREENSHOTS, a folder, it leaves pictures there.

const path = require("node:path");
const axe = require("axe-core");
const puppeteer = require("puppeteer-core");

const [chromium, base, good, bad, screenshots] = process.argv.slice(2);
const DESKTOP = { width: 1100, height: 850 };
const PHONE = { width: 360, height: 740, isMobile: true, hasTouch: true };

async function look(page, name) {
  if (screenshots) {
    await page.screenshot({ path: path.join(screenshots, `${name}.png`) });
  }
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate(() => globalThis.axe.run());
  return {
    title: await page.title(),
    url: page.url(),
    text: await page.evaluate(() => document.body.innerText),
    background: await page.evaluate(() => getComputedStyle(document.body).backgroundColor),
    tooWide: await page.evaluate(() => document.documentElement.scrollWidth > innerWidth),
    cut: await page.evaluate(() =>
      [...document.querySelectorAll(".scroll")].some((part) => part.scrollWidth > part.clientWidth),
    ),
    bars: await page.evaluate(() =>
      [...document.querySelectorAll("rect.bar")].map((bar) => bar.getBoundingClientRect().width),
    ),
    links: await page.evaluate(() => [...document.links].map((link) => link.href)),
    violations: violations.map(({ id, nodes }) => `${id}: ${nodes.map((n) => n.html).join()}`),
  };
}

async function typeAndProbe(page, text) {
  for (let i = 0; i < 20; i++) {
    await page.keyboard.press("Tab");
    if (await page.evaluate(() => document.activeElement.name === "target")) {
      await page.keyboard.type(text);
      await Promise.all([page.waitForNavigation(), page.keyboard.press("Enter")]);
      return;
    }
  }
  throw new Error("the keyboard does not lead to the target");
}

async function main() {
  const browser = await puppeteer.launch({
    executablePath: chromium,
    args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"],
  });
  const complaints = [];
  const pages = {};
  try {
    const page = await browser.newPage();
    page.on("console", (message) => {
      // Chromium asks for one by itself, at times, where none is named.
      if (!message.location().url?.endsWith("/favicon.ico")) {
        complaints.push(message.text());
      }
    });
    page.on("pageerror", (error) => complaints.push(String(error)));
    page.on("requestfailed", (request) => complaints.push(`failed: ${request.url()}`));
    for (const scheme of ["light", "dark"]) {
      await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
      await page.setViewport(DESKTOP);
      await page.goto(base);
      await typeAndProbe(page, bad);
      pages[`failure-${scheme}`] = await look(page, `failure-${scheme}`);
      await page.goto(base);
      await typeAndProbe(page, good);
      pages[`success-${scheme}`] = await look(page, `success-${scheme}`);
      await Promise.all([page.waitForNavigation(), page.click("header a")]);
      pages[`first-${scheme}`] = await look(page, `first-${scheme}`);
      await page.setViewport(PHONE);
      pages[`phone-${scheme}`] = await look(page, `phone-${scheme}`);
      await Promise.all([page.waitForNavigation(), page.click("td a")]);
      pages[`phone-probe-${scheme}`] = await look(page, `phone-probe-${scheme}`);
    }
    for (const link of pages["first-light"].links) {
      const answer = await page.goto(link);
      if (answer.status() !== 200) {
        complaints.push(`${answer.status()}: ${link}`);
      }
    }
    await page.goto(base);
    const blanksPass = await page.evaluate(() => {
      const target = document.querySelector("input[name=target]");
      target.value = "ws://localhost/ ";
      return target.checkValidity();
    });
    await page.goto(base);
    const tree = await page.accessibility.snapshot();
    const named = [];
    const hear = ({ role, name, children }) => {
      named.push(`${role} ${name}`);
      (children ?? []).forEach(hear);
    };
    hear(tree);
    console.log(JSON.stringify({ complaints, named, blanksPass, pages }));
  } finally {
    await browser.close();
  }
}

main().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
