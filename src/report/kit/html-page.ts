/** A report as one HTML file: no script, nothing from elsewhere, light and dark, readable in print. */
import {html} from './escape.ts'
import {type Figure, svg} from './figure.ts'
import type {Column} from './table.ts'

const style = `
:root{color-scheme:light dark;--ink:#1b1f24;--soft:#56606b;--line:#d3d9e0;--ground:#fff;--bad:#b42318;--warn:#8a5300;--good:#0b6b62}
@media (prefers-color-scheme:dark){:root{--ink:#e6e9ed;--soft:#a8b2bd;--line:#36404a;--ground:#14181d;--bad:#ff8a80;--warn:#f5b84b;--good:#5eead4}}
body{font:15px/1.5 system-ui,sans-serif;color:var(--ink);background:var(--ground);max-width:60rem;margin:2rem auto;padding:0 1rem}
h1{font-size:1.5rem;margin:0 0 .3rem}h2{font-size:1.15rem;margin:2rem 0 .5rem}
table{border-collapse:collapse;margin:.5rem 0}.scroll{overflow-x:auto}
th,td{padding:.25rem .7rem;border-bottom:1px solid var(--line);text-align:left;vertical-align:top}
.r{text-align:right;font-variant-numeric:tabular-nums}
.bad{color:var(--bad);font-weight:600}.warn{color:var(--warn);font-weight:600}.good{color:var(--good);font-weight:600}.soft{color:var(--soft)}
code{overflow-wrap:anywhere}figure{margin:1rem 0;overflow-x:auto}figcaption{color:var(--soft)}
summary{cursor:pointer}summary:focus-visible,.scroll:focus-visible,figure:focus-visible{outline:2px solid var(--good);outline-offset:2px}
@media print{body{max-width:none;margin:0}figure,tr{break-inside:avoid}}
`.trim()

export type Section = {readonly heading: string; readonly body: readonly string[]}

/** @param lead HTML, below the title */
export function htmlPage(title: string, lead: readonly string[], sections: readonly Section[]): string {
  return [
    '<!doctype html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">`,
    `<title>${html(title)}</title>`,
    `<style>${style}</style>`,
    '</head>',
    '<body>',
    '<main>',
    `<h1>${html(title)}</h1>`,
    ...lead,
    ...sections.flatMap(({heading, body}) =>
      body.length === 0 ? [] : ['<section>', `<h2>${html(heading)}</h2>`, ...body, '</section>'],
    ),
    '</main>',
    '</body>',
    '</html>',
    '',
  ].join('\n')
}

export const paragraph = (text: string, kind?: 'bad' | 'warn' | 'good' | 'soft'): string =>
  `<p${kind ? ` class="${kind}"` : ''}>${html(text)}</p>`

/** @param caption what the table holds, for those who hear it */
export const htmlTable = <T>(
  caption: string,
  columns: readonly (Column<T> & {readonly kind?: (row: T) => string | undefined})[],
  rows: readonly T[],
): string[] => [
  // what can be scrolled can be reached by keyboard
  `<div class="scroll" tabindex="0" role="region" aria-label="${html(caption)}">`,
  '<table>',
  `<thead><tr>${columns.map(({title, align}) => `<th scope="col"${align === 'right' ? ' class="r"' : ''}>${html(title)}</th>`).join('')}</tr></thead>`,
  '<tbody>',
  ...rows.map(
    row =>
      `<tr>${columns
        .map(({cell, align, kind}, index) => {
          const classes = [align === 'right' ? 'r' : undefined, kind?.(row)].filter(
            name => name !== undefined,
          )
          const shown = classes.length > 0 ? ` class="${classes.join(' ')}"` : ''
          return index === 0
            ? `<th scope="row"${shown}>${html(cell(row))}</th>`
            : `<td${shown}>${html(cell(row))}</td>`
        })
        .join('')}</tr>`,
  ),
  '</tbody>',
  '</table>',
  '</div>',
]

export const figureHtml = (figure: Figure | undefined): string[] =>
  figure
    ? [
        `<figure tabindex="0" aria-label="${html(figure.title)}">`,
        svg(figure).trim(),
        `<figcaption>${html(figure.says)}</figcaption>`,
        '</figure>',
      ]
    : []
