import { createHash } from 'node:crypto';
import { raw } from 'hono/html';

const STYLE = `
:root {
  color-scheme: light dark;
  --paper: #f2f1ed; --card: #fff; --ink: #1b1d21; --soft: #565b63; --line: #dcdad3; --edge: #71767e;
  --well: #f7f6f3; --wrong: #b1261c; --right: #146c2e; --focus: #0a5bd3; --sand: #ffd84d; --on-sand: #1b1d21;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #131519; --card: #1c1f25; --ink: #eceef1; --soft: #abb1ba; --line: #363b44; --edge: #858c97;
    --well: #24282f; --wrong: #ffb3a8; --right: #7fd89a; --focus: #8ab8ff; --sand: #f2c93a;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 1rem/1.55 system-ui, sans-serif; overflow-wrap: break-word; }
:focus-visible { outline: 3px solid var(--focus); outline-offset: 3px; }

.banner { padding: .7rem 1rem 1.2rem; background: var(--sand); color: var(--on-sand); text-align: center; position: relative; }
.banner::after { content: ''; position: absolute; inset: auto 0 0; height: .5rem; background: repeating-linear-gradient(-45deg, #1b1d21 0 .75rem, var(--sand) .75rem 1.5rem); }
.banner p { margin: 0; }
.banner strong { margin-right: .4rem; letter-spacing: .12em; }

main { max-width: 35rem; margin: 1.5rem auto; padding: 1.5rem; background: var(--card); border: 1px solid var(--line); border-radius: .75rem; }
main > :last-child { margin-bottom: 0; }
h1 { margin: 0 0 .75rem; font-size: 1.5rem; line-height: 1.25; text-wrap: balance; }
h2 { margin: 1.75rem 0 .5rem; font-size: 1rem; }
p { margin: .75rem 0; }
.step, .hint, .quiet { color: var(--soft); font-size: .9rem; }
.step { margin: 0 0 .25rem; }
code { font: .95em ui-monospace, monospace; overflow-wrap: anywhere; }
.number { font-variant-numeric: tabular-nums; white-space: nowrap; }

.purpose { margin: .5rem 0; padding: .75rem 1rem; background: var(--well); border-left: 4px solid var(--ink); border-radius: 0 .4rem .4rem 0; font-size: 1.1rem; overflow-wrap: anywhere; unicode-bidi: isolate; }
.documents { margin: .5rem 0; padding: 0; list-style: none; border: 1px solid var(--line); border-radius: .5rem; }
.documents label { display: inline-flex; align-items: center; gap: .6rem; font-weight: 400; }
.documents input { width: 1.25rem; min-height: 1.25rem; margin: 0; accent-color: var(--ink); }
.notice { padding: .6rem 1rem; border: 1px solid var(--wrong); border-radius: .5rem; }
.documents li { display: flex; flex-wrap: wrap; justify-content: space-between; gap: 0 1rem; padding: .55rem 1rem; }
.documents li + li { border-top: 1px solid var(--line); }
.documents .number { color: var(--soft); }
.facts { margin: 1.5rem 0; }
.facts dt { color: var(--soft); font-size: .9rem; }
.facts dd { margin: 0 0 .85rem; overflow-wrap: anywhere; unicode-bidi: isolate; }

.mark { display: inline-block; width: 1.6em; height: 1.6em; margin-right: .5rem; border-radius: 50%; background: var(--wrong); color: var(--card); line-height: 1.6em; text-align: center; }
.mark.good { background: var(--right); }
.parameters { margin: .5rem 0; border: 1px solid var(--line); border-radius: .5rem; }
.parameters div { padding: .55rem 1rem; }
.parameters div + div { border-top: 1px solid var(--line); }
.parameters .quiet { display: block; }
.parameters dd { margin: .15rem 0 0; overflow-wrap: anywhere; }
.command { margin: .5rem 0; padding: .75rem 1rem; background: var(--well); border-radius: .5rem; white-space: pre-wrap; overflow-wrap: anywhere; }

.field { margin: 1.25rem 0; }
label { display: block; font-weight: 600; }
.hint { margin: .1rem 0 .4rem; }
.problem { margin: .1rem 0 .4rem; color: var(--wrong); font-weight: 600; }
input { width: 100%; min-height: 2.9rem; padding: .5rem .75rem; border: 1px solid var(--edge); border-radius: .5rem; background: var(--card); color: var(--ink); font: inherit; font-size: 1.15rem; font-variant-numeric: tabular-nums; letter-spacing: .06em; }
input[aria-invalid] { border: 2px solid var(--wrong); }
.actions { display: flex; flex-wrap: wrap; gap: .75rem; margin: 1.5rem 0 0; }
button { flex: 1 1 9rem; min-height: 2.9rem; padding: .5rem 1.25rem; border: 1px solid var(--edge); border-radius: .5rem; background: var(--card); color: var(--ink); font: inherit; font-weight: 600; cursor: pointer; }
button:hover { background: var(--well); }
button.main { border-color: var(--ink); background: var(--ink); color: var(--card); }
button.main:hover { opacity: .88; }

.testing { margin: 1.75rem 0 0; padding: 1rem; background: var(--well); border: 1px dashed var(--edge); border-radius: .5rem; }
.testing h2 { margin: 0; }
.testing p { margin: .25rem 0 .75rem; }
.testing button { background: transparent; }
.testing button:hover { background: var(--card); }
footer { max-width: 35rem; margin: 0 auto 2rem; padding: 0 1.5rem; color: var(--soft); font-size: .85rem; }
footer p { margin: 0; }

@media (max-width: 30rem) {
  main { margin: 0 0 1.25rem; padding: 1.25rem 1rem; border-width: 0 0 1px; border-radius: 0; }
  footer { padding: 0 1rem; }
}
@media (min-width: 30.01rem) {
  .facts { display: grid; grid-template-columns: max-content 1fr; gap: .6rem 1.5rem; }
  .facts dt, .facts dd { margin: 0; font-size: 1rem; }
}
`;

// In one piece, because a line break more or less inside the element would change its hash.
export const STYLE_ELEMENT = raw(`<style>${STYLE}</style>`);

/** The `style-src` of a Content-Security-Policy that lets the pages have their own style and no other. */
export const STYLE_SOURCE = `'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`;
