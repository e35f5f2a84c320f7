// Runs in a page that is watched, and nowhere else: gives the parts that the reader looks at, as HTML.
// What names the person who is signed in, her address or her basket is left out before anything leaves
// the page.
"use strict";

// eslint-disable-next-line no-unused-vars
function cut(parts) {
  // Where stores put what is about the visitor, and what nobody reads.
  const private_ = [
    "nav", "header:not(main header)", "footer:not(main footer)", "iframe", "svg", "style", "noscript", "input[type='hidden'][value*='@']",
    "input[type='email']", "input[type='password']", "input[type='tel']", "textarea", "select",
    "[id*='glow' i]", "[id*='contextualIngress' i]", "[id*='deliver-to' i]", "[id*='deliverTo' i]",
    "[class*='deliver-to' i]", "[id*='account' i]", "[class*='account' i]", "[id*='signin' i]",
    "[class*='user-name' i]", "[class*='username' i]", "[class*='greeting' i]", "[id*='greeting' i]",
    "[id*='basket' i]:not(button):not(input)", "[class*='basket' i]:not(button):not(input)",
    "[class*='mini-cart' i]", "[id*='mini-cart' i]", "[id*='nav-cart' i]", "[id*='address' i]",
    "[class*='address' i]", "[autocomplete*='name']", "[autocomplete*='address']",
  ].join(",");
  const chosen = [];
  for (const one of document.querySelectorAll(parts.join(","))) {
    if (!chosen.some((outer) => outer.contains(one))) chosen.push(one);
  }
  const root = document.implementation.createHTMLDocument("");
  root.title = document.title;
  for (const one of chosen) {
    if (one.localName === "title" || one.matches(private_)) continue;
    const copy = root.importNode(one, true);
    for (const hidden of [...copy.querySelectorAll(private_)]) hidden.remove();
    for (const script of [...copy.querySelectorAll("script:not([type*='ld+json'])")]) script.remove();
    const inHead = ["link", "meta", "script"].includes(one.localName);
    (inHead ? root.head : root.body).append(copy);
  }
  const html = root.documentElement.outerHTML;
  // A browser closes what broke off on its way. What has no foot may have: it is handed over without an
  // end, so that the reader believes of it what it believes of half a page.
  const foot = document.querySelector("footer, [role='contentinfo'], [id*='footer' i], [class*='footer' i]");
  return foot ? html : html.replace(/<\/body>\s*<\/html>\s*$/, "");
}
