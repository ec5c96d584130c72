/** A figure as SVG that stands alone: its own style, light and dark, a title and words for those who cannot see it. */
import {html} from './escape.ts'

export type Figure = {
  /** stable, for `--figure` and file names */
  readonly id: string
  readonly title: string
  /** what it shows, in a sentence or two */
  readonly says: string
  readonly width: number
  readonly height: number
  /** elements */
  readonly body: readonly string[]
}

/** Colours that differ in lightness too, so that they can be told apart in grey; contrast 3:1 and more on both grounds. */
export const figureStyle = `
.fg{--ink:#1b1f24;--soft:#5b6570;--line:#c9d0d8;--ground:#ffffff;--before:#6b7f99;--peak:#c2410c;--after:#0f766e;--band:#93c5fd}
@media (prefers-color-scheme:dark){.fg{--ink:#e6e9ed;--soft:#a3adb8;--line:#3c4650;--ground:#14181d;--before:#8fa3bd;--peak:#fb923c;--after:#5eead4;--band:#1d4ed8}}
@media print{.fg{--ink:#000;--soft:#333;--line:#999;--ground:#fff;--before:#888;--peak:#c2410c;--after:#0f766e;--band:#bbb}}
.fg text{font:12px system-ui,sans-serif;fill:var(--ink)}
.fg .soft{fill:var(--soft)}
.fg .line{stroke:var(--line);fill:none}
.fg .limit{stroke:var(--peak);stroke-dasharray:4 3;fill:none}
.fg .before{fill:var(--before)}.fg .peak{fill:var(--peak)}.fg .after{fill:var(--after)}
.fg .band{fill:var(--band);opacity:.45}
.fg .curve{stroke:var(--after);fill:none;stroke-width:2}
`.trim()

export function svg({id, title, says, width, height, body}: Figure): string {
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" class="fg" role="img" aria-labelledby="${id}-t ${id}-d" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}">`,
    `<title id="${id}-t">${html(title)}</title>`,
    `<desc id="${id}-d">${html(says)}</desc>`,
    `<style>${figureStyle}</style>`,
    `<rect width="${width}" height="${height}" style="fill:var(--ground)"/>`,
    ...body,
    '</svg>',
    '',
  ].join('\n')
}

/** At most one decimal: the same figure gives the same bytes. */
export const at = (value: number): string => String(Math.round(value * 10) / 10)

export const text = (
  x: number,
  y: number,
  words: string,
  {
    anchor = 'start',
    soft = false,
  }: {readonly anchor?: 'start' | 'middle' | 'end'; readonly soft?: boolean} = {},
): string =>
  `<text x="${at(x)}" y="${at(y)}"${anchor === 'start' ? '' : ` text-anchor="${anchor}"`}${soft ? ' class="soft"' : ''}>${html(words)}</text>`
