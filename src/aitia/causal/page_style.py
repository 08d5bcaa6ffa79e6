"""How the page of a report looks: light and dark, on a telephone and on paper, without a script."""

STYLE = """
:root{color-scheme:light dark;--ink:#1b1f24;--soft:#59636e;--line:#d0d7de;--back:#fff;
--panel:#f6f8fa;
--accent:#0550ae;--point:#0550ae;--warn:#953800}
@media(prefers-color-scheme:dark){:root{--ink:#e6edf3;--soft:#9da7b3;--line:#3d444d;--back:#0d1117;
--panel:#161b22;--accent:#6cb6ff;--point:#6cb6ff;--warn:#f0883e}}
*{box-sizing:border-box}
body{margin:0 auto;padding:1.5rem 1.25rem 4rem;max-width:76rem;background:var(--back);
color:var(--ink);
font:1rem/1.55 system-ui,-apple-system,"Segoe UI",Helvetica,Arial,sans-serif}
h1{font-size:1.7rem;line-height:1.25;margin:.5rem 0 .25rem}
h2{font-size:1.2rem;margin:2.5rem 0 .5rem;padding-top:.75rem;border-top:1px solid var(--line)}
h3{font-size:1rem;margin:0 0 .15rem}
p,ul,dl{margin:.4rem 0 .8rem;max-width:48rem}
ul{padding-left:1.2rem}li{margin:.2rem 0;overflow-wrap:anywhere}
.lead{font-size:1.1rem;background:var(--panel);border-left:4px solid var(--accent);
padding:.7rem 1rem;
max-width:52rem}
.lead p{margin:.2rem 0;max-width:none}
.soft,figcaption,.note{color:var(--soft);font-size:.9rem}
nav{display:flex;flex-wrap:wrap;gap:.25rem 1rem;margin:1rem 0}a{color:var(--accent)}
.wide{overflow-x:auto;margin:.5rem 0;padding-bottom:.25rem}
.wide .aitia-graph{max-width:100%;min-width:54rem;height:auto}
.wide:focus-visible{outline:2px solid var(--accent)}
table{border-collapse:collapse;font-size:.9rem}
th,td{padding:.3rem .7rem;text-align:left;border-bottom:1px solid var(--line);vertical-align:top}
th{font-weight:600}thead th{white-space:nowrap}tbody th{min-width:11rem;overflow-wrap:break-word}
td details{margin:0}
td.n,th.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
td .arrow{color:var(--soft);white-space:nowrap}
.doubtful td{color:var(--soft)}
code{font:.85em/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;overflow-wrap:anywhere;
background:var(--panel);padding:.1em .3em;border-radius:3px}
pre{background:var(--panel);padding:.6rem .8rem;overflow-x:auto;max-width:100%}pre code{padding:0}
details{margin:.2rem 0}summary{cursor:pointer;color:var(--accent)}
dt{font-weight:600;margin-top:.6rem}dd{margin:0;overflow-wrap:anywhere}
figure{margin:.5rem 0}
.effects{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,22rem),1fr));gap:1.5rem}
.effect{break-inside:avoid;min-width:0}
.curve{max-width:100%;height:auto}
.curve text{fill:var(--ink);font-size:11px}
.curve .x{text-anchor:middle}.curve .y{text-anchor:end}
.curve .axis,.curve .zero{stroke:var(--soft);stroke-width:1}.curve .zero{stroke-dasharray:4 4}
.curve .line{fill:none;stroke:var(--point);stroke-width:1.5;opacity:.7}
.curve .interval{fill:none;stroke:var(--point);stroke-width:1.5}
.curve .judged{fill:var(--point)}
.curve .unjudged{fill:var(--back);stroke:var(--soft);stroke-width:1.5}
.tag{display:inline-block;border:1px solid currentColor;border-radius:1rem;padding:0 .55rem;
font-size:.8rem}
.fell{color:var(--warn);font-weight:600}
@media print{:root{--ink:#1b1f24;--soft:#59636e;--line:#d0d7de;--back:#fff;--panel:#f6f8fa;
--accent:#0550ae;--point:#0550ae;--warn:#953800}body{max-width:none;padding:0;font-size:10pt}
nav{display:none}.wide{overflow:visible}
.wide .aitia-graph{min-width:0}.effects{display:block}
.wide table{font-size:7.5pt}.wide .soft,.wide .tag{font-size:1em}
th,td{padding:.15rem .4rem}tbody th{min-width:7rem}
thead th{white-space:normal}td details{min-width:13rem}
h2{break-after:avoid}tr,figure,li{break-inside:avoid}
details>*{display:block}details::details-content{content-visibility:visible}}
"""
