/** The demo's recording as a picture that moves by itself: CSS only, the last screen where nothing may move. */
import {readFileSync} from 'node:fs'
import {html} from '../../src/report/kit/escape.ts'
import {at, type Figure} from '../../src/report/kit/figure.ts'
import {type Run, terminalModel} from '../support/terminal.ts'
import {demoRecording, type Write} from './record-demo.ts'

const [charWidth, lineHeight, margin] = [7.5, 17, 14]
/** ms: what follows sooner is drawn together; the last screen stays */
const [shortest, longest, atTheEnd] = [400, 3000, 8000]

type Screen = {readonly lines: readonly Run[][]; readonly ms: number}

export function demoFigure(): Figure {
  const [size, ...writes] = readFileSync(demoRecording, 'utf8')
    .trim()
    .split('\n')
    .map(line => JSON.parse(line) as unknown) as [{columns: number; rows: number}, ...Write[]]
  const screens = screensOf(size, writes)
  const width = Math.ceil(size.columns * charWidth + 2 * margin)
  const height = size.rows * lineHeight + 2 * margin
  const lines = new Map<string, string>()
  const frames = screens.map((screen, index) => {
    const used = screen.lines.flatMap((runs, row) => {
      if (runs.length === 0) return []
      const drawn = runs.map(runText).join('')
      if (!lines.has(drawn)) lines.set(drawn, `l${lines.size}`)
      return [`<use href="#${lines.get(drawn)}" y="${row * lineHeight}"/>`]
    })
    return `<g transform="translate(${index * width})">${used.join('')}</g>`
  })
  const all = screens.reduce((sum, {ms}) => sum + ms, 0)
  let before = 0
  const steps = screens.map(({ms}, index) => {
    const step = `${Math.round((before / all) * 1e5) / 1e3}%{transform:translate(${-index * width}px)}`
    before += ms
    return step
  })
  return {
    id: 'demo',
    title: 'ringup grows a practice cluster from five nodes to eight',
    says: 'A terminal: the status of a cluster of five nodes, the plan for three more, the plan carried out with the live screen, and in the end each of 64 partitions with the owner that was planned.',
    width,
    height,
    body: [
      // a line is shown by `use`, where rules that name what is around it do not reach
      `<style>
.fg{--red:#b91c1c;--green:#15803d;--yellow:#92400e;--cyan:#0e7490}
@media (prefers-color-scheme:dark){.fg{--red:#f87171;--green:#4ade80;--yellow:#fbbf24;--cyan:#22d3ee}}
.tty{font:12.5px ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;white-space:pre;fill:var(--ink)}
.s1{font-weight:700}.s2{fill:var(--soft)}.s31{fill:var(--red)}.s32{fill:var(--green)}.s33{fill:var(--yellow)}.s36{fill:var(--cyan)}
.film{transform:translate(${-(screens.length - 1) * width}px)}
@media screen and (prefers-reduced-motion:no-preference){.film{animation:film ${at(all / 1000)}s step-end infinite}}
@keyframes film{${steps.join('')}}
</style>`,
      `<defs>${[...lines].map(([drawn, id]) => `<text class="tty" id="${id}" x="${margin}" y="${margin + 13}">${drawn}</text>`).join('\n')}</defs>`,
      `<rect class="line" x="0.5" y="0.5" width="${width - 1}" height="${height - 1}" rx="6"/>`,
      '<g class="film">',
      ...frames,
      '</g>',
    ],
  }
}

/** Each run begins where its column is, whatever font there is; what a font may lack is given its width. */
function runText({column, text, style}: Run): string {
  const names = style.map(code => `s${code}`).join(' ')
  // biome-ignore lint/suspicious/noControlCharactersInRegex: all that is not ASCII
  const wide = /[^\x00-\x7f]/.test(text)
    ? ` textLength="${at(text.length * charWidth)}" lengthAdjust="spacingAndGlyphs"`
    : ''
  const named = names === '' ? '' : ` class="${names}"`
  return `<tspan x="${at(margin + column * charWidth)}"${named}${wide}>${html(text)}</tspan>`
}

/** What was to be seen, and for how long. */
function screensOf({columns, rows}: {columns: number; rows: number}, writes: readonly Write[]): Screen[] {
  const terminal = terminalModel(columns, rows)
  const screens: Screen[] = []
  let since = 0
  for (const [index, [ms, bytes]] of writes.entries()) {
    if (index === 0) since = ms
    terminal.write(bytes)
    const next = writes[index + 1]
    const shown = next === undefined ? atTheEnd : next[0] - since
    if (shown < shortest) continue
    screens.push({lines: terminal.runs(), ms: next === undefined ? atTheEnd : Math.min(longest, shown)})
    since = next?.[0] ?? ms
  }
  return screens
}
