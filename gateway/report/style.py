"""How a report's page looks: on a screen, light or dark, and on paper."""

STYLE = """
:root { color-scheme: light dark; --ink: #1b1f24; --dim: #57606a; --paper: #fff; --line: #d0d7de;
  --tile: #f6f8fa; --first: #1f5fa8; --second: #f0b27a; --edge: #9c4a00; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6edf3; --dim: #9aa5b1; --paper: #0d1117;
  --line: #30363d; --tile: #161b22; --first: #6cb2ff; --second: #7a4a1f; --edge: #ffb35c; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 2rem 1.25rem; max-width: 60rem; color: var(--ink);
  background: var(--paper); font: 1rem/1.5 system-ui, sans-serif; }
h1 { font-size: 1.6rem; line-height: 1.2; margin: 0 0 .25rem; }
h2 { font-size: 1.15rem; margin: 2.5rem 0 .25rem; }
h1, p { overflow-wrap: break-word; }
p { margin: .25rem 0 1rem; color: var(--dim); }
dl { display: grid; grid-template-columns: repeat(auto-fit, minmax(8.5rem, 1fr)); gap: .75rem;
  margin: 1.5rem 0; }
dl div { background: var(--tile); border: 1px solid var(--line); border-radius: .5rem;
  padding: .6rem .8rem; }
dt { color: var(--dim); font-size: .85rem; }
dd { margin: 0; font-size: 1.5rem; font-variant-numeric: tabular-nums; }
.wide { overflow-x: auto; }
table { width: 100%; border-collapse: collapse; font-variant-numeric: tabular-nums;
  font-size: .9rem; }
caption { text-align: left; color: var(--dim); padding: .25rem 0; }
th, td { padding: .3rem .6rem; border-bottom: 1px solid var(--line); text-align: right;
  vertical-align: top; }
td { white-space: nowrap; }
th.text, td.text, tbody th { text-align: left; font-weight: normal; white-space: normal; }
td bdi, th bdi { display: inline-block; max-width: 16rem; overflow-wrap: break-word; }
thead th { color: var(--dim); font-weight: 600; }
svg { display: block; width: 100%; min-width: 32rem; height: auto; margin: .5rem 0 1rem; }
svg text { font: 12px system-ui, sans-serif; fill: var(--ink); }
.first { fill: var(--first); background: var(--first); }
.second { fill: var(--second); stroke: var(--edge); background: var(--second); }
.line { stroke: var(--line); }
.keys { margin: .5rem 0 0; font-size: .85rem; }
.key { margin-right: 1.25rem; }
.key i { display: inline-block; width: .8rem; height: .8rem; margin-right: .35rem; }
.key .second { border: 1px solid var(--edge); }
footer { margin-top: 3rem; font-size: .85rem; color: var(--dim); }
@page { margin: 15mm; }
@media print {
  :root { color-scheme: light; --ink: #000; --dim: #444; --paper: #fff; --line: #bbb;
    --tile: #fff; --first: #1f5fa8; --second: #f0b27a; --edge: #9c4a00; }
  body { padding: 0; max-width: none; font-size: 10pt; }
  table { font-size: 8pt; }
  th, td { padding: .2rem .35rem; }
  td bdi { max-width: 7rem; }
  th bdi { max-width: 13rem; }
  tbody tr:first-child, tbody tr:nth-last-child(2) { break-after: avoid; }
  article + article { break-before: page; }
  h2, caption { break-after: avoid; }
  svg, tr, dl { break-inside: avoid; }
  thead { display: table-header-group; break-after: avoid; }
  .wide { overflow: visible; }
  svg, .key i { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}
""".strip()
