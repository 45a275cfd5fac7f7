import { DARK, FONT_STACK, GRID_PX, LIGHT, type PageColours, TYPE_PX } from './tokens.ts';

const variables = (c: PageColours): string =>
  `--page:${c.page};--surface:${c.surface};--line:${c.line};--ink:${c.ink};--ink-soft:${c.inkSoft};--accent:${c.accent};--notice:${c.notice};--notice-ink:${c.noticeInk};--mark:${c.mark};--range:${c.range}`;
const g = (steps: number): string => `${steps * GRID_PX}px`;

/**
 * The style of the report: one column on a phone, two on a desk, dense on paper. Widths are relative, long words break
 * and every grid column may shrink to nothing, so that nothing pushes the page sideways.
 */
export const REPORT_STYLE = `
:root{color-scheme:light dark;${variables(LIGHT)}}
@media (prefers-color-scheme:dark){:root{${variables(DARK)}}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;text-size-adjust:100%}
body{margin:0;background:var(--page);color:var(--ink);font:${TYPE_PX.body}px/1.5 ${FONT_STACK};overflow-wrap:break-word}
.wrap{max-width:1080px;margin:0 auto;padding:${g(4)}}
h1,h2,h3,p,ul,ol,dl,dd,figure,table{margin:0}
h1{font-size:${TYPE_PX.title}px;line-height:1.2;font-weight:600;letter-spacing:-.01em}
h2{font-size:${TYPE_PX.section}px;line-height:1.25;font-weight:600;margin:${g(10)} 0 ${g(3)}}
h3{font-size:${TYPE_PX.lead}px;line-height:1.3;font-weight:600}
p+p,ul+p,ol+p,p+ul,p+ol,p+dl,p+.tablebox,.tablebox+p,dl+p,figure+p{margin-top:${g(2)}}
p+.cards{margin-top:${g(3)}}
ul,ol{padding-left:${g(6)}}
li+li{margin-top:${g(1)}}
a{color:var(--accent)}
.soft{color:var(--ink-soft)}
.small,figcaption,caption,.method,.sources{font-size:${TYPE_PX.small}px}
.lead{font-size:${TYPE_PX.lead}px;line-height:1.4;font-weight:600}
.notice{background:var(--notice);color:var(--notice-ink);padding:${g(3)} ${g(4)};border-radius:${g(1)};margin:${g(4)} 0}
.tag{display:inline-block;font-size:${TYPE_PX.small}px;line-height:1.3;color:var(--notice-ink);background:var(--notice);border-radius:${g(1)};padding:0 ${g(1)}}
.facts{display:grid;grid-template-columns:minmax(0,1fr);gap:${g(2)} ${g(6)}}
dl.rows{display:grid;grid-template-columns:minmax(0,1fr);gap:0}
dl.rows>div{padding:${g(1)} 0;border-top:1px solid var(--line)}
dl.rows>div:first-child{border-top:0}
dt{color:var(--ink-soft);font-size:${TYPE_PX.small}px}
dd{min-width:0}
.num{font-variant-numeric:tabular-nums;white-space:nowrap}
svg{display:block;max-width:100%;height:auto}
.picture svg{width:100%;border-radius:${g(1)}}
.chart{margin:${g(1)} 0}
.opening{display:grid;grid-template-columns:minmax(0,1fr);gap:${g(6)}}
.cards{display:grid;grid-template-columns:minmax(0,1fr);gap:${g(6)}}
.card{display:grid;grid-template-columns:minmax(0,1fr);gap:${g(4)};border-top:2px solid var(--ink);padding-top:${g(3)}}
.card.unclear{border-top-style:dashed}
.card ul{margin-top:${g(1)}}
.card dl{margin-top:${g(2)}}
.tiles{display:grid;grid-template-columns:minmax(0,1fr);gap:${g(4)};margin:${g(3)} 0}
.tablebox{min-width:0}
table{width:100%;border-collapse:collapse}
caption{text-align:left;color:var(--ink-soft);padding-bottom:${g(1)}}
th,td{text-align:left;vertical-align:top;padding:${g(1)} ${g(2)} ${g(1)} 0;border-top:1px solid var(--line)}
thead th{border-top:0;font-size:${TYPE_PX.small}px;font-weight:400;color:var(--ink-soft);vertical-align:bottom}
tbody th{font-weight:600;white-space:nowrap}
td .soft,tbody th .soft{display:block;font-size:${TYPE_PX.small}px;line-height:1.3}
tbody th .soft{white-space:normal;font-weight:400}
details{border-top:1px solid var(--line);border-bottom:1px solid var(--line);margin-top:${g(6)}}
summary{cursor:pointer;padding:${g(3)} 0;font-weight:600;min-height:44px}
.paper{display:none}
.code{font-family:ui-monospace,SFMono-Regular,Consolas,'Liberation Mono',monospace;font-size:${TYPE_PX.small - 1}px;overflow-wrap:anywhere}
footer{margin-top:${g(10)};border-top:1px solid var(--line);padding-top:${g(3)}}
@media (min-width:680px){
.facts{grid-template-columns:repeat(2,minmax(0,1fr))}
.opening{grid-template-columns:minmax(0,1fr) minmax(0,340px);gap:${g(10)}}
.card{grid-template-columns:minmax(0,300px) minmax(0,1fr);gap:${g(6)}}
.tiles{grid-template-columns:repeat(3,minmax(0,1fr))}
.card.bare{grid-template-columns:minmax(0,1fr)}
dl.rows>div{display:grid;grid-template-columns:132px minmax(0,1fr);gap:${g(3)}}
.pair{display:grid;grid-template-columns:repeat(2,minmax(0,1fr));gap:0 ${g(10)}}
}
@media print{
:root{color-scheme:light;${variables(LIGHT)}}
@page{size:A4;margin:12mm}
*{-webkit-print-color-adjust:exact;print-color-adjust:exact}
body{font-size:9pt;line-height:1.35}
.wrap{max-width:none;padding:0}
h1{font-size:17pt}
h2{font-size:12pt;margin:4mm 0 1mm;break-after:avoid}
h3{font-size:10.5pt}
.lead{font-size:11pt}
.small,figcaption,caption,.method,.sources,thead th,td .soft,dt,.tag{font-size:7.5pt}
.method,.sources{font-size:7pt}
.code{font-size:5.6pt}
.notice{margin:2mm 0;padding:1.5mm 3mm}
ul,ol{padding-left:5mm}
li+li,p+p,ul+p,ol+p,p+ul,p+ol,p+dl,p+.tablebox,.tablebox+p,dl+p,figure+p{margin-top:.6mm}
p+.cards{margin-top:1mm}
.facts{grid-template-columns:repeat(2,minmax(0,1fr));gap:1mm 6mm}
.opening{grid-template-columns:minmax(0,1fr) 56mm;gap:6mm}
.cards{gap:4mm}
.card{grid-template-columns:56mm minmax(0,1fr);gap:5mm;padding-top:1.5mm;break-inside:avoid;border-top-width:1px}
.card.bare{grid-template-columns:minmax(0,1fr)}
.card ul{padding:0}
.card li{display:inline}
.card li+li::before{content:" · "}
.cards.many{grid-template-columns:repeat(2,minmax(0,1fr));gap:2.5mm 6mm;font-size:8.5pt}
h2+.small{break-after:avoid}
.cards.many .card{display:block}
.cards.many .picture{float:left;width:37mm;margin:0 3mm 0 0}
.method ul,.sources ol{columns:2;column-gap:8mm}
.method li,.sources li{break-inside:avoid}
.card dl{margin-top:1mm}
dl.rows>div{display:grid;grid-template-columns:26mm minmax(0,1fr);gap:2mm;padding:.5mm 0}
.cards.many dl.rows,.cards.many dl.rows>div{display:block;border:0;padding:0}
.cards.many dt,.cards.many dd{display:inline}
.cards.many dt::after{content:": "}
.pair{display:grid;grid-template-columns:repeat(2,minmax(0,1fr));gap:0 8mm}
th,td{padding:.4mm 2mm .4mm 0}
td .soft{display:inline}
tr,figure,.keep{break-inside:avoid}
.screen{display:none}
.paper{display:block}
.chart{margin:.5mm 0}
.beside{display:flex;align-items:center;gap:4mm}
.beside .chart{width:44mm;flex:none}
.cell{white-space:nowrap}
a{color:inherit;text-decoration:none}
footer{margin-top:4mm;padding-top:1mm}
}
`;
