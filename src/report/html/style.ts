/** The style sheet: system fonts, one column on a phone, three on a desk, light on paper. */
import { dark, light, variables } from './palette.ts';

export function styleSheet(): string {
  return `:root{color-scheme:light dark;${variables(light)}}
@media (prefers-color-scheme:dark){:root{${variables(dark)}}}
*{box-sizing:border-box}
body{margin:0 auto;padding:0 20px 40px;max-width:1160px;background:var(--page);color:var(--ink);font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;overflow-wrap:anywhere}
header{padding:32px 0 8px}
h1{margin:0;font-size:30px;line-height:1.2;letter-spacing:-.01em}
h2{margin:48px 0 12px;padding-bottom:6px;border-bottom:2px solid var(--rule);font-size:21px;line-height:1.3}
h3{margin:32px 0 8px;font-size:16.5px;line-height:1.3}
h4,h5{margin:24px 0 6px;font-size:15px}
p{margin:0 0 12px;max-width:76ch}
.kind{margin:0 0 2px;color:var(--muted)}
.facts{margin:6px 0 20px;color:var(--muted)}
.facts span{margin-right:18px}
.facts b{color:var(--ink);font-weight:600}
.lead{margin:20px 0 4px;font-weight:600}
.note{color:var(--muted);font-size:13px;max-width:none}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(150px,1fr));gap:12px;margin:0}
.tiles div{padding:12px 14px;border-radius:8px;background:var(--panel)}
.tiles dt{color:var(--muted);font-size:13px}
.tiles dd{margin:0}
.tiles b{display:block;font-size:22px;line-height:1.25;font-weight:650;font-variant-numeric:tabular-nums}
.tiles span{color:var(--muted);font-size:13px;line-height:1.35;display:block}
nav ul{display:flex;flex-wrap:wrap;gap:4px 20px;margin:20px 0 0;padding:0;list-style:none;font-size:14px}
a{color:var(--link)}
.grid{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,348px),1fr));gap:16px 20px;align-items:start;margin:8px 0 16px}
.flow{display:flex;flex-wrap:wrap;gap:16px 32px;align-items:flex-start;margin:8px 0 16px}
.flow>*{max-width:100%;margin:0}
.flow>.grid{flex:1 1 348px;min-width:0}
.beside{display:grid;grid-template-columns:minmax(0,368px) minmax(0,1fr);gap:8px 28px;align-items:start}
@media (max-width:860px){.beside{grid-template-columns:minmax(0,1fr)}}
figure{margin:0;min-width:0;break-inside:avoid}
figcaption{font-weight:600;font-size:13.5px;margin-bottom:2px}
svg{display:block;max-width:100%;height:auto;overflow:visible;font-family:inherit;font-variant-numeric:tabular-nums}
.keys{display:flex;flex-wrap:wrap;gap:2px 16px;margin:0 0 6px;color:var(--muted);font-size:13px;max-width:none}
.swatch{display:inline-block;width:11px;height:11px;margin-right:6px;border-radius:2px;background:var(--c)}
.swatch.tick{width:2px;height:13px;margin:0 8px -2px 4px;border-radius:0}
.swatch.line{width:26px;height:3px;margin-bottom:3px;border-radius:0;background:repeating-linear-gradient(90deg,var(--c) 0 var(--on),transparent var(--on) var(--all))}
.scroll{overflow-x:auto;margin:8px 0 20px}
.scroll:focus-visible,pre:focus-visible{outline:2px solid var(--link);outline-offset:2px}
table{border-collapse:collapse;font-size:13.5px;line-height:1.35;font-variant-numeric:tabular-nums;overflow-wrap:normal}
caption{text-align:left;color:var(--muted);font-size:13px;padding-bottom:4px}
th,td{padding:4px 12px 4px 0;text-align:right;vertical-align:baseline;font-weight:400;white-space:nowrap}
th:last-child,td:last-child{padding-right:0}
thead th{color:var(--muted);border-bottom:1px solid var(--rule);vertical-align:bottom;white-space:normal;min-width:5em}
tbody th,thead .left{text-align:left}
tbody th{max-width:22em;white-space:normal}
th[scope=rowgroup]{max-width:14em}
.grouped th[scope=row]{white-space:nowrap}
tbody+tbody tr:first-child>*{border-top:1px solid var(--rule)}
.total th,.total td{font-weight:650}
.epochs{display:inline-block;min-width:3.6em;padding:2px 6px;border-radius:4px;background:var(--c);color:var(--ink);box-shadow:inset 0 0 0 1px var(--rule)}
.warnings{margin:0;padding:0;list-style:none;max-width:90ch}
.warnings li{margin:0 0 5px;padding:5px 12px;border-left:4px solid var(--lost);background:var(--panel);border-radius:0 6px 6px 0}
details{margin:12px 0}
#each>details>summary{padding:10px 14px;border-radius:8px;background:var(--panel);font-weight:600}
summary{cursor:pointer;color:var(--link)}
pre{overflow-x:auto;padding:12px 14px;border-radius:8px;background:var(--panel);font-size:12.5px;line-height:1.45}
code,pre{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}
footer{margin-top:48px;padding-top:12px;border-top:1px solid var(--rule);color:var(--muted);font-size:13px}
.narrow{display:none}
@media (max-width:860px){.wide{display:none}.narrow{display:block}}
@media print{
:root{color-scheme:light;${variables(light)}}
*{print-color-adjust:exact;-webkit-print-color-adjust:exact}
@page{margin:14mm}
body{max-width:none;padding:0;font-size:10.5pt}
nav,summary{display:none}
#each:not(:has(>details[open])),#each>details:not([open]){display:none}
#each>details>summary{display:block}
.wide{display:block}.narrow{display:none}
.flow{display:block}.grid{display:block}.grid>*{display:inline-block;width:48%;margin:0 1% 10px 0;vertical-align:top}
.scroll{overflow:visible}
table{font-size:8.5pt}
th,td{padding-right:7px}
thead th{min-width:0}
h2,h3,h4,h5,.lead,.keys,figcaption,caption{break-after:avoid}
tr,figure,.tiles,.scroll{break-inside:avoid}
main>section:not(#each) details::details-content{content-visibility:visible;block-size:auto}
pre{white-space:pre-wrap;font-size:7.5pt;columns:2}
}
`;
}
